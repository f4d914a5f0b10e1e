/** Checks on single arguments: types, lengths, whole numbers. Each error names the argument and the index. */
import { type ErrorCode, OutbidError } from './errors.js';
import { nearest } from './nearest-name.js';

/** The typed arrays costs may come in; all of them are read in place, by every backend. */
export type CostArray = Float64Array | Float32Array | Int32Array | Uint32Array | Int16Array | Uint16Array | Int8Array | Uint8Array;

export const MAX_COUNT = 2 ** 31 - 1;

export function checkFields(input: unknown, known: readonly string[], where: string): void {
  if (typeof input !== 'object' || input === null)
    throw new OutbidError('TYPE_INVALID', `${where} takes an object, not ${input === null ? 'null' : typeof input}`, {
      argument: where,
    });
  for (const field of Object.keys(input)) {
    if (!known.includes(field)) {
      const close = nearest(field, known);
      throw new OutbidError(
        'FIELD_UNKNOWN',
        `${where} does not know '${field}'${close === undefined ? '' : `; did you mean '${close}'?`}`,
        { field, nearest: close },
      );
    }
  }
}

/** A count of demands or nodes. */
export function count(value: unknown, argument: string): number {
  if (typeof value !== 'number')
    throw new OutbidError('TYPE_INVALID', `${argument} must be a number, not ${value === undefined ? 'missing' : typeof value}`, {
      argument,
    });
  if (!Number.isInteger(value) || value < 0 || value > MAX_COUNT) {
    throw new OutbidError('SIZE_INVALID', `${argument} must be a whole number from 0 to 2^31 - 1, not ${value}`, { argument, value });
  }
  return value;
}

/** A view whose buffer is gone, or was shrunk below it, reads as empty: say so instead of blaming a length. */
function checkAttached(view: ArrayBufferView, argument: string): void {
  try {
    // Any method of a typed array refuses a view that is out of bounds of its buffer; a data view does so when measured.
    if (view instanceof DataView) void view.byteLength;
    else (view as Uint8Array).keys();
  } catch {
    throw new OutbidError('BUFFER_DETACHED', `${argument} is a view on a buffer that was detached or shrunk below it`, { argument });
  }
}

export function costArray(value: unknown, argument: string): CostArray {
  if (ArrayBuffer.isView(value)) {
    checkAttached(value, argument);
    if (
      value instanceof Float64Array ||
      value instanceof Float32Array ||
      value instanceof Int32Array ||
      value instanceof Uint32Array ||
      value instanceof Int16Array ||
      value instanceof Uint16Array ||
      value instanceof Int8Array ||
      value instanceof Uint8Array
    ) {
      return value;
    }
    throw new OutbidError(
      'TYPE_INVALID',
      `${argument} is a ${value.constructor.name}; use Float64Array, Float32Array or an integer array of at most 32 bits`,
      { argument },
    );
  }
  return Float64Array.from(plainNumbers(value, argument));
}

/** A list of numbers of any kind; its entries are checked to be numbers, nothing else. */
export function plainNumbers(value: unknown, argument: string): ArrayLike<number> {
  if (ArrayBuffer.isView(value)) checkAttached(value, argument);
  const list = value as ArrayLike<unknown> | null | undefined;
  if (typeof list !== 'object' || list === null || typeof list.length !== 'number') {
    throw new OutbidError(
      'TYPE_INVALID',
      `${argument} must be an array, not ${value === undefined ? 'missing' : value === null ? 'null' : typeof value}`,
      { argument },
    );
  }
  for (let k = 0; k < list.length; k++) {
    if (typeof list[k] !== 'number')
      throw new OutbidError('TYPE_INVALID', `${argument}[${k}] is ${list[k] === null ? 'null' : typeof list[k]}, expected a number`, {
        argument,
        index: k,
      });
  }
  return list as ArrayLike<number>;
}

/** An index array (offsets, targets): Int32Array is kept, anything else is copied after its values were checked. */
export function wholeArray(value: unknown, argument: string, code: ErrorCode): Int32Array {
  if (ArrayBuffer.isView(value)) checkAttached(value, argument);
  if (value instanceof Int32Array) return value;
  const list = plainNumbers(value, argument);
  const copy = new Int32Array(list.length);
  for (let k = 0; k < list.length; k++) {
    const x = list[k];
    if (!Number.isInteger(x) || x < 0 || x > MAX_COUNT)
      throw new OutbidError(code, `${argument}[${k}] is ${x}, expected a whole number from 0 to 2^31 - 1`, {
        argument,
        index: k,
        value: x,
      });
    copy[k] = x;
  }
  return copy;
}

/** A whole-number quantity, one for all or one each. With `orInfinity`, Infinity stands for 2^31 - 1, which never binds. */
export function integers(
  value: unknown,
  length: number,
  argument: string,
  code: ErrorCode,
  place: 'demand' | 'node' | 'index',
  orInfinity = false,
): number | Int32Array {
  const bad = (x: unknown, k?: number): OutbidError =>
    new OutbidError(code, `${argument}${k === undefined ? '' : `[${k}]`} is ${String(x)}, expected a whole number from 0 to 2^31 - 1`, {
      argument,
      ...(k === undefined ? {} : { index: k, [place]: k }),
      value: x,
    });
  if (typeof value === 'number') {
    if (orInfinity && value === Number.POSITIVE_INFINITY) return MAX_COUNT;
    if (!Number.isInteger(value) || value < 0 || value > MAX_COUNT) throw bad(value);
    return value;
  }
  if (value instanceof Int32Array) checkAttached(value, argument);
  const list = value instanceof Int32Array ? value : plainNumbers(value, argument);
  if (list.length !== length)
    throw new OutbidError('LENGTH_MISMATCH', `${argument} has ${list.length} entries, expected ${length}`, {
      argument,
      value: list.length,
    });
  if (list instanceof Int32Array) {
    for (let k = 0; k < length; k++) if (list[k] < 0) throw bad(list[k], k);
    return list;
  }
  const copy = new Int32Array(length);
  for (let k = 0; k < length; k++) {
    const x = list[k];
    if (orInfinity && x === Number.POSITIVE_INFINITY) copy[k] = MAX_COUNT;
    else if (!Number.isInteger(x) || x < 0 || x > MAX_COUNT) throw bad(x, k);
    else copy[k] = x;
  }
  return copy;
}

/** Unserved costs: finite, or +Infinity for a demand that must be served. */
export function numbers(value: unknown, length: number): number | Float64Array {
  const argument = 'unservedCost';
  const bad = (x: number, k?: number): OutbidError =>
    new OutbidError(
      'UNSERVED_COST_INVALID',
      `unservedCost${k === undefined ? '' : ` of demand ${k}`} is ${x}, expected a finite number, or Infinity for must-serve`,
      { argument, ...(k === undefined ? {} : { index: k, demand: k }), value: x },
    );
  if (typeof value === 'number') {
    if (Number.isNaN(value) || value === Number.NEGATIVE_INFINITY) throw bad(value);
    return value;
  }
  if (value instanceof Float64Array) checkAttached(value, argument);
  const list = value instanceof Float64Array ? value : plainNumbers(value, argument);
  if (list.length !== length)
    throw new OutbidError('LENGTH_MISMATCH', `unservedCost has ${list.length} entries, expected ${length}`, {
      argument,
      value: list.length,
    });
  for (let k = 0; k < length; k++) if (Number.isNaN(list[k]) || list[k] === Number.NEGATIVE_INFINITY) throw bad(list[k], k);
  return list instanceof Float64Array ? list : Float64Array.from(list);
}
