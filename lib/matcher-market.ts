/**
 * What stands between the calls of a Matcher and its engine: ids and node indexes, the grid, and every check. Arguments are checked
 * and copied before anything changes, so an error leaves the market as it was.
 */
import type { DemandRows, MarketState, MatcherEngine } from './backend/engine.js';
import { checkFields } from './check-arrays.js';
import { OutbidError } from './errors.js';
import {
  checkBounds,
  checkCapacity,
  checkCosts,
  checkDemand,
  checkDemands,
  checkNodeTiers,
  checkNumbers,
  checkTargets,
  type MatcherDemand,
  type MatcherDemands,
  type NodeTiers,
} from './matcher-arguments.js';
import type { MatcherGrid } from './matcher-grid.js';
import { DemandIds } from './matcher-ids.js';
import { MatcherNodes } from './matcher-nodes.js';
import type { Snapshot } from './matcher-snapshot.js';
import type { Change, MatcherUpdate } from './matcher-types.js';

const DEFAULT_DEADLINE = 5;

/** Arcs of one demand, as setCosts and addArcs take them. */
export interface DemandArcs {
  targets: ArrayLike<number>;
  costs: ArrayLike<number>;
}

/** A node as addNode takes it. */
export interface NewNode {
  capacity: number;
  demands?: ArrayLike<number>;
  costs?: ArrayLike<number>;
  tiers?: NodeTiers;
}

export class MatcherMarket {
  readonly engine: MatcherEngine;
  readonly grid: MatcherGrid;
  readonly ids = new DemandIds();
  readonly nodes = new MatcherNodes();
  /** Nothing changed since an update that left nothing to repair. */
  complete = true;
  readonly #sign: 1 | -1;

  constructor(engine: MatcherEngine, grid: MatcherGrid, sign: 1 | -1) {
    this.engine = engine;
    this.grid = grid;
    this.#sign = sign;
  }

