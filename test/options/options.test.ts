import { describe, expect, it } from 'vitest';
import { checkOptions } from '../../lib/options.js';
import { type BadInput, expectRefusal } from '../problem/thrown.js';

const NODES = 3;
const check =
  (options: unknown, synchronous = false) =>
  () =>
    checkOptions(options, NODES, synchronous);
const bad = (option: string, value: unknown): BadInput => [
  `${option}: ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`,
  check({ [option]: value }),
  { code: 'OPTION_INVALID', option },
];

const table: BadInput[] = [
  ['null', check(null), { code: 'TYPE_INVALID', argument: 'options' }],
  ['a string', check('fast'), { code: 'TYPE_INVALID', argument: 'options' }],
  ['a misspelt option', check({ deadlineMS: 5 }), { code: 'UNKNOWN_OPTION', option: 'deadlineMS', nearest: 'deadlineMs' }],
  ['a near miss', check({ thread: 2 }), { code: 'UNKNOWN_OPTION', option: 'thread', nearest: 'threads' }],
  ['an option like no other', check({ colour: 'red' }), { code: 'UNKNOWN_OPTION', option: 'colour' }],
  ['an option of a name too long to be a slip', check({ ['x'.repeat(100_000)]: 1 }), { code: 'UNKNOWN_OPTION' }],
  ...['fast', '', null, 3, ['native'], Object.create(null)].map((value) => bad('backend', value)),
  ...[-1, Number.NaN, '0', null, 3n, Object.create(null)].map((value) => bad('gap', value)),
  ...[-1, Number.NaN, '100', null].map((value) => bad('deadlineMs', value)),
  ...[-1, 0.5, Number.NaN, Infinity, 2 ** 53, '7', null, 7n].map((value) => bad('seed', value)),
  ...[0, -1, 1.5, 1025, Number.NaN, Infinity, '2', null].map((value) => bad('threads', value)),
  ...[null, 0, 'yes', {}].map((value) => bad('deterministic', value)),
  ...[null, {}, 5, 'abort'].map((value) => bad('signal', value)),
  ...[null, {}, 'log'].map((value) => bad('onProgress', value)),
  ...[null, 5, 'prices', {}].map((value) => bad('prices', value)),
  ['too few prices', check({ prices: [1, 2] }), { code: 'LENGTH_MISMATCH', option: 'prices', value: 2 }],
  ['too many prices', check({ prices: new Float64Array(4) }), { code: 'LENGTH_MISMATCH', option: 'prices', value: 4 }],
  ['a price of NaN', check({ prices: [0, Number.NaN, 1] }), { code: 'OPTION_INVALID', option: 'prices', node: 1, index: 1 }],
  [
    'an infinite price',
    check({ prices: Float64Array.of(0, 1, Infinity) }),
    { code: 'OPTION_INVALID', option: 'prices', node: 2, value: Infinity },
  ],
  ['a price as a string', check({ prices: ['0', '1', '2'] }), { code: 'OPTION_INVALID', option: 'prices', node: 0 }],
  ['prices as big integers', check({ prices: BigInt64Array.of(0n, 1n, 2n) }), { code: 'OPTION_INVALID', option: 'prices', node: 0 }],
  ['a price that cannot be printed', check({ prices: [0, Object.create(null), 1] }), { code: 'OPTION_INVALID', option: 'prices', node: 1 }],
  [
    'a signal in a synchronous call',
    check({ signal: new AbortController().signal }, true),
    { code: 'OPTION_UNSUPPORTED', option: 'signal' },
  ],
  ['progress in a synchronous call', check({ onProgress: () => {} }, true), { code: 'OPTION_UNSUPPORTED', option: 'onProgress' }],
];

describe('options', () => {
  it.each(table)('are refused with a code and a name: %s', (_, call, error) => expectRefusal(call, error));

  it('have the documented defaults', () => {
    for (const options of [undefined, {}, { seed: undefined, gap: undefined }]) {
      expect(checkOptions(options, NODES, true)).toEqual({
        backend: 'auto',
        request: { gap: 0, deadline: Infinity, prices: undefined, seed: 0, threads: 1, deterministic: false },
        signal: undefined,
        onProgress: undefined,
      });
    }
  });

  it('take warm prices as a copy with negatives at 0', () => {
    const prices = [-2, 0.5, 3];
    const checked = checkOptions({ prices }, NODES, true).request.prices;
    prices[1] = 9;
    expect(checked).toEqual(Float64Array.of(0, 0.5, 3));
  });

  it('count the deadline from the call', () => {
    const before = performance.now();
    const { deadline } = checkOptions({ deadlineMs: 250 }, NODES, true).request;
    expect(deadline).toBeGreaterThanOrEqual(before + 250);
    expect(deadline).toBeLessThanOrEqual(performance.now() + 250);
  });

  it('accept the ends of every range', () => {
    const { request, backend } = checkOptions(
      { backend: 'cuda', gap: Infinity, deadlineMs: 0, seed: 2 ** 53 - 1, threads: 1024 },
      NODES,
      true,
    );
    expect([backend, request.gap, request.seed, request.threads]).toEqual(['cuda', Infinity, 2 ** 53 - 1, 1024]);
  });
});
