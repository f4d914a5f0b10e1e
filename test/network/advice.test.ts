import { describe, expect, test } from 'vitest';
import { boundsOf } from '../../lib/network/advice-bounds.js';
import { findCandidates } from '../../lib/network/advice-changes.js';
import { ColdTrial, WarmTrial } from '../../lib/network/advice-trial.js';
import {
  advise,
  CHANGE_KINDS,
  type Change,
  type ChangeKind,
  checkNetwork,
  type MatchResult,
  matchBatch,
  type NetworkData,
  type TermFunction,
} from '../../lib/network/index.js';
import { slotValues } from '../../lib/slot-values.js';
import { solveSync } from '../../lib/solve.js';
import { verify } from '../../lib/verify/index.js';
import { changingNetwork, everyChange } from './changing-network.js';
import { node, request } from './small-network.js';

const ALL: ReadonlySet<ChangeKind> = new Set(CHANGE_KINDS);

/** The cost of matching the same requests on another network, with the options and shares of a result: built and solved anew. */
function coldCost({ built }: MatchResult, network: NetworkData): number {
  const { problem } = built.rebuild(checkNetwork(network));
  const solution = solveSync(problem);
  expect(verify(problem, solution)).toMatchObject({ valid: true, complete: true, gap: 0 });
  return solution.objective;
}

function applyTo(network: NetworkData, requests: Parameters<typeof everyChange>[1], change: Change): NetworkData {
  const slots = change.kind === 'slots' ? change.slots : 1;
  const found = everyChange(network, requests, slots).find((one) => JSON.stringify(one.change) === JSON.stringify(change));
  if (found === undefined) throw new Error(`${JSON.stringify(change)} is no change of this network`);
  return found.network;
}

test('the changes are told in words with exact numbers, and end when no single one helps', async () => {
  // One slot and three requests of m: hosting m on the idle node y serves two more. The last one wants TEE and a slot: two changes.
  const network: NetworkData = {
    nodes: [node({ id: 'x' }), node({ id: 'y', models: ['other'], slots: 2 })],
    throughput: [{ model: 'm', gpu: 'G', input: 2000, output: 1000 }],
  };
  const requests = [request({ id: '1' }), request({ id: '2' }), request({ id: '3' }), request({ id: '4', mode: 'TEE' })];
  const result = await matchBatch(network, requests);
  const advice = await advise(result);
  expect(advice.steps).toMatchObject([{ saving: 97_800, cumulative: 97_800, servedMore: 2, bound: 97_800, best: true }]);
  expect(advice.steps[0].words).toBe('host m on y: saves 0.0978 USD, and serves 2 more; 0.0978 USD with the steps before');
  expect(advice).toMatchObject({ before: result.cost.total, after: result.cost.total - 97_800, ended: 'nothing helps', left: 0 });
});

test('savings of a list are joint: two changes that serve the same request count once', async () => {
  const hosts = ['y', 'z'].map((id) => node({ id, models: ['other'] }));
  const throughput = [{ model: 'm', gpu: 'G', input: 2000, output: 1000 }];
  const result = await matchBatch({ nodes: hosts, throughput }, [request({ id: '1' })]);
  expect((await advise(result)).steps).toMatchObject([{ change: { kind: 'host', node: 'y' }, cumulative: 48_900 }]);
  const two = await matchBatch({ nodes: hosts, throughput }, [request({ id: '1' }), request({ id: '2' })]);
  expect((await advise(two, { kinds: ['host'] })).steps.map(({ change, cumulative }) => [change.node, cumulative])).toEqual([
    ['y', 48_900],
    ['z', 97_800],
  ]);
});

