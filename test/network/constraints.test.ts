/** Every field that limits or prices a placement, by a small case that only passes if it does. */
import { describe, expect, test } from 'vitest';
import {
  buildProblem,
  ELIGIBILITY_FILTERS,
  type InferenceRequest,
  type MatchOptions,
  matchBatch,
  type NetworkData,
  type NetworkNode,
} from '../../lib/network/index.js';
import { draws, node, request } from './small-network.js';

type Ask = Partial<InferenceRequest>;

/** The nodes a request may use, cheapest first. */
function candidates(nodes: NetworkNode[], ask: Ask, options: MatchOptions = {}, data: Partial<NetworkData> = {}): string[] {
  const built = buildProblem({ ...data, nodes }, [request({ id: 'q', ...ask })], options);
  const arcs: [number, string][] = [];
  for (let a = 0; a < built.plain.rowEnd(0); a++) arcs.push([built.plain.costs[a], nodes[built.plain.target(a)].id]);
  return arcs.sort((a, b) => a[0] - b[0]).map(([, id]) => id);
}

const reason = (nodes: NetworkNode[], ask: Ask): unknown => buildProblem({ nodes }, [request({ id: 'q', ...ask })]).noArcs[0];

async function placed(nodes: NetworkNode[], asks: Ask[], options: MatchOptions = {}): Promise<(string | undefined)[]> {
  const requests = asks.map((ask, k) => request({ id: `q${k}`, ...ask }));
  const result = await matchBatch({ nodes }, requests, { baselines: false, ...options });
  expect(result).toMatchObject({ status: 'optimal', certificate: { valid: true, gap: 0 } });
  expect(result.solution.objective + result.built.offset).toBe(result.cost.total);
  return result.placements.map(({ node: on }) => on);
}

