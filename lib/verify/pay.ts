/**
 * A pay is cost + price of an arc, exactly: the double nearest to it and the rest. Rounding never changes an order, so pays
 * compare by their doubles first and by their rests where those are equal.
 *
 * Here is also the best u of a demand for given prices: the u that maximises
 *
 *     d u - sum over its arcs of a max(0, u - pay) ,   u <= r
 *
 * That function is concave with slope d minus the capacity of the arcs cheaper than u, so the best u is the pay of the d-th
 * cheapest unit, at most r, and its value is what those d units cost: sum over cheaper arcs of a pay + (d - their units) u.
 */
import type { ExactSum } from './exact-sum.js';

export interface BoundedArc {
  capacity: number;
  pay: number;
  rest: number;
}

/** What a demand adds to the bound. */
export interface BoundTerm {
  /** False where a must-serve demand wants more units than its arcs may carry: no bound is finite then. */
  finite: boolean;
  /** d |u| + sum a max(0, u - pay), rounded: the size of the terms, for the tolerance. */
  size: number;
}

/** Adds to `bound` what `units` > 0 units of a demand cost at least, given arcs with finite capacities (sorted in place). */
export function addCheapestUnits(bound: ExactSum, units: number, arcs: BoundedArc[], unservedCost: number): BoundTerm {
  arcs.sort((a, b) => a.pay - b.pay || a.rest - b.rest);
  let left = units;
  let k = 0;
  while (k < arcs.length && arcs[k].capacity < left && isBelow(arcs[k].pay, arcs[k].rest, unservedCost)) {
    left -= arcs[k].capacity;
    bound.addProduct(arcs[k].capacity, arcs[k].pay).addProduct(arcs[k].capacity, arcs[k].rest);
    k++;
  }
  const last = k < arcs.length && isBelow(arcs[k].pay, arcs[k].rest, unservedCost) ? arcs[k] : undefined;
  const u = last?.pay ?? unservedCost;
  if (u === Number.POSITIVE_INFINITY) return { finite: false, size: 0 };
  bound.addProduct(left, u);
  if (last !== undefined) bound.addProduct(left, last.rest);
  let size = units * Math.abs(u);
  for (let before = 0; before < k; before++) size += arcs[before].capacity * (u - arcs[before].pay);
  return { finite: true, size };
}

/** pay + rest < limit. */
export function isBelow(pay: number, rest: number, limit: number): boolean {
  return pay < limit || (pay === limit && rest < 0);
}
