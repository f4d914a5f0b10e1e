/**
 * The schedule: an auction at falling epsilon as a start, then the exact finish.
 *
 * The finish is correct from any state, so nothing here decides the answer; it decides the time. Epsilon starts at a quarter of the
 * mean standard deviation of a class's costs (a quarter of the unserved cost when there are more units than slots, for then
 * prices must climb to it), falls by THETA a phase down to 2^-17 of the largest cost, and rises eightfold in a price war. Between
 * phases a restart takes KAPPA epsilon off every price, so that few nodes stay priced and open. Before the finish a reverse pass
 * fills those that did.
 */
import { Auction, forward, type Outcome } from './bid.js';
import { type Counts, type FinishResult, finish } from './finish.js';
import type { Level } from './grid.js';
import type { Market } from './market.js';
import { reverse } from './offer.js';
import type { Poll } from './poll.js';
import type { Search } from './search.js';

const THETA = 6;
const KAPPA = 12;
const WAR_BIDS = 3;
const MOST_BIDS = 200;
const REVERSE_VISITS = 20;

export interface ScheduleOptions {
  /** Prices to start from, on the grid; undefined: every node at its first surcharge. */
  warm: Float64Array | undefined;
  /** Asked after each phase that leaves nobody unplaced: may the run end here? undefined: never. */
  goodEnough: (() => boolean) | undefined;
  /** Told after each such phase, before the next one moves anything; undefined: nobody keeps the best answer. */
  note: (() => void) | undefined;
}

export interface ScheduleResult {
  /** `met`: goodEnough said so; the rest as for the finish. */
  outcome: FinishResult['outcome'] | 'met';
  witness?: Int32Array;
  bids: number;
}

/** Mean over classes of the standard deviation of a class's costs. */
function costSpread(market: Market): number {
  let sum = 0;
  for (let i = 0; i < market.classes; i++) {
    const begin = market.offset[i];
    const end = market.offset[i + 1];
    if (end - begin < 2) continue;
    let mean = 0;
    for (let a = begin; a < end; a++) mean += market.cost[a] / (end - begin);
    let squares = 0;
    for (let a = begin; a < end; a++) squares += (market.cost[a] - mean) ** 2 / (end - begin);
    sum += Math.sqrt(squares);
  }
  return market.classes === 0 ? 0 : sum / market.classes;
}

/** Mean of the finite unserved costs if there are more units than slots; 0 otherwise. */
function overloadCost(market: Market): number {
  let units = 0;
  let slots = 0;
  let sum = 0;
  let finite = 0;
  for (let i = 0; i < market.classes; i++) {
    units += market.units[i];
    if (market.unservedCost[i] === Number.POSITIVE_INFINITY) continue;
    sum += Math.abs(market.unservedCost[i]);
    finite++;
  }
  for (let j = 0; j < market.nodes; j++) slots += market.capacity[j];
  return units > slots && finite > 0 ? sum / finite : 0;
}

export function startEpsilon(market: Market, forced: number): number {
  const start = Math.max(costSpread(market), overloadCost(market)) / 4;
  return Math.floor(Math.min(start, forced / 4));
}

/**
 * Discount restart: prices fall by KAPPA epsilon, not below the last used surcharge (a used slot of surcharge s needs a price of at
 * least s). Units that now pay more than epsilon above their least pay lose their place; the others bid anew.
 */