  add(demand: MatcherDemand): number {
    return this.ids.id(this.#insert(checkDemand(demand, this.nodes, this.#sign))[0]);
  }

  addMany(demands: MatcherDemands): Float64Array {
    return this.idsOf(this.#insert(checkDemands(demands, this.nodes, this.#sign)));
  }

  place(demand: MatcherDemand): { id: number; node: number } {
    const [slot] = this.#insert(checkDemand(demand, this.nodes, this.#sign));
    return { id: this.ids.id(slot), node: this.engine.place(slot) };
  }

  commit(id: number): number {
    const node = this.engine.commit(this.ids.slot(id));
    if (node === -2) throw new OutbidError('DEMAND_NOT_PLACED', `some unit of the demand ${id} has no place`, { id });
    return node;
  }

  remove(ids: Int32Array): void {
    this.grid.units -= this.engine.removeDemands(ids);
    for (const slot of ids) this.ids.release(slot);
    this.complete = false;
  }

  /** Slots of many ids, each named once. */
  slots(value: unknown, argument: string): Int32Array {
    const list = checkNumbers(value, argument);
    const slots = new Int32Array(list.length);
    for (let k = 0; k < slots.length; k++) slots[k] = this.ids.slot(list[k], k);
    if (!this.ids.differ(slots)) throw new OutbidError('DEMAND_UNKNOWN', `the same id stands in ${argument} twice`, { argument });
    return slots;
  }

  idsOf(slots: Int32Array): Float64Array {
    const ids = new Float64Array(slots.length);
    for (let k = 0; k < ids.length; k++) ids[k] = this.ids.id(slots[k]);
    return ids;
  }

  addNode(node: NewNode): number {
    checkFields(node, ['capacity', 'demands', 'costs', 'tiers'], 'addNode');
    const tiers = checkNodeTiers(node.tiers, checkCapacity(node.capacity));
    const slots = this.slots(node.demands ?? [], 'demands');
    const costs = checkCosts(node.costs ?? [], slots.length, this.#sign);
    this.admit([costs, tiers.surcharge], this.grid.units, this.nodes.count + 1);
    return this.insertNode(tiers, slots, costs);
  }

  insertNode(tiers: { slots: Int32Array; surcharge: Float64Array }, slots: Int32Array, costs: Float64Array): number {
    const node = this.nodes.take();
    this.engine.addNode(node, tiers.slots, tiers.surcharge, slots, costs);
    this.complete = false;
    return node;
  }

  removeNode(node: number): Change[] {
    this.nodes.assert(node);
    const out = this.engine.removeNode(node);
    this.nodes.retire(node);
    this.complete = false;
    const count = out.length / 2;
    return Array.from({ length: count }, (_, k) => ({ id: this.ids.id(out[2 * k]), from: node, to: -1, units: out[2 * k + 1] }));
  }

  setCapacity(node: number, capacity: number): void {
    this.nodes.assert(node);
    this.engine.setCapacity(node, checkCapacity(capacity, 'capacity', node));
    this.complete = false;
  }

  setCosts(id: number, arcs: DemandArcs): void {
    const slot = this.ids.slot(id);
    checkFields(arcs, ['targets', 'costs'], 'setCosts');
    const { largest, rounded } = this.grid;
    const { targets, costs } = this.#arcs(arcs);
    if (!this.engine.setCosts(slot, targets, costs)) {
      Object.assign(this.grid, { largest, rounded });
      throw noArc(id);
    }
    this.complete = false;
  }

  addArcs(id: number, arcs: DemandArcs & { arcCapacity?: number | ArrayLike<number> }): void {
    const slot = this.ids.slot(id);
    checkFields(arcs, ['targets', 'costs', 'arcCapacity'], 'addArcs');
    const { largest, rounded } = this.grid;
    const { targets, costs, bounds } = this.#arcs(arcs);
    const done = this.engine.addArcs(slot, targets, costs, bounds);
    if (done !== 0) Object.assign(this.grid, { largest, rounded });
    if (done === 1) throw new OutbidError('DUPLICATE_ARC', `demand ${id} already has an arc to one of the targets`, { id });
    if (done === 2)
      throw new OutbidError('OPTION_UNSUPPORTED', 'a migratable demand of several units cannot have arcCapacity', {
        option: 'arcCapacity',
        id,
      });
    this.complete = false;
  }

  removeArcs(id: number, targets: ArrayLike<number>): void {
    const slot = this.ids.slot(id);
    const list = checkTargets(targets);
    this.nodes.checkRow(list, 0, list.length);
    const done = this.engine.removeArcs(slot, list);
    if (done === 1) throw noArc(id);
    if (done === 2) throw new OutbidError('DEMAND_COMMITTED', `demand ${id} is committed on one of the targets`, { id });
    this.complete = false;
  }

  setUnservedCost(id: number, cost: number): void {
    const slot = this.ids.slot(id);
    if (typeof cost !== 'number' || Number.isNaN(cost) || cost === Number.NEGATIVE_INFINITY)
      throw new OutbidError('UNSERVED_COST_INVALID', `unservedCost is ${String(cost)}, expected a finite number or Infinity`, {
        id,
        argument: 'unservedCost',
        value: cost,
      });
    this.admit([Float64Array.of(cost)], this.grid.units, this.nodes.count);
    this.engine.setUnservedCost(slot, cost);
    this.complete = false;
  }

  update(deadlineMs: number = DEFAULT_DEADLINE): MatcherUpdate {
    const started = performance.now();
    if (typeof deadlineMs !== 'number' || !(deadlineMs >= 0))
      throw new OutbidError('OPTION_INVALID', `deadlineMs must be a number >= 0, not ${String(deadlineMs)}`, { option: 'deadlineMs' });
    const { moves, complete, objective, gap, missing, pushes, pulls, expanded, restarted, interrupted } = this.engine.update(
      started + deadlineMs,
    );
    this.complete = complete;
    this.nodes.release();
    const changes: Change[] = [];
    for (let k = 0; k < moves.length; k += 4)
      changes.push({ id: this.ids.id(moves[k]), from: moves[k + 1], to: moves[k + 2], units: moves[k + 3] });
    const { exponent, rounded, units } = this.grid;
    const step = 2 ** -exponent;
    return {
      changes,
      complete,
      objective: this.#sign * objective + 0,
      gap: gap * step + (rounded ? 2 * units * step : 0),
      missing,
      stats: { milliseconds: performance.now() - started, pushes, pulls, expanded, restarted, interrupted },
    };
  }

  placements(id: number): [node: number, units: number][] {
    const list = this.engine.placements(this.ids.slot(id));
    return Array.from({ length: list.length / 2 }, (_, k) => [list[2 * k], list[2 * k + 1]]);
  }

  /** Ids of must-serve demands that miss a place for some unit. */
  unplaced(): Float64Array {
    const { slots, units, unservedCost, held, offsets, flow } = this.engine.exportState();
    const missing = slots.filter((_, k) => {
      if (unservedCost[k] < Number.POSITIVE_INFINITY && held[k] === 0) return false;
      let placed = 0;
      for (let a = offsets[k]; a < offsets[k + 1]; a++) placed += flow[a];
      return placed < units[k];
    });
    return this.idsOf(missing);
  }

  /** Lets new costs in, or throws COST_RANGE. */
  admit(costs: Float64Array[], units: number, nodes: number): void {
    const { grid } = this;
    const next = grid.check(costs, units, nodes, () => largestOf(this.engine.exportState()));
    // A wider range first: what is there must fit on the finer grid.
    if (next.range > grid.range || nodes > this.nodes.count) this.engine.setRange(next.range, nodes, next.largest * 2 ** next.exponent);
    if (next.exponent !== grid.exponent) this.engine.refineGrid(next.exponent);
    grid.exponent = next.exponent;
    grid.largest = next.largest;
    grid.rounded = next.rounded;
    grid.range = next.range;
    grid.units = units;
  }

  /** Fills an empty market. */
  load({ state, generations, freeSlots, nodes }: Omit<Snapshot, 'options'>): void {
    const { costs, unservedCost, keep, tierSurcharge, units } = state;
    this.admit(
      [costs, unservedCost, keep, tierSurcharge],
      units.reduce((sum, d) => sum + d, 0),
      state.nodes,
    );
    this.nodes.restore(nodes);
    this.ids.restore(generations, freeSlots, state.slots);
    this.engine.importState(state);
    this.complete = false;
  }

  /** Gives the rows their slots, once they are let in. */
  #insert(rows: DemandRows): Int32Array {
    const { slots } = rows;
    let { units } = this.grid;
    for (let k = 0; k < slots.length; k++) units += rows.units[k];
    this.admit([rows.costs, rows.unservedCost, rows.keep], units, this.nodes.count);
    for (let k = 0; k < slots.length; k++) slots[k] = this.ids.take();
    this.engine.addDemands(rows);
    this.complete = false;
    return slots;
  }

  #arcs(arcs: DemandArcs & { arcCapacity?: number | ArrayLike<number> }): {
    targets: Int32Array;
    costs: Float64Array;
    bounds: Int32Array | undefined;
  } {
    const targets = checkTargets(arcs.targets);
    const costs = checkCosts(arcs.costs, targets.length, this.#sign);
    const bounds = checkBounds(arcs.arcCapacity, targets.length);
    this.nodes.checkRow(targets, 0, targets.length);
    this.admit([costs], this.grid.units, this.nodes.count);
    return { targets, costs, bounds };
  }
}

function noArc(id: number): OutbidError {
  return new OutbidError('ARC_UNKNOWN', `demand ${id} has no arc to one of the targets`, { id });
}

function largestOf({ costs, unservedCost, keep, tierSurcharge }: MarketState): number {
  let largest = 0;
  for (const list of [costs, unservedCost, keep, tierSurcharge])
    for (const cost of list) if (cost < Number.POSITIVE_INFINITY) largest = Math.max(largest, Math.abs(cost));
  return largest;
}
