/**
 * Shortest paths over the residual graph of an optimal solution, to and from single demands: what it takes to serve a unit more of
 * one, or to take back a unit, while some node gains or loses a slot. Nothing is solved again.
 *
 * Vertices are the nodes v (a unit there must go), the demands i (a unit of it must go somewhere) and the outside. With the prices p
 * and the demands' values u as potentials, 0 for the outside, and s_v(z) the surcharge of slot z of node v with a load of L_v,
 *
 *     i -> v        a unit of i goes to v, arc with room      c_iv + p_v - u_i
 *     v -> i        a unit of i leaves v                      u_i - c_iv - p_v
 *     i -> outside  it stays unserved                         r_i - u_i
 *     outside -> i  one that was unserved is served           u_i - r_i
 *     v -> outside  it takes a free slot of v                 s_v(L_v) - p_v
 *     outside -> v  a slot of v is given up                   p_v - s_v(L_v - 1)
 *
 * none of which is below 0: that is what optimality says. A path's cost is its length, plus the potential of its start, less that of
 * its end.
 */
import type { Problem } from '../problem.js';
import type { Solution } from '../solution.js';
import { MOST_NODES, Steps } from './residual-steps.js';
import { VertexHeap } from './vertex-heap.js';

export class Residual {
  readonly #problem: Problem;
  readonly #solution: Solution;
  readonly #load: Float64Array;
  readonly #unserved: Int32Array;
  /** Placements by demand and by node, and arcs by node: positions in the lists they start at. */
  readonly #ofDemand: Int32Array;
  readonly #arcs: number[] = [];
  readonly #units: number[] = [];
  readonly #ofNode: Int32Array;
  readonly #demandOn: Int32Array;
  readonly #costOn: Float64Array;
  #steps: Steps | undefined;
  #inArcs: { offsets: Int32Array; arcs: Int32Array; demands: Int32Array } | undefined;

