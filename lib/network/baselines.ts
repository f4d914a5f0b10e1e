/**
 * Policies in use today: each places one request at a time, in order of arrival, and never looks back. They see the arcs, the
 * costs and the capacities of the same Problem as the joint matching, so that only the deciding differs.
 *
 *     randomSticky     a client draws a node at random and stays; it draws again when the node is full or may not run the request
 *     roundRobin       the nodes take turns: the next one with a free slot after the one used last
 *     leastLoaded      the node with the smallest used share of its slots
 *     powerOfTwo       two nodes with a free slot are drawn, the one with the smaller used share wins
 *     greedyCheapest   greedy best score: the node with the smallest cost among those with a free slot
 *
 * Ties and draws come from the seed alone. A unit with no free node that it may use (for randomSticky: none found in `attempts`
 * draws) stays unserved. They place a unit after another on distinct nodes; floors, which need foresight, they do not see.
 */
import { OutbidError } from '../errors.js';
import type { Problem } from '../problem.js';
import { draws } from './draws.js';
import { type Choice, checkPerDemand, type PolicyOptions, type PolicyResult, placeInOrder, type Turn } from './one-at-a-time.js';

/**
 * @throws OutbidError UNITS_INVALID for a demand of several units with an arc that may carry more than one; LENGTH_MISMATCH and
 *   OPTION_INVALID naming the option.
 */
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
  checkPerDemand(problem, 'stickyKeys', options.stickyKeys);
  const random = draws(options.seed ?? 0);
  const home = new Map<string | number, number>();
  return placeInOrder('random sticky', problem, options, ({ demand, unit, eligible, length, open }) => {
    const key = options.stickyKeys?.[demand] ?? demand;
    for (let tries = 0; tries < attempts; tries++) {
      const kept = home.get(key);
      let arc = kept === undefined ? -1 : arcTo(problem, eligible, length, kept);
      if (arc < 0) arc = eligible[Math.floor(random() * length)];
      // Further replicas run elsewhere by definition: they leave the client's node as it is.
      if (open(arc)) {
        if (unit === 0) home.set(key, problem.target(arc));
        return arc;
      }
      if (unit === 0) home.delete(key);
    }
    return -1;
  });
};

function arcTo(problem: Problem, eligible: Int32Array, length: number, node: number): number {
  for (let k = 0; k < length; k++) if (problem.target(eligible[k]) === node) return eligible[k];
  return -1;
}

export const roundRobin: Policy = (problem, options = {}) => {
  checkPerDemand(problem, 'pools', options.pools);
  const random = draws(options.seed ?? 0);
  const next = new Map<string | number, number>();
  return placeInOrder('round robin', problem, options, ({ demand, eligible, length, open }) => {
    const pool = options.pools?.[demand] ?? 0;
    if (!next.has(pool)) next.set(pool, Math.floor(random() * problem.nodes));
    const from = next.get(pool) as number;
    let chosen = -1;
    let least = problem.nodes;
    for (let k = 0; k < length; k++) {
      const ahead = (problem.target(eligible[k]) - from + problem.nodes) % problem.nodes;
      if (ahead >= least || !open(eligible[k])) continue;
      chosen = eligible[k];
      least = ahead;
    }
    if (chosen >= 0) next.set(pool, (problem.target(chosen) + 1) % problem.nodes);
    return chosen;
  });
};

export const leastLoaded: Policy = (problem, options = {}) =>
  placeInOrder(
    'least loaded',
    problem,
    options,
    best(options, (arc, { load }) => load.share(problem.target(arc))),
  );

export const powerOfTwo: Policy = (problem, options = {}) => {
  const random = draws(options.seed ?? 0);
  return placeInOrder('power of two choices', problem, options, ({ eligible, length, open, load }) => {
    let free = 0;
    for (let k = 0; k < length; k++) if (open(eligible[k])) eligible[free++] = eligible[k];
    if (free < 2) return free === 0 ? -1 : eligible[0];
    const first = Math.floor(random() * free);
    const other = Math.floor(random() * (free - 1));
    const second = other < first ? other : other + 1;
    const shareOf = (k: number): number => load.share(problem.target(eligible[k]));
    return shareOf(second) < shareOf(first) ? eligible[second] : eligible[first];
  });
};

/** Greedy by best score, where the score is the cost: what a router with a perfect score for every pair would do. */
export const greedyCheapest: Policy = (problem, options = {}) => {
  const sign = problem.maximize ? -1 : 1;
  return placeInOrder(
    'greedy cheapest (best score)',
    problem,
    options,
    best(options, (arc, { load }) => sign * problem.costs[arc] + load.nextSurcharge(problem.target(arc))),
  );
};

/** Every policy of this file, in the order reports show them. */
export const POLICIES: readonly Policy[] = [randomSticky, roundRobin, leastLoaded, powerOfTwo, greedyCheapest];

/** The arc with the smallest score among those with a free slot; equal scores go to the smallest draw. */
function best(options: PolicyOptions, score: (arc: number, turn: Turn) => number): Choice {
  const random = draws(options.seed ?? 0);
  return (turn) => {
    let chosen = -1;
    let least = Number.POSITIVE_INFINITY;
    let draw = 0;
    for (let k = 0; k < turn.length; k++) {
      const arc = turn.eligible[k];
      if (!turn.open(arc)) continue;
      const value = score(arc, turn);
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
