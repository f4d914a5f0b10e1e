/**
 * Why units are unserved, in words. A request with no arc was removed by a filter - the reason is the one that removed the last
 * node, in the order liveness, allow, model, mode, region, labels, price, deadline - or it is deferred: every node left costs as
 * much as leaving it unserved. One that has arcs is
 *
 *     full      every node it may use is full of requests that would cost more to move than serving it saves, or already runs a
 *               replica of it
 *     capped    its tenant has reached its cap, or a slot it could use is free on a node whose group has
 *     deferred  a slot it could use is free, but with its surcharge (congestion, headroom) costs as much as leaving it unserved
 *
 * At the optimum that is proven, not guessed: a free slot on an arc cheaper than the unserved cost would contradict the
 * certificate. In an answer that a deadline cut short nothing is proven of requests that have arcs, and the words say so.
 */

import type { BuiltProblem } from './build.js';
import { ELIGIBILITY_FILTERS } from './eligibility.js';
import { everyArc } from './every-arc.js';
import type { CheckedRequest } from './model.js';
import type { Placed } from './placed.js';
import type { NoArcs } from './request-arcs.js';

export type UnservedReason = NoArcs | 'full' | 'capped';

/** Every reason: the filters in the order they are applied, then those of requests that have arcs. */
export const UNSERVED_REASONS: readonly UnservedReason[] = [...ELIGIBILITY_FILTERS, 'price', 'deadline', 'full', 'capped', 'deferred'];

/** The kinds people ask for. */
export type UnservedKind = 'no eligible node' | 'all eligible nodes full' | 'over price or deadline' | 'capped' | 'deferred';

export const KIND_OF: Record<UnservedReason, UnservedKind> = {
  liveness: 'no eligible node',
  allow: 'no eligible node',
  model: 'no eligible node',
  mode: 'no eligible node',
  region: 'no eligible node',
  labels: 'no eligible node',
  price: 'over price or deadline',
  deadline: 'over price or deadline',
  full: 'all eligible nodes full',
  capped: 'capped',
  deferred: 'deferred',
};

export interface UnservedRequest {
  id: string;
  reason: UnservedReason;
  /** Units without a place. */
  units: number;
}

/** Requests unserved for the same reason, in the same words, and asking for the same model, modes and regions. */
export interface UnservedGroup {
  kind: UnservedKind;
  reason: UnservedReason;
  model: string;
  mode: string[];
  residency: string[] | undefined;
  /** Units without a place. */
  count: number;
  /** The reason in words. */
  words: string;
}

export interface UnservedSummary {
  /** Units without a place. */
  total: number;
  byKind: Record<UnservedKind, number>;
  /** The same by reason; they add up to `total`, too. */
  byReason: Record<UnservedReason, number>;
  /** Largest group first. */
  groups: UnservedGroup[];
  requests: UnservedRequest[];
}

/** What the built problem alone does not tell. */
export interface UnservedFacts {
  /** Whether the answer is optimal (default true): else a request may be full or deferred because the run ended early. */
  proven?: boolean;
  /** Whether a request that has arcs is held back by a cap of its tenant or of the nodes it could run on (default: none is). */
  capped?: (request: number) => boolean;
}

export function explainUnserved(built: BuiltProblem, placed: Placed, facts: UnservedFacts = {}): UnservedSummary {
  const summary: UnservedSummary = {
    total: 0,
    byKind: { 'no eligible node': 0, 'all eligible nodes full': 0, 'over price or deadline': 0, capped: 0, deferred: 0 },
    byReason: Object.fromEntries(UNSERVED_REASONS.map((reason) => [reason, 0])) as Record<UnservedReason, number>,
    groups: [],
    requests: [],
  };
  const groups = new Map<string, UnservedGroup>();
  built.requests.forEach((request, i) => {
    const units = request.replicas - placed.unitsOf(i);
    if (units === 0) return;
    const reason = unservedReason(built, placed, i, facts);
    const kind = KIND_OF[reason];
    summary.total += units;
    summary.byKind[kind] += units;
    summary.byReason[reason] += units;
    summary.requests.push({ id: request.id, reason, units });
    const { model, mode, residency } = request;
    const words = unservedWords(request, reason, facts);
    const key = JSON.stringify([reason, model, mode, residency, words]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { kind, reason, model, mode, residency, count: units, words });
    else group.count += units;
  });
  summary.groups = [...groups.values()].sort((a, b) => b.count - a.count);
  return summary;
}

/** Why units of a request miss a place; only meaningful where some do. */
export function unservedReason(built: BuiltProblem, placed: Placed, i: number, { capped }: UnservedFacts = {}): UnservedReason {
  const none = built.noArcs[i];
  if (none !== undefined) return none;
  if (capped?.(i) === true) return 'capped';
  const { nodes, length } = everyArc(built, i);
  for (let a = 0; a < length; a++) {
    const j = nodes[a];
    if (placed.freeOn(j) > 0 && !placed.repeats(built, i, j)) return 'deferred';
  }
  return 'full';
}

export function unservedWords(request: CheckedRequest, reason: UnservedReason, { proven = true }: UnservedFacts = {}): string {
  const { model, residency, mode, replicas, distinct } = request;
  const modes = mode.join(' or ');
  const where = residency === undefined ? '' : ` in ${residency.join(' or ')}`;
  const apart = replicas === 1 ? '' : distinct === 'operator' ? ' or of an operator that runs it already' : ' or runs it already';
  const those = `every node that runs ${model} in ${modes}${where}`;
  const words: Record<UnservedReason, string> = {
    liveness: 'no node is up',
    allow: 'no node that is up is among those it allows',
    model: `no node hosts ${model}`,
    mode: `no node that hosts ${model} runs ${modes}`,
    region: `no node${where} runs ${model} in ${modes}`,
    labels: `${those} lacks a label it asks for`,
    price: `${those} is paid more than maxPrice`,
    deadline: `${those} would take longer than deadlineMs`,
    deferred: `${those} and has a slot costs as much as leaving it unserved${proven ? '' : ', or the run ended before it was placed'}`,
    full: `${those} is full${apart}, and ${proven ? 'making room would cost more than it saves' : 'the run ended before it was known whether making room would pay'}`,
    capped: 'its tenant, or every operator or region with a free slot for it, has reached its cap',
  };
  return words[reason];
}
