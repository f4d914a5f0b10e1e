import { describe, expect, test } from 'vitest';
import { matchBatch } from '../../../lib/network/index.js';
import { type LeaseOptions, leases } from '../../../lib/network/opengradient/index.js';
import { node, randomNetwork, request } from '../small-network.js';

const WHEN: LeaseOptions = { ttlMs: 30_000, now: 1000 };
const network = { nodes: [node({ id: 'a' }), node({ id: 'b', price: 7.2 }), node({ id: 'c', price: 36 }), node({ id: 'd', slots: 0 })] };

test('without a matching, the cheapest come first, as many as were asked for, until they expire', () => {
  expect(leases(network, request({ id: 'q' }), { ...WHEN, k: 2 })).toEqual([
    { teeId: 'a', cost: 1100, reducedCost: 0, freeSlots: 1, expiresAt: 31_000 },
    { teeId: 'b', cost: 2100, reducedCost: 1000, freeSlots: 1, expiresAt: 31_000 },
  ]);
  expect(leases(network, request({ id: 'q' }), { ...WHEN, k: 9 }).map(({ teeId }) => teeId)).toEqual(['a', 'b', 'c']);
  expect(leases(network, request({ id: 'q' }), { ...WHEN, k: 0 })).toEqual([]);
});

test('filters hold: a node that may not run the request is no lease, and none may be left', () => {
  expect(leases(network, request({ id: 'q', deny: { nodes: ['a'] }, maxPrice: 0.002 }), WHEN).map(({ teeId }) => teeId)).toEqual(['b']);
  expect(leases(network, request({ id: 'q', mode: 'ZKML' }), WHEN)).toEqual([]);
});

test('after a matching, the price of a slot that others want moves a newcomer on to where there is room', async () => {
  const batch = [request({ id: 'first', allow: { nodes: ['a'] } }), request({ id: 'second' })];
  const result = await matchBatch(network, batch);
  // Node a is full of a request that can run nowhere else: a newcomer would cost that one its place.
  const ranked = leases(result, request({ id: 'new' }), WHEN);
  expect(ranked.map(({ teeId }) => teeId).indexOf('a')).toBe(ranked.length - 1);
  expect(ranked[ranked.length - 1].freeSlots).toBe(0);
});

describe('for a request of the batch', () => {
  test('the node it was placed on comes first, and no other is cheaper at the prices of the matching', async () => {
    let ranked = 0;
    for (let seed = 0; seed < 40; seed++) {
      const { network: nodes, requests } = randomNetwork(seed);
      const result = await matchBatch(nodes, requests, { baselines: false });
      for (const { request: id, node: placed } of result.placements) {
        const list = leases(result, id, { ...WHEN, k: 20 });
        if (placed === undefined) continue;
        expect(list[0].teeId).toBe(placed);
        for (let k = 1; k < list.length; k++) expect(list[k].reducedCost).toBeGreaterThanOrEqual(list[k - 1].reducedCost);
        expect(list[0].reducedCost).toBe(0);
        ranked++;
      }
    }
    expect(ranked).toBeGreaterThan(200);
  });

  test('the same holds under caps and floors, whose bounds have prices, too', async () => {
    let bound = 0;
    for (let seed = 0; seed < 40; seed++) {
      const { network: plain, requests } = randomNetwork(seed);
      // Under limits, blocks of slots are nodes of their own in the problem solved: the first is not always the cheapest left.
      const tiered = plain.nodes.map((one) => ({
        ...one,
        slots: 3,
        tiers: [
          { slots: 1, surcharge: 0 },
          { slots: 2, surcharge: 0.002 },
        ],
      }));
      const nodes = { ...plain, nodes: tiered };
      const limits = [
        { region: 'r0', cap: 2 },
        { region: 'r1', cap: 1 },
        { region: 'r2', floor: 3 },
        { operator: 'o', cap: 4 },
        { tenant: 't', cap: 2 },
      ];
      const asked = requests.map((one, k) => ({ ...one, tenant: k % 3 === 0 ? 't' : 'u', replicas: 1 + (k % 2) }));
      const result = await matchBatch({ ...nodes, limits }, asked, { baselines: false });
      if (result.cost.total > (await matchBatch(nodes, asked, { baselines: false })).cost.total) bound++;
      for (const { request: id, nodes: placed } of result.placements) {
        const list = leases(result, id, { ...WHEN, k: 20 });
        expect(
          list
            .slice(0, placed.length)
            .map(({ teeId }) => teeId)
            .sort(),
        ).toEqual([...placed].sort());
        for (let k = 1; k < list.length; k++) expect(list[k].reducedCost).toBeGreaterThanOrEqual(list[k - 1].reducedCost);
      }
    }
    expect(bound).toBeGreaterThan(10);
  });

  test('replicas have all their nodes first', async () => {
    const result = await matchBatch(network, [request({ id: 'q', replicas: 2 })]);
    expect(leases(result, 'q', WHEN).map(({ teeId }) => teeId)).toEqual(['a', 'b', 'c']);
  });
});

test('equal nodes come in another order for another request, and in the same one for the same', () => {
  const equal = { nodes: Array.from({ length: 8 }, (_, k) => node({ id: `n${k}` })) };
  const firstOf = (id: string): string => leases(equal, request({ id }), WHEN)[0].teeId;
  const firsts = Array.from({ length: 200 }, (_, k) => firstOf(`q${k}`));
  expect(new Set(firsts).size).toBe(8);
  expect(firstOf('q0')).toBe(firsts[0]);
});

test.each<[object, string]>([
  [{ k: 1.5 }, 'k'],
  [{ ttlMs: undefined }, 'ttlMs'],
  [{ now: Number.NaN }, 'now'],
])('the options %j are refused by name', (options, option) => {
  expect(() => leases(network, request({ id: 'q' }), { ...WHEN, ...options } as never)).toThrow(
    expect.objectContaining({ code: 'OPTION_INVALID', option }),
  );
});

test('a misspelt option is refused by name', () => {
  expect(() => leases(network, request({ id: 'q' }), { ...WHEN, ttlms: 5 } as never)).toThrow(
    expect.objectContaining({ code: 'UNKNOWN_OPTION', option: 'ttlms', nearest: 'ttlMs' }),
  );
});

test('an id that is not in the batch and a request that is wrong are refused with the field', async () => {
  const result = await matchBatch(network, []);
  expect(() => leases(result, 'q', WHEN)).toThrow(expect.objectContaining({ code: 'DEMAND_UNKNOWN', argument: 'request', value: 'q' }));
  expect(() => leases(result, { ...request({ id: 'q' }), model: '' }, WHEN)).toThrow(
    expect.objectContaining({ code: 'NETWORK_INVALID', field: 'request.model' }),
  );
});
