/** The public names of outbid, one by one. Anything not listed here is private and changes without notice. */
export { type Alternative, alternatives } from './alternatives.js';
export type { SlotValues } from './backend/backend.js';
export { type BackendInfo, backends } from './backend/choose.js';
export { UNAVAILABLE_CODES, type UnavailableCode } from './backend/unavailable.js';
export { ERROR_CODES, type ErrorCode, type ErrorPlace, OutbidError } from './errors.js';
export {
  type Change,
  Matcher,
  type MatcherDemand,
  type MatcherDemands,
  type MatcherOptions,
  type MatcherStats,
  type MatcherUpdate,
  type NodeTiers,
} from './matcher.js';
export type { BackendName, Progress, SolveOptions } from './options.js';
export {
  type ArcsInput,
  type CostArray,
  type DenseInput,
  Problem,
  type ProblemFields,
  type Quantity,
  type SparseInput,
  type Tiers,
} from './problem.js';
export type { ProblemJSON } from './problem-json.js';
export { slotValues } from './slot-values.js';
export { type BackendUsed, Solution, type SolutionJSON, type SolveStats, type Status, type Witness } from './solution.js';
export { solve, solveMany, solveSync } from './solve.js';
export { type Certificate, VIOLATION_CODES, type Violation, type ViolationCode, verify } from './verify/index.js';
