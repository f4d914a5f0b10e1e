/** How a request came to its node, written down when it does. */
import { totalCost } from './cost.js';
import type { LiveMarket } from './live-market.js';
import type { Assignment, Decision } from './live-types.js';
import type { CheckedRequest } from './model.js';

export function decisionOf(
  market: LiveMarket,
  request: CheckedRequest,
  { reservation, node, mode }: Assignment,
  epoch: number,
  now: number,
): Decision {
  const terms = market.terms(request, node);
  const [first, second] = market.cheapest(request, 2, now / 1000).nodes;
  const runnerUp = first?.node === node ? second : first;
  return { epoch, request: request.id, reservation, node, mode, cost: totalCost(terms), terms, runnerUp };
}
