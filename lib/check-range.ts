/**
 * The exact range. For integer data every sum the solvers and the verifier form is a whole number below 2^53:
 *
 *     sum(d) * C <= 2^53          the objective, term by term
 *     2C (min(n, m) + 1) <= 2^53  any price: a shortest alternating path visits a node once and changes cost twice a hop
 *
 * with C the largest absolute cost. For float data only overflow is refused here; how far apart costs may lie is found out
 * while refining.
 */
import type { CostSummary } from './check-arcs.js';
import { OutbidError } from './errors.js';
import type { Problem } from './problem.js';

const EXACT = 2 ** 53;
const FLOAT_LIMIT = 2 ** 960;

export function checkRange(problem: Problem, summary: CostSummary): void {
  const C = summary.largest;
  let units = 0;
  if (typeof problem.units === 'number') units = problem.units * problem.demands;
  else for (const d of problem.units) units += d;
  const limit = summary.integer ? EXACT : FLOAT_LIMIT;
  const total = units * C;
  // 2^53 + 1 rounds to 2^53: only a product that reads exactly as the limit needs a second look.
  const beyond = total > limit || (total === EXACT && summary.integer && BigInt(units) * BigInt(C) > BigInt(EXACT));
  const paths = 2 * C * (Math.min(problem.demands, problem.nodes) + 1);
  if (!beyond && paths <= limit) return;
  const place = summary.largestAt < 0 ? summary.largestIn : `${summary.largestIn}[${summary.largestAt}]`;
  const why = beyond ? `${units} units x ${C} exceed` : `2 x ${C} x (min(demands, nodes) + 1) exceeds`;
  throw new OutbidError(
    'COST_RANGE',
    `${place} = ${C}: ${why} ${summary.integer ? '2^53, the range of exact whole numbers' : '2^960'}; scale the costs down`,
    {
      argument: summary.largestIn,
      ...(summary.largestAt < 0 ? {} : { index: summary.largestAt }),
      value: C,
    },
  );
}
