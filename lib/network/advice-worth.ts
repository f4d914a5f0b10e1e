/**
 * What one slot more or less on each node of the network is worth: the one place where contributions and explanations ask.
 *
 * Under limits gadgets-worth.ts says it. Where arcs were left out for being far, the answer is optimal with
 * them, too, at the same prices, but a slot more may be worth more to a request that lost its arc, and a slot less may cost less:
 * the values are those of the problem with every arc. They are marginal and for this batch: they must not be summed over nodes nor
 * over ticks, and they are no payments.
 */
import type { SlotValues } from '../backend/backend.js';
import { slotValues } from '../slot-values.js';
import { Solution } from '../solution.js';
import { solveChanged } from './advice-trial.js';
import type { BuiltProblem } from './build.js';
import { slotWorth } from './gadgets-worth.js';

/** By node; SOLUTION_NOT_OPTIMAL unless the solution is. Rejects with the reason of `signal` where that aborts one of its solves. */
export async function worthOf(built: BuiltProblem, solution: Solution, signal?: AbortSignal): Promise<SlotValues> {
  if (built.problem !== built.plain || built.network.limits.length > 0) {
    const all =
      built.whole || solution.status !== 'optimal' ? { built, solution } : await solveChanged(built, solution, built.network, signal);
    return await slotWorth(all.built, all.solution, { backend: solution.backend.name, signal });
  }
  if (built.whole || solution.status !== 'optimal') return slotValues(built.problem, solution);
  const { plain } = built.rebuild(built.network);
  const placedArcs: number[] = [];
  const placedUnits: number[] = [];
  let arc = 0;
  for (const [i, j, units] of solution.placements()) {
    arc = Math.max(arc, plain.rowStart(i));
    while (plain.target(arc) !== j) arc++;
    placedArcs.push(arc);
    placedUnits.push(units);
  }
  return slotValues(plain, Solution.fromJSON(plain, { ...solution.toJSON(), placedArcs, placedUnits }));
}
