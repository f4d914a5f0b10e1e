/** Used and idle slots by why: every slot once, in a fixed precedence. */
import { describe, expect, test } from 'vitest';
import {
  buildProblem,
  IDLE_KINDS,
  type IdleKind,
  type InferenceRequest,
  matchBatch,
  type NetworkData,
  type NetworkNode,
  Placed,
  STRANDING_FILTERS,
} from '../../lib/network/index.js';
import { idleSplit } from '../../lib/network/splits.js';
import { richNetwork } from './rich-network.js';
import { node, request } from './small-network.js';

const sum = (values: Iterable<number>): number => [...values].reduce((a, b) => a + b, 0);

test('on random networks every split sums, to the last slot and unit', async () => {
  const seen = new Map<string, number>();
  const count = (name: string, slots: number): void => void seen.set(name, (seen.get(name) ?? 0) + slots);
  for (let seed = 0; seed < 240; seed++) {
    const { network, requests } = richNetwork(seed + 5000);
    const { demand, served, slots, used, idle, unserved, nodes, operators, regions, ages } = await matchBatch(network, requests, {
      baselines: false,
    });
    expect(slots.inFlight + slots.used + slots.idle).toBe(slots.total);
    expect(used.user + used.verification + used.coldLoad + used.retry).toBe(used.total);
    expect([used.total, used.total]).toEqual([served, slots.used]);
    expect(sum(IDLE_KINDS.map((kind) => idle[kind].slots))).toBe(slots.idle);
    expect(idle.total.slots).toBe(slots.idle);
    expect(sum(IDLE_KINDS.map((kind) => idle[kind].tokensPerSecond))).toBeCloseTo(idle.total.tokensPerSecond, 6);
    expect(sum(IDLE_KINDS.map((kind) => idle[kind].usdPerHour))).toBeCloseTo(idle.total.usdPerHour, 6);
    expect(sum(STRANDING_FILTERS.map((filter) => idle.strandedBy[filter].slots))).toBe(idle.stranded.slots);
    for (const filter of STRANDING_FILTERS)
      expect(sum(idle.missing.filter((entry) => entry.filter === filter).map((entry) => entry.slots))).toBe(idle.strandedBy[filter].slots);
    for (const entry of idle.missing) expect(entry.units).toBeGreaterThanOrEqual(entry.slots);
    nodes.forEach((outcome, j) => {
      expect(sum(IDLE_KINDS.map((kind) => idle.byNode[kind][j]))).toBe(outcome.idle);
      for (const kind of IDLE_KINDS) expect(idle.byNode[kind][j]).toBeGreaterThanOrEqual(0);
    });
    expect(idle.capped.slots + idle.pricedOut.slots + idle.stranded.slots).toBeLessThanOrEqual(unserved.total);
    expect(sum(Object.values(unserved.byReason))).toBe(unserved.total);
    expect(sum(Object.values(unserved.byKind))).toBe(unserved.total);
    for (const groups of [operators, regions, ages]) {
      for (const field of ['slots', 'inFlight', 'used', 'idle'] as const)
        expect(sum(groups.map((group) => group[field]))).toBe(field === 'slots' ? slots.total : slots[field]);
      expect(sum(groups.map((group) => group.nodes))).toBe(nodes.length);
      expect(sum(groups.map(({ share }) => share))).toBeCloseTo(served === 0 ? 0 : 1, 12);
    }
    expect(served + unserved.total).toBe(demand);
    for (const kind of IDLE_KINDS) count(kind, idle[kind].slots);
    for (const kind of ['user', 'verification', 'coldLoad', 'retry'] as const) count(kind, used[kind]);
  }
  for (const [name, slots] of seen) expect([name, slots > 20]).toEqual([name, name !== 'capped']);
});

