/**
 * Reads the fields of one plain object. Every error is NETWORK_INVALID, unless another code was asked for, and names the file (when there is one) and the field by
 * its path, as in nodes[12].slots.
 */
import { type ErrorCode, OutbidError } from '../errors.js';
import { nearest } from '../nearest-name.js';

export interface NumberRule {
  /** Smallest value allowed (default 0). */
  min?: number;
  /** The smallest value itself is not allowed (default false). */
  above?: boolean;
  /** Largest value allowed (default: any finite number). */
  max?: number;
  /** Only whole numbers (default false). */
  whole?: boolean;
}

export class FieldReader {
  readonly #object: Record<string, unknown>;
  readonly #path: string;
  readonly #file: string | undefined;
  readonly #code: ErrorCode;

  constructor(value: unknown, path: string, file?: string, code: ErrorCode = 'NETWORK_INVALID') {
    this.#path = path;
    this.#file = file;
    this.#code = code;
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.error('', value, 'an object');
    this.#object = value as Record<string, unknown>;
  }

  /** The path of a field, from the top of the file. */
  path(field: string): string {
    if (field === '') return this.#path !== '' ? this.#path : this.#file === undefined ? 'what is given' : 'the file';
    return this.#path === '' ? field : `${this.#path}.${field}`;
  }

  error(field: string, value: unknown, expected: string): OutbidError {
    const path = this.path(field);
    const found = value === undefined ? 'it is missing' : `it is ${describe(value)}`;
    return this.fail(path, value, `must be ${expected}; ${found}`);
  }

  fail(path: string, value: unknown, message: string, close?: string): OutbidError {
    return new OutbidError(this.#code, `${this.#file === undefined ? '' : `${this.#file}: `}${path} ${message}`, {
      file: this.#file,
      field: path,
      nearest: close,
      value,
    });
  }

  /** Refuses every other field. Call it before the fields are read: a misspelt name says more than the one missing for it. */
  only(known: readonly string[] | ReadonlySet<string>): void {
    const names = known instanceof Set ? (known as ReadonlySet<string>) : new Set(known as readonly string[]);
    for (const field of Object.keys(this.#object)) {
      if (names.has(field)) continue;
      const close = nearest(field, [...names]);
      const hint = close === undefined ? `known are ${[...names].join(', ')}` : `did you mean '${close}'?`;
      throw this.fail(this.path(field), this.#object[field], `is not a known field; ${hint}`, close);
    }
  }

  raw(field: string): unknown {
    const value = this.#object[field];
    // Most fields are absent: only one that is there can be inherited.
    return value === undefined || Object.hasOwn(this.#object, field) ? value : undefined;
  }

  has(field: string): boolean {
    return this.raw(field) !== undefined;
  }

  /** A reader of the object in a field. */
  inner(field: string): FieldReader {
    return new FieldReader(this.raw(field), this.path(field), this.#file, this.#code);
  }

  string(field: string): string {
    const value = this.raw(field);
    if (!isName(value)) throw this.error(field, value, nameWanted(value));
    return value;
  }

  /** A non-empty string of any characters. */
  id(field: string): string {
    const value = this.raw(field);
    if (typeof value !== 'string' || value === '') throw this.error(field, value, 'a non-empty string');
    return value;
  }

  optionalString(field: string): string | undefined {
    return this.raw(field) === undefined ? undefined : this.string(field);
  }

  number(field: string, rule: NumberRule = {}): number {
    const { min = 0, above = false, max = Number.MAX_VALUE, whole = false } = rule;
    const value = this.raw(field);
    const right =
      typeof value === 'number' &&
      (above ? value > min : value >= min) &&
      value <= max &&
      value >= -Number.MAX_VALUE &&
      (!whole || Number.isInteger(value));
    if (!right) {
      const from = min === Number.NEGATIVE_INFINITY ? '' : ` ${above ? 'above' : 'at least'} ${min}`;
      const range = `${from}${rule.max === undefined ? '' : `${from === '' ? '' : ' and'} at most ${max}`}`;
      throw this.error(field, value, `${whole ? 'a whole number' : 'a finite number'}${range}`);
    }
    return value;
  }

  optionalNumber(field: string, rule: NumberRule = {}): number | undefined {
    return this.raw(field) === undefined ? undefined : this.number(field, rule);
  }

  /** A number that may be left out for no limit; one that has been checked before carries Infinity and reads as none again. */
  limit(field: string): number {
    return this.raw(field) === Number.POSITIVE_INFINITY
      ? Number.POSITIVE_INFINITY
      : (this.optionalNumber(field) ?? Number.POSITIVE_INFINITY);
  }

  /** One of some words; undefined when left out. */
  choice(field: string, words: readonly string[]): string | undefined {
    const value = this.raw(field);
    if (value === undefined) return undefined;
    if (typeof value !== 'string' || !words.includes(value)) throw this.error(field, value, `one of ${words.join(', ')}`);
    return value;
  }

  /** Numbers by name; none when left out. */
  numbers(field: string, rule: NumberRule = {}): Record<string, number> {
    return this.#record(field, (reader, name) => reader.number(name, rule));
  }

  /** Non-empty strings by name; none when left out. */
  texts(field: string): Record<string, string> {
    return this.#record(field, (reader, name) => reader.string(name));
  }

  #record<T>(field: string, read: (reader: FieldReader, name: string) => T): Record<string, T> {
    if (this.raw(field) === undefined) return {};
    const reader = this.inner(field);
    return Object.fromEntries(this.entries(field).map(([name]) => [name, read(reader, name)]));
  }

  list(field: string): unknown[] {
    const value = this.raw(field);
    if (!Array.isArray(value)) throw this.error(field, value, 'a list');
    return value;
  }

  /** A list of distinct non-empty strings, without NUL. */
  strings(field: string): string[] {
    return this.#distinct(field, isName, nameWanted);
  }

  /** A list of distinct non-empty strings of any characters. */
  ids(field: string): string[] {
    return this.#distinct(
      field,
      (entry): entry is string => typeof entry === 'string' && entry !== '',
      () => 'a non-empty string',
    );
  }

  #distinct(field: string, right: (entry: unknown) => entry is string, wanted: (entry: unknown) => string): string[] {
    const list = this.list(field);
    const seen = new Set<string>();
    list.forEach((entry, k) => {
      if (!right(entry)) throw this.error(`${field}[${k}]`, entry, wanted(entry));
      if (seen.has(entry)) throw this.fail(this.path(`${field}[${k}]`), entry, `repeats ${JSON.stringify(entry)}`);
      seen.add(entry);
    });
    return list as string[];
  }

  /** The entries of an object used as a map. */
  entries(field: string): [string, unknown][] {
    const value = this.raw(field);
    if (typeof value !== 'object' || value === null || Array.isArray(value)) throw this.error(field, value, 'an object');
    return Object.entries(value);
  }
}

function nameWanted(value: unknown): string {
  return typeof value === 'string' && value !== '' ? 'a string without NUL' : 'a non-empty string';
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && !value.includes('\0');
}

function describe(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value !== null && typeof value === 'object') return 'an object';
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}
