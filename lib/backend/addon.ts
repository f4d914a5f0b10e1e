/** The native addon as TypeScript sees it: the one description of what native/node/addon.cpp exports. */
import type { ErrorCode } from '../errors.js';
import type { SolveRequest } from '../options.js';
import type { CostArray, Problem } from '../problem.js';
import type { RawSolution } from '../solution.js';
import type { SlotValues } from './backend.js';
import type { MatcherEngine } from './engine.js';
import type { UnavailableCode } from './unavailable.js';

/** A Problem as one flat plain object. The binding compares every type and length with the counts before it reads. */
export interface AddonProblem {
  demands: number;
  nodes: number;
  arcs: number;
  offsets: Int32Array | undefined;
  targets: Int32Array | undefined;
  costs: CostArray;
  units: number | Int32Array;
  unservedCost: number | Float64Array;
  capacity: number | Int32Array;
  arcCapacity: number | Int32Array | undefined;
  tierOffsets: Int32Array | undefined;
  tierSlots: Int32Array | undefined;
  tierSurcharge: Float64Array | undefined;
  maximize: boolean;
  integer: boolean;
}

export interface AddonRequest {
  gap: number;
  seed: number;
  /** Milliseconds left; Infinity for no deadline. */
  remainingMs: number;
  prices: Float64Array | undefined;
  threads: number;
  /** The file of a plug-in to run on; undefined: the core. */
  plugin?: string;
  /** Heeded by plug-ins; the core always is. */
  deterministic?: boolean;
}

export interface AddonFault {
  fault: ErrorCode | UnavailableCode;
  /** The argument that does not fit, where one is known. */
  argument?: string;
  /** In words, where there is more to say than the code does. */
  detail?: string;
  /** Which problem of several. */
  index?: number;
}

/** A plug-in that can be used, and the devices it finds. */
export interface AddonPlugin {
  name: string;
  version: string;
  /** `arch`: compute capability, 10 * major + minor; `memory` in bytes. */
  devices: { name: string; arch: number; memory: number }[];
}

export interface AddonProgress {
  phase: 'auction' | 'finish' | 'certificate';
  placed: number;
  units: number;
  fraction: number;
}

export interface AddonHandle {
  /** The answer is not wanted any more: the thread ends at its next poll and `done` is called with undefined. */
  stop(): void;
}

export interface CertificatePass {
  primal: number;
  dual: number;
  gap: number;
}

/** The class of native/node/matcher.h: MatcherEngine, with plain arguments. Throws TypeError where it is called wrongly. */
export interface AddonMatcher extends Omit<MatcherEngine, 'addDemands' | 'update'> {
  addDemands(
    slots: Int32Array,
    offsets: Int32Array,
    targets: Int32Array,
    costs: Float64Array,
    bounds: Int32Array | undefined,
    units: Int32Array,
    unservedCost: Float64Array,
    keep: Float64Array,
  ): void;
  /** Returns the moves, and writes the rest as NativeEngine reads it: cheaper than an object. */
  update(remainingMs: number, outcome: Float64Array): Int32Array;
}

export interface Addon {
  readonly NativeMatcher: new (seed: number) => AddonMatcher;
  readonly version: string;
  solveSync(problem: AddonProblem, request: AddonRequest): RawSolution | AddonFault;
  /** `done` and `progress` must not throw. */
  startSolve(
    problem: AddonProblem,
    request: AddonRequest,
    done: (outcome: RawSolution | AddonFault | undefined) => void,
    progress: ((progress: AddonProgress) => void) | undefined,
  ): AddonHandle | AddonFault;
  /** On the plug-in that all requests name. */
  startSolveMany(
    problems: AddonProblem[],
    requests: AddonRequest[],
    done: (outcome: RawSolution[] | AddonFault | undefined) => void,
    progress: ((progress: AddonProgress) => void) | undefined,
  ): AddonHandle | AddonFault;
  /** Loads the plug-in, once, and asks it for its devices. */
  openPlugin(file: string): AddonPlugin | AddonFault;
  slotValues(problem: AddonProblem, prices: Float64Array, placedArcs: Int32Array, placedUnits: Int32Array): SlotValues | AddonFault;
  certificatePass(
    problem: AddonProblem,
    prices: Float64Array,
    placedArcs: Int32Array,
    placedUnits: Int32Array,
  ): CertificatePass | AddonFault;
}

export function isFault(outcome: object): outcome is AddonFault {
  return 'fault' in outcome;
}

export function addonProblem(problem: Problem): AddonProblem {
  const { demands, nodes, arcs, offsets, targets, costs, units, unservedCost, capacity, arcCapacity, tiers, maximize, integer } = problem;
  return {
    demands,
    nodes,
    arcs,
    offsets,
    targets,
    costs,
    units,
    unservedCost,
    capacity,
    arcCapacity,
    tierOffsets: tiers?.offsets,
    tierSlots: tiers?.slots,
    tierSurcharge: tiers?.surcharge,
    maximize,
    integer,
  };
}

export function addonRequest(request: SolveRequest): AddonRequest {
  return {
    gap: request.gap,
    seed: request.seed,
    remainingMs: request.deadline - performance.now(),
    prices: request.prices,
    threads: request.threads,
  };
}