export function restart(auction: Auction, discount: number): void {
  const { market, epsilon } = auction;
  const { cost, node, price } = market;
  for (let j = 0; j < market.nodes; j++) {
    if (market.capacity[j] > 0) price[j] = Math.max(market.lastUsedSurcharge(j), price[j] - discount * epsilon);
  }
  for (let i = 0; i < market.classes; i++) {
    const pool = market.unservedCost[i];
    let least = pool;
    let second = Number.POSITIVE_INFINITY;
    let best = -1;
    for (let a = market.offset[i]; a < market.offset[i + 1]; a++) {
      const pay = cost[a] + price[node[a]];
      if (pay >= second || !(market.room(a) > 0)) continue;
      if (pay < least) {
        second = least;
        least = pay;
        best = a;
      } else second = pay;
    }
    if (market.unserved[i] > 0 && pool > least + epsilon) {
      market.unplaced[i] += market.unserved[i];
      market.unserved[i] = 0;
    }
    const alone = market.usedCount[i] === 1;
    for (let a = market.usedHead[i]; a >= 0; ) {
      const next = market.usedNext[a];
      const pay = market.pay(a);
      if (pay > least + epsilon) {
        market.unplaced[i] += market.flow[a];
        market.take(a, market.flow[a]);
      } else {
        const level = a === best && alone ? second : least;
        const bid = level === Number.POSITIVE_INFINITY ? price[node[a]] + auction.forced : level + epsilon - cost[a];
        market.setBid(a, Math.max(price[node[a]], auction.limited(bid)));
      }
      a = next;
    }
  }
}

function everyonePlaced(market: Market): boolean {
  for (let i = 0; i < market.classes; i++) if (market.unplaced[i] > 0) return false;
  return true;
}

/** The auction phases. Leaves a partial flow within capacities, whatever happens. */
function phases(auction: Auction, level: Level, options: ScheduleOptions, poll: Poll): Outcome | 'met' {
  const { market } = auction;
  let active = 0;
  let total = 0;
  for (let i = 0; i < market.classes; i++) {
    if (market.units[i] > 0) active++;
    total += market.units[i];
  }
  const war = Math.max(8, WAR_BIDS * active);
  const most = Math.max(1000, MOST_BIDS * active);
  const visits = REVERSE_VISITS * market.nodes + 100;
  const final = Math.max(1, Math.floor(level.largest * 2 ** -17));
  auction.epsilon = options.warm === undefined ? Math.max(final, startEpsilon(market, auction.forced)) : final;
  const first = auction.epsilon;
  for (let phase = 0; ; phase++) {
    // Epsilon rises in the first phase only; afterwards it falls, so the phases end.
    const outcome = forward(auction, phase === 0 ? war : Number.POSITIVE_INFINITY, most, poll);
    poll.report('auction', market.placed(), total, first > 1 ? 0.5 * (1 - Math.log(auction.epsilon) / Math.log(8 * first)) : 0.5);
    if (outcome !== 'done') return outcome;
    const last = auction.epsilon <= final;
    if (last || options.goodEnough !== undefined) reverse(auction, visits, poll);
    if (poll.mustStop()) return 'stopped';
    if (everyonePlaced(market)) {
      options.note?.();
      if (options.goodEnough?.()) return 'met';
    }
    if (last) return 'done';
    auction.epsilon = Math.max(final, Math.floor(auction.epsilon / THETA));
    restart(auction, KAPPA);
  }
}

export function runSchedule(
  market: Market,
  level: Level,
  search: Search,
  options: ScheduleOptions,
  counts: Counts,
  poll: Poll,
): ScheduleResult {
  const auction = new Auction(market, level);
  if (options.warm !== undefined) {
    for (let j = 0; j < market.nodes; j++) {
      if (market.capacity[j] > 0) market.price[j] = Math.max(market.price[j], Math.min(options.warm[j], Math.max(0, level.ceiling)));
    }
  }
  // Where the exact range leaves bids no headroom, the finish alone does it.
  if (level.ceiling >= 4 * auction.forced && market.arcs > 0) {
    const outcome = phases(auction, level, options, poll);
    if (outcome === 'infeasible') return { outcome, witness: auction.witness, bids: auction.bids };
    if (outcome === 'stopped' || outcome === 'met') return { outcome, bids: auction.bids };
  }
  return { ...finish(market, search, counts, poll), bids: auction.bids };
}
