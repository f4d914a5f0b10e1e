import { describe, expect, test } from 'vitest';
import { matchBatch, type NetworkData } from '../../lib/network/index.js';
import { placementCost } from '../../lib/network/placement-cost.js';
import { oracle } from '../oracle/oracle.js';
import { node, randomNetwork, request } from './small-network.js';

test('a request gives up its cheap node to one that can run nowhere else, where greedy does not', async () => {
  const network: NetworkData = { nodes: [node({ id: 'both', modes: ['VANILLA', 'TEE'] }), node({ id: 'plain', price: 7.2 })] };
  const result = await matchBatch(network, [request({ id: 'first' }), request({ id: 'second', mode: 'TEE' })]);
  expect(result.status).toBe('optimal');
  expect(result.placements).toEqual([
    { request: 'first', node: 'plain', nodes: ['plain'], placed: 1, wanted: 1 },
    { request: 'second', node: 'both', nodes: ['both'], placed: 1, wanted: 1 },
  ]);
  expect(result.cost).toMatchObject({ total: 2100 + 1100, price: 3000, latency: 0, service: 200, congestion: 0, unserved: 0 });
  const greedy = result.baselines.find((outcome) => outcome.policy === 'greedy cheapest (best score)');
  expect(greedy).toMatchObject({ served: 1, unserved: 1, idle: 1, cost: 1100 + 50_000 });
  expect(greedy?.ratio).toBeCloseTo(51_100 / 3200, 12);
});

test('every reason for being unserved is told, per request and in words', async () => {
  const network: NetworkData = { nodes: [node({ id: 'x', region: 'eu', modes: ['VANILLA'] })] };
  const result = await matchBatch(network, [
    request({ id: 'served', unservedCost: 1 }),
    request({ id: 'full' }),
    request({ id: 'model', model: 'z' }),
    request({ id: 'mode', mode: 'TEE' }),
    request({ id: 'region', residency: ['us', 'ap'] }),
    request({ id: 'price', maxPrice: 0.0001 }),
    request({ id: 'deferred', unservedCost: 0.0001 }),
  ]);
  expect(result.unserved.requests).toEqual(
    ['full', 'model', 'mode', 'region', 'price', 'deferred'].map((reason) => ({ id: reason, reason, units: 1 })),
  );
  expect(result.unserved.byKind).toEqual({
    'no eligible node': 3,
    'all eligible nodes full': 1,
    'over price or deadline': 1,
    capped: 0,
    deferred: 1,
  });
  expect(result.unserved.groups.map(({ reason, words }) => [reason, words])).toEqual([
    ['full', 'every node that runs m in VANILLA is full, and making room would cost more than it saves'],
    ['model', 'no node hosts z'],
    ['mode', 'no node that hosts m runs TEE'],
    ['region', 'no node in us or ap runs m in VANILLA'],
    ['price', 'every node that runs m in VANILLA is paid more than maxPrice'],
    ['deferred', 'every node that runs m in VANILLA and has a slot costs as much as leaving it unserved'],
  ]);
  expect([result.served, result.unserved.total]).toEqual([1, 6]);
});

test('requests unserved for the same reason and ask are one group, the largest first', async () => {
  const ask = (id: string, model: string) => request({ id, model });
  const result = await matchBatch({ nodes: [] }, [ask('1', 'a'), ask('2', 'b'), ask('3', 'b')]);
  expect(result.unserved.groups.map(({ model, count }) => [model, count])).toEqual([
    ['b', 2],
    ['a', 1],
  ]);
});

