/** Whether a value has the fields of a decision record, each of its type and no others; numbers must be finite. */
import { RECORD_FORMAT, RECORD_VERSION } from './record.js';

type Shape = string | readonly unknown[] | { readonly [field: string]: Shape };

/** 'number' and the like name a type, a trailing ? lets null in; [s]: a list of s; '*': a record of numbers by name. */
const RECORD: Shape = {
  format: 'string',
  version: 'number',
  epoch: 'number',
  digest: 'string',
  status: 'string',
  request: 'string',
  wanted: 'number',
  placements: [{ node: 'string', mode: 'string', terms: '*', cost: 'number', price: 'number?' }],
  unserved: { units: 'number', cost: 'number', reason: 'string?' },
  value: 'number?',
  runnerUp: ['?', { node: 'string?', cost: 'number', price: 'number', extraCost: 'number' }],
  outbidAt: [{ node: 'string', cost: 'number', price: 'number', free: 'number', by: ['string'], others: 'number' }],
};

export interface Misshapen {
  field: string;
  expected: unknown;
  found: unknown;
}

/** The first field that is not as it must be. */
export function recordShape(value: unknown): Misshapen | undefined {
  const wrong = compare(value, RECORD, '');
  if (wrong !== undefined) return wrong;
  const { format, version, epoch } = value as Record<string, unknown>;
  if (format !== RECORD_FORMAT) return { field: 'format', expected: RECORD_FORMAT, found: format };
  if (version !== RECORD_VERSION) return { field: 'version', expected: RECORD_VERSION, found: version };
  if (!Number.isSafeInteger(epoch) || (epoch as number) < 0) return { field: 'epoch', expected: 'a whole number', found: epoch };
  return undefined;
}

function compare(value: unknown, shape: Shape, field: string): Misshapen | undefined {
  if (typeof shape === 'string') return compareOne(value, shape, field);
  if (Array.isArray(shape)) {
    if (shape[0] === '?') return value === null ? undefined : compare(value, shape[1] as Shape, field);
    if (!Array.isArray(value)) return { field, expected: 'a list', found: value };
    return first(value.map((entry, k) => () => compare(entry, shape[0] as Shape, `${field}[${k}]`)));
  }
  if (!isRecord(value)) return { field, expected: 'an object', found: value };
  const fields = shape as { readonly [field: string]: Shape };
  const path = (name: string): string => (field === '' ? name : `${field}.${name}`);
  const unknown = Object.keys(value).find((name) => !Object.hasOwn(fields, name));
  if (unknown !== undefined) return { field: path(unknown), expected: undefined, found: value[unknown] };
  return first(
    Object.entries(fields).map(
      ([name, inner]) =>
        () =>
          compare(value[name], inner, path(name)),
    ),
  );
}

function compareOne(value: unknown, shape: string, field: string): Misshapen | undefined {
  if (shape === '*') {
    const right = isRecord(value) && Object.values(value).every((entry) => Number.isFinite(entry));
    return right ? undefined : { field, expected: 'numbers by name', found: value };
  }
  const type = shape.replace('?', '');
  if (value === null && shape !== type) return undefined;
  const right = type === 'number' ? Number.isFinite(value) : typeof value === type;
  return right ? undefined : { field, expected: type, found: value };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function first(checks: (() => Misshapen | undefined)[]): Misshapen | undefined {
  for (const check of checks) {
    const wrong = check();
    if (wrong !== undefined) return wrong;
  }
  return undefined;
}
