/** What a Matcher takes and gives, besides demands (matcher-arguments.ts). */
import type { NodeTiers } from './matcher-arguments.js';
import type { BackendName } from './options.js';

export interface MatcherOptions {
  /** Slots of each node (default: no nodes yet). */
  capacity?: ArrayLike<number>;
  /** Surcharges for later slots, one entry per node (default: none). */
  tiers?: ArrayLike<NodeTiers | undefined>;
  /** Costs are values to be maximised (default false). */
  maximize?: boolean;
  /** Grid for costs that are no whole numbers: a power of two from 2^-40 to 1 (default 2^-20). Whole numbers need none. */
  step?: number;
  /** Breaks ties by a hash of (seed, demand, node) (default 0). */
  seed?: number;
  /** Which backend runs (default 'auto'). */
  backend?: BackendName;
}

/** Units that are elsewhere than the last update said; -1: unserved. `from` may be a node that was removed since. */
export interface Change {
  id: number;
  from: number;
  to: number;
  units: number;
}

export interface MatcherUpdate {
  /** Placements that differ from those of the last update, `place` and `commit`. A demand that is and was unserved is not listed. */
  changes: Change[];
  /** Nothing is left to repair: the placements are optimal for what is free to move. */
  complete: boolean;
  /** Cost (value, when maximising) of all placements, committed ones included, and of unserved units; without missing units. */
  objective: number;
  /**
   * The objective is at most this far from the optimum. Complete: 0 for whole-number costs and multiples of `step`, else
   * 2 * units * step. Not complete: what is left to repair, a rougher bound while more than 256 demands have no place yet; Infinity
   * while must-serve units are part of that.
   */
  gap: number;
  /** Must-serve units without a place; `unplaced()` lists their demands. */
  missing: number;
  stats: MatcherStats;
}

export interface MatcherStats {
  milliseconds: number;
  /** Searches that ended. */
  pushes: number;
  pulls: number;
  /** Nodes the searches looked at, those of an interrupted one too. */
  expanded: number;
  /** The deadline came in the middle of a search. It goes on with the next update, or starts anew if the market changes before. */
  interrupted: boolean;
  /** Everything that may move was placed anew, because prices had left the exact range; never otherwise. */
  restarted: boolean;
}