test('slots: gain comes from slotValues, not from the price; a node with a free slot gains nothing', async () => {
  // One request worth 0.05 USD and one slot: a second slot saves nothing, losing the slot costs the difference.
  const alone = await matchBatch({ nodes: [node({ id: 'x' })] }, [request({ id: '1' })]);
  expect(alone.nodes[0]).toMatchObject({ slots: 1, used: 1, idle: 0, eligible: 1, gain: 0, loss: 50_000 - 1100 });
  const short = await matchBatch({ nodes: [node({ id: 'x' }), node({ id: 'y', models: ['other'], slots: 3 })] }, [
    request({ id: '1' }),
    request({ id: '2' }),
  ]);
  expect(short.nodes[0]).toMatchObject({ gain: 50_000 - 1100, loss: 50_000 - 1100 });
  expect(short.nodes[1]).toMatchObject({ gain: 0, idle: 3, eligible: 0 });
  expect(short.slots).toEqual({
    total: 4,
    inFlight: 0,
    used: 1,
    idle: 3,
    nodes: 2,
    idleNodes: 1,
    fullNodes: 1,
  });
});

describe('on random networks', () => {
  const seeds = Array.from({ length: 60 }, (_, seed) => seed);

  test('the joint matching costs what the exact oracle says, is proven, and costs no more than any policy', async () => {
    for (const seed of seeds) {
      const { network, requests } = randomNetwork(seed);
      const result = await matchBatch(network, requests, { seed });
      const { problem } = result.built;
      expect(result.status).toBe('optimal');
      expect(result.certificate).toMatchObject({ valid: true, complete: true, gap: 0, primal: result.cost.total, dual: result.cost.total });
      expect(result.cost.total).toBe(oracle(problem).objective);
      expect(placementCost(problem, result.solution.assignment as Int32Array)).toBe(result.cost.total);
      for (const outcome of result.baselines) {
        expect(outcome.cost).toBeGreaterThanOrEqual(result.cost.total);
        expect(outcome.ratio).toBeGreaterThanOrEqual(1);
      }
    }
  });

  test('every count adds up: demand, slots, idle, cost, reasons', async () => {
    for (const seed of seeds) {
      const { network, requests } = randomNetwork(seed + 1000);
      const { demand, served, unserved, slots, cost, nodes, placements, baselines } = await matchBatch(network, requests);
      expect(served + unserved.total).toBe(demand);
      expect(Object.values(unserved.byKind).reduce((a, b) => a + b)).toBe(unserved.total);
      expect(unserved.groups.reduce((sum, group) => sum + group.count, 0)).toBe(unserved.total);
      expect(placements.filter((placement) => placement.node === undefined).map((placement) => placement.request)).toEqual(
        unserved.requests.map(({ id }) => id),
      );
      expect(slots.used).toBe(served);
      expect(slots.used + slots.idle).toBe(slots.total);
      const { total, ...parts } = cost;
      expect(Object.values(parts).reduce((a, b) => a + b)).toBe(total);
      for (const outcome of baselines)
        expect([outcome.served + outcome.unserved, outcome.idle]).toEqual([demand, slots.total - outcome.served]);
      for (const outcome of nodes) if (outcome.idle > 0) expect(outcome.gain).toBe(0);
    }
  });

  test('an unserved request with an arc has no free node to go to: full means full', async () => {
    let full = 0;
    for (const seed of seeds) {
      const { network, requests } = randomNetwork(seed + 2000);
      const { built, nodes, unserved } = await matchBatch(network, requests, { baselines: false });
      for (const { id, reason } of unserved.requests) {
        if (reason !== 'full') continue;
        full++;
        const i = built.requests.findIndex((q) => q.id === id);
        for (let a = built.problem.rowStart(i); a < built.problem.rowEnd(i); a++) expect(nodes[built.problem.target(a)].idle).toBe(0);
      }
    }
    expect(full).toBeGreaterThan(20);
  });
});

