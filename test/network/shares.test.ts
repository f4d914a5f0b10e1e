import { expect, test } from 'vitest';
import { matchBatch } from '../../lib/network/index.js';
import { evenness } from '../../lib/network/shares.js';
import { node, request } from './small-network.js';

const DAY = 86_400;

test('operators, regions and ages: slots, load and share of what was served', async () => {
  const nodes = [
    node({ id: 'a1', operator: 'a', region: 'r', slots: 4, inFlight: 1, joinedAt: 0 }),
    node({ id: 'a2', operator: 'a', region: 's', slots: 2, price: 72, joinedAt: -DAY }),
    node({ id: 'b1', operator: 'b', region: 's', slots: 2, price: 36, joinedAt: -8 * DAY }),
    node({ id: 'c1', operator: 'c', region: 's', slots: 5, inFlight: 9, state: 'down', joinedAt: -30 * DAY }),
  ];
  const requests = ['1', '2', '3', '4'].map((id) => request({ id }));
  const { operators, regions, ages, balance } = await matchBatch({ nodes }, requests, { now: 10 });
  expect(operators).toEqual([
    { name: 'a', nodes: 2, slots: 6, inFlight: 1, used: 3, idle: 2, utilisation: 4 / 6, share: 0.75 },
    { name: 'b', nodes: 1, slots: 2, inFlight: 0, used: 1, idle: 1, utilisation: 0.5, share: 0.25 },
    { name: 'c', nodes: 1, slots: 5, inFlight: 5, used: 0, idle: 0, utilisation: 1, share: 0 },
  ]);
  expect(regions.map(({ name, slots, used }) => [name, slots, used])).toEqual([
    ['r', 4, 3],
    ['s', 9, 1],
  ]);
  expect(ages.map(({ name, nodes: count, used, share }) => [name, count, used, share])).toEqual([
    ['under a day', 1, 3, 0.75],
    ['a day to a week', 1, 0, 0],
    ['a week to 30 days', 1, 1, 0.25],
    ['30 days and more', 1, 0, 0],
  ]);
  // Loads 1, 0 and 1/2 of the nodes that are up; 4/6 and 1/2 of their operators.
  expect(balance.nodes).toEqual({ jain: 1.5 ** 2 / (3 * 1.25), maxOverMean: 2 });
  expect(balance.operators.jain).toBeCloseTo((7 / 6) ** 2 / (2 * (4 / 9 + 1 / 4)), 12);
  expect(balance.operators.maxOverMean).toBeCloseTo(8 / 7, 12);
});

test('evenness is 1 where all loads are equal or none is there, and 1 / n where one has everything', () => {
  for (const loads of [[], [0, 0], [0.3, 0.3, 0.3]])
    expect(evenness(loads)).toEqual({ jain: expect.closeTo(1, 12), maxOverMean: expect.closeTo(1, 12) });
  expect(evenness([0, 0, 0, 0.7])).toEqual({ jain: expect.closeTo(0.25, 12), maxOverMean: expect.closeTo(4, 12) });
});

test('without nodes there is nothing to share', async () => {
  const { operators, regions, ages, idle, used } = await matchBatch({ nodes: [] }, [request({ id: 'q' })]);
  expect([operators, regions]).toEqual([[], []]);
  expect(ages.every(({ nodes, share }) => nodes === 0 && share === 0)).toBe(true);
  expect([idle.total.slots, used.total]).toEqual([0, 0]);
});