  constructor(problem: Problem, solution: Solution) {
    this.#problem = problem;
    this.#solution = solution;
    this.#load = new Float64Array(problem.nodes);
    this.#unserved = solution.unserved;
    this.#ofDemand = new Int32Array(problem.demands + 1);
    const used = new Int32Array(problem.nodes + 1);
    let arc = 0;
    for (const [i, j, units] of solution.placements()) {
      arc = Math.max(arc, problem.rowStart(i));
      while (problem.target(arc) !== j) arc++;
      this.#arcs.push(arc);
      this.#units.push(units);
      this.#ofDemand[i + 1]++;
      used[j + 1]++;
      this.#load[j] += units;
    }
    for (let i = 0; i < problem.demands; i++) this.#ofDemand[i + 1] += this.#ofDemand[i];
    for (let j = 0; j < problem.nodes; j++) used[j + 1] += used[j];
    this.#ofNode = used;
    this.#demandOn = new Int32Array(this.#arcs.length);
    this.#costOn = new Float64Array(this.#arcs.length);
    const next = used.slice();
    for (let i = 0; i < problem.demands; i++)
      for (let k = this.#ofDemand[i]; k < this.#ofDemand[i + 1]; k++) {
        const at = next[problem.target(this.#arcs[k])]++;
        this.#demandOn[at] = i;
        this.#costOn[at] = problem.costs[this.#arcs[k]];
      }
  }

  /** What one unit more of a demand costs when each of the nodes has a slot more that costs nothing; it may stay empty. */
  more(demand: number, nodes: readonly number[]): number[] {
    const { values, prices } = this.#solution;
    const outside = this.#outside;
    const length = this.#search(demand, [...nodes, outside], true);
    return nodes.map((j) => Math.min(length[j] - prices[j], length[outside]) + values[demand]);
  }

  /** What one unit less of a demand costs when each of the nodes has a slot less, of those that cost nothing. */
  less(demand: number, nodes: readonly number[]): number[] {
    const { values, prices } = this.#solution;
    const length = this.#search(demand, nodes, false);
    return nodes.map((j) => length[j] + prices[j] - values[demand]);
  }

  /** Its vertex in the lengths of a search. */
  get #outside(): number {
    const { nodes, demands } = this.#problem;
    return nodes <= MOST_NODES ? nodes : nodes + demands;
  }

  /** Lengths from a demand, or to it, right for the nodes asked for. Dijkstra's method, with an end. */
  #search(demand: number, asked: readonly number[], forward: boolean): Float64Array {
    const { nodes, demands } = this.#problem;
    if (nodes <= MOST_NODES) {
      const own = new Float64Array(nodes + 1).fill(Number.POSITIVE_INFINITY);
      this.#fromDemand(demand, forward, (vertex, step) => {
        own[Math.min(vertex, nodes)] = step;
      });
      this.#steps ??= new Steps(nodes + 1, (add) => this.#allSteps(add));
      return this.#steps.search(own, asked, forward);
    }
    const length = new Float64Array(nodes + demands + 1).fill(Number.POSITIVE_INFINITY);
    const settled = new Uint8Array(length.length);
    const heap = new VertexHeap();
    const left = new Set(asked);
    let here = 0;
    const reach = (vertex: number, step: number): void => {
      const other = here + step;
      if (settled[vertex] === 1 || !(other < length[vertex])) return;
      length[vertex] = other;
      heap.push(other, vertex);
    };
    reach(nodes + demand, 0);
    while (left.size > 0) {
      const vertex = heap.pop();
      if (vertex < 0) break;
      if (settled[vertex] === 1) continue;
      settled[vertex] = 1;
      left.delete(vertex);
      here = length[vertex];
      if (vertex === nodes + demands) this.#fromOutside(forward, reach);
      else if (vertex >= nodes) this.#fromDemand(vertex - nodes, forward, reach);
      else this.#fromNode(vertex, forward, reach);
    }
    return length;
  }

  /** Every step from node to node through a demand, and those from and to the outside. */
  #allSteps(add: (v: number, w: number, length: number) => void): void {
    const { nodes, demands } = this.#problem;
    const outside = nodes + demands;
    for (let i = 0; i < demands; i++) {
      const from: [v: number, length: number][] = [];
      this.#fromDemand(i, false, (v, length) => from.push([Math.min(v, nodes), length]));
      if (from.length === 0) continue;
      this.#fromDemand(i, true, (w, length) => {
        for (const [v, before] of from) if (v !== w) add(v, Math.min(w, nodes), before + length);
      });
    }
    for (let v = 0; v < nodes; v++)
      this.#fromNode(v, true, (w, length) => {
        if (w === outside) add(v, nodes, length);
      });
    this.#fromOutside(true, (w, length) => {
      if (w < nodes) add(nodes, w, length);
    });
  }

  #fromNode(v: number, forward: boolean, reach: (vertex: number, step: number) => void): void {
    const { costs, nodes, demands } = this.#problem;
    const { prices, values } = this.#solution;
    if (forward) {
      for (let k = this.#ofNode[v]; k < this.#ofNode[v + 1]; k++)
        reach(nodes + this.#demandOn[k], values[this.#demandOn[k]] - this.#costOn[k] - prices[v]);
      if (this.#load[v] < this.#problem.capacityOf(v)) reach(nodes + demands, this.#surcharge(v, this.#load[v]) - prices[v]);
      return;
    }
    const { offsets, arcs, demands: from } = this.#incoming();
    for (let k = offsets[v]; k < offsets[v + 1]; k++)
      if (this.#hasRoom(from[k], arcs[k])) reach(nodes + from[k], costs[arcs[k]] + prices[v] - values[from[k]]);
    if (this.#load[v] > 0) reach(nodes + demands, prices[v] - this.#surcharge(v, this.#load[v] - 1));
  }

  #fromDemand(i: number, forward: boolean, reach: (vertex: number, step: number) => void): void {
    const problem = this.#problem;
    const { costs, nodes, demands } = problem;
    const { prices, values } = this.#solution;
    const outside = problem.unservedCostOf(i);
    if (forward) {
      const end = problem.rowEnd(i);
      for (let a = problem.rowStart(i); a < end; a++) {
        const v = problem.target(a);
        if (this.#hasRoom(i, a)) reach(v, costs[a] + prices[v] - values[i]);
      }
      if (outside < Number.POSITIVE_INFINITY) reach(nodes + demands, outside - values[i]);
      return;
    }
    for (let k = this.#ofDemand[i]; k < this.#ofDemand[i + 1]; k++) {
      const v = problem.target(this.#arcs[k]);
      reach(v, values[i] - costs[this.#arcs[k]] - prices[v]);
    }
    if (this.#unserved[i] > 0) reach(nodes + demands, values[i] - outside);
  }

  #fromOutside(forward: boolean, reach: (vertex: number, step: number) => void): void {
    const problem = this.#problem;
    const { prices, values } = this.#solution;
    for (let v = 0; v < problem.nodes; v++) {
      if (forward && this.#load[v] > 0) reach(v, prices[v] - this.#surcharge(v, this.#load[v] - 1));
      if (!forward && this.#load[v] < problem.capacityOf(v)) reach(v, this.#surcharge(v, this.#load[v]) - prices[v]);
    }
    for (let i = 0; i < problem.demands; i++) {
      const cost = problem.unservedCostOf(i);
      if (forward && this.#unserved[i] > 0) reach(problem.nodes + i, values[i] - cost);
      if (!forward && cost < Number.POSITIVE_INFINITY) reach(problem.nodes + i, cost - values[i]);
    }
  }

  /** Only arcs with a capacity can be full; a demand has few units. */
  #hasRoom(i: number, arc: number): boolean {
    const bound = this.#problem.arcCapacityOf(arc);
    if (bound >= this.#problem.unitsOf(i)) return true;
    for (let k = this.#ofDemand[i]; k < this.#ofDemand[i + 1]; k++) if (this.#arcs[k] === arc) return this.#units[k] < bound;
    return bound > 0;
  }

  #surcharge(v: number, slot: number): number {
    const { tiers } = this.#problem;
    if (tiers === undefined) return 0;
    let before = slot;
    for (let k = tiers.offsets[v]; k < tiers.offsets[v + 1]; k++) {
      if (before < tiers.slots[k]) return tiers.surcharge[k];
      before -= tiers.slots[k];
    }
    return 0;
  }

  #incoming(): { offsets: Int32Array; arcs: Int32Array; demands: Int32Array } {
    if (this.#inArcs !== undefined) return this.#inArcs;
    const problem = this.#problem;
    const offsets = new Int32Array(problem.nodes + 1);
    for (let a = 0; a < problem.arcs; a++) offsets[problem.target(a) + 1]++;
    for (let v = 0; v < problem.nodes; v++) offsets[v + 1] += offsets[v];
    const next = offsets.slice();
    const arcs = new Int32Array(problem.arcs);
    const demands = new Int32Array(problem.arcs);
    for (let i = 0; i < problem.demands; i++)
      for (let a = problem.rowStart(i); a < problem.rowEnd(i); a++) {
        const at = next[problem.target(a)]++;
        arcs[at] = a;
        demands[at] = i;
      }
    this.#inArcs = { offsets, arcs, demands };
    return this.#inArcs;
  }
}
