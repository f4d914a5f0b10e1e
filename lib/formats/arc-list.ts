/**
 * Collects the arcs of a file in the order they stand there, grows with what the file really holds, and makes the Problem.
 * Every arc remembers its line, so that an error about an arc, found only when all are known, still names it.
 */
import { OutbidError } from '../errors.js';
import { Problem } from '../problem.js';
import type { Scanner } from './scanner.js';

export const NO_BOUND = 2 ** 31 - 1;

export interface ArcListFields {
  demands: number;
  nodes: number;
  capacity: number | Int32Array;
  units: number | Int32Array;
}

export class ArcList {
  count = 0;
  #demand = new Int32Array(1024);
  #node = new Int32Array(1024);
  #cost = new Float64Array(1024);
  #line = new Int32Array(1024);
  #bound = new Int32Array(1024);
  #bounded = false;

  /** `bound` is the most units the arc carries, NO_BOUND for none. */
  add(demand: number, node: number, cost: number, bound: number, line: number): void {
    const k = this.count++;
    if (k === this.#demand.length) this.#grow(2 * k);
    this.#demand[k] = demand;
    this.#node[k] = node;
    this.#cost[k] = cost;
    this.#line[k] = line;
    this.#bound[k] = bound;
    if (bound !== NO_BOUND) this.#bounded = true;
  }

  #grow(length: number): void {
    const larger = <T extends Int32Array | Float64Array>(from: T, to: T): T => {
      to.set(from);
      return to;
    };
    this.#demand = larger(this.#demand, new Int32Array(length));
    this.#node = larger(this.#node, new Int32Array(length));
    this.#cost = larger(this.#cost, new Float64Array(length));
    this.#line = larger(this.#line, new Int32Array(length));
    this.#bound = larger(this.#bound, new Int32Array(length));
  }

  /** Arcs sorted by demand, those of one demand in file order. */
  problem(scanner: Scanner, fields: ArcListFields): Problem {
    const { demands, nodes, capacity, units } = fields;
    const offsets = new Int32Array(demands + 1);
    for (let k = 0; k < this.count; k++) offsets[this.#demand[k] + 1]++;
    for (let i = 0; i < demands; i++) offsets[i + 1] += offsets[i];
    const next = offsets.slice();
    const targets = new Int32Array(this.count);
    const costs = new Float64Array(this.count);
    const bounds = new Int32Array(this.#bounded ? this.count : 0);
    const fileArc = new Int32Array(this.count);
    for (let k = 0; k < this.count; k++) {
      const a = next[this.#demand[k]]++;
      targets[a] = this.#node[k];
      costs[a] = this.#cost[k];
      if (this.#bounded) bounds[a] = this.#bound[k];
      fileArc[a] = k;
    }
    this.#checkDuplicates(scanner, demands, nodes, offsets, targets, fileArc);
    try {
      return Problem.sparse({ nodes, capacity, offsets, targets, costs, units, ...(this.#bounded ? { arcCapacity: bounds } : {}) });
    } catch (error) {
      throw located(error, scanner, (index) => this.#line[fileArc[index]]);
    }
  }

  /** Names the first arc of the file that repeats one before it. */
  #checkDuplicates(scanner: Scanner, demands: number, nodes: number, offsets: Int32Array, targets: Int32Array, fileArc: Int32Array): void {
    const seen = new Int32Array(nodes).fill(-1);
    let repeated = this.count;
    let original = -1;
    for (let i = 0; i < demands; i++) {
      for (let a = offsets[i]; a < offsets[i + 1]; a++) {
        const before = seen[targets[a]];
        // Slots at or after offsets[i] were set by this very demand.
        if (before >= offsets[i] && fileArc[a] < repeated) {
          repeated = fileArc[a];
          original = fileArc[before];
        }
        seen[targets[a]] = a;
      }
    }
    if (original < 0) return;
    const demand = this.#demand[repeated];
    const node = this.#node[repeated];
    const line = this.#line[repeated];
    throw scanner.error(
      'DUPLICATE_ARC',
      `demand ${demand} has a second arc to node ${node}; the first stands on line ${this.#line[original]}`,
      { demand, node, line },
    );
  }
}

/** An error of the Problem about one of its arcs, with the line of that arc. */
export function located(error: unknown, scanner: Scanner, lineOfArc: (index: number) => number): unknown {
  if (!(error instanceof OutbidError)) return error;
  const { code, argument, demand, node, index, value } = error;
  const line = argument === 'costs' && index !== undefined ? lineOfArc(index) : scanner.lastLine;
  return scanner.error(code, error.message.replace(`${code}: `, ''), { argument, demand, node, index, value, line });
}
