/** A decision of the loop in words. */
import { inUsd, listed } from './explain-words.js';
import type { Decision } from './live-types.js';

/** Where a replica of a request went, what it cost there by term, and what the next best would have, slots aside. */
export function explainDecision(decision: Decision): string {
  return `${placeInWords(decision)}${priceInWords(decision)}`;
}

function placeInWords({ epoch, request, node, mode, cost, terms, runnerUp }: Decision): string {
  const parts = Object.entries(terms).filter(([, value]) => value !== 0);
  const what = parts.length === 0 ? '' : `: ${listed(parts.map(([name, value]) => `${name} ${inUsd(value)}`))}`;
  const when = epoch === 0 ? 'before the first tick' : `in or after tick ${epoch}`;
  const placed = `${request} got a slot on ${node} in ${mode} ${when}, at ${inUsd(cost)}${what}.`;
  if (runnerUp === undefined) return `${placed} No other node may run it for less than leaving it unserved costs.`;
  const more = runnerUp.cost - cost;
  if (more > 0) return `${placed} Next best, slots aside, was ${runnerUp.node}, ${inUsd(more)} dearer.`;
  if (more === 0) return `${placed} ${runnerUp.node} would have cost the same.`;
  return `${placed} ${runnerUp.node} would have cost ${inUsd(-more)} less, but had no slot for it, or one that others needed more.`;
}

/** What the matching says that made it; nothing where it makes no statement. */
function priceInWords({ price, extraCost }: Decision): string {
  if (price === null) return '';
  const slot = price === 0 ? ' A slot there had no price' : ` A slot there had the price ${inUsd(price)}`;
  if (extraCost === null) return `${slot}.`;
  return `${slot}; at the prices of that matching the next best, or to wait, came to ${extraCost === 0 ? 'the same' : `${inUsd(extraCost)} more`}.`;
}
