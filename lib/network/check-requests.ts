/** A batch of requests, checked field by field, with every default filled in. */
import { OutbidError } from '../errors.js';
import { checkFormat, readAbout } from './check-network.js';
import { FieldReader } from './field-reader.js';
import { type CheckedRequest, DEFAULT_MODE, type InferenceRequest, type NodeChoice, type RequestBatch } from './model.js';

const MAX_TOKENS = 2 ** 31 - 1;
/** Most replicas of one request: more than any verification by re-execution asks for. */
export const MAX_REPLICAS = 64;
/** Highest priority; each step doubles the cost of leaving a request unserved, so that the ratio is bounded: 2^9. */
export const MAX_PRIORITY = 9;

const REQUEST_FIELDS: ReadonlySet<string> = new Set<keyof InferenceRequest>([
  'id',
  'model',
  'mode',
  'region',
  'residency',
  'allow',
  'deny',
  'pinned',
  'labels',
  'inputTokens',
  'outputTokens',
  'maxPrice',
  'deadlineMs',
  'priority',
  'unservedCost',
  'at',
  'client',
  'tenant',
  'prefix',
  'session',
  'previousNode',
  'replicas',
  'distinct',
  'attempt',
  'extraCost',
]);
const CHOICE_FIELDS: ReadonlySet<string> = new Set<keyof NodeChoice>(['nodes', 'operators']);

/** What people ask for and a matching cannot give, with what to do instead. Named so that the error is not just "unknown". */
const REFUSED: readonly [field: string, instead: string][] = Object.entries({
  allOrNothing: 'all replicas or none is no flow problem: match, drop the requests with placed < wanted, match again',
  gang: 'requests that must run together are no flow problem: match, drop incomplete groups, match again',
  together: 'requests that must share a node are no flow problem: pin them after a first match',
  apart: 'requests that must not share a node are no flow problem: use replicas for copies of one request',
  budget: 'a budget over several requests couples them across nodes: lower maxPrice or unservedCost and match again',
  memory: 'several resources at once are packing, not matching: count slots of the scarcest resource, filter the others by label',
});

export interface CheckedBatch extends Omit<RequestBatch, 'requests'> {
  requests: CheckedRequest[];
}

/** Checks a batch: a list of requests, or { requests } as a file holds it, with "format": "outbid-requests", "version": 1. */
export function checkRequests(value: unknown, file?: string): CheckedBatch {
  if (Array.isArray(value) && file === undefined) return { requests: readList(value, file) };
  const reader = new FieldReader(value, '', file);
  checkFormat(reader, 'outbid-requests', ['requests'], file);
  const batch: CheckedBatch = { ...readAbout(reader, file), requests: readList(reader.list('requests'), file) };
  return batch;
}

function readList(list: unknown[], file: string | undefined): CheckedRequest[] {
  const ids = new Set<string>();
  return list.map((entry, k) => {
    const path = `requests[${k}]`;
    const request = checkRequest(entry, path, file);
    if (ids.has(request.id))
      throw new FieldReader(entry, path, file).fail(`${path}.id`, request.id, `repeats ${JSON.stringify(request.id)}`);
    ids.add(request.id);
    return request;
  });
}

/** Throws NETWORK_INVALID with the field's path; NOT_A_FLOW for what no matching can express. */
export function checkRequest(entry: unknown, path: string, file?: string): CheckedRequest {
  const row = new FieldReader(entry, path, file);
  refuse(row, path, file);
  row.only(REQUEST_FIELDS);
  const id = row.string('id');
  const request: CheckedRequest = {
    id,
    model: row.string('model'),
    mode: readModes(row),
    inputTokens: row.number('inputTokens', { whole: true, max: MAX_TOKENS }),
    outputTokens: row.number('outputTokens', { whole: true, max: MAX_TOKENS }),
    maxPrice: row.limit('maxPrice'),
    deadlineMs: row.limit('deadlineMs'),
    priority: row.optionalNumber('priority', { whole: true, max: MAX_PRIORITY }) ?? 0,
    at: row.optionalNumber('at') ?? 0,
    client: row.optionalString('client') ?? id,
    replicas: row.optionalNumber('replicas', { whole: true, min: 1, max: MAX_REPLICAS }) ?? 1,
    distinct: (row.choice('distinct', ['node', 'operator']) as 'node' | 'operator' | undefined) ?? 'node',
    attempt: row.optionalNumber('attempt', { whole: true, max: MAX_TOKENS }) ?? 0,
  };
  // Absent fields stay absent: most requests have few of them, and a batch may hold a million.
  if (row.has('region')) request.region = row.string('region');
  if (row.has('residency')) request.residency = row.strings('residency');
  if (row.has('allow')) request.allow = readChoice(row, 'allow');
  if (row.has('deny')) request.deny = readChoice(row, 'deny');
  if (row.has('pinned')) request.pinned = row.string('pinned');
  if (row.has('labels')) request.labels = readLabels(row);
  if (row.has('unservedCost')) request.unservedCost = row.number('unservedCost');
  if (row.has('tenant')) request.tenant = row.string('tenant');
  if (row.has('prefix')) request.prefix = row.string('prefix');
  if (row.has('session')) request.session = row.string('session');
  if (row.has('previousNode')) request.previousNode = row.string('previousNode');
  if (row.has('extraCost')) request.extraCost = row.numbers('extraCost', { min: Number.NEGATIVE_INFINITY });
  return request;
}

function refuse(row: FieldReader, path: string, file: string | undefined): void {
  for (const [field, instead] of REFUSED) {
    if (!row.has(field)) continue;
    const place = `${file === undefined ? '' : `${file}: `}${path}.${field}`;
    throw new OutbidError('NOT_A_FLOW', `${place}: ${instead}`, { file, field: `${path}.${field}`, value: row.raw(field) });
  }
}

function readModes(row: FieldReader): string[] {
  const mode = row.raw('mode');
  if (mode === undefined) return [DEFAULT_MODE];
  return Array.isArray(mode) ? row.strings('mode') : [row.string('mode')];
}

function readChoice(row: FieldReader, field: string): NodeChoice {
  const reader = row.inner(field);
  reader.only(CHOICE_FIELDS);
  const choice: NodeChoice = {};
  if (reader.has('nodes')) choice.nodes = reader.strings('nodes');
  if (reader.has('operators')) choice.operators = reader.strings('operators');
  return choice;
}

function readLabels(row: FieldReader): Record<string, string | string[]> {
  const reader = row.inner('labels');
  return Object.fromEntries(
    row.entries('labels').map(([name, value]) => [name, Array.isArray(value) ? reader.strings(name) : reader.string(name)]),
  );
}
