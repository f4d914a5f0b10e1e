/** The answer for one request: where, at what cost by term, what next, or why not. */
import { describe, expect, test } from 'vitest';
import {
  answerOf,
  buildProblem,
  explainUnserved,
  type InferenceRequest,
  matchBatch,
  type NetworkNode,
  Placed,
  UNSERVED_REASONS,
  type UnservedReason,
} from '../../lib/network/index.js';
import { richNetwork } from './rich-network.js';
import { node, randomNetwork, request } from './small-network.js';

describe('the reason is the filter that removed the last node, in the order of the filters', () => {
  const cases: [UnservedReason, string, Partial<NetworkNode>, Partial<InferenceRequest>][] = [
    ['liveness', 'down', { state: 'down' }, { pinned: 'other', model: 'z' }],
    ['liveness', 'draining', { state: 'draining' }, {}],
    ['allow', 'not on the list', {}, { allow: { nodes: ['other'] }, model: 'z' }],
    ['allow', 'denied by operator', {}, { deny: { operators: ['o'] } }],
    ['allow', 'pinned elsewhere', {}, { pinned: 'other', mode: 'TEE' }],
    ['model', 'not hosted', {}, { model: 'z', mode: 'TEE' }],
    ['mode', 'not run', {}, { mode: ['TEE', 'ZKML'], residency: ['eu'] }],
    ['region', 'elsewhere', {}, { residency: ['eu'], labels: { a: 'b' } }],
    ['labels', 'without the label', {}, { labels: { a: 'b' }, maxPrice: 0 }],
    ['labels', 'another value', { labels: { a: 'c' } }, { labels: { a: ['b', 'd'] } }],
    ['price', 'paid too much', {}, { maxPrice: 0.000999, deadlineMs: 1 }],
    ['deadline', 'too slow', {}, { deadlineMs: 999, unservedCost: 0 }],
    ['deferred', 'as dear as leaving it', {}, { unservedCost: 0.0011 }],
    ['deferred', 'with its surcharge', { tiers: [{ slots: 1, surcharge: 0.0001 }] }, { unservedCost: 0.0012 }],
    ['deferred', 'held back', { headroom: 1, headroomCost: 0.1 }, {}],
    ['full', 'in flight', { inFlight: 1 }, {}],
    ['full', 'held back from everyone', { headroom: 1 }, {}],
  ];

  test.each(cases)('%s: %s', async (reason, _, fields, ask) => {
    const gone = node({ id: 'other', state: 'down', models: ['z', 'm'], modes: ['TEE', 'VANILLA'], region: 'eu' });
    const result = await matchBatch({ nodes: [node({ id: 'n', ...fields }), gone] }, [request({ id: 'q', ...ask })]);
    const { unserved, units } = answerOf(result, 'q');
    expect(units).toEqual([]);
    expect(unserved).toMatchObject({ reason, units: 1, cost: (ask.unservedCost ?? 0.05) * 1e6 });
    expect(result.unserved.requests).toEqual([{ id: 'q', reason, units: 1 }]);
    expect(result.unserved.byReason).toEqual({ ...Object.fromEntries(UNSERVED_REASONS.map((one) => [one, 0])), [reason]: 1 });
  });

  test('capped: where the groups say so, and only for requests that have arcs', () => {
    const built = buildProblem({ nodes: [node({ id: 'n' })] }, [request({ id: 'q' }), request({ id: 'z', model: 'z' })]);
    const { requests, byReason } = explainUnserved(built, new Placed(built, [[], []]), { capped: () => true });
    expect(requests.map(({ reason }) => reason)).toEqual(['capped', 'model']);
    expect([byReason.capped, byReason.model]).toEqual([1, 1]);
  });

  test('full, not deferred, where the only free slots are on nodes that run a replica already', async () => {
    const result = await matchBatch({ nodes: [node({ id: 'n', slots: 3 })] }, [request({ id: 'q', replicas: 2 })], { baselines: false });
    expect(answerOf(result, 'q')).toMatchObject({ placed: 1, wanted: 2, unserved: { reason: 'full', units: 1 } });
  });

  test('every reason has a place in the order', () => {
    expect(UNSERVED_REASONS).toEqual([
      'liveness',
      'allow',
      'model',
      'mode',
      'region',
      'labels',
      'price',
      'deadline',
      'full',
      'capped',
      'deferred',
    ]);
  });
});

test('the k-th request on a node, in order of the batch, pays the surcharge of its k-th usable slot', async () => {
  const tiers = [
    { slots: 2, surcharge: 0 },
    { slots: 1, surcharge: 0.001 },
    { slots: 2, surcharge: 0.002 },
  ];
  const result = await matchBatch({ nodes: [node({ id: 'n', slots: 5, inFlight: 1, tiers })] }, [
    request({ id: 'a', outputTokens: 10 }),
    request({ id: 'z', model: 'z' }),
    request({ id: 'b', outputTokens: 900 }),
    request({ id: 'c', outputTokens: 400 }),
  ]);
  expect(['a', 'b', 'c'].map((id) => answerOf(result, id).units[0].cost.congestion)).toEqual([0, 1000, 2000]);
  expect(result.cost.congestion).toBe(3000);
});

