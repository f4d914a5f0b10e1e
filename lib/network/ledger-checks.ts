/** The arguments of a ledger's calls. What they refuse leaves the ledger as it was, its clock included. */
import { OutbidError } from '../errors.js';
import { nearest } from '../nearest-name.js';
import type { LedgerOptions } from './ledger-types.js';

const MAX_COUNT = 2 ** 31 - 1;

const DEFAULTS: Required<LedgerOptions> = {
  maxWaiting: 10_000,
  rememberMs: 600_000,
  rememberIds: 100_000,
  reportMaxAgeMs: 60_000,
  maxEvents: 10_000,
};

/** @throws OutbidError TYPE_INVALID, UNKNOWN_OPTION, OPTION_INVALID */
export function ledgerOptions(given: LedgerOptions): Required<LedgerOptions> {
  checkKnown(given, Object.keys(DEFAULTS), 'options', 'UNKNOWN_OPTION');
  const options = { ...DEFAULTS };
  for (const name of Object.keys(DEFAULTS) as (keyof LedgerOptions)[]) {
    const value = given[name] === undefined ? DEFAULTS[name] : given[name];
    const wrong = wrongOption(name, value);
    if (wrong !== undefined) throw new OutbidError('OPTION_INVALID', `${name} must be ${wrong}`, { option: name, value });
    options[name] = value;
  }
  return options;
}

/** What the value of an option should have been, or undefined. */
export function wrongOption(name: keyof LedgerOptions, value: unknown): string | undefined {
  if (name === 'rememberMs') return finite(value) && value >= 0 ? undefined : 'a finite number of milliseconds, 0 or more';
  if (name === 'reportMaxAgeMs') return finite(value) && value > 0 ? undefined : 'a finite number of milliseconds above 0';
  const least = name === 'maxEvents' ? 1 : 0;
  return whole(value, least) ? undefined : `a whole number from ${least} to 2^31 - 1`;
}

/** The fields of a call, none of them unknown. @throws OutbidError TYPE_INVALID, FIELD_UNKNOWN */
export function checkCall(given: unknown, known: readonly string[]): void {
  checkKnown(given, known, 'options', 'FIELD_UNKNOWN');
}

function checkKnown(given: unknown, known: readonly string[], argument: string, code: 'FIELD_UNKNOWN' | 'UNKNOWN_OPTION'): void {
  if (typeof given !== 'object' || given === null)
    throw new OutbidError('TYPE_INVALID', `${argument} must be an object, not ${given === null ? 'null' : typeof given}`, { argument });
  for (const name of Object.keys(given)) {
    if (known.includes(name)) continue;
    const close = nearest(name, known);
    const hint = close === undefined ? `known are ${known.join(', ')}` : `did you mean '${close}'?`;
    throw new OutbidError(code, `'${name}' is not known here; ${hint}`, {
      [code === 'FIELD_UNKNOWN' ? 'field' : 'option']: name,
      nearest: close,
    });
  }
}

export function checkId(id: unknown, argument: string): void {
  if (typeof id !== 'string' || id === '')
    throw new OutbidError('TYPE_INVALID', `${argument} must be a non-empty string, not ${describe(id)}`, { argument, value: id });
}

export function checkIds(ids: unknown, argument: string): void {
  if (!Array.isArray(ids)) throw new OutbidError('TYPE_INVALID', `${argument} must be an array of ids`, { argument });
  ids.forEach((id, index) => {
    if (typeof id !== 'string' || id === '')
      throw new OutbidError('TYPE_INVALID', `${argument}[${index}] must be a non-empty string, not ${describe(id)}`, {
        argument,
        index,
        value: id,
      });
  });
}

export function checkSlots(slots: unknown, node: string): void {
  if (typeof slots !== 'number')
    throw new OutbidError('TYPE_INVALID', `slots must be a number, not ${describe(slots)}`, { argument: 'slots', node });
  if (!whole(slots, 0))
    throw new OutbidError('CAPACITY_INVALID', `slots must be a whole number from 0 to 2^31 - 1, not ${slots}`, {
      argument: 'slots',
      node,
      value: slots,
    });
}

export function checkRunning(running: unknown, node: string): void {
  if (!whole(running, 0))
    throw new OutbidError('TYPE_INVALID', `running must be a whole number from 0 to 2^31 - 1, not ${describe(running)}`, {
      argument: 'running',
      node,
      value: running,
    });
}

/** @throws OutbidError TYPE_INVALID, TIME_INVALID */
export function checkTime(value: unknown, argument: string): void {
  if (typeof value !== 'number')
    throw new OutbidError('TYPE_INVALID', `${argument} must be a number of milliseconds, not ${describe(value)}`, { argument });
  if (!finite(value))
    throw new OutbidError('TIME_INVALID', `${argument} must be a finite number of milliseconds, not ${value}`, { argument, value });
}

/** The end of a duration above 0 that begins now; one so short that the sum rounds to `now` is refused. @throws as checkTime */
export function endOf(now: number, duration: unknown, argument: string): number {
  checkTime(duration, argument);
  const end = now + (duration as number);
  if (!(end > now && finite(end))) {
    const message = `${argument} must end after it begins, not last ${duration} ms from ${now}`;
    throw new OutbidError('TIME_INVALID', message, { argument, value: duration });
  }
  return end;
}

function finite(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}

function whole(value: unknown, least: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= MAX_COUNT;
}

function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value === null) return 'null';
  if (typeof value === 'string') return value === '' ? 'an empty one' : 'a string';
  return typeof value === 'number' ? String(value) : typeof value;
}
