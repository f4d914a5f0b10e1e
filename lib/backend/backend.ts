/** What every backend is to the rest of lib: it says whether it can run here, solves, and values slots. */
import type { Progress, SolveRequest } from '../options.js';
import type { Problem } from '../problem.js';
import type { RawSolution } from '../solution.js';
import type { MatcherEngine } from './engine.js';
import type { UnavailableCode } from './unavailable.js';

/** One slot more or less, every node, in cost (value, when maximising) units. */
export interface SlotValues {
  /** What one more slot would save; 0 where a slot is free. */
  gain: Float64Array;
  /** What one slot less would cost; Infinity if a must-serve unit would fail, NaN at capacity 0. */
  loss: Float64Array;
}

export interface Availability {
  usable: boolean;
  /** Why it is usable, or why not, in words. */
  reason: string;
  device: string;
  file?: string;
  /** Why it is not usable, as a code. */
  code?: UnavailableCode;
}

export interface Control {
  signal: AbortSignal | undefined;
  onProgress: ((progress: Progress) => void) | undefined;
}

export interface Backend {
  readonly name: 'native' | 'reference' | 'cuda';
  probe(): Availability;
  solveSync(problem: Problem, request: SolveRequest): RawSolution;
  solve(problem: Problem, request: SolveRequest, control: Control): Promise<RawSolution>;
  /** Several problems in one call, where that is better than one call each; the deadline of the requests is one. */
  solveMany?(problems: readonly Problem[], requests: readonly SolveRequest[], control: Control): Promise<RawSolution[]>;
  /** placedArcs and placedUnits as in RawSolution; the solution must be optimal. */
  slotValues(problem: Problem, prices: Float64Array, placedArcs: Int32Array, placedUnits: Int32Array): SlotValues;
  /** An empty warm market; undefined: the backend has none. */
  engine?(seed: number): MatcherEngine;
}
