/**
 * Refining an answer that was found on a grid, for costs that are no whole numbers.
 *
 * The flow is optimal for the rounded costs and the prices prove it. In reduced costs
 *
 *     c_ij + p_j - w_i ,   r_i - w_i ,   g_jk - p_j        w_i = least pay of class i over arcs with room, at most r_i
 *
 * it is the same problem, but everything the optimum can still depend on is a few grid units wide: a cycle of the residual graph
 * visits a class and a node at most once and each hop errs by at most one unit, so no cycle through a cost above
 * K = min(classes, nodes) + 4 units can improve anything. Such costs are cut to K + 1 (and, for saturated arcs and full tiers, to
 * -(K + 1)), and the rest is put on a grid finer by all that this wins: 2^33 at 500 nodes, 2^23 at 12,500. There the flow is kept,
 * prices start at 0 and the finish runs again; the sum of all prices is the price, kept as a pair of doubles.
 *
 * After Gleixner, Steffy and Wolter, Iterative refinement for linear programming (2016), with whole-number solves inside.
 */
import type { Classes } from './classes.js';
import { ceilingFor, gridExponent, type Level, largestOf, pathLength, scale } from './grid.js';
import type { Market } from './market.js';
import type { Nodes } from './nodes.js';
import { roundingError } from './pays.js';

/** Prices of nodes as exact sums high + low. */
export interface WidePrices {
  high: Float64Array;
  low: Float64Array;
}

/** The market's prices in the caller's units, added to those of the levels before. */
export function addPrices(wide: WidePrices, market: Market, level: Level): void {
  const { high, low } = wide;
  for (let j = 0; j < market.nodes; j++) {
    if (market.capacity[j] === 0) continue;
    const more = scale(market.price[j], -level.exponent);
    const sum = high[j] + more;
    const rest = roundingError(high[j], more) + low[j];
    high[j] = sum + rest;
    low[j] = roundingError(sum, rest);
  }
}

/** (a + bHigh + bLow) - (cHigh + cLow), rounded to a double whose error is that of the pairs, not of the doubles. */
function difference(a: number, bHigh: number, bLow: number, cHigh: number, cLow: number): number {
  const sum = a + bHigh;
  const sumLow = roundingError(a, bHigh);
  const high = sum - cHigh;
  return high + (roundingError(sum, -cHigh) + (sumLow + (bLow - cLow)));
}

/** The next, finer level around a market that is optimal on `level`. */
export function refineLevel(market: Market, classes: Classes, nodes: Nodes, wide: WidePrices, level: Level): Level {
  const hops = pathLength(classes, nodes);
  const most = hops + 4;
  const coarse = level.exponent;
  // Cut to most coarse units, the finer grid still fits in the exact range.
  const finer = coarse + gridExponent(most, hops);
  const limit = scale(most, finer - coarse);
  const put = (value: number): number => Math.round(Math.max(-limit, Math.min(limit, scale(value, finer)))) + 0;
  const { node } = classes;
  const cost = new Float64Array(classes.node.length);
  const unservedCost = new Float64Array(classes.count);
  const surcharge = new Float64Array(nodes.tierSurcharge.length);
  for (let i = 0; i < classes.count; i++) {
    let high = classes.unservedCost[i];
    let low = 0;
    let dearest = Number.NEGATIVE_INFINITY;
    let dearestLow = 0;
    for (let a = classes.offset[i]; a < classes.offset[i + 1]; a++) {
      const j = node[a];
      if (market.capacity[j] === 0) continue;
      const sum = classes.cost[a] + wide.high[j];
      const rest = roundingError(classes.cost[a], wide.high[j]) + wide.low[j];
      const pay = sum + rest;
      const payLow = roundingError(sum, rest);
      if ((pay < high || (pay === high && payLow < low)) && market.room(a) > 0) {
        high = pay;
        low = payLow;
      }
      if ((pay > dearest || (pay === dearest && payLow > dearestLow)) && market.flow[a] > 0) {
        dearest = pay;
        dearestLow = payLow;
      }
    }
    if (high === Number.POSITIVE_INFINITY) {
      high = dearest === Number.NEGATIVE_INFINITY ? 0 : dearest;
      low = dearest === Number.NEGATIVE_INFINITY ? 0 : dearestLow;
    }
    unservedCost[i] =
      classes.unservedCost[i] === Number.POSITIVE_INFINITY
        ? Number.POSITIVE_INFINITY
        : put(difference(classes.unservedCost[i], 0, 0, high, low));
    for (let a = classes.offset[i]; a < classes.offset[i + 1]; a++) {
      const j = node[a];
      cost[a] = market.capacity[j] === 0 ? 0 : put(difference(classes.cost[a], wide.high[j], wide.low[j], high, low));
    }
  }
  for (let j = 0; j < nodes.count; j++) {
    if (market.capacity[j] === 0) continue;
    for (let t = nodes.tierOffset[j]; t < nodes.tierOffset[j + 1]; t++)
      surcharge[t] = put(difference(nodes.tierSurcharge[t], 0, 0, wide.high[j], wide.low[j]));
  }
  const largest = largestOf(cost, unservedCost, surcharge);
  return { cost, unservedCost, surcharge, exponent: finer, exact: false, largest, ceiling: ceilingFor(largest, hops) };
}