test('a unit runs in the mode of least multiplier that its node and request share', async () => {
  const result = await matchBatch(
    {
      modes: { VANILLA: {}, TEE: { serviceMultiplier: 2 }, ZKML: { serviceMultiplier: 9 } },
      nodes: [node({ id: 'n', modes: ['ZKML', 'TEE'] })],
    },
    [request({ id: 'q', mode: ['VANILLA', 'ZKML', 'TEE'] })],
  );
  expect(answerOf(result, 'q').units).toMatchObject([{ node: 'n', mode: 'TEE', cost: { price: 2000, service: 200, total: 2200 } }]);
});

describe('on random networks', () => {
  test('the costs of all units and of the unserved add up to the total, term by term', async () => {
    for (let seed = 0; seed < 200; seed++) {
      const { network, requests } = richNetwork(seed + 11_000);
      const result = await matchBatch(network, requests, { baselines: false });
      const terms: Record<string, number> = Object.fromEntries(Object.keys(result.cost).map((name) => [name, 0]));
      result.placements.forEach(({ request: id, nodes, placed, wanted }) => {
        const answer = answerOf(result, id);
        expect(answer).toMatchObject({ request: id, placed, wanted, alternatives: [], alternativesExact: true });
        expect(answer.units.map((unit) => unit.node)).toEqual(nodes);
        for (const { cost } of answer.units) {
          const { total, ...parts } = cost;
          expect(Object.values(parts).reduce((a, b) => a + b)).toBe(total);
          for (const [name, value] of Object.entries(cost)) terms[name] += value;
        }
        terms.unserved += answer.unserved?.cost ?? 0;
        terms.total += answer.unserved?.cost ?? 0;
        expect(answer.unserved?.units ?? 0).toBe(wanted - placed);
      });
      expect(terms).toEqual(result.cost);
    }
  });

  test('alternatives ascend, leave out the nodes taken, and cost the whole matching at least what they say', async () => {
    let listed = 0;
    let tight = 0;
    for (let seed = 0; seed < 40; seed++) {
      const { network, requests } = randomNetwork(seed + 13_000);
      const result = await matchBatch(network, requests, { baselines: false });
      for (const [i, { id }] of requests.slice(0, 6).entries()) {
        const { alternatives, units } = answerOf(result, id, { alternatives: 3 });
        expect(alternatives.length).toBeLessThanOrEqual(3);
        const extras = alternatives.map(({ extraCost }) => extraCost);
        expect(extras).toEqual([...extras].sort((a, b) => a - b));
        for (const { node: name, extraCost } of alternatives) {
          expect(extraCost).toBeGreaterThanOrEqual(0);
          expect(units.map((unit) => unit.node)).not.toContain(name);
          // The request on that node and nowhere else, whatever that takes.
          const forced = requests.map((q, k) => (k === i ? { ...q, allow: { nodes: [name] }, unservedCost: 100 } : q));
          const other = await matchBatch(network, forced, { baselines: false });
          if (other.placements[i].node !== name) continue;
          listed++;
          expect(other.cost.total).toBeGreaterThanOrEqual(result.cost.total + extraCost);
          if (other.cost.total === result.cost.total + extraCost) tight++;
        }
      }
    }
    expect(listed).toBeGreaterThan(100);
    expect(tight).toBeGreaterThan(listed / 4);
  });
});

test('an id that is not in the batch and a count that is none are refused', async () => {
  const result = await matchBatch({ nodes: [node({ id: 'n' })] }, [request({ id: 'q' })]);
  expect(() => answerOf(result, 'n')).toThrow(expect.objectContaining({ code: 'DEMAND_UNKNOWN', value: 'n' }));
  for (const count of [-1, 0.5, Number.NaN])
    expect(() => answerOf(result, 'q', { alternatives: count })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', option: 'alternatives' }),
    );
});

test('beside gadgets, alternatives are priced by cost and price of the node, and marked as an estimate', async () => {
  const nodes = [node({ id: 'x' }), node({ id: 'y', price: 7.2 }), node({ id: 'z', price: 10.8 })];
  const result = await matchBatch({ nodes }, [request({ id: 'a' }), request({ id: 'b' })]);
  const exact = answerOf(result, 'a', { alternatives: 5 });
  const { plain } = result.built;
  const other = Object.assign(Object.create(Object.getPrototypeOf(plain)), plain);
  expect(answerOf({ ...result, built: { ...result.built, problem: other } }, 'a', { alternatives: 5 })).toEqual({
    ...exact,
    alternativesExact: false,
  });
  expect(exact.alternatives.length).toBe(2);
});