describe('on random networks', () => {
  test('the first change is the best of all that there are, and 0 is left where none helps', async () => {
    let helped = 0;
    let spared = 0;
    const kinds = new Map<string, number>();
    for (let seed = 0; seed < 120; seed++) {
      const { network, requests } = changingNetwork(seed, seed % 3 === 0);
      const slotsPerChange = 1 + (seed % 3);
      const result = await matchBatch(network, requests, { baselines: false });
      const savings = everyChange(network, requests, slotsPerChange).map((one) => result.cost.total - coldCost(result, one.network));
      const most = Math.max(0, ...savings);
      const { steps, left, ended, before } = await advise(result, { changes: 1, slotsPerChange });
      expect([seed, before]).toEqual([seed, result.cost.total]);
      expect([seed, steps[0]?.saving ?? 0]).toEqual([seed, most]);
      if (steps.length === 0) {
        expect([ended, left]).toEqual(['nothing helps', 0]);
        continue;
      }
      helped++;
      const [{ change, bound, best, candidates, tried }] = steps;
      expect(best).toBe(true);
      expect(candidates).toBe(savings.length);
      expect(bound).toBeGreaterThanOrEqual(most);
      expect(result.cost.total - coldCost(result, applyTo(network, requests, change))).toBe(most);
      spared += candidates - tried;
      kinds.set(change.kind, (kinds.get(change.kind) ?? 0) + 1);
    }
    expect(helped).toBeGreaterThan(60);
    expect([...kinds.keys()].sort()).toEqual([...CHANGE_KINDS].sort());
    expect(spared).toBeGreaterThan(500);
  });

  test('each step is the best on top of those before, and the cumulative saving is that of the changed network, solved cold', async () => {
    let longest = 0;
    for (let seed = 200; seed < 300; seed++) {
      const { network, requests } = changingNetwork(seed, seed % 4 === 0);
      const result = await matchBatch(network, requests, { baselines: false, ...(seed % 2 === 0 ? { nearest: 1 } : {}) });
      const { steps, after, before, network: last } = await advise(result, { changes: 4 });
      let current = network;
      let cost = before;
      for (const { change, saving, cumulative } of steps) {
        const savings = everyChange(current, requests).map((one) => cost - coldCost(result, one.network));
        expect([seed, saving]).toEqual([seed, Math.max(...savings)]);
        current = applyTo(current, requests, change);
        cost = coldCost(result, current);
        expect([seed, cumulative]).toEqual([seed, before - cost]);
      }
      expect(after).toBe(cost);
      expect(coldCost(result, last)).toBe(cost);
      // Where no load is shared, matching the changed network from scratch gives the same.
      if (seed % 4 !== 0) expect((await matchBatch(current, requests, { baselines: false })).cost.total).toBe(cost);
      longest = Math.max(longest, steps.length);
    }
    expect(longest).toBe(4);
  });

  test('no change saves more than its bound; the bounds are not idle; trying it, warm or cold, gives what it saves', async () => {
    let exact = 0;
    let all = 0;
    for (let seed = 400; seed < 520; seed++) {
      const { network, requests } = changingNetwork(seed, seed % 3 === 0);
      // A term of the caller's that looks at what changes: dearer and cheaper by models, modes and slots of the node.
      const own = seed % 4 === 0;
      const terms: Record<string, TermFunction> = own ? { own: (_, n) => (n.models.length - n.modes.length - n.slots) / 1e4 } : {};
      const result = await matchBatch(network, requests, { baselines: false, terms });
      const { built, solution } = result;
      const { offered } = findCandidates(built.network, built.requests, { kinds: ALL, slotsPerChange: 2, allowed: () => true });
      const { gain } = slotValues(built.plain, solution);
      const bounds = boundsOf({ built, prices: solution.prices, values: solution.values, gain }, offered);
      const warm = new WarmTrial(built, 'auto');
      const cold = new ColdTrial(built, solution);
      for (const [c, candidate] of offered.entries()) {
        const cost = coldCost(result, applyTo(network, requests, candidate.change));
        expect([seed, candidate.change, await warm.cost(candidate)]).toEqual([seed, candidate.change, cost]);
        if (c % 5 === 0) expect(await cold.cost(candidate)).toBe(cost);
        expect(bounds[c]).toBeGreaterThanOrEqual(Math.max(0, result.cost.total - cost));
        all++;
        if (bounds[c] === Math.max(0, result.cost.total - cost)) exact++;
      }
      warm.dispose();
    }
    expect(all).toBeGreaterThan(1200);
    expect(exact / all).toBeGreaterThan(0.5);
  });
});

