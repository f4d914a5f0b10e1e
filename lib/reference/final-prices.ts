/**
 * The prices that leave the solver, in the caller's units.
 *
 * A price that is no double is rounded up, so that no class finds another node cheaper than before; then it is put between the
 * surcharges of the last used and the next free slot, which I2 says it already is.
 *
 * Nodes of capacity 0 bound nothing but must not look cheap: their price is what makes every class with an arc there pay at least
 * u_i. A class without room anywhere has no u_i; there the dearest pay it has stands for it.
 */

import type { Classes } from './classes.js';
import type { Market } from './market.js';
import type { Nodes } from './nodes.js';
import { roundingError, roundUp } from './pays.js';

/** `high` + `low` are the prices of nodes with capacity; entries of the others are not read. */
export function finalPrices(
  market: Market,
  classes: Classes,
  nodes: Nodes,
  high: Float64Array,
  low: Float64Array | undefined,
): Float64Array {
  const prices = new Float64Array(nodes.count);
  for (let j = 0; j < nodes.count; j++) {
    if (nodes.capacity[j] === 0) continue;
    let price = low === undefined ? high[j] : roundUp(high[j], low[j]);
    if (low !== undefined)
      price = Math.max(rawSurcharge(nodes, j, market.load[j] - 1), Math.min(price, rawSurcharge(nodes, j, market.load[j])));
    prices[j] = Math.max(0, price) + 0;
  }
  closedPrices(market, classes, nodes, prices);
  return prices;
}

/** Surcharge of a slot in the caller's units; 0 before the first slot, Infinity past the last. */
function rawSurcharge(nodes: Nodes, j: number, slot: number): number {
  if (slot < 0) return 0;
  if (slot >= nodes.capacity[j]) return Number.POSITIVE_INFINITY;
  let t = nodes.tierOffset[j];
  for (let left = slot; left >= nodes.tierSlots[t]; t++) left -= nodes.tierSlots[t];
  return nodes.tierSurcharge[t];
}

function closedPrices(market: Market, classes: Classes, nodes: Nodes, prices: Float64Array): void {
  const { offset, node, cost, bound } = classes;
  let closed = 0;
  for (let j = 0; j < nodes.count; j++) {
    if (nodes.capacity[j] > 0) continue;
    closed++;
    prices[j] = nodes.tierSurcharge[nodes.tierOffset[j + 1] - 1];
  }
  if (closed === 0) return;
  for (let i = 0; i < classes.count; i++) {
    if (classes.units[i] === 0) continue;
    let high = classes.unservedCost[i];
    let low = 0;
    let dearest = Number.NEGATIVE_INFINITY;
    let dearestLow = 0;
    let closedArcs = 0;
    for (let a = offset[i]; a < offset[i + 1]; a++) {
      if (nodes.capacity[node[a]] === 0) {
        closedArcs++;
        continue;
      }
      const price = prices[node[a]];
      const pay = cost[a] + price;
      const error = roundingError(cost[a], price);
      if (market.room(a) > 0 && (pay < high || (pay === high && error < low))) {
        high = pay;
        low = error;
      }
      if (market.flow[a] > 0 && (pay > dearest || (pay === dearest && error > dearestLow))) {
        dearest = pay;
        dearestLow = error;
      }
    }
    if (closedArcs === 0) continue;
    if (high === Number.POSITIVE_INFINITY) {
      if (dearest === Number.NEGATIVE_INFINITY) continue;
      high = dearest;
      low = dearestLow;
    }
    for (let a = offset[i]; a < offset[i + 1]; a++) {
      const j = node[a];
      if (nodes.capacity[j] > 0 || (bound !== undefined && bound[a] === 0)) continue;
      const rest = high - cost[a];
      prices[j] = Math.max(prices[j], roundUp(rest, roundingError(high, -cost[a]) + low));
    }
  }
}
