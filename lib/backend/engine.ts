/**
 * What a long-lived market is to `Matcher`: demands by slot, nodes by index, changes one at a time, repair in slices. Slots and
 * indexes are given out by the Matcher, which checks every argument first; an engine trusts what it is told.
 *
 * Costs arrive in the sense of a minimisation, in the caller's units. On the engine's grid a cost c is round(c * 2^exponent).
 */

/** Rows of arcs of several demands, as in Problem.sparse; row k belongs to slots[k]. */
export interface DemandRows {
  slots: Int32Array;
  offsets: Int32Array;
  targets: Int32Array;
  costs: Float64Array;
  /** 2^31 - 1: none. undefined: none at all. */
  bounds: Int32Array | undefined;
  units: Int32Array;
  /** Infinity: must be served. */
  unservedCost: Float64Array;
  /** Cost of moving a committed unit; negative: a committed unit never moves. */
  keep: Float64Array;
}

/** A whole market in flat arrays: what snapshots hold and problems are made of. */
export interface MarketState extends DemandRows {
  /** Nodes 0..nodes-1; a removed one has capacity 0 and no arcs. */
  nodes: number;
  capacity: Int32Array;
  /** Tiers of node j: tierOffsets[j] .. tierOffsets[j + 1] - 1, at least one each. */
  tierOffsets: Int32Array;
  tierSlots: Int32Array;
  tierSurcharge: Float64Array;
  /** On the grid, in units of 2^-exponent, MUST_SERVE parts included. */
  price: Float64Array;
  /** Committed with `keep` >= 0: it may move, at that cost. */
  held: Uint8Array;
  /** Units left unserved, now and at the last report. */
  pooled: Int32Array;
  pooledBase: Int32Array;
  /** Per arc: units now, at the last report, and those committed for good. */
  flow: Int32Array;
  base: Int32Array;
  fixed: Int32Array;
  /** [slot, node, units]: units of the last report on arcs that are gone since. */
  lost: Int32Array;
}

/** What unserved must-serve units cost on the grid: more than any sum of costs a path can have. */
export const MUST_SERVE = 2 ** 51;
/** Prices and costs on the grid stay below this, MUST_SERVE parts aside. */
export const GRID_LIMIT = 2 ** 49;

export interface UpdateOutcome {
  /** [slot, from, to, units] of every move since the last report, -1 for unserved. */
  moves: Int32Array;
  /** No repair is left to do. */
  complete: boolean;
  /** Cost of all placements and of unserved units whose unserved cost is finite. */
  objective: number;
  /** On the grid; Infinity while must-serve units are on their way. */
  gap: number;
  /** Must-serve units without a place. */
  missing: number;
  pushes: number;
  pulls: number;
  expanded: number;
  /** The prices had left the exact range: every unit was placed anew. */
  restarted: boolean;
  /** The deadline came in the middle of a search. */
  interrupted: boolean;
}

export interface MatcherEngine {
  /** From now on C <= largest and 2C(hops + 1) <= range hold for every cost C on the grid and the hops of any path. */
  setRange(range: number, hops: number, largest: number): void;
  /** Costs from now on, and those it has, on a finer grid: exact. */
  refineGrid(exponent: number): void;
  /** With an arc each from the demands in `slots`. The index is the next one, or that of a removed node. */
  addNode(node: number, tierSlots: Int32Array, tierSurcharge: Float64Array, slots: Int32Array, costs: Float64Array): void;
  /** Its units lose their place, committed ones too: [slot, units] each. */
  removeNode(node: number): Int32Array;
  setCapacity(node: number, capacity: number): void;
  addDemands(rows: DemandRows): void;
  /** Returns the units they had. */
  removeDemands(slots: Int32Array): number;
  /** Pushes the units of a demand that was just added. The node that has them all, or -1. */
  place(slot: number): number;
  /** Fixes a demand's units where they are (with `keep` >= 0: makes moving them cost that). The node that has them all, or -1; -2 if some unit has no place. */
  commit(slot: number): number;
  /** False, and nothing done, if an arc does not exist. */
  setCosts(slot: number, targets: Int32Array, costs: Float64Array): boolean;
  /** 0: done. 1: an arc exists. 2: bounds are not for a demand of several units that may move when committed. */
  addArcs(slot: number, targets: Int32Array, costs: Float64Array, bounds: Int32Array | undefined): number;
  /** 0: done. 1: an arc does not exist. 2: it carries committed units. */
  removeArcs(slot: number, targets: Int32Array): number;
  setUnservedCost(slot: number, cost: number): void;
  /** Repairs until nothing is left to do or the clock of performance.now() reads `deadline`; gets on a little in any case. */
  update(deadline: number): UpdateOutcome;
  /** [node, units] of a demand's placements. */
  placements(slot: number): Int32Array;
  exportState(): MarketState;
  /** Into an engine without demands or nodes. Any prices and any flow within the capacities will do. */
  importState(state: MarketState): void;
  dispose(): void;
}
