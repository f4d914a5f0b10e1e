/** The worth of one slot more and one slot less on each node of a network. */
import type { SlotValues } from '../backend/backend.js';
import type { SolveOptions } from '../options.js';
import { slotValues } from '../slot-values.js';
import type { Solution } from '../solution.js';
import type { BuiltProblem } from './build.js';

/**
 * By node of the network, in micro-USD: what the optimum would cost less with one slot more (at the surcharge of the node's last
 * usable slot), and more with one slot less; NaN for the loss of a node without usable slots. `solution` is an optimal one of
 * `built.problem` (SOLUTION_NOT_OPTIMAL else).
 */
export async function slotWorth(built: BuiltProblem, solution: Solution, _options: SolveOptions = {}): Promise<SlotValues> {
  return slotValues(built.problem, solution);
}
