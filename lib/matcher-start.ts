/** A problem and its optimal answer as the state a matcher starts from. */
import type { MarketState } from './backend/engine.js';
import { GRID_LIMIT } from './backend/engine.js';
import type { MatcherOptions } from './matcher-types.js';
import type { Problem } from './problem.js';
import { scale } from './reference/grid.js';
import { solveSync } from './solve.js';

/** `admit` throws COST_RANGE where the costs are too large, before anything is solved. */
export function stateOfProblem(
  problem: Problem,
  options: Pick<MatcherOptions, 'seed' | 'backend'>,
  admit: (costs: Float64Array[], units: number) => number,
): MarketState {
  const { demands: n, nodes: m, maximize } = problem;
  const sign = maximize ? -1 : 1;
  const offsets = new Int32Array(n + 1);
  const kept: number[] = [];
  for (let i = 0; i < n; i++) {
    for (let a = problem.rowStart(i); a < problem.rowEnd(i); a++) if (!problem.forbidden(a)) kept.push(a);
    offsets[i + 1] = kept.length;
  }
  const arcs = Int32Array.from(kept);
  // Cheapest arcs first: a search that knows it stops early.
  for (let i = 0; i < n; i++) {
    for (let a = offsets[i] + 1; a < offsets[i + 1]; a++) {
      const arc = arcs[a];
      const cost = sign * problem.costs[arc];
      let at = a;
      for (; at > offsets[i] && sign * problem.costs[arcs[at - 1]] > cost; at--) arcs[at] = arcs[at - 1];
      arcs[at] = arc;
    }
  }
  const costs = Float64Array.from(arcs, (a) => sign * problem.costs[a]);
  const units = Int32Array.from({ length: n }, (_, i) => problem.unitsOf(i));
  const unservedCost = Float64Array.from({ length: n }, (_, i) => problem.unservedCostOf(i));
  const tiers = tiersOf(problem);
  const exponent = admit(
    [costs, unservedCost, tiers.tierSurcharge],
    units.reduce((sum, d) => sum + d, 0),
  );
  const solution = solveSync(problem, { seed: options.seed, backend: options.backend });
  const solved = solution.status !== 'infeasible';
  const flow = solved ? Int32Array.from(arcs, (a) => solution.flow[a]) : new Int32Array(arcs.length);
  // Costs that are no multiples of the step were solved as given: their prices are near enough to start from.
  const price = Float64Array.from({ length: m }, (_, j) =>
    solved ? Math.min(GRID_LIMIT, Math.round(scale(solution.prices[j], exponent))) : 0,
  );
  const bounds =
    problem.arcCapacity === undefined ? undefined : Int32Array.from(arcs, (a) => Math.min(2 ** 31 - 1, problem.arcCapacityOf(a)));
  return {
    nodes: m,
    capacity: Int32Array.from({ length: m }, (_, j) => problem.capacityOf(j)),
    ...tiers,
    price,
    slots: Int32Array.from({ length: n }, (_, i) => i),
    units,
    unservedCost,
    keep: new Float64Array(n).fill(-1),
    held: new Uint8Array(n),
    pooled: solved ? solution.unserved.slice() : new Int32Array(n),
    pooledBase: new Int32Array(n),
    offsets,
    targets: Int32Array.from(arcs, (a) => problem.target(a)),
    costs,
    bounds,
    flow,
    base: new Int32Array(arcs.length),
    fixed: new Int32Array(arcs.length),
    lost: new Int32Array(0),
  };
}

function tiersOf(problem: Problem): { tierOffsets: Int32Array; tierSlots: Int32Array; tierSurcharge: Float64Array } {
  const { tiers, nodes } = problem;
  const offsets = new Int32Array(nodes + 1);
  const slots: number[] = [];
  const surcharge: number[] = [];
  for (let j = 0; j < nodes; j++) {
    const begin = tiers?.offsets[j] ?? 0;
    const end = tiers?.offsets[j + 1] ?? 0;
    if (tiers === undefined || begin === end) {
      slots.push(problem.capacityOf(j));
      surcharge.push(0);
    } else {
      slots.push(...tiers.slots.subarray(begin, end));
      surcharge.push(...tiers.surcharge.subarray(begin, end));
    }
    offsets[j + 1] = slots.length;
  }
  return { tierOffsets: offsets, tierSlots: Int32Array.from(slots), tierSurcharge: Float64Array.from(surcharge) };
}
