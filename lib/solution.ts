/**
 * A Solution: who is served where, and the prices that prove it. Plain data; flow and unserved are built when first read.
 */
import type { Problem } from './problem.js';
import { readSolutionJSON, type SolutionJSON } from './solution-json.js';

export type { SolutionJSON } from './solution-json.js';

/**
 * optimal    gap is 0 (integer data) or within the tolerance (float data)
 * feasible   complete and valid, the gap is larger: a deadline, or the gap asked for, ended the run
 * stopped    a deadline ended the run before every must-serve unit had a place; objective Infinity, bound valid
 * infeasible no answer exists; `witness` proves it
 */
export type Status = 'optimal' | 'feasible' | 'stopped' | 'infeasible';

/** Must-serve demands that together need more units than all nodes they can reach may give them. */
export interface Witness {
  demands: Int32Array;
  nodes: Int32Array;
  /** Units of `demands`. */
  needed: number;
  /** Sum over `nodes` of min(capacity, what the arcs from `demands` may carry). */
  available: number;
}

export interface BackendUsed {
  name: 'native' | 'reference' | 'cuda';
  /** What it ran on, in words. */
  device: string;
  /** File of the native binary, where there is one. */
  file?: string;
  /** Why this backend was taken. */
  reason: string;
}

/** Counts and times of a run; for reading, not for deciding. Times in milliseconds. */
export interface SolveStats {
  milliseconds: number;
  /** Distinct demands after identical ones were merged. */
  classes?: number;
  bids?: number;
  pushes?: number;
  pulls?: number;
  layoutMilliseconds?: number;
  /** Of the problem to a device's memory. */
  uploadMilliseconds?: number;
}

/** What a backend hands back: placements as parallel arrays in ascending order of arc. Objective in the caller's sense. */
export interface RawSolution {
  status: Status;
  objective: number;
  bound: number;
  gap: number;
  tolerance: number;
  prices: Float64Array;
  values: Float64Array;
  /** Arcs that carry units, ascending. */
  placedArcs: Int32Array;
  placedUnits: Int32Array;
  /** Node of each demand, -1 when unserved: where every demand wants one unit and the backend has it at hand. */
  assignment?: Int32Array;
  witness?: Witness;
  stats: SolveStats;
  /** What it ran on, in words, where the backend has a choice. */
  device?: string;
}

export class Solution {
  readonly status: Status;
  /** Total cost (or value, when maximising); Infinity when incomplete (-Infinity when maximising). */
  readonly objective: number;
  /** What no answer can beat: a lower bound (upper, when maximising), proven by the prices. */
  readonly bound: number;
  /** |objective - bound|, summed from non-negative terms; NaN when infeasible. */
  readonly gap: number;
  /** Largest gap that counts as optimal: 0 for integer data. */
  readonly tolerance: number;
  /** One optimal dual price per node, >= 0, surcharge of the marginal tier included. Not the worth of a slot: see slotValues. */
  readonly prices: Float64Array;
  /** Cost of one more unit of each demand at these prices. */
  readonly values: Float64Array;
  readonly witness: Witness | undefined;
  readonly backend: BackendUsed;
  readonly stats: SolveStats;
  /** Node of each demand, -1 when unserved; undefined if any demand has other than one unit, or when infeasible: empty. */
  readonly assignment: Int32Array | undefined;
  readonly #problem: Problem;
  readonly #placedArcs: Int32Array;
  readonly #placedUnits: Int32Array;
  #flow: Int32Array | undefined;
  #unserved: Int32Array | undefined;

  constructor(problem: Problem, raw: RawSolution, backend: BackendUsed) {
    this.status = raw.status;
    this.objective = raw.objective;
    this.bound = raw.bound;
    this.gap = raw.gap;
    this.tolerance = raw.tolerance;
    this.prices = raw.prices;
    this.values = raw.values;
    this.witness = raw.witness;
    this.backend = backend;
    this.stats = raw.stats;
    this.#problem = problem;
    this.#placedArcs = raw.placedArcs;
    this.#placedUnits = raw.placedUnits;
    this.assignment = raw.assignment ?? this.#assign();
  }

  /** Units on each arc; for a dense problem indexed i*m + j. Empty when infeasible. */
  get flow(): Int32Array {
    if (this.#flow === undefined) {
      const flow = new Int32Array(this.status === 'infeasible' ? 0 : this.#problem.arcs);
      for (let k = 0; k < this.#placedArcs.length; k++) flow[this.#placedArcs[k]] = this.#placedUnits[k];
      this.#flow = flow;
    }
    return this.#flow;
  }

  /** Units of each demand left unserved. Empty when infeasible. */
  get unserved(): Int32Array {
    if (this.#unserved === undefined) {
      const n = this.status === 'infeasible' ? 0 : this.#problem.demands;
      const left = new Int32Array(n);
      for (let i = 0; i < n; i++) left[i] = this.#problem.unitsOf(i);
      for (const [demand, , units] of this.placements()) left[demand] -= units;
      this.#unserved = left;
    }
    return this.#unserved;
  }

  /** [demand, node, units] for every arc that carries units, by demand. */
  *placements(): Generator<[demand: number, node: number, units: number]> {
    let demand = 0;
    for (let k = 0; k < this.#placedArcs.length; k++) {
      const arc = this.#placedArcs[k];
      if (this.#problem.offsets === undefined) demand = Math.floor(arc / this.#problem.nodes);
      else while (this.#problem.offsets[demand + 1] <= arc) demand++;
      yield [demand, this.#problem.target(arc), this.#placedUnits[k]];
    }
  }

  #assign(): Int32Array | undefined {
    if (this.status === 'infeasible') return new Int32Array(0);
    const n = this.#problem.demands;
    const units = this.#problem.units;
    if (typeof units === 'number' ? units !== 1 && n > 0 : units.some((d) => d !== 1)) return undefined;
    const assignment = new Int32Array(n).fill(-1);
    for (const [demand, node] of this.placements()) assignment[demand] = node;
    return assignment;
  }

  toJSON(): SolutionJSON {
    const finite = (x: number): number | null => (Number.isFinite(x) ? x : null);
    const json: SolutionJSON = {
      format: 'outbid-solution',
      version: 1,
      status: this.status,
      objective: finite(this.objective),
      bound: finite(this.bound),
      gap: finite(this.gap),
      tolerance: this.tolerance,
      prices: Array.from(this.prices),
      values: Array.from(this.values, finite),
      placedArcs: Array.from(this.#placedArcs),
      placedUnits: Array.from(this.#placedUnits),
      backend: this.backend,
      stats: this.stats,
    };
    if (this.witness !== undefined) {
      const { demands, nodes, needed, available } = this.witness;
      json.witness = { demands: Array.from(demands), nodes: Array.from(nodes), needed, available };
    }
    return json;
  }

  /** The inverse of toJSON, for the same problem. Shapes are checked here; whether it is right, `verify` says. */
  static fromJSON(problem: Problem, value: unknown): Solution {
    const { raw, backend } = readSolutionJSON(problem, value);
    return new Solution(problem, raw, backend);
  }
}
