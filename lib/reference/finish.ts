/**
 * The exact finish: from any prices and any partial flow within the capacities to the optimum, epsilon 0, in the original costs.
 *
 * Prices of loaded nodes rise to the surcharge of their last used slot. DROP: units that pay more than the least their class could
 * pay lose their place. A free slot whose surcharge lies below the price is hungry: with the hungry slots counted as used, I2
 * holds. Then unplaced units are PUSHed and hungry slots PULLed, every step keeping I1 at epsilon 0 and I2; when neither is left, gap = 0.
 */
import type { Market } from './market.js';
import type { Poll } from './poll.js';
import { pull } from './pull.js';
import { push } from './push.js';
import { unreachable } from './reach.js';
import type { Search } from './search.js';

export interface FinishResult {
  outcome: 'done' | 'stopped' | 'infeasible';
  /** Classes that cannot all be served, when infeasible. */
  witness?: Int32Array;
}

/** Counts of a run, for its statistics. */
export interface Counts {
  pushes: number;
  pulls: number;
}

/** Unplaces every unit of class i that pays more than the least it could. Room that opens here is dearer than that least pay. */
export function drop(market: Market, i: number): void {
  const least = market.leastPay(i);
  if (market.unserved[i] > 0 && market.unservedCost[i] > least) {
    market.unplaced[i] += market.unserved[i];
    market.unserved[i] = 0;
  }
  for (let a = market.usedHead[i]; a >= 0; ) {
    const next = market.usedNext[a];
    if (market.pay(a) > least) {
      market.unplaced[i] += market.flow[a];
      market.take(a, market.flow[a]);
    }
    a = next;
  }
}

/** Drops, then counts the hungry slots. */
export function beginFinish(market: Market): void {
  for (let j = 0; j < market.nodes; j++) {
    if (market.load[j] > 0) market.price[j] = Math.max(market.price[j], market.lastUsedSurcharge(j));
  }
  for (let i = 0; i < market.classes; i++) drop(market, i);
  for (let j = 0; j < market.nodes; j++) {
    market.hungry[j] = market.capacity[j] > 0 ? Math.max(0, market.slotsBelow(j, market.price[j]) - market.load[j]) : 0;
  }
}

export function finish(market: Market, search: Search, counts: Counts, poll: Poll): FinishResult {
  beginFinish(market);
  let total = 0;
  for (let i = 0; i < market.classes; i++) total += market.units[i];
  // Ask about once every 64 node expansions; a push or pull counts as one more.
  let nextAsk = 0;
  const stopped = (): boolean => {
    const work = search.expanded + counts.pushes + counts.pulls;
    if (work < nextAsk) return false;
    nextAsk = work + 64;
    return poll.mustStop();
  };
  for (let i = 0; i < market.classes; i++) {
    while (market.unplaced[i] > 0) {
      if (stopped()) return { outcome: 'stopped' };
      if (!push(market, search, i)) return { outcome: 'infeasible', witness: unreachable(market, i) };
      if ((++counts.pushes & 255) === 0) poll.report('finish', market.placed(), total, 0.6 + (0.2 * i) / market.classes);
    }
  }
  for (let j = 0; j < market.nodes; j++) {
    while (market.hungry[j] > 0) {
      if (stopped()) return { outcome: 'stopped' };
      pull(market, search, j);
      if ((++counts.pulls & 255) === 0) poll.report('finish', market.placed(), total, 0.8 + (0.15 * j) / market.nodes);
    }
  }
  return { outcome: 'done' };
}
