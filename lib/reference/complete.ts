/**
 * A stopped run still gives its best complete answer: units without a place go to the cheapest free slots their class may use,
 * must-serve classes first, and never to a slot dearer than leaving them unserved.
 */
import type { Market } from './market.js';

/** Places what can be placed; the rest becomes unserved. Returns the must-serve units that found no place. */
export function complete(market: Market): number {
  let missing = 0;
  for (const mustServe of [true, false]) {
    for (let i = 0; i < market.classes; i++) {
      if (market.unplaced[i] === 0 || (market.unservedCost[i] === Number.POSITIVE_INFINITY) !== mustServe) continue;
      while (market.unplaced[i] > 0) {
        let cheapest = -1;
        let least = market.unservedCost[i];
        for (let a = market.offset[i]; a < market.offset[i + 1]; a++) {
          const cost = market.cost[a] + market.nextSurcharge(market.node[a]);
          if (cost < least && market.room(a) > 0) {
            least = cost;
            cheapest = a;
          }
        }
        if (cheapest < 0) break;
        const j = market.node[cheapest];
        const k = Math.min(market.unplaced[i], market.room(cheapest), market.slotsToTierEnd(j, market.load[j]));
        market.place(cheapest, k, market.price[j]);
        market.unplaced[i] -= k;
      }
      if (mustServe) missing += market.unplaced[i];
      else {
        market.unserved[i] += market.unplaced[i];
        market.unplaced[i] = 0;
      }
    }
  }
  return missing;
}
