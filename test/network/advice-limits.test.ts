import { expect, test } from 'vitest';
import { placedCost } from '../../lib/network/advice-trial.js';
import {
  advise,
  checkNetwork,
  checkRecord,
  decisionRecords,
  explain,
  explainNode,
  type GroupLimit,
  type MatchResult,
  matchBatch,
  type NetworkData,
  operatorContribution,
} from '../../lib/network/index.js';
import { solveSync } from '../../lib/solve.js';
import { changingNetwork, everyChange } from './changing-network.js';
import { draws } from './small-network.js';

/** A network with caps of operators or regions, floors and quotas, or requests whose replicas need distinct operators. */
function limitedNetwork(seed: number): ReturnType<typeof changingNetwork> {
  const draw = draws(seed * 31 + 5);
  const { network, requests } = changingNetwork(seed);
  const kind = draw(2) === 0 ? 'operator' : 'region';
  const names = new Set(network.nodes.map((one) => one[kind]));
  const limits: GroupLimit[] = [...names]
    .filter(() => draw(3) > 0)
    .map((name) => {
      const cap = draw(4);
      return { [kind]: name, cap, ...(draw(3) === 0 ? { floor: draw(cap + 1) } : {}) };
    });
  if (draw(2) === 0) limits.push({ tenant: 't0', cap: draw(4) });
  const asked = requests.map((one) => ({
    ...one,
    ...(draw(2) === 0 ? { tenant: 't0' } : {}),
    ...((one.replicas ?? 1) > 1 && draw(2) === 0 ? { distinct: 'operator' as const } : {}),
  }));
  return { network: { ...network, limits }, requests: asked };
}

function coldCost({ built }: MatchResult, network: NetworkData): number {
  const changed = built.rebuild(checkNetwork(network));
  return placedCost(changed, solveSync(changed.problem));
}

test('under limits, the first change is the best of all that there are, and the cumulative saving that of the changed network', async () => {
  let helped = 0;
  let limited = 0;
  for (let seed = 0; seed < 60; seed++) {
    const { network, requests } = limitedNetwork(seed);
    const result = await matchBatch(network, requests, { baselines: false });
    if (result.built.problem !== result.built.plain) limited++;
    expect([seed, placedCost(result.built, result.solution)]).toEqual([seed, result.cost.total]);
    const savings = everyChange(network, requests).map((one) => result.cost.total - coldCost(result, one.network));
    const { steps, network: last, after } = await advise(result, { changes: 2 });
    expect([seed, steps[0]?.saving ?? 0]).toEqual([seed, Math.max(0, ...savings)]);
    expect(coldCost(result, last)).toBe(after);
    if (steps.length > 0) helped++;
    const [{ operator }] = network.nodes;
    const gone = network.nodes.map((one) => (one.operator === operator ? { ...one, state: 'down' as const } : one));
    const { loss } = await operatorContribution(result, operator, { hide: 1 });
    expect([seed, loss]).toEqual([seed, coldCost(result, { ...network, nodes: gone }) - result.cost.total]);
    const near = await matchBatch(network, requests, { baselines: false, nearest: 1 });
    expect([seed, near.cost.total]).toEqual([seed, result.cost.total]);
    expect([seed, near.nodes.map(({ gain, loss }) => [gain, loss])]).toEqual([seed, result.nodes.map(({ gain, loss }) => [gain, loss])]);
    for (const record of decisionRecords(result)) expect([seed, checkRecord(record, result.built)]).toEqual([seed, []]);
    for (const { id } of requests) explain(result, id);
    for (const { id } of network.nodes) explainNode(result, id);
  }
  expect(limited).toBeGreaterThan(30);
  expect(helped).toBeGreaterThan(30);
}, 120_000);
