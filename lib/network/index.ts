/** The inference network on top of the solver: nodes, requests, one joint matching, and the policies in use today beside it. */

export { type Advice, type AdviceStep, type AdviseOptions, advise } from './advice.js';
export { CHANGE_KINDS, type Change, type ChangeKind, type NotOffered } from './advice-changes.js';
export { type AnswerOptions, answerOf, type PlacedUnit, type RankedAlternative, type RequestAnswer, type UnitCost } from './answer.js';
export { greedyCheapest, leastLoaded, POLICIES, type Policy, powerOfTwo, randomSticky, roundRobin, STICKY_ATTEMPTS } from './baselines.js';
export {
  BUILD_OPTIONS,
  type BuildOptions,
  type BuiltProblem,
  buildProblem,
  DEFAULT_EXPLORATION_SECONDS,
  DEFAULT_MAX_UNSERVED_COST,
  DEFAULT_UNSERVED_COST,
  type Loading,
} from './build.js';
export { checkNetwork, DEFAULT_LATENCY_MS } from './check-network.js';
export { DEFAULT_GPU } from './check-node.js';
export { type CheckedBatch, checkRequests, MAX_PRIORITY, MAX_REPLICAS } from './check-requests.js';
export { type ContributionOptions, type Hiding, type OperatorContribution, operatorContribution } from './contribution.js';
export { COST_TERMS, type CostTerm, type CostTerms, type CostWeights, DEFAULT_WEIGHTS, MICRO_USD, type TermFunction } from './cost.js';
export { ELIGIBILITY_FILTERS, type EligibilityFilter } from './eligibility.js';
export { explain, explainRecord } from './explain.js';
export { explainDecision } from './explain-decision.js';
export { explainNode } from './explain-node.js';
export { cappedReason, type LimitUse, limitUse } from './gadgets-capped.js';
export { slotWorth, type WorthOptions } from './gadgets-worth.js';
export { Ledger } from './ledger.js';
export type {
  EndedReservation,
  LedgerOptions,
  LedgerSnapshot,
  LedgerStats,
  NodeCounts,
  ObserveAnswer,
  ReconcileAnswer,
  ReleaseAnswer,
  ReportOutcome,
  Reservation,
  ReservationAnswer,
} from './ledger-types.js';
export { STRANDING_FILTERS, type StrandingFilter } from './lifted.js';
export type { LiveMatching } from './live-records.js';
export type {
  Assignment,
  Decision,
  Ended,
  HeldDecision,
  HeldSlot,
  NetworkOptions,
  NetworkSnapshot,
  RequestState,
  Submitted,
  Tick,
} from './live-types.js';
export {
  type BaselineOutcome,
  type CostSummary,
  type MatchOptions,
  type MatchResult,
  matchBatch,
  type Placement,
} from './matching.js';
export {
  type CheckedNetwork,
  type CheckedNode,
  type CheckedRequest,
  DEFAULT_MODE,
  type GroupLimit,
  type InferenceRequest,
  type Mode,
  type NetworkData,
  type NetworkNode,
  type NodeChoice,
  type NodeState,
  type RequestBatch,
  type SlotTier,
  type Source,
  type Throughput,
  type TokenPrice,
  type TokenRate,
} from './model.js';
export { Network } from './network.js';
export type { NodeOutcome, SlotSummary } from './node-outcomes.js';
export type { PlacementRules, PolicyOptions, PolicyResult } from './one-at-a-time.js';
export { Placed } from './placed.js';
export { type PlacementList, placementCost } from './placement-cost.js';
export { policyRules } from './policy-rules.js';
export {
  type DecisionRecord,
  decisionPrices,
  decisionRecord,
  decisionRecords,
  MOST_OUTBID,
  type OutbidAt,
  RECORD_FORMAT,
  RECORD_VERSION,
  type Recordable,
  type RecordedUnit,
  type RecordOptions,
  type RunnerUp,
} from './record.js';
export { checkRecord, RECORD_VIOLATIONS, type RecordGround, type RecordViolation, type RecordViolationCode } from './record-check.js';
export type { Filter, NoArcs } from './request-arcs.js';
export type { Evenness, GroupOutcome, Shares } from './shares.js';
export { IDLE_KINDS, type IdleAmount, type IdleKind, type IdleSplit, type Missing, type UsedSplit } from './splits.js';
export {
  explainUnserved,
  UNSERVED_REASONS,
  type UnservedFacts,
  type UnservedGroup,
  type UnservedKind,
  type UnservedReason,
  type UnservedRequest,
  type UnservedSummary,
} from './unserved.js';
