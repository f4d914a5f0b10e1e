/**
 * Placing demands one at a time: what every policy of baselines.ts shares, so that only the deciding differs.
 *
 * Demands come in order of arrival, the units of one after another, each on a node of its own. A unit may take an arc whose
 * node has a free slot, if that costs less than leaving it unserved (else the joint matching would not use it either: so are
 * slots held back) and if the rules say nothing against it. What is placed stays.
 */
import { OutbidError } from '../errors.js';
import type { Problem } from '../problem.js';
import { costOfArcs, Load, requireDistinctUnits } from './placement-cost.js';

/** What a problem of requests and nodes alone does not say: caps, distinct operators. Told of every unit placed. */
export interface PlacementRules {
  /** Whether a unit of the demand may be placed on the node, after those placed so far. */
  allowed(demand: number, node: number): boolean;
  placed(demand: number, node: number): void;
}

export interface PolicyOptions {
  /** Draws and ties (default 0). */
  seed?: number;
  /** Demands in order of arrival (default: 0, 1, 2, ...). */
  order?: ArrayLike<number>;
  /** For randomSticky: the client of each demand (default: every demand is its own client). */
  stickyKeys?: ArrayLike<string | number>;
  /** For randomSticky: nodes a unit tries before it gives up (default 3). */
  attempts?: number;
  /** For roundRobin: the pool of each demand; every pool takes its own turns (default: one pool). */
  pools?: ArrayLike<string | number>;
  /** Bounds beyond those of the problem, new ones for every run (default: none). */
  rules?: PlacementRules;
}

export interface PolicyResult {
  policy: string;
  /** Node of each demand, the first of its nodes where it has several units; -1 when unserved. */
  assignment: Int32Array;
  /** Arcs that carry a unit, ascending. */
  arcs: Int32Array;
  /** Units. */
  served: number;
  unserved: number;
  /** Total cost, unserved demands and surcharges included; total value when the problem maximises. */
  cost: number;
}

/** Where one unit may go. */
export interface Turn {
  demand: number;
  /** Which unit of the demand it is, from 0. */
  unit: number;
  /** Arcs it may use as far as demand, node and rules go, full nodes included: the first `length` entries. The choice may reorder them. */
  eligible: Int32Array;
  length: number;
  load: Load;
  /** Whether the arc's node has a free slot that costs less than leaving the unit unserved. */
  open(arc: number): boolean;
}

/** The arc a unit takes, -1 for none. */
export type Choice = (turn: Turn) => number;

export function placeInOrder(policy: string, problem: Problem, options: PolicyOptions, choose: Choice): PolicyResult {
  requireDistinctUnits(problem);
  const order = checkOrder(problem, options.order);
  const load = new Load(problem);
  const sign = problem.maximize ? -1 : 1;
  const { rules } = options;
  const assignment = new Int32Array(problem.demands).fill(-1);
  const used: number[] = [];
  let units = 0;
  const turn: Turn = {
    demand: 0,
    unit: 0,
    eligible: new Int32Array(16),
    length: 0,
    load,
    open: (arc) => {
      const node = problem.target(arc);
      return load.free(node) > 0 && sign * problem.costs[arc] + load.nextSurcharge(node) < problem.unservedCostOf(turn.demand);
    },
  };
  for (const demand of order) {
    const start = problem.rowStart(demand);
    const end = problem.rowEnd(demand);
    const wanted = problem.unitsOf(demand);
    const mine: number[] = [];
    if (turn.eligible.length < end - start) turn.eligible = new Int32Array(2 * (end - start));
    turn.demand = demand;
    units += wanted;
    // More units than arcs can never have nodes of their own.
    for (let unit = 0; unit < Math.min(wanted, end - start); unit++) {
      turn.unit = unit;
      turn.length = 0;
      for (let arc = start; arc < end; arc++) {
        if (!load.allows(arc) || mine.includes(arc) || rules?.allowed(demand, problem.target(arc)) === false) continue;
        turn.eligible[turn.length++] = arc;
      }
      const arc = turn.length === 0 ? -1 : choose(turn);
      if (arc < 0) continue;
      const node = problem.target(arc);
      if (mine.length === 0) assignment[demand] = node;
      mine.push(arc);
      used.push(arc);
      load.take(node);
      rules?.placed(demand, node);
    }
  }
  const arcs = Int32Array.from(used).sort();
  return { policy, assignment, arcs, served: arcs.length, unserved: units - arcs.length, cost: costOfArcs(problem, arcs) };
}

/** A list with an entry for each demand. Error: LENGTH_MISMATCH. */
export function checkPerDemand(problem: Problem, option: string, list: ArrayLike<unknown> | undefined): void {
  if (list !== undefined && list.length !== problem.demands)
    throw new OutbidError('LENGTH_MISMATCH', `${option} has ${list.length} entries, there are ${problem.demands} demands`, {
      option,
      value: list.length,
    });
}

function checkOrder(problem: Problem, order: ArrayLike<number> | undefined): Int32Array {
  if (order === undefined) return Int32Array.from({ length: problem.demands }, (_, i) => i);
  checkPerDemand(problem, 'order', order);
  const seen = new Uint8Array(problem.demands);
  for (let k = 0; k < order.length; k++) {
    const demand = order[k];
    if (!Number.isInteger(demand) || demand < 0 || demand >= problem.demands || seen[demand] === 1) {
      throw new OutbidError('OPTION_INVALID', `order[${k}] is ${demand}; order must name every demand once`, {
        option: 'order',
        index: k,
        value: demand,
      });
    }
    seen[demand] = 1;
  }
  return Int32Array.from(order);
}
