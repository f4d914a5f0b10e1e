/** The optimum of a tiny problem by looking at every answer there is. It checks the oracle, and nothing is simpler. */
import type { Problem } from '../../lib/problem.js';
import { exact, nearestDouble } from './exact-number.js';

/** Best objective in the caller's sense, nearest double, or undefined where no answer exists. */
export function bruteForce(problem: Problem): number | undefined {
  const load = new Array<number>(problem.nodes).fill(0);
  const sign = problem.maximize ? -1n : 1n;
  let best: bigint | undefined;

  const visit = (i: number, a: number, left: number, cost: bigint): void => {
    if (i === problem.demands) {
      const total = cost + loadCost(problem, load);
      if (best === undefined || total < best) best = total;
      return;
    }
    if (a === problem.rowEnd(i)) {
      const r = problem.unservedCostOf(i);
      if (left > 0 && r === Number.POSITIVE_INFINITY) return;
      const next = i + 1;
      visit(
        next,
        next < problem.demands ? problem.rowStart(next) : 0,
        next < problem.demands ? problem.unitsOf(next) : 0,
        left > 0 ? cost + BigInt(left) * exact(r) : cost,
      );
      return;
    }
    visit(i, a + 1, left, cost);
    if (problem.forbidden(a)) return;
    const j = problem.target(a);
    for (let x = 1; x <= Math.min(left, problem.arcCapacityOf(a), problem.capacityOf(j) - load[j]); x++) {
      load[j] += x;
      visit(i, a + 1, left - x, cost + sign * BigInt(x) * exact(problem.costs[a]));
      load[j] -= x;
    }
  };
  visit(0, problem.demands > 0 ? problem.rowStart(0) : 0, problem.demands > 0 ? problem.unitsOf(0) : 0, 0n);
  return best === undefined ? undefined : nearestDouble(sign * best);
}

/** Surcharges of the loads, slot by slot. */
function loadCost(problem: Problem, load: number[]): bigint {
  let total = 0n;
  for (let j = 0; j < load.length; j++) {
    const surcharges: number[] = [];
    const { tiers } = problem;
    if (tiers !== undefined) {
      for (let k = tiers.offsets[j]; k < tiers.offsets[j + 1]; k++)
        for (let z = 0; z < tiers.slots[k]; z++) surcharges.push(tiers.surcharge[k]);
    }
    for (let z = 0; z < load[j]; z++) total += exact(surcharges[z] ?? 0);
  }
  return total;
}
