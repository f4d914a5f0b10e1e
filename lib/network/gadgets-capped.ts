/** Which limits stand in the way of requests, and which floors are missed. */
import type { BuiltProblem } from './build.js';
import type { GroupLimit } from './model.js';
import type { Placed } from './placed.js';

/**
 * The limit that keeps a request from a place, if one does: that of its tenant when that is at its cap, else that of a group at
 * its cap which holds a node with a free slot for it. `request` is its position in the batch.
 */
export function cappedReason(_built: BuiltProblem, _placed: Placed, _request: number): GroupLimit | undefined {
  return undefined;
}

/** A limit and the units that count against it. */
export interface LimitUse {
  limit: GroupLimit;
  used: number;
  /** Units short of the floor; 0 without one. */
  missed: number;
}

/** Every limit of the network, in its order. */
export function limitUse(_built: BuiltProblem, _placed: Placed): LimitUse[] {
  return [];
}