describe('who may run what', () => {
  const two = (x: Partial<NetworkNode>, y: Partial<NetworkNode> = {}): NetworkNode[] => [node({ id: 'x', ...x }), node({ id: 'y', ...y })];

  test('liveness: a node that drains or is down takes nothing', () => {
    expect(candidates(two({ state: 'draining' }), {})).toEqual(['y']);
    expect(candidates(two({ state: 'down' }), {})).toEqual(['y']);
    expect(reason(two({ state: 'down' }, { state: 'draining' }), {})).toBe('liveness');
  });

  test('allow and deny name nodes and operators; deny wins', () => {
    const nodes = [...two({ operator: 'p' }, { operator: 'p' }), node({ id: 'z', operator: 'r' })];
    expect(candidates(nodes, { allow: { nodes: ['x'], operators: ['r'] } })).toEqual(['x', 'z']);
    expect(candidates(nodes, { deny: { operators: ['p'] } })).toEqual(['z']);
    expect(candidates(nodes, { allow: { operators: ['p'] }, deny: { nodes: ['x'] } })).toEqual(['y']);
    expect(reason(nodes, { allow: {} })).toBe('allow');
    expect(reason(nodes, { deny: { operators: ['p', 'r'] } })).toBe('allow');
  });

  test('a pinned request has one node or none', () => {
    expect(candidates(two({}, { price: 0 }), { pinned: 'x' })).toEqual(['x']);
    expect(reason(two({}), { pinned: 'gone' })).toBe('allow');
    expect(reason(two({ modes: ['TEE'] }), { pinned: 'x' })).toBe('mode');
  });

  test('a model that can be loaded will do, at its cost and within the deadline', () => {
    const nodes = [
      node({ id: 'cold', models: [], loadable: { m: 2 }, tokensPerSecond: { m: { input: 2000, output: 1000 } } }),
      node({ id: 'warm' }),
    ];
    expect(candidates(nodes, {})).toEqual(['warm', 'cold']);
    // One second of service and two of loading.
    expect(candidates(nodes, { deadlineMs: 2999 })).toEqual(['warm']);
    expect(candidates(nodes, { deadlineMs: 3000 })).toEqual(['warm', 'cold']);
    // Two seconds at 1000 micro-USD each.
    expect(buildProblem({ nodes }, [request({ id: 'q' })]).terms(0, 0)).toMatchObject({ price: 1000, service: 100, coldLoad: 2000 });
    expect(reason([nodes[1]], { model: 'other' })).toBe('model');
  });

  test('any of several modes will do, in the one of least multiplier that the node runs', () => {
    const modes = { VANILLA: {}, TEE: { serviceMultiplier: 2 }, ZKML: { serviceMultiplier: 5 } };
    const nodes = two({ modes: ['ZKML'] }, { modes: ['TEE', 'ZKML'] });
    expect(candidates(nodes, { mode: ['ZKML', 'TEE'] }, {}, { modes })).toEqual(['y', 'x']);
    const built = buildProblem({ nodes, modes }, [request({ id: 'q', mode: ['ZKML', 'TEE'] })]);
    expect([built.terms(0, 0).price, built.terms(0, 1).price]).toEqual([5000, 2000]);
    expect(reason(nodes, { mode: [] })).toBe('mode');
  });

  test('labels: each one asked for, with its value or one of its values', () => {
    const nodes = two({ labels: { tier: 'gold', zone: 'a' } }, { labels: { tier: 'silver', zone: 'a' } });
    expect(candidates(nodes, { labels: { tier: 'gold' } })).toEqual(['x']);
    expect(candidates(nodes, { labels: { tier: ['gold', 'silver'], zone: 'a' } })).toEqual(['x', 'y']);
    expect(reason(nodes, { labels: { toString: 'a' } })).toBe('labels');
    expect(reason(nodes, { labels: { tier: [] } })).toBe('labels');
  });

  test('maxPrice limits what the node is paid, by the hour or by the token', () => {
    const byToken = node({ id: 't', tokenPrices: { m: { input: 0, output: 2e-6 } } });
    expect(candidates([node({ id: 'h' }), byToken], { maxPrice: 0.001 })).toEqual(['h']);
    expect(candidates([node({ id: 'h' }), byToken], { maxPrice: 0.002 })).toEqual(['h', 't']);
    expect(reason([byToken], { maxPrice: 0.0019 })).toBe('price');
  });

  test('deadlineMs counts round trip and service', () => {
    const nodes = two({ region: 'far' }, { concurrency: 2 });
    expect(candidates(nodes, { region: 'here', deadlineMs: 1150 })).toEqual(['x']);
    expect(candidates(nodes, { region: 'here', deadlineMs: 2000 })).toEqual(['y', 'x']);
    expect(reason(nodes, { region: 'here', deadlineMs: 1149 })).toBe('deadline');
  });

  test('the reason is the first filter, in the order documented, that leaves nothing', () => {
    expect(ELIGIBILITY_FILTERS).toEqual(['liveness', 'allow', 'model', 'mode', 'region', 'labels']);
    const all: Ask = {
      deny: { nodes: ['x'] },
      model: 'z',
      mode: 'TEE',
      residency: ['moon'],
      labels: { a: 'b' },
      maxPrice: 0,
      deadlineMs: 0,
    };
    const nodes = [node({ id: 'x', models: ['m', 'z'] }), node({ id: 'y' })];
    const steps: [Ask, string][] = [
      [{}, 'model'],
      [{ deny: {} }, 'mode'],
      [{ deny: {}, mode: 'VANILLA' }, 'region'],
      [{ deny: {}, mode: 'VANILLA', residency: ['here'] }, 'labels'],
      [{ deny: {}, mode: 'VANILLA', residency: ['here'], labels: {} }, 'price'],
      [{ deny: {}, mode: 'VANILLA', residency: ['here'], labels: {}, maxPrice: 1 }, 'deadline'],
      [{ deny: {}, mode: 'VANILLA', residency: ['here'], labels: {}, maxPrice: 1, deadlineMs: 1e6, unservedCost: 0 }, 'deferred'],
    ];
    for (const [change, expected] of steps) expect([expected, reason(nodes, { ...all, ...change })]).toEqual([expected, expected]);
  });
});

