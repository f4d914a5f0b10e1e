/** The arguments of a running network: its options, and the time of its calls. */
import { OutbidError } from '../errors.js';
import { knownOptions } from '../known-options.js';
import { BUILD_OPTIONS, type BuildOptions, checkNumbers } from './build.js';
import { checkCall, checkTime } from './ledger-checks.js';
import type { LedgerOptions } from './ledger-types.js';
import type { NetworkOptions } from './live-types.js';

const LEDGER_OPTIONS: readonly (keyof LedgerOptions)[] = ['maxWaiting', 'rememberMs', 'rememberIds', 'reportMaxAgeMs', 'maxEvents'];
const OWN_OPTIONS = ['ttlMs', 'maxSessions', 'maxDecisions', 'records', 'seed', 'backend'] as const;

/** Options of the build and of the ledger, the former checked; the rest is the loop's. @throws OutbidError UNKNOWN_OPTION, OPTION_INVALID */
export function divided(options: NetworkOptions): { building: BuildOptions; ledger: LedgerOptions } {
  const pick = (names: readonly string[]): object => Object.fromEntries(Object.entries(options).filter(([name]) => names.includes(name)));
  const known = [...BUILD_OPTIONS.filter((name) => name !== 'now'), ...LEDGER_OPTIONS, ...OWN_OPTIONS];
  knownOptions(options, known);
  for (const [name, least] of [
    ['ttlMs', Number.MIN_VALUE],
    ['maxSessions', 0],
    ['maxDecisions', 0],
  ] as const) {
    const value: unknown = options[name];
    if (value !== undefined && !(typeof value === 'number' && value >= least && Number.isFinite(value)))
      throw new OutbidError('OPTION_INVALID', `${name} must be a finite number ${least === 0 ? '>= 0' : 'above 0'}, not ${String(value)}`, {
        option: name,
        value,
      });
  }
  if (options.records !== undefined && typeof options.records !== 'boolean')
    throw new OutbidError('OPTION_INVALID', `records must be true or false, not ${String(options.records)}`, {
      option: 'records',
      value: options.records,
    });
  checkNumbers(options);
  return { building: pick(BUILD_OPTIONS), ledger: pick(LEDGER_OPTIONS) };
}

/** The arguments of a call that tells the time. @throws OutbidError TYPE_INVALID, FIELD_UNKNOWN, TIME_INVALID */
export function timed<T extends { now: number }>(call: T, others: readonly string[] = []): T {
  checkCall(call, ['now', ...others]);
  checkTime(call.now, 'now');
  if (call.now < 0) throw new OutbidError('TIME_INVALID', `now must be 0 or more, not ${call.now}`, { argument: 'now', value: call.now });
  return call;
}
