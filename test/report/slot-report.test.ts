import { expect, test } from 'vitest';
import { type MatchResult, matchBatch } from '../../lib/network/index.js';
import { matchReport } from '../../lib/report/match-report.js';
import { idleSection, operatorSection, slotSection } from '../../lib/report/slot-report.js';
import { node, request } from '../network/small-network.js';

async function varied(): Promise<MatchResult> {
  const rate = { input: 2000, output: 1000 };
  return await matchBatch(
    {
      nodes: [
        node({ id: 'x', operator: 'a', slots: 9, inFlight: 1, headroom: 1 }),
        node({ id: 'y', operator: 'b', slots: 2, models: [], loadable: { c: 1, m: 60 }, tokensPerSecond: { c: rate, m: rate } }),
        node({ id: 'd', operator: 'c', slots: 2, state: 'down' }),
      ],
    },
    [
      request({ id: '1' }),
      request({ id: '2', attempt: 1 }),
      request({ id: '3', model: 'c' }),
      request({ id: '4', replicas: 2, unservedCost: 1 }),
      request({ id: '5', mode: 'TEE' }),
      request({ id: '6', mode: 'TEE' }),
      request({ id: '7', model: 'z' }),
      request({ id: '8', maxPrice: 0.0001 }),
    ],
    { baselines: false },
  );
}

test('slots by what they did, the kinds that occur', async () => {
  const result = await varied();
  expect(slotSection(result)).toBe(`Slots
  nodes      3: 1 full, 1 wholly idle
  slots      13
  in flight  1
  used       5 (38.5%): user work 2, verification 1, cold loads 1, retries 1
  idle       7 (53.8%)
`);
  expect(idleSection(result, 8)).toBe(`Why idle
  slots that are                slots  tokens/s  USD/hour
  node down or draining             2     1,000      3.60
  reserved: headroom                1       111      0.40
  priced out: too dear or slow      1       111      0.40
  stranded: one filter away         3       333      1.20
  idle in all                       7     1,556      5.60

  What stranded slots lack
    slots  filter  asked for
        2  mode    TEE
        1  model   z
`);
});

test('operators by what they served, and how even their load is', async () => {
  expect(operatorSection(await varied(), 8)).toBe(`Operators: 3, evenness of load 0.87 (Jain), highest 1.38 times the mean
  operator  nodes  slots  used  idle    load  share of served
  a             1      9     3     5   44.4%            60.0%
  b             1      2     2     0  100.0%            40.0%
  c             1      2     0     2    0.0%             0.0%
`);
});

test('--top bounds the lists and says what it leaves out; 0 leaves none', async () => {
  const result = await varied();
  expect(idleSection(result, 1)).toContain('and 1 more in 1 other row (--top shows more)\n');
  expect(operatorSection(result, 2)).toContain('\n  and 1 more operator (--top shows more)\n');
  expect([idleSection(result, 0), operatorSection(result, 0)]).toEqual(['', '']);
  expect(matchReport(result)).toContain('Why idle\n');
});
