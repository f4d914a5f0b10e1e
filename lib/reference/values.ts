/** What leaves the solver, demand by demand: placements checked against the problem itself, and the values the prices give. */

import type { Problem } from '../problem.js';
import type { Placements } from './classes.js';

/** What is wrong with placements: a demand with too many units, a bound or a capacity not kept; undefined when nothing is. */
export function placementFault(problem: Problem, { placedArcs, placedUnits }: Placements, total: number): string | undefined {
  const load = new Float64Array(problem.nodes);
  let sum = 0;
  let k = 0;
  for (let i = 0; i < problem.demands; i++) {
    let units = 0;
    const end = problem.rowEnd(i);
    for (; k < placedArcs.length && placedArcs[k] < end; k++) {
      const arc = placedArcs[k];
      if (arc < problem.rowStart(i) || (k > 0 && arc <= placedArcs[k - 1])) return `placement ${k} is out of order`;
      if (problem.forbidden(arc) || !(placedUnits[k] > 0) || placedUnits[k] > problem.arcCapacityOf(arc))
        return `arc ${arc} carries ${placedUnits[k]} units`;
      units += placedUnits[k];
      load[problem.target(arc)] += placedUnits[k];
    }
    if (units > problem.unitsOf(i)) return `demand ${i} has ${units} of ${problem.unitsOf(i)} units`;
    sum += units;
  }
  if (k < placedArcs.length) return `placement ${k} is on no demand's arc`;
  if (sum !== total) return `${sum} units were dealt, ${total} were placed`;
  for (let j = 0; j < problem.nodes; j++) if (load[j] > problem.capacityOf(j)) return `node ${j} holds ${load[j]} units`;
  return undefined;
}

/**
 * Cost of one more unit of each demand at these prices: least cost + price over its arcs with room, at most its unserved cost. When
 * maximising, its worth: the most of value - price, at least minus the unserved cost.
 */
export function demandValues(problem: Problem, prices: Float64Array, { placedArcs, placedUnits }: Placements): Float64Array {
  const { costs, maximize, arcCapacity } = problem;
  const values = new Float64Array(problem.demands);
  let k = 0;
  for (let i = 0; i < problem.demands; i++) {
    let least = problem.unservedCostOf(i);
    const end = problem.rowEnd(i);
    for (let a = problem.rowStart(i); a < end; a++) {
      const used = k < placedArcs.length && placedArcs[k] === a ? placedUnits[k++] : 0;
      if (problem.forbidden(a) || (arcCapacity !== undefined && used >= problem.arcCapacityOf(a))) continue;
      const pay = (maximize ? -costs[a] : costs[a]) + prices[problem.target(a)];
      if (pay < least) least = pay;
    }
    values[i] = (maximize ? -least : least) + 0;
  }
  return values;
}