test('a model is offered only where a rate is known, and the others are named', async () => {
  const network: NetworkData = {
    nodes: [
      node({ id: 'x', models: ['other'] }),
      node({ id: 'y', models: ['other'], gpu: 'H' }),
      node({ id: 'z', models: ['other'], state: 'draining' }),
    ],
    throughput: [{ model: 'm', gpu: 'G', input: 2000, output: 500 }],
    modes: { VANILLA: {} },
  };
  const requests = [request({ id: '1' }), request({ id: '2', model: 'other', mode: ['TEE', 'VANILLA'] })];
  const { steps, notOffered } = await advise(await matchBatch(network, requests));
  expect(steps.map(({ change }) => change)).toEqual([{ kind: 'host', node: 'x', model: 'm' }]);
  // 1000 tokens at 500 per second: 2 seconds of 0.001 USD, and as long to wait.
  expect(steps[0].saving).toBe(50_000 - 2200);
  expect(notOffered).toEqual([
    {
      kind: 'enable',
      name: 'TEE',
      nodes: ['x', 'y'],
      words: "enabling TEE is not offered on 2 nodes: the network's modes do not list it, so its multiplier is not known",
    },
    {
      kind: 'host',
      name: 'm',
      nodes: ['y'],
      words: 'hosting m is not offered on 1 node: neither the node nor the throughput table says how fast it would run there',
    },
  ]);
});

test('a node with a free slot is never told to grow, and bringing a node up counts its own slots', async () => {
  const free = await advise(await matchBatch({ nodes: [node({ id: 'x', slots: 2 })] }, [request({ id: '1' })]));
  expect(free).toMatchObject({ steps: [], ended: 'nothing helps', left: 0 });
  const network = { nodes: [node({ id: 'x', state: 'down', slots: 2 })] };
  const { steps } = await advise(await matchBatch(network, [request({ id: '1' }), request({ id: '2' }), request({ id: '3' })]), {
    changes: 1,
  });
  expect(steps).toMatchObject([{ change: { kind: 'up', node: 'x' }, saving: 2 * 48_900, servedMore: 2, bound: 2 * 48_900 }]);
});

test('kinds, allowed, changes and budget limit the list', async () => {
  const { network, requests } = changingNetwork(7);
  const result = await matchBatch(network, requests, { baselines: false });
  const all = await advise(result, { changes: 3 });
  expect(all.steps.length).toBeGreaterThan(1);
  for (const kind of CHANGE_KINDS) for (const step of (await advise(result, { kinds: [kind] })).steps) expect(step.change.kind).toBe(kind);
  const banned = JSON.stringify(all.steps[0].change);
  const other = await advise(result, { changes: 1, allowed: (change) => JSON.stringify(change) !== banned });
  expect(JSON.stringify(other.steps[0].change)).not.toBe(banned);
  expect(other.steps[0].saving).toBeLessThanOrEqual(all.steps[0].saving);
  expect(await advise(result, { changes: 0 })).toMatchObject({
    steps: [],
    ended: 'changes',
    before: result.cost.total,
    after: result.cost.total,
  });
  const cut = await advise(result, { budgetMs: 0 });
  expect(cut.ended).toBe('budget');
  if (cut.steps.length === 0) expect(cut.left).toBeGreaterThanOrEqual(all.steps[0].saving);
});

test('unknown and wrong options, and answers that are not optimal, are refused', async () => {
  const result = await matchBatch({ nodes: [] }, []);
  await expect(advise(result, { change: 1 } as never)).rejects.toMatchObject({ code: 'UNKNOWN_OPTION', nearest: 'changes' });
  for (const [option, value] of Object.entries({ changes: -1, kinds: ['region'], slotsPerChange: 0, budgetMs: Number.NaN, allowed: 1 }))
    await expect(advise(result, { [option]: value } as never)).rejects.toMatchObject({ code: 'OPTION_INVALID', option });
  const { network, requests } = changingNetwork(3);
  const { built, solution, ...rest } = await matchBatch(network, requests, { baselines: false });
  const feasible = Object.create(solution, { status: { value: 'feasible' } });
  await expect(advise({ built, ...rest, solution: feasible })).rejects.toMatchObject({ code: 'SOLUTION_NOT_OPTIMAL' });
});
