/** How a request came to its node, written down when it does. */
import { COST_TERMS, type CostTerms, totalCost } from './cost.js';
import type { FieldReader } from './field-reader.js';
import type { LiveCosts } from './live-costs.js';
import type { Assignment, Decision, HeldDecision } from './live-types.js';
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
  const unproven = { price: null, extraCost: null, digest: null };
  return { epoch, request: request.id, reservation, node, mode, cost: totalCost(terms), terms, runnerUp, ...unproven };
}

/** What a snapshot need not say twice. */
export function written({ epoch, terms, runnerUp, price, extraCost, digest }: Decision): HeldDecision {
  return { epoch, terms, ...(runnerUp === undefined ? {} : { runnerUp }), price, extraCost, digest };
}

/** @throws OutbidError SNAPSHOT_INVALID with the field */
export function readDecision(from: FieldReader): HeldDecision {
  from.only(['epoch', 'terms', 'runnerUp', 'price', 'extraCost', 'digest']);
  const any = { min: Number.NEGATIVE_INFINITY };
  const orNull = <T>(field: string, read: () => T): T | null => (from.raw(field) === null ? null : read());
  const runnerUp = from.has('runnerUp') ? from.inner('runnerUp') : undefined;
  runnerUp?.only(['node', 'cost']);
  const terms = { ...Object.fromEntries(COST_TERMS.map((name) => [name, 0])), ...from.numbers('terms', any) };
  return {
    epoch: from.number('epoch', { whole: true }),
    terms: terms as CostTerms,
    ...(runnerUp === undefined ? {} : { runnerUp: { node: runnerUp.string('node'), cost: runnerUp.number('cost', any) } }),
    price: orNull('price', () => from.number('price')),
    extraCost: orNull('extraCost', () => from.number('extraCost')),
    digest: orNull('digest', () => from.string('digest')),
  };
}
