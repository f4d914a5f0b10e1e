/** How a request came to its node, written down when it does. */
import { totalCost } from './cost.js';
import type { LiveCosts } from './live-costs.js';
import type { Assignment, Decision } from './live-types.js';
import type { CheckedRequest } from './model.js';

export function decisionOf(
  costs: LiveCosts,
  request: CheckedRequest,
  { reservation, node, mode }: Assignment,
  epoch: number,
  now: number,
): Decision {
  const terms = costs.terms(request, node);
  const [first, second] = costs.cheapest(request, 2, now / 1000);
  const runnerUp = first?.node === node ? second : first;
  return { epoch, request: request.id, reservation, node, mode, cost: totalCost(terms), terms, runnerUp };
}
