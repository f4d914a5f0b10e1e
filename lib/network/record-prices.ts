/**
 * The smallest prices that prove an optimum, and the values of requests at them.
 *
 * Several price vectors may prove the same answer, and which one a solver ends at is its own affair. The componentwise smallest of
 * them is unique: it does not depend on solver, seed or placement, and where no slot has a surcharge it is slotValues' gain, what one
 * slot more is worth. It is the least solution of
 *
 *     p_j >= g                       the surcharge g of the dearest slot used on node j
 *     p_k >= c_ij + p_j - c_ik       a unit of i on j does not prefer k, where i has room on its arc to k
 *     p_k >= r_i - c_ik              nor does a unit left unserved
 *
 * found from below, raising a price only where one of these asks for it. Some vector satisfies them all, so this ends, and never
 * above any of them. Costs must be whole numbers, so that sums are exact, and a demand has at most one unit on a node.
 */
import type { Problem } from '../problem.js';

export interface Prices {
  /** By node. */
  prices: Float64Array;
  /** By demand: what one more unit of it would cost. Nodes without slots have no say. */
  values: Float64Array;
}

/** `on(i)`: the nodes of demand i, one entry per unit placed, of an optimal answer of the problem. */
export function smallestPrices(problem: Problem, on: (demand: number) => readonly number[]): Prices {
  const prices = usedSurcharges(problem, on);
  const onNode: number[][] = Array.from(prices, () => []);
  const waiting = new Set<number>();
  const hasRoom = (i: number, a: number): boolean => problem.arcCapacityOf(a) > 1 || !on(i).includes(problem.target(a));
  const raise = (i: number, pay: number): void => {
    for (let a = problem.rowStart(i); a < problem.rowEnd(i); a++) {
      const k = problem.target(a);
      if (prices[k] >= pay - problem.costs[a] || !hasRoom(i, a)) continue;
      prices[k] = pay - problem.costs[a];
      waiting.add(k);
    }
  };
  for (let i = 0; i < problem.demands; i++) {
    const places = on(i);
    if (places.length < problem.unitsOf(i)) raise(i, problem.unservedCostOf(i));
    if (places.length === 0) continue;
    for (let a = problem.rowStart(i); a < problem.rowEnd(i); a++)
      if (places.includes(problem.target(a))) onNode[problem.target(a)].push(i, problem.costs[a]);
  }
  for (let j = 0; j < prices.length; j++) if (onNode[j].length > 0) waiting.add(j);
  // A set keeps the order of arrival: first come, first served, as in Bellman and Ford's method.
  for (const j of waiting) {
    waiting.delete(j);
    const units = onNode[j];
    for (let k = 0; k < units.length; k += 2) raise(units[k], units[k + 1] + prices[j]);
  }
  const values = Float64Array.from({ length: problem.demands }, (_, i) => {
    let least = problem.unservedCostOf(i);
    for (let a = problem.rowStart(i); a < problem.rowEnd(i); a++)
      if (hasRoom(i, a) && problem.capacityOf(problem.target(a)) > 0) least = Math.min(least, problem.costs[a] + prices[problem.target(a)]);
    return least;
  });
  return { prices, values };
}

function usedSurcharges({ tiers, nodes, demands }: Problem, on: (demand: number) => readonly number[]): Float64Array {
  const prices = new Float64Array(nodes);
  if (tiers === undefined) return prices;
  const used = new Float64Array(nodes);
  for (let i = 0; i < demands; i++) for (const j of on(i)) used[j]++;
  for (let j = 0; j < nodes; j++) {
    for (let k = tiers.offsets[j]; k < tiers.offsets[j + 1] && used[j] > 0; k++) {
      if (tiers.slots[k] > 0) prices[j] = tiers.surcharge[k];
      used[j] -= tiers.slots[k];
    }
  }
  return prices;
}
