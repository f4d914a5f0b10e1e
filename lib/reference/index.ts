/**
 * `outbid/reference`: the solver in pure TypeScript, for a browser or an edge runtime. Imports no `node:` module.
 */
import type { SlotValues } from '../backend/backend.js';
import { OutbidError } from '../errors.js';
import { checkOptions, type SolveOptions } from '../options.js';
import { Problem } from '../problem.js';
import { Solution } from '../solution.js';
import { slotValuesReference } from './slot-values.js';
import { solveReference } from './solve.js';

export { OutbidError } from '../errors.js';
export { Problem } from '../problem.js';
export { Solution } from '../solution.js';
export { verify } from '../verify/index.js';

/** Solves on the calling thread. `backend` may be left out, 'auto' or 'reference'. */
export function solveSync(problem: Problem, options?: SolveOptions): Solution {
  if (!(problem instanceof Problem)) throw new OutbidError('TYPE_INVALID', 'solveSync takes a Problem', { argument: 'problem' });
  const { backend, request } = checkOptions(options, problem.nodes, true);
  if (backend !== 'auto' && backend !== 'reference') {
    throw new OutbidError('BACKEND_UNAVAILABLE', `outbid/reference has the reference backend only, not '${backend}'`, { backend });
  }
  const raw = solveReference(problem, request, { mustStop: () => false, progress: () => {} });
  return new Solution(problem, raw, {
    name: 'reference',
    device: 'JavaScript, one thread',
    reason: 'outbid/reference runs on nothing else',
  });
}

/** What one more and one less slot of every node is worth, exactly. The solution must be optimal. */
export function slotValues(problem: Problem, solution: Solution): SlotValues {
  if (solution.status !== 'optimal')
    throw new OutbidError('SOLUTION_NOT_OPTIMAL', `slot values need an optimal solution, this one is ${solution.status}`, {
      field: 'status',
      value: solution.status,
    });
  const { flow } = solution;
  const placedArcs = Int32Array.from(flow.keys()).filter((arc) => flow[arc] > 0);
  return slotValuesReference(
    problem,
    solution.prices,
    placedArcs,
    placedArcs.map((arc) => flow[arc]),
  );
}