test('on random networks down and reserved slots are those of the nodes, counted slot by slot', async () => {
  for (let seed = 0; seed < 240; seed++) {
    const { network, requests } = richNetwork(seed + 7000);
    const { idle, nodes } = await matchBatch(network, requests, { baselines: false });
    network.nodes.forEach(({ state, slots, inFlight = 0, headroom = 0 }, j) => {
      let down = 0;
      let reserved = 0;
      for (let slot = inFlight + nodes[j].used; slot < slots; slot++) {
        if (state !== 'up') down++;
        else if (slot >= slots - headroom) reserved++;
      }
      expect([idle.byNode.down[j], idle.byNode.reserved[j]]).toEqual([down, reserved]);
    });
  }
});

test('one unserved request strands one slot, not every slot it cannot use', async () => {
  const network: NetworkData = { nodes: Array.from({ length: 100 }, (_, k) => node({ id: `n${k}`, slots: 10 })) };
  const { idle } = await matchBatch(network, [request({ id: 'q', mode: 'TEE' })]);
  expect(idle.stranded.slots).toBe(1);
  expect(idle.surplus.slots).toBe(999);
  expect(idle.missing).toEqual([{ filter: 'mode', detail: 'TEE', slots: 1, units: 1 }]);
});

test('many unserved requests strand no more slots than there are', async () => {
  const { idle, unserved } = await matchBatch(
    { nodes: [node({ id: 'n', slots: 3 })] },
    Array.from({ length: 20 }, (_, k) => request({ id: `q${k}`, mode: 'TEE' })),
  );
  expect([idle.stranded.slots, idle.surplus.slots, unserved.total]).toEqual([3, 0, 20]);
  expect(idle.missing).toEqual([{ filter: 'mode', detail: 'TEE', slots: 3, units: 20 }]);
});

