/** Where the units of a batch ended up: by request and by node, read once from a solution. */
import type { Solution } from '../solution.js';
import type { BuiltProblem } from './build.js';

/** Whether a unit of the request on this node would repeat one of these nodes, or their operators where those must differ. */
export function repeats(
  { network, requests }: Pick<BuiltProblem, 'network' | 'requests'>,
  request: number,
  others: readonly number[],
  node: number,
): boolean {
  if (others.length === 0) return false;
  if (requests[request].distinct === 'node') return others.includes(node);
  return others.some((j) => network.nodes[j].operator === network.nodes[node].operator);
}

export class Placed {
  readonly #nodes: number[][];
  readonly #used: Int32Array;
  readonly #usable: Int32Array;
  #order: { starts: Int32Array; requests: Int32Array } | undefined;

  /** `nodes[i]` lists the nodes of request i, one entry per unit. */
  constructor({ blocks }: Pick<BuiltProblem, 'blocks'>, nodes: number[][]) {
    this.#nodes = nodes;
    this.#usable = Int32Array.from(blocks, (list) => list.reduce((sum, { slots }) => sum + slots, 0));
    this.#used = new Int32Array(blocks.length);
    for (const list of nodes) for (const j of list) this.#used[j]++;
  }

  static read(built: BuiltProblem, solution: Solution): Placed {
    const nodes: number[][] = built.requests.map(() => []);
    for (const [i, j, units] of built.placements(solution)) for (let k = 0; k < units; k++) nodes[i].push(j);
    for (const list of nodes) list.sort((a, b) => a - b);
    return new Placed(built, nodes);
  }

  /** Nodes of a request, ascending. */
  on(request: number): readonly number[] {
    return this.#nodes[request];
  }

  unitsOf(request: number): number {
    return this.#nodes[request].length;
  }

  usedOn(node: number): number {
    return this.#used[node];
  }

  /** Whether a unit of the request on this node would repeat a node, or operator, where one of its replicas already runs. */
  repeats(built: Pick<BuiltProblem, 'network' | 'requests'>, request: number, node: number): boolean {
    return repeats(built, request, this.#nodes[request], node);
  }

  /** Slots left that the batch may use, headroom with a price included. */
  freeOn(node: number): number {
    return this.#usable[node] - this.#used[node];
  }

  /** How many units of earlier requests run on a node: the slots a unit of this request finds taken there. */
  rankOn(node: number, request: number): number {
    this.#order ??= this.#arrange();
    const { starts, requests } = this.#order;
    let low = starts[node];
    let high = starts[node + 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (requests[middle] < request) low = middle + 1;
      else high = middle;
    }
    return low - starts[node];
  }

  /** Requests by node, ascending. */
  #arrange(): { starts: Int32Array; requests: Int32Array } {
    const starts = new Int32Array(this.#used.length + 1);
    this.#used.forEach((used, j) => {
      starts[j + 1] = starts[j] + used;
    });
    const next = starts.slice();
    const requests = new Int32Array(starts[this.#used.length]);
    this.#nodes.forEach((list, i) => {
      for (const j of list) requests[next[j]++] = i;
    });
    return { starts, requests };
  }
}
