/**
 * The problem a matcher stands before, and its answer so far, as Problem and Solution for `verify`.
 *
 * Committed units are rows of their own with one arc each, so that they hold their slots. Committed units that may move are rows whose
 * other arcs cost `keep` more, one row for every node they are on. Must-serve units without a place are left out: the rest is what
 * is proven. Nodes have at least as many slots as committed units on them.
 */
import { type MarketState, MUST_SERVE } from './backend/engine.js';
import { OutbidError } from './errors.js';
import { Problem } from './problem.js';
import { scale } from './reference/grid.js';
import { demandValues } from './reference/values.js';
import { type BackendUsed, Solution } from './solution.js';
import { verify } from './verify/index.js';

const NO_BOUND = 2 ** 31 - 1;

export interface MarketProblem {
  problem: Problem;
  /** Slot of the demand of each row; a demand with committed units may have several rows. */
  slots: Int32Array;
  /** Units on each arc of the problem. */
  flow: Int32Array;
}

/** Rows as they are collected. */
class Rows {
  readonly slots: number[] = [];
  readonly units: number[] = [];
  readonly unserved: number[] = [];
  readonly offsets: number[] = [0];
  readonly targets: number[] = [];
  readonly costs: number[] = [];
  readonly bounds: number[] = [];
  readonly flow: number[] = [];

  arc(target: number, cost: number, bound: number, flow: number): void {
    this.targets.push(target);
    this.costs.push(cost);
    this.bounds.push(bound);
    this.flow.push(flow);
  }

  close(slot: number, units: number, unserved: number): void {
    this.slots.push(slot);
    this.units.push(units);
    this.unserved.push(unserved);
    this.offsets.push(this.targets.length);
  }
}

export function marketProblem(state: MarketState, maximize: boolean): MarketProblem {
  const sign = maximize ? -1 : 1;
  const rows = new Rows();
  const capacity = state.capacity.slice();
  const committed = new Float64Array(state.nodes);
  for (let k = 0; k < state.slots.length; k++) {
    const begin = state.offsets[k];
    const end = state.offsets[k + 1];
    let fixed = 0;
    for (let a = begin; a < end; a++) {
      if (state.fixed[a] === 0) continue;
      fixed += state.fixed[a];
      committed[state.targets[a]] += state.fixed[a];
      rows.arc(state.targets[a], sign * state.costs[a], NO_BOUND, state.fixed[a]);
      rows.close(state.slots[k], state.fixed[a], Number.POSITIVE_INFINITY);
    }
    if (state.held[k] === 1) addHeld(rows, state, k, sign);
    else addWaiting(rows, state, k, sign, fixed);
  }
  for (let j = 0; j < state.nodes; j++) capacity[j] = Math.max(capacity[j], committed[j]);
  const tiers = tiersOf(state, capacity);
  const problem = Problem.sparse({
    nodes: state.nodes,
    capacity,
    offsets: Int32Array.from(rows.offsets),
    targets: Int32Array.from(rows.targets),
    costs: Float64Array.from(rows.costs),
    units: Int32Array.from(rows.units),
    unservedCost: Float64Array.from(rows.unserved),
    ...(rows.bounds.some((bound) => bound < NO_BOUND) ? { arcCapacity: Int32Array.from(rows.bounds) } : {}),
    ...(tiers === undefined ? {} : { tiers }),
    maximize,
  });
  return { problem, slots: Int32Array.from(rows.slots), flow: Int32Array.from(rows.flow) };
}

function addWaiting(rows: Rows, state: MarketState, k: number, sign: number, fixed: number): void {
  const unserved = state.unservedCost[k];
  let units = state.units[k] - fixed;
  if (unserved === Number.POSITIVE_INFINITY) {
    units = -fixed;
    for (let a = state.offsets[k]; a < state.offsets[k + 1]; a++) units += state.flow[a];
  }
  if (units === 0) return;
  for (let a = state.offsets[k]; a < state.offsets[k + 1]; a++) {
    const bound = state.bounds === undefined ? NO_BOUND : state.bounds[a];
    rows.arc(state.targets[a], sign * state.costs[a], bound >= NO_BOUND ? bound : bound - state.fixed[a], state.flow[a] - state.fixed[a]);
  }
  rows.close(state.slots[k], units, unserved);
}