describe('an idle slot counts as the first of down, reserved, priced out, stranded, surplus that holds', () => {
  const dear = request({ id: 'q', maxPrice: 0.0001 });
  const tee = request({ id: 'q', mode: 'TEE' });

  test.each<[string, Partial<NetworkNode>, InferenceRequest[], IdleKind, string?]>([
    ['a node that is down, headroom and all', { state: 'down', headroom: 1 }, [tee], 'down'],
    ['a node that is draining', { state: 'draining' }, [tee], 'down'],
    ['headroom that is nobody’s', { headroom: 1 }, [tee], 'reserved'],
    ['headroom at a price that nobody paid', { headroom: 1, headroomCost: 0.06 }, [request({ id: 'q' })], 'reserved'],
    ['a price above maxPrice', {}, [dear], 'pricedOut'],
    ['a service longer than the deadline', {}, [request({ id: 'q', deadlineMs: 10 })], 'pricedOut'],
    ['a cost as high as leaving the request unserved', {}, [request({ id: 'q', unservedCost: 0.0011 })], 'pricedOut'],
    ['a surcharge that makes it so', { tiers: [{ slots: 1, surcharge: 0.01 }] }, [request({ id: 'q', unservedCost: 0.011 })], 'pricedOut'],
    ['a price for one request before a mode for another', {}, [tee, { ...dear, id: 'p' }], 'pricedOut'],
    ['an allow list', {}, [request({ id: 'q', allow: { nodes: ['other'] } })], 'stranded', 'allow not allowed'],
    ['a deny list', {}, [request({ id: 'q', deny: { operators: ['o'] } })], 'stranded', 'allow denied'],
    ['a pin', {}, [request({ id: 'q', pinned: 'other' })], 'stranded', 'allow pinned'],
    ['a model', {}, [request({ id: 'q', model: 'z' })], 'stranded', 'model z'],
    ['a mode', {}, [request({ id: 'q', mode: ['TEE', 'ZKML'] })], 'stranded', 'mode TEE or ZKML'],
    ['a region', {}, [request({ id: 'q', residency: ['eu', 'us'] })], 'stranded', 'region eu or us'],
    ['a label', {}, [request({ id: 'q', labels: { tier: ['gold', 'tin'], sla: 'a' } })], 'stranded', 'labels tier=gold|tin, sla=a'],
    ['a model for one request before a mode for another', {}, [tee, request({ id: 'p', model: 'z' })], 'stranded', 'model z'],
    [
      'a region before a label',
      {},
      [request({ id: 'l', labels: { a: 'b' } }), request({ id: 'r', residency: ['eu'] })],
      'stranded',
      'region eu',
    ],
    ['two filters at once', {}, [request({ id: 'q', mode: 'TEE', model: 'z' })], 'surplus'],
    ['a filter and a price', {}, [request({ id: 'q', mode: 'TEE', maxPrice: 0.0001 })], 'surplus'],
    ['a filter and a deadline', {}, [request({ id: 'q', residency: ['eu'], deadlineMs: 10 })], 'surplus'],
    ['a filter and a cost', {}, [request({ id: 'q', labels: { a: 'b' }, unservedCost: 0.0011 })], 'surplus'],
    ['no request at all', {}, [], 'surplus'],
  ])('%s', async (_, fields, requests, kind, lack) => {
    const network: NetworkData = { nodes: [node({ id: 'n', ...fields }), node({ id: 'other', slots: 0 })] };
    const { idle } = await matchBatch(network, requests, { baselines: false });
    expect(IDLE_KINDS.filter((one) => idle[one].slots > 0)).toEqual([kind]);
    expect(idle[kind].slots).toBe(1);
    expect(idle.missing.map(({ filter, detail }) => `${filter} ${detail}`)).toEqual(lack === undefined ? [] : [lack]);
  });

  test('with several slots each counts for itself', async () => {
    const slots: NetworkNode = node({ id: 'n', slots: 6, headroom: 2, inFlight: 1 });
    const { idle, slots: all } = await matchBatch({ nodes: [slots, node({ id: 'd', state: 'down', slots: 5 })] }, [
      dear,
      { ...tee, id: 'p' },
    ]);
    expect(all).toMatchObject({ total: 11, inFlight: 1, used: 0, idle: 10 });
    expect(Object.fromEntries(IDLE_KINDS.map((kind) => [kind, idle[kind].slots]))).toEqual({
      down: 5,
      reserved: 2,
      capped: 0,
      pricedOut: 1,
      stranded: 1,
      surplus: 1,
    });
  });

  test('a slot that only a cap keeps empty is capped, before it is anything but down or reserved', () => {
    const built = buildProblem({ nodes: [node({ id: 'n', slots: 3, headroom: 1 })] }, [request({ id: 'q' }), { ...dear, id: 'p' }]);
    const capped = { ...built, network: { ...built.network, limits: [{ operator: 'o', cap: 0 }] } };
    const placed = new Placed(built, [[], []]);
    const slots = (split: ReturnType<typeof idleSplit>) => IDLE_KINDS.map((kind) => split[kind].slots);
    expect(slots(idleSplit(capped, placed, { open: true }))).toEqual([0, 1, 1, 1, 0, 0]);
    // Without a limit it is what a run that was cut short did not get to: no reason of the network's.
    expect(slots(idleSplit(built, placed, { open: true }))).toEqual([0, 1, 0, 1, 0, 1]);
  });
});

describe('a slot stranded for want of a model', () => {
  const network = (fields: Partial<NetworkNode>): NetworkData => ({
    nodes: [node({ id: 'n', gpu: 'G', gpus: 2, ...fields })],
    throughput: [
      { model: 'z', gpu: 'G', gpus: 2, input: 2000, output: 10 },
      { model: 'm', gpu: 'H', input: 1, output: 1 },
    ],
  });
  const stranded = async (fields: Partial<NetworkNode>, ask: Partial<InferenceRequest>): Promise<number> =>
    (await matchBatch(network(fields), [request({ id: 'q', model: 'z', ...ask })])).idle.stranded.slots;

  test('is judged at the rate listed for its GPUs: 100 seconds and 0.11 USD for the request', async () => {
    expect(await stranded({}, { unservedCost: 0.12 })).toBe(1);
    expect(await stranded({}, { unservedCost: 0.11 })).toBe(0);
    expect(await stranded({}, { unservedCost: 1, maxPrice: 0.09 })).toBe(0);
    expect(await stranded({}, { unservedCost: 1, deadlineMs: 99_000 })).toBe(0);
    expect(await stranded({}, { unservedCost: 1, deadlineMs: 100_000, maxPrice: 0.1 })).toBe(1);
  });

  test('is none where other models are listed for its GPUs, and not this one', async () => {
    expect(await stranded({ gpu: 'H', gpus: 1 }, { unservedCost: 1 })).toBe(0);
  });

  test('counts whatever its price and speed where nothing is listed for its GPUs', async () => {
    expect(await stranded({ gpu: 'K' }, { unservedCost: 0.001, maxPrice: 0, deadlineMs: 1 })).toBe(1);
  });
});

