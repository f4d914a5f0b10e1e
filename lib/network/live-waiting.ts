/**
 * What the loop asks of the market behind it, whichever one that is: live-market.ts places by itself what comes and what waits,
 * live-limited.ts matches what waits as a batch, under the limits of groups.
 *
 * A request that waits may be placed anywhere by an update. Its places are told by `placed`, if only until the next call; the loop
 * takes them by `fix` at once, and from then on each is held under the name of a reservation, until `release`.
 */
import type { NodeCounts } from './ledger-types.js';
import type { LiveCosts } from './live-costs.js';
import type { Taken } from './live-requests.js';
import type { CheckedNode, CheckedRequest, GroupLimit } from './model.js';
import type { NoArcs } from './request-arcs.js';

/** A request that waits, for all its replicas that have no slot yet. */
export interface Waiting {
  request: CheckedRequest;
  /** Where replicas of it hold slots or are over; the others go elsewhere. */
  held: Taken[];
}

export interface MarketUpdate {
  /** The placements are optimal for what is free to move. */
  complete: boolean;
  /** In micro-USD. */
  gap: number;
  /** Requests that have places now. */
  moved: string[];
}

/** Times are in seconds. */
export interface WaitingMarket {
  readonly costs: LiveCosts;
  /** Requests that wait. */
  readonly waiting: number;
  /** A node of the network was added or changed; `counts` are the ledger's. */
  setNode(node: CheckedNode, counts: NodeCounts): void;
  /** A node left; what it held is no longer held. */
  removeNode(id: string): void;
  /** Slots of a node, as they stand in the ledger. */
  setCounts(id: string, counts: NodeCounts): void;
  /** Brings costs up to date. */
  refresh(now: number): void;
  /** A request joins those that wait; `atOnce` it gets places where slots are free for it and nobody who waits is about to get them. */
  add(waiting: Waiting, now: number, atOnce: boolean): void;
  isWaiting(id: string): boolean;
  /** All that wait. */
  entries(): Iterable<Waiting>;
  /** Replicas of a request that wait. */
  unitsWaiting(id: string): number;
  /** Nodes on which a request that waits has slots, if only until the next update. */
  placed(id: string): string[];
  /** Why a request that waits has no place. */
  why(id: string, now: number): NoArcs | 'capped' | 'full';
  drop(id: string): void;
  /** A request that came is taken back, with the slots that it was about to get. */
  withdraw(id: string): void;
  /** Replicas of a request that waits hold these of its places, each under the name of a reservation. */
  fix(id: string, slots: readonly { node: string; reservation: string }[], now: number): void;
  /** A slot of a node is held by a replica of a request that is already there. */
  hold(reservation: string, node: string, cost: number, request: CheckedRequest): void;
  /** False when the reservation holds nothing here. */
  release(reservation: string): boolean;
  /** What a reservation's slot was taken for, in whole micro-USD. */
  costOf(reservation: string): number;
  /** Matches the requests that wait. */
  update(deadlineMs: number | undefined): MarketUpdate;
  /** What the limits of the network leave for a batch that came now; none without limits. */
  limits(): GroupLimit[];
  dispose(): void;
}
