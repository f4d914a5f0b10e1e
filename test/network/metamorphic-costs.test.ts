/** What must not change, or only one way, when costs, limits, weights or the clock are changed. */
import { describe, expect, test } from 'vitest';
import { DEFAULT_WEIGHTS, type MatchOptions } from '../../lib/network/index.js';
import { EXTRA_ONLY, type LimitCase, limitCase } from './limit-cases.js';
import { matched, missedOf, rich, SEEDS, worths } from './metamorphic-cases.js';
import { draws } from './small-network.js';

test('costs three times as high make a total and worths of slots three times as high', async () => {
  const scaled = ({ network, requests }: LimitCase): LimitCase => ({
    network: {
      ...network,
      nodes: network.nodes.map((one) => ({
        ...one,
        ...(one.tiers === undefined ? {} : { tiers: one.tiers.map((tier) => ({ ...tier, surcharge: 3 * tier.surcharge })) }),
      })),
    },
    requests: requests.map((one) => ({
      ...one,
      unservedCost: 3 * (one.unservedCost ?? 0),
      extraCost: Object.fromEntries(Object.entries(one.extraCost ?? {}).map(([id, usd]) => [id, 3 * usd])),
    })),
  });
  for (const seed of SEEDS) {
    const batch = limitCase(seed);
    const [one, three] = [await matched(batch, EXTRA_ONLY), await matched(scaled(batch), EXTRA_ONLY)];
    expect(missedOf(three), `seed ${seed}`).toBe(missedOf(one));
    expect(three.cost.total, `seed ${seed}`).toBe(3 * one.cost.total);
    const tripled = [...worths(one)].map(([id, worth]) => [id, worth.map((usd) => 3 * (usd as number))]);
    expect([...worths(three)], `seed ${seed}`).toEqual(tripled);
  }
});

test('a cap raised or a floor lowered never misses more of the floors, and at the same number missed never costs more', async () => {
  let moved = 0;
  for (const seed of SEEDS) {
    const { network, requests } = limitCase(seed);
    const before = await matched({ network, requests }, { ...EXTRA_ONLY, worth: false });
    const { limits = [] } = network;
    for (const [k, limit] of limits.entries()) {
      const { cap, floor = 0, ...group } = limit;
      const looser = [
        ...(cap === undefined
          ? []
          : [
              { ...group, cap: cap + 1, floor },
              { ...group, floor },
            ]),
        ...(floor === 0
          ? []
          : [
              { ...limit, floor: floor - 1 },
              { ...limit, floor: 0 },
            ]),
      ];
      for (const changed of looser) {
        const after = await matched(
          { network: { ...network, limits: limits.with(k, changed) }, requests },
          { ...EXTRA_ONLY, worth: false },
        );
        const [missed, most] = [missedOf(after), missedOf(before)];
        expect(missed, `seed ${seed}, ${JSON.stringify(changed)}`).toBeLessThanOrEqual(most);
        if (missed === most) expect(after.cost.total, `seed ${seed}, ${JSON.stringify(changed)}`).toBeLessThanOrEqual(before.cost.total);
        if (missed !== most || after.cost.total !== before.cost.total) moved++;
      }
    }
  }
  expect(moved).toBeGreaterThan(20);
});