test('policies place in order of arrival, not in the order of the batch, and stick to clients', async () => {
  const network: NetworkData = { nodes: [node({ id: 'cheap' }), node({ id: 'dear', price: 36 })] };
  const late = [request({ id: 'late', at: 9, inputTokens: 8000 }), request({ id: 'early', at: 1 })];
  const greedy = (await matchBatch(network, late)).baselines.find((outcome) => outcome.policy === 'greedy cheapest (best score)');
  // The early one takes the cheap node: 1000 + 100, and 5 times 10000 + 100 for the late one.
  expect(greedy?.cost).toBe(1100 + 50_000);
  expect((await matchBatch(network, late, { unservedCost: 1 })).baselines.at(-1)?.cost).toBe(1100 + 50_500);
  const many: NetworkData = { nodes: Array.from({ length: 40 }, (_, k) => node({ id: `n${k}`, slots: 8, price: (k + 1) / 10 })) };
  const requests = Array.from({ length: 8 }, (_, k) => request({ id: `q${k}`, client: 'one' }));
  const sticky = (await matchBatch(many, requests)).baselines[0];
  // All eight on one node: eight times the same cost.
  expect(sticky.cost % 8).toBe(0);
  const loose = (
    await matchBatch(
      many,
      requests.map(({ client: _, ...rest }) => rest),
    )
  ).baselines[0];
  expect(loose.cost).not.toBe(sticky.cost);
});

test('slots are valued only where that is wanted', async () => {
  const { nodes } = await matchBatch({ nodes: [node({ id: 'x' })] }, [request({ id: '1' })], { worth: false });
  expect([nodes[0].gain, nodes[0].loss]).toEqual([undefined, undefined]);
});

test('baselines can be left out, and an unknown option is refused', async () => {
  expect((await matchBatch({ nodes: [] }, [], { baselines: false })).baselines).toEqual([]);
  await expect(matchBatch({ nodes: [] }, [], { sede: 1 } as never)).rejects.toMatchObject({ code: 'UNKNOWN_OPTION', option: 'sede' });
  for (const [option, nearest] of [
    ['nearst', 'nearest'],
    ['baseline', 'baselines'],
    ['deadlineMS', 'deadlineMs'],
  ])
    await expect(matchBatch({ nodes: [] }, [], { [option]: 1 } as never)).rejects.toMatchObject({
      code: 'UNKNOWN_OPTION',
      option,
      nearest,
    });
});

test('under caps and with replicas on distinct operators no policy beats the joint matching: it is bound alike', async () => {
  let bound = 0;
  for (let seed = 0; seed < 40; seed++) {
    const { network, requests } = randomNetwork(seed);
    const nodes = network.nodes.map((one, k) => ({ ...one, operator: `o${k % 3}` }));
    const limits = [
      { operator: 'o0', cap: 1 },
      { operator: 'o1', cap: 3 },
      { tenant: 't', cap: 2 },
    ];
    const asked = requests.map((one, k) => ({
      ...one,
      tenant: k % 3 === 0 ? 't' : 'u',
      replicas: 1 + (k % 2),
      distinct: k % 4 === 1 ? ('operator' as const) : ('node' as const),
    }));
    const result = await matchBatch({ ...network, nodes, limits }, asked, { seed });
    if (result.cost.total > (await matchBatch({ ...network, nodes }, asked, { baselines: false })).cost.total) bound++;
    for (const outcome of result.baselines) expect(outcome.cost).toBeGreaterThanOrEqual(result.cost.total);
  }
  expect(bound).toBeGreaterThan(10);
});

test('replicas are placed by the policies, too, each on a node of its own', async () => {
  const network: NetworkData = { nodes: ['x', 'y', 'z'].map((id) => node({ id, slots: 2 })) };
  const result = await matchBatch(network, [
    request({ id: 'thrice', replicas: 3 }),
    request({ id: 'once' }),
    request({ id: 'four', replicas: 4 }),
  ]);
  expect(result.baselines.map(({ policy }) => policy)).toEqual([
    'random sticky',
    'round robin',
    'least loaded',
    'power of two choices',
    'greedy cheapest (best score)',
  ]);
  expect([result.demand, result.served]).toEqual([8, 6]);
  for (const { policy, served, unserved, idle, ratio } of result.baselines.filter((outcome) => outcome.policy !== 'random sticky'))
    expect({ policy, served, unserved, idle, dear: ratio >= 1 }).toEqual({ policy, served: 6, unserved: 2, idle: 0, dear: true });
});
