/** Arcs one after another, as flat arrays: those of one request, or of a batch, request by request. */
import { smallest } from './selection.js';

export class ArcList {
  /** Node and cost of each arc, in whole micro-USD: the first `length` entries. */
  nodes: Int32Array;
  costs: Float64Array;
  length = 0;
  #order = new Float64Array(0);

  constructor(room: number) {
    this.nodes = new Int32Array(room);
    this.costs = new Float64Array(room);
  }

  /** Makes room for so many arcs in all. */
  reserve(room: number): void {
    if (this.nodes.length >= room) return;
    const size = Math.max(room, 2 * this.nodes.length);
    const { nodes, costs } = this;
    this.nodes = new Int32Array(size);
    this.costs = new Float64Array(size);
    this.nodes.set(nodes);
    this.costs.set(costs);
  }

  /** Of the arcs from `start` on, leaves the `count` cheapest and those on the nodes kept; the lower node wins a tie. Says whether that is all. */
  keepNearest(start: number, count: number, kept: ReadonlySet<number> | undefined): boolean {
    const { nodes, costs, length } = this;
    if (this.#order.length < length - start) this.#order = new Float64Array(2 * (length - start));
    const limit = smallest(costs, start, length, count, this.#order);
    let ties = count;
    for (let a = start; a < length; a++) if (costs[a] < limit) ties--;
    let left = start;
    for (let a = start; a < length; a++) {
      if ((costs[a] > limit || (costs[a] === limit && ties-- <= 0)) && kept?.has(nodes[a]) !== true) continue;
      nodes[left] = nodes[a];
      costs[left++] = costs[a];
    }
    this.length = left;
    return left === length;
  }
}
