import { describe, expect, test } from 'vitest';
import { grouped, milliseconds, percent, plural, usd } from '../../lib/report/numbers.js';
import { pairs, table } from '../../lib/report/table.js';

describe('numbers', () => {
  test.each<[number, number, string]>([
    [0, 0, '0'],
    [999, 0, '999'],
    [1000, 0, '1,000'],
    [1234567.891, 2, '1,234,567.89'],
    [-1234.5, 1, '-1,234.5'],
    [-0.001, 1, '0.0'],
    [123456.125, 3, '123,456.125'],
    [Number.POSITIVE_INFINITY, 0, 'Infinity'],
    [Number.NaN, 2, 'NaN'],
  ])('grouped(%d, %d) is %s', (value, decimals, text) => {
    expect(grouped(value, decimals)).toBe(text);
  });

  test('shares, money, time and plurals', () => {
    expect([percent(1, 3), percent(0, 0), percent(5, 5)]).toEqual(['33.3%', '-', '100.0%']);
    expect([usd(0), usd(1), usd(9_999), usd(10_000), usd(1_234_567_890)]).toEqual([
      '0.0000 USD',
      '0.000001 USD',
      '0.009999 USD',
      '0.0100 USD',
      '1,234.5679 USD',
    ]);
    expect(usd(Number.POSITIVE_INFINITY)).toBe('Infinity');
    expect([milliseconds(0.5), milliseconds(12.34), milliseconds(1234), milliseconds(123_456)]).toEqual([
      '0.50 ms',
      '12.3 ms',
      '1,234 ms',
      '123.5 s',
    ]);
    expect([plural(1, 'node'), plural(2000, 'node'), plural(0, 'node')]).toEqual(['1 node', '2,000 nodes', '0 nodes']);
  });
});

describe('tables', () => {
  test('columns are as wide as their widest cell, aligned, without trailing spaces', () => {
    const text = table(
      [{ head: 'node' }, { head: 'slots', align: 'right' }, { head: 'note' }],
      [
        ['a', '1'],
        ['longer', '1,000', 'x'],
      ],
    );
    expect(text).toBe('  node    slots  note\n  a           1\n  longer  1,000  x\n');
  });

  test('a table without rows is nothing, and pairs line up', () => {
    expect(table([{ head: 'a' }], [], { indent: 0 })).toBe('');
    expect(
      pairs(
        [
          ['one', '1'],
          ['three', '3'],
        ],
        { indent: 1 },
      ),
    ).toBe(' one    1\n three  3\n');
    expect(pairs([])).toBe('');
  });

  test('a name beyond the basic plane counts as one character', () => {
    expect(
      table(
        [{ head: 'id' }, { head: 'n' }],
        [
          ['😀😀', '1'],
          ['ab', '2'],
        ],
        { indent: 0 },
      ),
    ).toBe('id  n\n😀😀  1\nab  2\n');
  });
});