describe('what it costs', () => {
  const terms = (n: Partial<NetworkNode>, ask: Ask, options: MatchOptions = {}) =>
    buildProblem({ nodes: [node({ id: 'x', ...n }), node({ id: 'y' })] }, [request({ id: 'q', ...ask })], options).terms(0, 0);

  test('cached tokens earn the price and service they save, no more than the prompt has', () => {
    // 1000 prompt tokens take half a second: 500 paid, 50 waited.
    expect(terms({ cached: { p: 1000 } }, { inputTokens: 4000, prefix: 'p' }).affinity).toBe(-550);
    expect(terms({ cached: { p: 1000 } }, { inputTokens: 500, prefix: 'p' }).affinity).toBe(-275);
    expect(terms({ cached: { p: 1000, s: 2000 } }, { inputTokens: 4000, prefix: 'p', session: 's' }).affinity).toBe(-1100);
    expect(terms({ cached: { p: 1000 } }, { inputTokens: 4000, prefix: 'p' }, { weights: { affinity: 0 } }).affinity).toBe(0);
    expect(terms({ cached: { p: 1000 } }, { inputTokens: 4000, prefix: 'other' }).affinity).toBe(0);
  });

  test('leaving the previous node costs the migration weight, unless that node is gone', () => {
    expect(terms({}, { previousNode: 'y' }).migration).toBe(500);
    expect(terms({}, { previousNode: 'x' }).migration).toBe(0);
    expect(terms({}, { previousNode: 'gone' }).migration).toBe(0);
    expect(terms({}, { previousNode: 'y' }, { weights: { migration: 0.002 } }).migration).toBe(2000);
  });

  test('reputation, exploration, extra cost and own terms', () => {
    expect(terms({ reputation: 0.25 }, {}).reputation).toBe(750);
    const young = { weights: { exploration: 0.0003 }, explorationSeconds: 10, now: 100 };
    expect([terms({ joinedAt: 91 }, {}, young).exploration, terms({ joinedAt: 90 }, {}, young).exploration]).toEqual([-300, 0]);
    expect(terms({}, { extraCost: { x: -0.0001, y: 5 } }).extra).toBe(-100);
    expect(terms({ labels: { watts: '700' } }, {}, { terms: { energy: (_, { labels }) => Number(labels.watts ?? 0) / 1e6 } }).energy).toBe(
      700,
    );
  });

  test('terms add up to the cost of the arc, whatever they are', () => {
    for (let seed = 0; seed < 100; seed++) {
      const draw = draws(seed);
      const nodes = Array.from({ length: 5 }, (_, k) =>
        node({
          id: `n${k}`,
          reputation: draw(11) / 10,
          price: draw(50) / 10,
          cached: draw(2) === 0 ? { p: draw(3000) } : {},
          ...(draw(3) === 0 ? { models: [], loadable: { m: draw(5) }, tokensPerSecond: { m: { input: 1000, output: 1000 } } } : {}),
        }),
      );
      const requests = Array.from({ length: 5 }, (_, k) =>
        request({
          id: `q${k}`,
          inputTokens: draw(5000),
          prefix: draw(2) === 0 ? 'p' : 'none',
          previousNode: `n${draw(7)}`,
          extraCost: { [`n${draw(5)}`]: (draw(100) - 50) / 1e5 },
          unservedCost: 10,
        }),
      );
      const built = buildProblem({ nodes }, requests, { terms: { odd: (q, n) => (q.inputTokens % 7) * n.price * 1e-6 } });
      let arcs = 0;
      for (let i = 0; i < 5; i++) {
        for (let a = built.plain.rowStart(i); a < built.plain.rowEnd(i); a++) {
          const parts = Object.values(built.terms(i, built.plain.target(a)));
          expect(parts.every((part) => Number.isInteger(part) && !Object.is(part, -0))).toBe(true);
          expect(parts.reduce((sum, part) => sum + part, 0)).toBe(built.plain.costs[a]);
          arcs++;
        }
      }
      expect(arcs).toBe(25);
    }
  });

  test.each([
    [{ terms: { price: () => 0 } }, 'OPTION_INVALID', 'terms.price'],
    [{ terms: { mine: 3 } }, 'OPTION_INVALID', 'terms.mine'],
    [{ terms: { mine: () => Number.NaN } }, 'COST_NOT_FINITE', 'terms.mine'],
    [{ aging: -1 }, 'OPTION_INVALID', 'aging'],
    [{ now: Number.NaN }, 'OPTION_INVALID', 'now'],
    [{ weights: { latncy: 1 } }, 'OPTION_INVALID', 'weights.latncy'],
  ])('bad options %j: %s at %s', (options, code, option) => {
    expect(() => buildProblem({ nodes: [node({ id: 'x' })] }, [request({ id: 'q' })], options as never)).toThrow(
      expect.objectContaining({ code, option }),
    );
  });
});