/** A row for the units based on each node; those that were nowhere pay `keep` everywhere. */
function addHeld(rows: Rows, state: MarketState, k: number, sign: number): void {
  const begin = state.offsets[k];
  const arcs = state.offsets[k + 1] - begin;
  const left = state.flow.slice(begin, begin + arcs);
  const stayed = Array.from(left, (flow, a) => Math.min(flow, state.base[begin + a]));
  for (let a = 0; a < arcs; a++) left[a] -= stayed[a];
  for (let home = 0; home <= arcs; home++) {
    let missing = home === arcs ? Number.POSITIVE_INFINITY : state.base[begin + home] - stayed[home];
    let units = home === arcs ? 0 : stayed[home];
    const flow = new Int32Array(arcs);
    if (home < arcs) flow[home] = stayed[home];
    for (let a = 0; a < arcs && missing > 0; a++) {
      const moved = Math.min(missing, left[a]);
      flow[a] += moved;
      left[a] -= moved;
      missing -= moved;
      units += moved;
    }
    if (units === 0) continue;
    for (let a = 0; a < arcs; a++) {
      const cost = state.costs[begin + a] + (a === home ? 0 : state.keep[k]);
      // Only a demand of one unit has bounds here, and one row.
      const bound = state.bounds === undefined ? NO_BOUND : state.bounds[begin + a];
      rows.arc(state.targets[begin + a], sign * cost, bound, flow[a]);
    }
    rows.close(state.slots[k], units, Number.POSITIVE_INFINITY);
  }
}

function tiersOf(
  state: MarketState,
  capacity: Int32Array,
): { offsets: Int32Array; slots: Int32Array; surcharge: Float64Array } | undefined {
  if (state.tierSurcharge.every((g) => g === 0)) return undefined;
  const slots = state.tierSlots.slice();
  for (let j = 0; j < state.nodes; j++) slots[state.tierOffsets[j + 1] - 1] += capacity[j] - state.capacity[j];
  return { offsets: state.tierOffsets, slots, surcharge: state.tierSurcharge };
}

/** The placements as they stand, proven by the prices as they stand. `exact`: integer data and nothing left to repair. */
export function marketSolution(
  state: MarketState,
  { problem, flow }: MarketProblem,
  exponent: number,
  exact: boolean,
  backend: BackendUsed,
): Solution {
  const prices = pricesOf(state, problem, flow, exponent);
  const placedArcs: number[] = [];
  flow.forEach((units, a) => {
    if (units > 0) placedArcs.push(a);
  });
  const placements = { placedArcs: Int32Array.from(placedArcs), placedUnits: Int32Array.from(placedArcs, (a) => flow[a]) };
  const proof = verify(problem, { flow, prices } as unknown as Solution);
  if (exact && proof.gap !== 0)
    throw new OutbidError('CERTIFICATE_FAILED', `the market stands at an answer its certificate rejects: a gap of ${proof.gap} is left`, {
      backend: backend.name,
    });
  const stats = { milliseconds: 0 };
  return new Solution(
    problem,
    {
      status: proof.gap <= proof.tolerance ? 'optimal' : 'feasible',
      objective: proof.primal,
      bound: proof.dual,
      gap: proof.gap,
      tolerance: proof.tolerance,
      prices,
      values: demandValues(problem, prices, placements),
      ...placements,
      stats,
    },
    backend,
  );
}

/**
 * Prices in the caller's units. Nodes at which a must-serve unit is missing are dearer than all others by more than any two pays
 * differ; nodes without slots are so dear that nobody would rather be there.
 */
function pricesOf(state: MarketState, problem: Problem, flow: Int32Array, exponent: number): Float64Array {
  const open = (j: number): boolean => problem.capacityOf(j) > 0;
  const must = (p: number): boolean => p > MUST_SERVE / 2;
  let largest = 0;
  for (let j = 0; j < problem.nodes; j++)
    if (open(j)) largest = Math.max(largest, Math.abs(must(state.price[j]) ? state.price[j] - MUST_SERVE : state.price[j]));
  const beyond = 2 * (largest + Math.ceil(scale(problem.largestCost, exponent))) + 1;
  const prices = Float64Array.from(state.price, (p, j) =>
    !open(j) ? lastSurcharge(problem, j) : scale(must(p) ? p - MUST_SERVE + beyond : p, -exponent),
  );
  const sign = problem.maximize ? -1 : 1;
  for (let i = 0; i < problem.demands; i++) {
    let least = problem.unservedCostOf(i);
    let dearest = Number.NEGATIVE_INFINITY;
    for (let a = problem.rowStart(i); a < problem.rowEnd(i); a++) {
      const j = problem.target(a);
      if (!open(j)) continue;
      const pay = sign * problem.costs[a] + prices[j];
      if (flow[a] < problem.arcCapacityOf(a)) least = Math.min(least, pay);
      if (flow[a] > 0) dearest = Math.max(dearest, pay);
    }
    if (least === Number.POSITIVE_INFINITY) least = dearest;
    if (least === Number.NEGATIVE_INFINITY) continue;
    for (let a = problem.rowStart(i); a < problem.rowEnd(i); a++) {
      const j = problem.target(a);
      if (!open(j) && problem.arcCapacityOf(a) > 0) prices[j] = Math.max(prices[j], least - sign * problem.costs[a]);
    }
  }
  return prices;
}

function lastSurcharge(problem: Problem, node: number): number {
  const { tiers } = problem;
  if (tiers === undefined || tiers.offsets[node + 1] === tiers.offsets[node]) return 0;
  return tiers.surcharge[tiers.offsets[node + 1] - 1];
}
