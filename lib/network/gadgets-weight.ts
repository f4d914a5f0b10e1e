/**
 * What a unit missing to a floor costs: so much that no saving elsewhere is worth one.
 *
 * Take the network as a circulation: source -> tenant -> request -> node -> group -> group around it -> sink -> source, a served unit
 * of request i on node j at cost_ij (surcharge included) - r_i. From an optimum of cost + M * missing to a placement that misses fewer
 * units leads a sum of simple cycles, one of which misses fewer, by a whole unit or more. Between two requests on it lies a node, a
 * tenant or the source, each at most once, so it passes at most H = min(requests, nodes + tenants + 1) requests; passing request i
 * changes the cost by at most W_i = max(cost_ij, r_i) - min(cost_ij, r_i), and surcharges of tiers stand on one arc in and one out of
 * the sink. So the cycle costs at most
 *
 *     B = the H largest W_i, added up, + the largest surcharge,
 *
 * and any M > B makes it pay: no such optimum exists. M = 2B + 1, so that a change of one cycle, which is what a slot more or less
 * brings, can be told apart into units missing and cost: |cost| <= B < M / 2.
 */
import type { Problem } from '../problem.js';

export function floorWeight(plain: Problem, nodes: number, tenants: number): number {
  const surcharge = plain.tiers?.surcharge.reduce((most, g) => Math.max(most, g), 0) ?? 0;
  const widths = new Float64Array(plain.demands);
  for (let i = 0; i < plain.demands; i++) {
    let least = plain.unservedCostOf(i);
    let most = least;
    for (let a = plain.rowStart(i); a < plain.rowEnd(i); a++) {
      least = Math.min(least, plain.costs[a]);
      most = Math.max(most, plain.costs[a] + surcharge);
    }
    widths[i] = most - least;
  }
  widths.sort();
  const passed = Math.min(plain.demands, nodes + tenants + 1);
  return 2 * (widths.subarray(plain.demands - passed).reduce((sum, width) => sum + width, 0) + surcharge) + 1;
}

/** The cost in a difference of two optima that differ by whole units missing, too. */
export function withoutMissing(difference: number, weight: number): number {
  return weight === 0 ? difference : difference - weight * Math.round(difference / weight);
}