test('replicas of one request strand distinct nodes', async () => {
  const network: NetworkData = { nodes: [node({ id: 'x', slots: 5 }), node({ id: 'y', slots: 5 })] };
  const { idle } = await matchBatch(network, [request({ id: 'q', mode: 'TEE', replicas: 4 })], { baselines: false });
  expect([...idle.byNode.stranded]).toEqual([1, 1]);
});

test('a term of the caller’s is asked about the request and the node as they are, and counts nothing where it has no value', async () => {
  const asked: [string[] | undefined, string[]][] = [];
  const { idle } = await matchBatch(
    { nodes: [node({ id: 'n', slots: 2 })] },
    [request({ id: 'q', residency: ['eu'] }), request({ id: 'p', model: 'z' })],
    {
      baselines: false,
      terms: {
        mine: (q, n) => {
          asked.push([q.residency, n.models]);
          return Number.NaN;
        },
      },
    },
  );
  expect(idle.stranded.slots).toBe(2);
  expect(asked).toEqual([
    [undefined, ['m']],
    [['eu'], ['m']],
  ]);
});

test('a unit used a slot for the first of verification, cold load, retry, user work that holds', async () => {
  const nodes = [
    node({ id: 'x', slots: 9 }),
    node({
      id: 'y',
      slots: 9,
      models: [],
      loadable: { c: 1, m: 1 },
      tokensPerSecond: { c: { input: 2000, output: 1000 }, m: { input: 2000, output: 1000 } },
    }),
  ];
  const { used } = await matchBatch(
    { nodes },
    [
      request({ id: 'user' }),
      request({ id: 'retry', attempt: 1 }),
      request({ id: 'cold', model: 'c', attempt: 2 }),
      request({ id: 'cold too', model: 'c' }),
      // Its first unit is on x, its second on y, where the model must be loaded.
      request({ id: 'twice', replicas: 2, attempt: 1 }),
    ],
    { baselines: false },
  );
  expect(used).toEqual({ total: 6, user: 1, retry: 2, coldLoad: 2, verification: 1 });
});

test('idle slots stand for their share of the node: of its price, and of the mean rate of the models it hosts', async () => {
  const rates = { a: { input: 1, output: 300 }, b: { input: 1, output: 500 }, c: { input: 1, output: 90_000 } };
  const { idle } = await matchBatch(
    {
      nodes: [
        node({ id: 'n', slots: 8, inFlight: 5, price: 4, models: ['a', 'b'], loadable: { c: 1 }, tokensPerSecond: rates, headroom: 1 }),
        node({ id: 'd', slots: 2, price: 6, models: [], loadable: { a: 1 }, tokensPerSecond: { a: rates.a }, state: 'down' }),
        node({ id: 'none', slots: 2, price: 1, models: [] }),
      ],
    },
    [],
  );
  expect(idle).toMatchObject({
    total: { slots: 7, tokensPerSecond: 150 + 300, usdPerHour: 1.5 + 6 + 1 },
    down: { slots: 2, tokensPerSecond: 300, usdPerHour: 6 },
    reserved: { slots: 1, tokensPerSecond: 50, usdPerHour: 0.5 },
    surplus: { slots: 4, tokensPerSecond: 100, usdPerHour: 2 },
  });
});
