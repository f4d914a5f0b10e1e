/** The inference network on top of the solver: nodes, requests, one joint matching, and the policies in use today beside it. */
export {
  greedyCheapest,
  leastLoaded,
  POLICIES,
  type Policy,
  type PolicyOptions,
  type PolicyResult,
  randomSticky,
  STICKY_ATTEMPTS,
} from './baselines.js';
export { type BuildOptions, type BuiltProblem, buildProblem, DEFAULT_UNSERVED_COST, type Filter } from './build.js';
export { checkNetwork, DEFAULT_LATENCY_MS } from './check-network.js';
export { type CheckedBatch, checkRequests } from './check-requests.js';
export { COST_TERMS, type CostTerm, type CostTerms, type CostWeights, DEFAULT_WEIGHTS, MICRO_USD } from './cost.js';
export {
  type BaselineOutcome,
  type CostSummary,
  type MatchOptions,
  type MatchResult,
  matchBatch,
  type NodeOutcome,
  type Placement,
  type SlotSummary,
} from './matching.js';
export {
  type CheckedNetwork,
  type CheckedNode,
  type CheckedRequest,
  DEFAULT_MODE,
  type InferenceRequest,
  type Mode,
  type Network,
  type NetworkNode,
  type RequestBatch,
  type Source,
  type Throughput,
  type TokenRate,
} from './model.js';
export type { EligibilityFilter } from './node-index.js';
export { placementCost } from './placement-cost.js';
export {
  explainUnserved,
  type UnservedGroup,
  type UnservedKind,
  type UnservedReason,
  type UnservedRequest,
  type UnservedSummary,
} from './unserved.js';