describe('who goes first', () => {
  test('a step of priority doubles the cost of waiting', async () => {
    expect(await placed([node({ id: 'x' })], [{}, { priority: 1 }])).toEqual([undefined, 'x']);
    const { plain } = buildProblem(
      { nodes: [] },
      [0, 1, 9].map((priority) => request({ id: `q${priority}`, priority })),
    );
    expect([0, 1, 2].map((i) => plain.unservedCostOf(i))).toEqual([50_000, 100_000, 25_600_000]);
  });

  test('aging adds up to maxUnservedCost, and never takes away', () => {
    const asks = [request({ id: 'old', at: 0 }), request({ id: 'new', at: 9 }), request({ id: 'dear', at: 0, unservedCost: 7 })];
    const cost = (options: MatchOptions) => [0, 1, 2].map((i) => buildProblem({ nodes: [] }, asks, options).plain.unservedCostOf(i) / 1e6);
    expect(cost({ aging: 0.01 })).toEqual([0.14, 0.05, 7.09]);
    expect(cost({ aging: 0.01, now: 109 })).toEqual([1.14, 1.05, 8.09]);
    expect(cost({ aging: 0.01, now: 1e6, maxUnservedCost: 5 })).toEqual([5, 5, 7]);
  });

  test('headroom with a price is for those who would pay it, without one for nobody', async () => {
    const held = (headroomCost?: number): NetworkNode[] => [
      node({ id: 'x', slots: 2, headroom: 1, ...(headroomCost === undefined ? {} : { headroomCost }) }),
    ];
    const low = [{ unservedCost: 0.01 }, { unservedCost: 0.01 }];
    const high = [...low, { unservedCost: 0.1 }, { unservedCost: 0.1 }];
    expect((await placed(held(0.02), low)).filter((on) => on === 'x')).toHaveLength(1);
    expect(await placed(held(0.02), high)).toEqual([undefined, undefined, 'x', 'x']);
    expect((await placed(held(), high)).filter((on) => on === 'x')).toHaveLength(1);
  });

  test('surcharges on later slots spread the load', async () => {
    const tiers = [
      { slots: 1, surcharge: 0 },
      { slots: 1, surcharge: 0.01 },
    ];
    const nodes = [node({ id: 'x', slots: 2, tiers }), node({ id: 'y', slots: 2, price: 7.2 })];
    expect((await placed(nodes, [{}, {}])).sort()).toEqual(['x', 'y']);
    expect(await placed(nodes, [{}, {}], { weights: { congestion: 0 } })).toEqual(['x', 'x']);
  });

  test('work in flight takes the first, cheapest slots', async () => {
    const tiers = [
      { slots: 1, surcharge: 0 },
      { slots: 1, surcharge: 0.01 },
    ];
    const { cost, slots } = await matchBatch({ nodes: [node({ id: 'x', slots: 2, inFlight: 1, tiers })] }, [request({ id: 'q' })], {
      baselines: false,
    });
    expect([cost.congestion, slots.used, slots.idle]).toEqual([10_000, 1, 0]);
    expect(await placed([node({ id: 'x', slots: 2, inFlight: 3 })], [{}])).toEqual([undefined]);
  });

  test('replicas run on distinct nodes, each served on its own', async () => {
    const result = await matchBatch(
      { nodes: [node({ id: 'x', slots: 5 }), node({ id: 'y', slots: 5 })] },
      [request({ id: 'q', replicas: 3 })],
      {
        baselines: false,
      },
    );
    expect(result.placements[0]).toEqual({ request: 'q', node: 'x', nodes: ['x', 'y'], placed: 2, wanted: 3 });
    expect([result.demand, result.served, result.unserved.total]).toEqual([3, 2, 1]);
  });
});

describe('a nearest cut is made exact by pricing', () => {
  test('it costs what the whole problem costs', async () => {
    let added = 0;
    for (let seed = 0; seed < 60; seed++) {
      const draw = draws(seed + 77);
      const nodes = Array.from({ length: 12 }, (_, k) => node({ id: `n${k}`, slots: 1 + draw(3), price: (1 + draw(60)) / 10 }));
      const requests = Array.from({ length: 20 }, (_, k) =>
        request({ id: `q${k}`, outputTokens: 1 + draw(3000), replicas: draw(5) === 0 ? 2 : 1, unservedCost: 0.005 + draw(20) / 1000 }),
      );
      const whole = await matchBatch({ nodes }, requests, { baselines: false });
      const cut = await matchBatch({ nodes }, requests, { baselines: false, nearest: 1 + draw(3) });
      expect([cut.status, cut.cost.total]).toEqual(['optimal', whole.cost.total]);
      added += cut.arcsAdded;
    }
    expect(added).toBeGreaterThan(100);
  });

  test('a cut that already is exact takes one round', async () => {
    const nodes = [node({ id: 'x', slots: 2 }), node({ id: 'y', price: 7.2 })];
    const { rounds, arcs, arcsAdded } = await matchBatch({ nodes }, [request({ id: 'q' })], { nearest: 1, baselines: false });
    expect([rounds, arcs, arcsAdded]).toEqual([1, 1, 0]);
  });

  test.each([0, 1.5, Number.NaN])('nearest %s is refused', async (nearest) => {
    await expect(matchBatch({ nodes: [] }, [], { nearest })).rejects.toMatchObject({ code: 'OPTION_INVALID', option: 'nearest' });
  });
});

test('a load shared by a class is charged by the share of those that came, and the answer is marked approximate', async () => {
  const cold = node({ id: 'cold', slots: 4, models: [], loadable: { m: 30 }, tokensPerSecond: { m: { input: 2000, output: 1000 } } });
  const asks = [0, 1, 2].map((k) => request({ id: `q${k}`, unservedCost: 1 }));
  const result = await matchBatch({ nodes: [cold] }, asks, { baselines: false });
  // 30 seconds at 1000 micro-USD, over three requests.
  expect(result.cost.coldLoad).toBe(30_000);
  expect([result.approximate, result.rounds, result.status]).toEqual([['coldLoad'], 2, 'optimal']);
  const warm = await matchBatch({ nodes: [node({ id: 'w' })] }, asks.slice(0, 1), { baselines: false });
  expect([warm.approximate, warm.rounds]).toEqual([[], 1]);
});
