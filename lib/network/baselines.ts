/**
 * Policies in use today: each places one request at a time, in order of arrival, and never looks back. They see the arcs and
 * the capacities of the same Problem as the joint matching, so that only the deciding differs.
 *
 *     randomSticky    a client draws a node at random and stays; it draws again when the node is full or may not run the request
 *     leastLoaded     the node with the smallest used share of its slots
 *     greedyCheapest  the node with the smallest cost among those with a free slot
 *
 * Ties and draws come from the seed alone. A request with no free eligible node (for randomSticky: none found in `attempts`
 * draws) stays unserved.
 */
import { OutbidError } from '../errors.js';
import type { Problem } from '../problem.js';
import { Load, placementCost, requireUnitDemands } from './placement-cost.js';

export interface PolicyOptions {
  /** Draws and ties (default 0). */
  seed?: number;
  /** Demands in order of arrival (default: 0, 1, 2, ...). */
  order?: ArrayLike<number>;
  /** For randomSticky: the client of each demand (default: every demand is its own client). */
  stickyKeys?: ArrayLike<string | number>;
  /** For randomSticky: nodes a request tries before it gives up (default 3). */
  attempts?: number;
}

export interface PolicyResult {
  policy: string;
  /** Node of each demand, -1 when unserved. */
  assignment: Int32Array;
  served: number;
  unserved: number;
  /** Total cost, unserved demands and surcharges included; total value when the problem maximises. */
  cost: number;
}

export type Policy = (problem: Problem, options?: PolicyOptions) => PolicyResult;

/** Default number of nodes randomSticky tries. */
export const STICKY_ATTEMPTS = 3;

export const randomSticky: Policy = (problem, options = {}) => {
  const attempts = options.attempts ?? STICKY_ATTEMPTS;
  if (!Number.isInteger(attempts) || attempts < 1)
    throw new OutbidError('OPTION_INVALID', `attempts must be a whole number above 0, not ${attempts}`, {
      option: 'attempts',
      value: attempts,
    });
  if (options.stickyKeys !== undefined && options.stickyKeys.length !== problem.demands) {
    throw new OutbidError('LENGTH_MISMATCH', `stickyKeys has ${options.stickyKeys.length} entries, there are ${problem.demands} demands`, {
      option: 'stickyKeys',
      value: options.stickyKeys.length,
    });
  }
  const random = generator(options.seed ?? 0);
  const home = new Map<string | number, number>();
  return place('random sticky', problem, options, (demand, load) => {
    const start = problem.rowStart(demand);
    const eligible: number[] = [];
    for (let arc = start; arc < problem.rowEnd(demand); arc++) if (load.allows(arc)) eligible.push(arc);
    if (eligible.length === 0) return -1;
    const key = options.stickyKeys?.[demand] ?? demand;
    for (let tries = 0; tries < attempts; tries++) {
      const arc =
        eligible.find((candidate) => problem.target(candidate) === home.get(key)) ?? eligible[Math.floor(random() * eligible.length)];
      const node = problem.target(arc);
      if (load.free(node) > 0) {
        home.set(key, node);
        return arc;
      }
      home.delete(key);
    }
    return -1;
  });
};

export const leastLoaded: Policy = (problem, options = {}) =>
  place(
    'least loaded',
    problem,
    options,
    best(problem, options, (arc, load) => load.share(problem.target(arc))),
  );

export const greedyCheapest: Policy = (problem, options = {}) => {
  const sign = problem.maximize ? -1 : 1;
  return place(
    'greedy cheapest',
    problem,
    options,
    best(problem, options, (arc, load) => sign * problem.costs[arc] + load.nextSurcharge(problem.target(arc))),
  );
};

/** Every policy of this file, in the order reports show them. */
export const POLICIES: readonly Policy[] = [randomSticky, leastLoaded, greedyCheapest];

type Choice = (demand: number, load: Load) => number;

function place(policy: string, problem: Problem, options: PolicyOptions, choose: Choice): PolicyResult {
  requireUnitDemands(problem);
  const order = checkOrder(problem, options.order);
  const load = new Load(problem);
  const assignment = new Int32Array(problem.demands).fill(-1);
  let served = 0;
  for (const demand of order) {
    const arc = choose(demand, load);
    if (arc < 0) continue;
    assignment[demand] = problem.target(arc);
    load.take(problem.target(arc));
    served++;
  }
  return { policy, assignment, served, unserved: problem.demands - served, cost: placementCost(problem, assignment) };
}

/** The arc with the smallest score among those with a free slot; equal scores go to the smallest draw. */
function best(problem: Problem, options: PolicyOptions, score: (arc: number, load: Load) => number): Choice {
  const random = generator(options.seed ?? 0);
  return (demand, load) => {
    let chosen = -1;
    let least = Number.POSITIVE_INFINITY;
    let draw = 0;
    for (let arc = problem.rowStart(demand); arc < problem.rowEnd(demand); arc++) {
      if (!load.allows(arc) || load.free(problem.target(arc)) === 0) continue;
      const value = score(arc, load);
      if (chosen >= 0 && value > least) continue;
      const drawn = random();
      if (chosen >= 0 && value === least && drawn >= draw) continue;
      chosen = arc;
      least = value;
      draw = drawn;
    }
    return chosen;
  };
}

function checkOrder(problem: Problem, order: ArrayLike<number> | undefined): Int32Array {
  if (order === undefined) return Int32Array.from({ length: problem.demands }, (_, i) => i);
  if (order.length !== problem.demands)
    throw new OutbidError('LENGTH_MISMATCH', `order has ${order.length} entries, there are ${problem.demands} demands`, {
      option: 'order',
      value: order.length,
    });
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

/** Numbers in [0, 1) from a seed: mulberry32, the same on every machine. */
function generator(seed: number): () => number {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new OutbidError('OPTION_INVALID', `seed must be a whole number from 0 to 2^53 - 1, not ${seed}`, { option: 'seed', value: seed });
  let state = (seed ^ Math.imul(Math.floor(seed / 2 ** 32), 0x9e3779b9)) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
