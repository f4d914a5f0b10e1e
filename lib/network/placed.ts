/** Where the units of a batch ended up: by request and by node, read once from a solution. */
import type { Solution } from '../solution.js';
import type { BuiltProblem } from './build.js';

export class Placed {
  readonly #nodes: number[][];
  readonly #used: Int32Array;
  readonly #usable: Int32Array;

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

  /** Slots left that the batch may use, headroom with a price included. */
  freeOn(node: number): number {
    return this.#usable[node] - this.#used[node];
  }
}