describe('weights', () => {
  /** Every term is there: nodes hold prefixes, some are young, requests come from some node. What is held back is priced by no weight. */
  const everyTerm = (seed: number): LimitCase => {
    const { network, requests } = rich(seed);
    const draw = draws(seed);
    const nodes = network.nodes.map(({ headroomCost: _, tiers: _t, ...one }) => ({
      ...one,
      cached: { p: draw(3000) },
      joinedAt: -draw(3) * 60_000,
      tiers: [
        { slots: 0, surcharge: 0 },
        { slots: one.slots, surcharge: draw(3000) / 1e6 },
      ],
    }));
    return {
      network: { ...network, nodes },
      requests: requests.map((one) => ({
        ...one,
        ...(draw(2) === 0 ? { prefix: 'p' } : {}),
        ...(draw(2) === 0 ? { previousNode: nodes[draw(nodes.length)].id } : {}),
      })),
    };
  };
  const total = async (batch: LimitCase, weights: Partial<typeof DEFAULT_WEIGHTS>): Promise<number> =>
    (await matched(batch, { weights: { exploration: 0.0003, ...weights }, worth: false })).cost.total;

  test.each([
    'latency',
    'migration',
    'reputation',
    'congestion',
  ] as const)('a higher weight of %s never costs less, and at 0 there is none', async (name) => {
    let moved = 0;
    for (const seed of SEEDS) {
      const batch = everyTerm(seed);
      const totals: number[] = [];
      for (const times of [0, 0.5, 1, 4]) totals.push(await total(batch, { [name]: times * DEFAULT_WEIGHTS[name] }));
      expect(totals, `seed ${seed}`).toEqual([...totals].sort((a, b) => a - b));
      expect((await matched(batch, { weights: { [name]: 0 }, worth: false })).cost[name]).toBe(0);
      if (totals[0] < totals[3]) moved++;
    }
    expect(moved).toBeGreaterThan(3);
  });

  test.each(['affinity', 'exploration'] as const)('a higher credit for %s never costs more', async (name) => {
    let moved = 0;
    for (const seed of SEEDS) {
      const batch = everyTerm(seed);
      const totals: number[] = [];
      for (const weight of [0, 0.0005, 0.5, 1]) totals.push(await total(batch, { [name]: weight }));
      expect(totals, `seed ${seed}`).toEqual([...totals].sort((a, b) => b - a));
      if (totals[0] > totals[3]) moved++;
    }
    expect(moved).toBeGreaterThan(3);
  });

  test('an extra cost costs the same as a term function that returns it', async () => {
    for (const seed of SEEDS) {
      const { network, requests } = limitCase(seed);
      const extra = new Map(requests.map(({ id, extraCost }) => [id, extraCost ?? {}]));
      const terms = { own: ({ id }: { id: string }, on: { id: string }): number => extra.get(id)?.[on.id] ?? 0 };
      const without = requests.map(({ extraCost: _, ...rest }) => rest);
      const [said, called] = [
        await matched({ network, requests }, EXTRA_ONLY),
        await matched({ network, requests: without }, { ...EXTRA_ONLY, terms }),
      ];
      expect([called.cost.total, called.cost.own], `seed ${seed}`).toEqual([said.cost.total, said.cost.extra]);
      expect(called.placements).toEqual(said.placements);
      expect(worths(called)).toEqual(worths(said));
    }
  });
});

describe('waiting', () => {
  test('aging is an unserved cost that grows: written out for a moment, it matches alike', async () => {
    for (const seed of SEEDS) {
      const { network, requests } = rich(seed);
      const [now, aging, maxUnservedCost] = [90, 0.0002, 0.03];
      const written = requests.map((one) => {
        const own = one.unservedCost ?? 0.05 * 2 ** (one.priority ?? 0);
        return { ...one, unservedCost: Math.max(own, Math.min(own + aging * (now - (one.at ?? 0)), maxUnservedCost)) };
      });
      const aged = await matched({ network, requests }, { aging, now, maxUnservedCost });
      const said = await matched({ network, requests: written }, { now });
      expect(aged.cost, `seed ${seed}`).toEqual(said.cost);
      expect(aged.placements).toEqual(said.placements);
    }
  });

  test('a later clock costs the same where requests, nodes and now are later alike', async () => {
    for (const seed of SEEDS) {
      const { network, requests } = rich(seed);
      const by = 4096;
      const later: LimitCase = {
        network: { ...network, nodes: network.nodes.map((one) => ({ ...one, joinedAt: (one.joinedAt ?? 0) + by })) },
        requests: requests.map((one) => ({ ...one, at: (one.at ?? 0) + by })),
      };
      const options: MatchOptions = { aging: 0.001, weights: { exploration: 0.0003 }, explorationSeconds: 20 * 86_400 };
      const [early, late] = [
        await matched({ network, requests }, { ...options, now: 70 }),
        await matched(later, { ...options, now: 70 + by }),
      ];
      expect([late.cost, late.placements, late.ages], `seed ${seed}`).toEqual([early.cost, early.placements, early.ages]);
    }
  });

  test('faster aging never costs less', async () => {
    for (const seed of SEEDS) {
      const batch = rich(seed);
      const totals: number[] = [];
      for (const aging of [0, 0.0001, 0.001, 0.1]) totals.push((await matched(batch, { aging, now: 100, worth: false })).cost.total);
      expect(totals, `seed ${seed}`).toEqual([...totals].sort((a, b) => a - b));
    }
  });

  test('a step of priority is a doubled unserved cost', async () => {
    for (const seed of SEEDS) {
      const { network, requests } = rich(seed);
      const draw = draws(seed);
      const open = requests.map(({ unservedCost: _, ...rest }) => ({ ...rest, priority: draw(10) }));
      const written = open.map(({ priority, ...rest }) => ({ ...rest, unservedCost: 0.004 * 2 ** priority }));
      const [steps, said] = [
        await matched({ network, requests: open }, { unservedCost: 0.004 }),
        await matched({ network, requests: written }),
      ];
      expect([steps.cost, steps.placements], `seed ${seed}`).toEqual([said.cost, said.placements]);
    }
  });
});
