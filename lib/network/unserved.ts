/**
 * Why requests are unserved, in words. A request with no arc was removed by a filter; one that has arcs found every node full
 * of requests that would cost more to move than serving it saves (at the optimum that is proven, not guessed: a free slot on
 * an arc cheaper than the unserved cost would contradict the certificate).
 */
import type { BuiltProblem, Filter } from './build.js';
import type { CheckedRequest } from './model.js';

export type UnservedReason = Filter | 'full';

/** The three kinds people ask for. */
export type UnservedKind = 'no eligible node' | 'all eligible nodes full' | 'priced out';

export const KIND_OF: Record<UnservedReason, UnservedKind> = {
  model: 'no eligible node',
  mode: 'no eligible node',
  region: 'no eligible node',
  full: 'all eligible nodes full',
  price: 'priced out',
  cost: 'priced out',
};

export interface UnservedRequest {
  id: string;
  reason: UnservedReason;
}

/** Requests unserved for the same reason and asking for the same model, mode and regions. */
export interface UnservedGroup {
  kind: UnservedKind;
  reason: UnservedReason;
  model: string;
  mode: string;
  residency: string[] | undefined;
  count: number;
  /** The reason in words. */
  words: string;
}

export interface UnservedSummary {
  total: number;
  byKind: Record<UnservedKind, number>;
  /** Largest group first. */
  groups: UnservedGroup[];
  requests: UnservedRequest[];
}

export function explainUnserved(built: BuiltProblem, assignment: ArrayLike<number>): UnservedSummary {
  const summary: UnservedSummary = {
    total: 0,
    byKind: { 'no eligible node': 0, 'all eligible nodes full': 0, 'priced out': 0 },
    groups: [],
    requests: [],
  };
  const groups = new Map<string, UnservedGroup>();
  built.requests.forEach((request, i) => {
    if (assignment[i] >= 0) return;
    const reason = built.removedBy[i] ?? 'full';
    const kind = KIND_OF[reason];
    summary.total++;
    summary.byKind[kind]++;
    summary.requests.push({ id: request.id, reason });
    const { model, mode, residency } = request;
    const key = JSON.stringify([reason, model, mode, residency]);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { kind, reason, model, mode, residency, count: 1, words: inWords(request, reason) });
    else group.count++;
  });
  summary.groups = [...groups.values()].sort((a, b) => b.count - a.count);
  return summary;
}

function inWords(request: CheckedRequest, reason: UnservedReason): string {
  const { model, mode, residency } = request;
  const where = residency === undefined ? '' : ` in ${residency.join(' or ')}`;
  if (reason === 'model') return `no node hosts ${model}`;
  if (reason === 'mode') return `no node that hosts ${model} runs ${mode}`;
  if (reason === 'region') return `no node${where} runs ${model} in ${mode}`;
  if (reason === 'price') return `every node that runs ${model} in ${mode}${where} is paid more than maxPrice`;
  if (reason === 'cost') return `every node that runs ${model} in ${mode}${where} costs as much as leaving it unserved`;
  return `every node that runs ${model} in ${mode}${where} is full, and making room would cost more than it saves`;
}
