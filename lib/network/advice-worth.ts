/**
 * What one slot more or less on each node of the network is worth: the one place where advice, contributions and explanations ask.
 *
 * Node j of the network is node j of the problem that was solved. Values are marginal and for this batch: they must not be summed
 * over nodes nor over ticks, and they are no payments.
 */
import type { SlotValues } from '../backend/backend.js';
import { slotValues } from '../slot-values.js';
import type { Solution } from '../solution.js';
import type { BuiltProblem } from './build.js';

/** Throws SOLUTION_NOT_OPTIMAL unless the solution is. */
export function worthOf({ problem }: BuiltProblem, solution: Solution): SlotValues {
  return slotValues(problem, solution);
}
