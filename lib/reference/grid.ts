/**
 * Costs on a grid of whole numbers. Integer data is its own grid. Other costs are multiplied by 2^q and rounded, with the
 * largest q such that 2 C (min(classes, nodes) + 1) <= 2^52 on the grid, so that every price and every path length of a search is
 * an exact whole number. If no cost was rounded the grid is exact; otherwise the answer found on it is refined (refine.ts).
 */
import type { Classes } from './classes.js';
import type { Nodes } from './nodes.js';

/** Costs as the market sees them: whole numbers, in units of 2^-exponent of the caller's unit. */
export interface Level {
  cost: Float64Array;
  unservedCost: Float64Array;
  /** One per tier. */
  surcharge: Float64Array;
  exponent: number;
  /** No cost was rounded to get here. */
  exact: boolean;
  /** Largest absolute value among the above, infinity left out. */
  largest: number;
  /** Prices above this may leave the exact range in the finish: 2^53 - 2 * largest * (min(classes, nodes) + 1). */
  ceiling: number;
}

/** x * 2^exponent, also where 2^exponent itself is no double. */
export function scale(x: number, exponent: number): number {
  if (exponent >= -1000 && exponent <= 1000) return x * 2 ** exponent;
  const half = Math.trunc(exponent / 2);
  return x * 2 ** half * 2 ** (exponent - half);
}

/** min(classes, nodes) + 1: no shortest path visits more nodes. */
export function pathLength(classes: Classes, nodes: Nodes): number {
  return Math.min(classes.count, nodes.count) + 1;
}

/** Largest absolute finite value of three arrays. */
export function largestOf(...lists: Float64Array[]): number {
  let largest = 0;
  for (const list of lists) {
    for (let k = 0; k < list.length; k++) {
      const size = Math.abs(list[k]);
      if (size > largest && size < Number.POSITIVE_INFINITY) largest = size;
    }
  }
  return largest;
}

/** The largest exponent with 2 * largest * 2^exponent * hops <= 2^52. */
export function gridExponent(largest: number, hops: number): number {
  let exponent = Math.floor(51 - Math.log2(hops) - Math.log2(largest));
  const fits = (e: number): boolean => scale(largest, e) * hops <= 2 ** 51;
  while (!fits(exponent)) exponent--;
  while (fits(exponent + 1)) exponent++;
  return exponent;
}

export function ceilingFor(largest: number, hops: number): number {
  return 2 ** 53 - 2 * largest * hops;
}

/** Integer data as it is; other data on the finest grid of the exact range. */
export function firstLevel(classes: Classes, nodes: Nodes, integer: boolean): Level {
  const hops = pathLength(classes, nodes);
  const largest = largestOf(classes.cost, classes.unservedCost, nodes.tierSurcharge);
  if (integer || largest === 0) {
    const { cost, unservedCost } = classes;
    return { cost, unservedCost, surcharge: nodes.tierSurcharge, exponent: 0, exact: true, largest, ceiling: ceilingFor(largest, hops) };
  }
  const exponent = gridExponent(largest, hops);
  let exact = true;
  const put = (list: Float64Array): Float64Array => {
    const rounded = new Float64Array(list.length);
    for (let k = 0; k < list.length; k++) {
      const value = scale(list[k], exponent);
      rounded[k] = Math.round(value) + 0;
      if (rounded[k] !== value || (value === 0 && list[k] !== 0)) exact = false;
    }
    return rounded;
  };
  const cost = put(classes.cost);
  const unservedCost = put(classes.unservedCost);
  const surcharge = put(nodes.tierSurcharge);
  const size = largestOf(cost, unservedCost, surcharge);
  return { cost, unservedCost, surcharge, exponent, exact, largest: size, ceiling: ceilingFor(size, hops) };
}
