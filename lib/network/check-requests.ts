/** A batch of requests, checked field by field, with every default filled in. */
import { checkFormat, readAbout } from './check-network.js';
import { FieldReader } from './field-reader.js';
import { type CheckedRequest, DEFAULT_MODE, type InferenceRequest, type RequestBatch } from './model.js';

const MAX_TOKENS = 2 ** 31 - 1;

const REQUEST_FIELDS: readonly (keyof InferenceRequest)[] = [
  'id',
  'model',
  'mode',
  'region',
  'residency',
  'inputTokens',
  'outputTokens',
  'maxPrice',
  'unservedCost',
  'at',
  'client',
];

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
    const row = new FieldReader(entry, path, file);
    row.only(REQUEST_FIELDS);
    const id = row.string('id');
    if (ids.has(id)) throw row.fail(`${path}.id`, id, `repeats ${JSON.stringify(id)}`);
    ids.add(id);
    const request: CheckedRequest = {
      id,
      model: row.string('model'),
      mode: row.optionalString('mode') ?? DEFAULT_MODE,
      region: row.optionalString('region'),
      residency: row.raw('residency') === undefined ? undefined : row.strings('residency'),
      inputTokens: row.number('inputTokens', { whole: true, max: MAX_TOKENS }),
      outputTokens: row.number('outputTokens', { whole: true, max: MAX_TOKENS }),
      maxPrice: row.raw('maxPrice') === undefined ? Number.POSITIVE_INFINITY : limit(row, 'maxPrice'),
      unservedCost: row.optionalNumber('unservedCost'),
      at: row.optionalNumber('at') ?? 0,
      client: row.optionalString('client') ?? id,
    };
    return request;
  });
}

/** A limit that has been checked before carries its default, Infinity, when it had none: it reads as no limit again. */
function limit(row: FieldReader, field: string): number {
  return row.raw(field) === Number.POSITIVE_INFINITY ? Number.POSITIVE_INFINITY : row.number(field);
}
