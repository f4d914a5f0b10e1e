/** What a running Network takes and gives. */
import type { BackendName } from '../options.js';
import type { BuildOptions } from './build.js';
import type { CostTerms } from './cost.js';
import type { LedgerOptions, LedgerSnapshot } from './ledger-types.js';
import type { LiveMatching } from './live-records.js';
import type { InferenceRequest, NetworkData } from './model.js';
import type { NoArcs } from './request-arcs.js';

export interface NetworkOptions extends Omit<BuildOptions, 'now'>, LedgerOptions {
  /** Milliseconds within which an assignment must be committed (default 10,000). */
  ttlMs?: number;
  /** Sessions whose last node is remembered, the latest used ones (default 100,000). */
  maxSessions?: number;
  /** Decisions that `decision` can tell, the latest ones (default 100,000). */
  maxDecisions?: number;
  /**
   * Whether every tick, and every request that gets a slot at once, tells its `matching`, and decisions their price and digest (default
   * false). It takes a joint matching made anew beside the network's own, for each of them.
   */
  records?: boolean;
  /** Breaks ties (default 0). */
  seed?: number;
  /** Which backend runs (default 'auto'). */
  backend?: BackendName;
}

/** A slot kept for a replica of a request: dispatch it there and `commit`, within its time. */
export interface Assignment {
  request: string;
  /** Its own name for each attempt and each replica; used once. */
  reservation: string;
  node: string;
  /** The mode it is to be run in, one of those the request accepts. */
  mode: string;
  /** When it ends by itself: until then `commit`; of one that runs, the end of its lease, Infinity without one. */
  expiresAt: number;
}

/** A reservation that ended without a release. */
export interface Ended {
  request: string;
  reservation: string;
  node: string;
  /** Whether it had been dispatched. */
  was: 'assigned' | 'running';
}

export interface Submitted {
  request: string;
  /** One for every replica that has a slot at once; those left wait for the next ticks. */
  assigned: Assignment[];
  /** Replicas that wait. */
  waiting: number;
  /** The request was there already: nothing changed, and `assigned` is what it holds. */
  repeated: boolean;
  /** With option `records`, of a request that got a slot: the matching of this request alone. */
  matching?: LiveMatching;
}

export interface Tick {
  /** Counted from 1. */
  epoch: number;
  /** Replicas that got a slot in this tick. */
  assigned: Assignment[];
  /** Nobody committed these in time, or their lease ran out. Assigned ones wait again, as a new attempt. */
  expired: Ended[];
  /** Requests of expired assignments that could not wait again, because as many wait as may. */
  dropped: string[];
  /** Requests that wait. */
  waiting: number;
  /** The placements are optimal for what is free to move; else the next tick goes on. */
  complete: boolean;
  /** The cost is at most this far from the optimum, in micro-USD. */
  gap: number;
  milliseconds: number;
  /** With option `records`: the joint matching of the requests that waited. */
  matching?: LiveMatching;
}

/** How a request came to its node: what it cost there, and what the next best would have. */
export interface Decision {
  epoch: number;
  request: string;
  reservation: string;
  node: string;
  mode: string;
  /** Whole micro-USD, and by term. */
  cost: number;
  terms: CostTerms;
  /** The cheapest other node that may run it, slots aside. */
  runnerUp: { node: string; cost: number } | undefined;
  /** Of a slot there, in that matching; null without option `records`, or where no statement is made (see DecisionRecord). */
  price: number | null;
  /** How much dearer its runner-up was in that matching, prices included. */
  extraCost: number | null;
  /** SHA-256 of the problem that the matching solved; null without option `records`. */
  digest: string | null;
}

/** A decision, without what stands beside it where a slot is held. */
export type HeldDecision = Omit<Decision, 'request' | 'reservation' | 'node' | 'mode' | 'cost' | 'runnerUp'> &
  Partial<Pick<Decision, 'runnerUp'>>;

/** Where a request is. */
export type RequestState =
  | { state: 'unknown' }
  | { state: 'waiting'; why: NoArcs | 'capped' | 'full'; assigned: Assignment[] }
  | { state: 'assigned' | 'running'; assigned: Assignment[] };

/** A slot that a replica of a request holds. Cost in whole micro-USD. */
export interface HeldSlot {
  id: string;
  node: string;
  /** Of the node when it got the slot. */
  operator: string;
  mode: string;
  cost: number;
  /** How it came there; absent once forgotten. */
  decision?: HeldDecision;
}

/** A running network as a plain object that survives JSON. */
export interface NetworkSnapshot {
  format: 'outbid-live-network';
  version: 1;
  epoch: number;
  network: NetworkData;
  ledger: LedgerSnapshot;
  /** Reservations named so far. */
  serial: number;
  /** `over`: where replicas ran that are done or lost, of a request with others that are not. */
  requests: { request: InferenceRequest; reservations: HeldSlot[]; over: { node: string; operator: string }[] }[];
  sessions: [session: string, node: string][];
  /** What the next tick has to tell. */
  expired: Ended[];
  dropped: string[];
}
