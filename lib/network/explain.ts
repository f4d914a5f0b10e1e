/**
 * Where a request is and why, in words: from a decision record, which can be kept and checked (record.ts).
 *
 * Every number said is in the record, or the sum of two that are. Prices are the smallest that prove the answer: what the requests
 * on a node would give up for its last slot, in this batch. They are no payments, and must not be summed.
 */
import { answerOf } from './answer.js';
import { counted, inUsd, listed } from './explain-words.js';
import type { MatchResult } from './matching.js';
import { type DecisionRecord, decisionRecord, type OutbidAt, type RecordedUnit } from './record.js';

/** Several sentences on one request of a matching. @throws OutbidError DEMAND_UNKNOWN for a request that is not in the batch */
export function explain(result: MatchResult, requestId: string): string {
  const record = decisionRecord(result, requestId);
  const { reason } = record.unserved;
  return sentences(record, reason === null ? undefined : answerOf(result, requestId).unserved?.words);
}

/** The same from a record alone. */
export function explainRecord(record: DecisionRecord): string {
  return sentences(record, undefined);
}

function sentences(record: DecisionRecord, reason: string | undefined): string {
  const { request, placements, wanted, unserved } = record;
  const list: string[] = [];
  if (wanted > 1) list.push(`${request} has ${placements.length} of the ${wanted} places it asks for.`);
  for (const placement of placements) list.push(placeInWords(request, placement));
  if (unserved.units > 0) {
    const who = placements.length === 0 ? `${request} is not served` : `${counted(unserved.units, 'place')} of ${request} is missing`;
    list.push(`${who}: ${reason ?? reasonInWords(record)}. Leaving it so costs ${inUsd(unserved.cost)}${each(unserved.units)}.`);
  }
  for (const outbid of record.outbidAt) list.push(outbidInWords(outbid));
  list.push(nextInWords(record));
  return list.join(' ');
}

const each = (units: number): string => (units === 1 ? '' : ' each');

function placeInWords(request: string, { node, mode, terms, cost }: RecordedUnit): string {
  const parts = Object.entries(terms).filter(([, value]) => value !== 0);
  const what = parts.length === 0 ? '' : `: ${listed(parts.map(([name, value]) => `${name} ${inUsd(value)}`))}`;
  return `${request} runs on ${node} in ${mode} and costs ${inUsd(cost)} there${what}.`;
}

/** Nobody on the node could go elsewhere for less than its price: that is what the prices prove. */
function outbidInWords({ node, cost, price, free, by, others }: OutbidAt): string {
  const start = `${node} would cost less to run it, ${inUsd(cost)}`;
  if (free > 0)
    return `${start}, but its next slot has a surcharge: with at least ${inUsd(price)} more it comes to ${inUsd(cost + price)}.`;
  const names = others > 0 ? [...by, `${others} more`] : by;
  const who = by.length === 1 && others === 0 ? `${listed(names)}, which` : `${listed(names)}, none of which`;
  const not = by.length === 1 && others === 0 ? 'could not go elsewhere' : 'could go elsewhere';
  return `${start}, but there it is outbid by ${who} ${not} for less than ${inUsd(price)} more: a slot has that price, and it comes to ${inUsd(cost + price)}.`;
}

function nextInWords({ status, value, runnerUp, unserved }: DecisionRecord): string {
  if (value === null)
    return status === 'optimal'
      ? 'Limits or distinct operators stand between requests and nodes: no prices of single nodes are told.'
      : 'The answer is not proven optimal: no prices are told.';
  if (runnerUp === null) return 'There is no other node for it.';
  const { node, cost, price, extraCost } = runnerUp;
  if (unserved.units > 0) {
    const room = price === 0 ? '' : `, ${inUsd(price)} of it for the slot`;
    return `The best place for it, ${node}, would cost ${inUsd(cost + price)}${room}: ${extraCost === 0 ? 'no less than' : `${inUsd(extraCost)} more than`} leaving it unserved.`;
  }
  const what = node === null ? 'to leave it unserved' : node;
  return extraCost === 0 ? `Next best is ${what}, which would cost the same.` : `Next best is ${what}, ${inUsd(extraCost)} dearer.`;
}

function reasonInWords({ status, wanted, unserved: { reason } }: DecisionRecord): string {
  const proven = status === 'optimal';
  switch (reason) {
    case 'full':
      return `every node that may run it is full${wanted > 1 ? ', or may not run it twice' : ''}, and ${proven ? 'making room would cost more than it saves' : 'the run ended before it was known whether making room would pay'}`;
    case 'deferred':
      return `every node that may run it and has a slot costs as much as leaving it unserved${proven ? '' : ', or the run ended before it was placed'}`;
    case 'capped':
      return 'its tenant, or every operator or region with a free slot for it, has reached its cap';
    default:
      return `no node passes the filter '${reason}' and those before it`;
  }
}
