/** What the placements of a batch cost, by term. */
import type { BuiltProblem } from './build.js';
import type { CostTerms } from './cost.js';
import type { Placed } from './placed.js';

/** In whole micro-USD: every term of COST_TERMS and the caller's own, `congestion` and `unserved`; they add up to the total. */
export type CostSummary = CostTerms & { congestion: number; unserved: number; total: number };

export function costSummary(built: BuiltProblem, placed: Placed): CostSummary {
  const cost: Record<string, number> = { ...built.noTerms(), congestion: 0, unserved: 0, total: 0 };
  built.requests.forEach((request, i) => {
    cost.unserved += (request.replicas - placed.unitsOf(i)) * built.plain.unservedCostOf(i);
    for (const j of placed.on(i)) for (const [term, value] of Object.entries(built.terms(i, j))) cost[term] += value;
  });
  built.blocks.forEach((blocks, j) => {
    let used = placed.usedOn(j);
    for (const { slots, surcharge } of blocks) {
      cost.congestion += Math.min(used, slots) * surcharge;
      used -= Math.min(used, slots);
    }
  });
  cost.total = Object.values(cost).reduce((sum, value) => sum + value, 0);
  return cost as CostSummary;
}
