/** Names are the caller's: any text will do, and what it says never matters. */
import { expect, test } from 'vitest';
import {
  advise,
  answerOf,
  buildProblem,
  checkRecord,
  decisionRecords,
  explain,
  explainNode,
  type InferenceRequest,
  matchBatch,
  Network,
  type NetworkData,
  operatorContribution,
} from '../../lib/network/index.js';
import { matchJSON } from '../../lib/report/match-json.js';

const ODD = [
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'length',
  'prototype',
  'total',
  '日本 🦊',
  'a"b\n.c[0]',
  'null',
  '0',
  ' ',
];

/** Objects used as maps by these names. */
const map = <T>(name: string, value: T): Record<string, T> => Object.fromEntries([[name, value]]);

/** Every kind of name there is, all the same; `far` is the other region. */
function named(name: string, far: string): { network: NetworkData; requests: InferenceRequest[] } {
  const rate = { input: 1000, output: 100 };
  const shared = { operator: name, gpu: name, modes: [name], slots: 3, price: 1 };
  const network: NetworkData = {
    throughput: [
      { model: name, gpu: name, ...rate },
      { model: 'other', gpu: name, ...rate },
    ],
    modes: { ...map(name, { serviceMultiplier: 2 }), VANILLA: {} },
    latencyMs: map(name, map(far, 50)),
    nodes: [
      { ...shared, id: name, region: name, models: [name], labels: map(name, name), cached: map(name, 100), latencyMs: map(far, 3) },
      {
        ...shared,
        id: 'second',
        region: far,
        models: ['other'],
        loadable: map(name, 5),
        tokenPrices: map(name, rate),
        tiers: [{ slots: 3, surcharge: 0 }],
      },
      { ...shared, id: 'third', operator: 'else', region: name, gpu: 'none', models: [name], tokensPerSecond: map(name, rate), slots: 9 },
    ],
  };
  const ask = { model: name, mode: name, inputTokens: 200, outputTokens: 10 };
  const rich = { client: name, tenant: name, prefix: name, session: name, previousNode: name, extraCost: map(name, 0.001) };
  const requests: InferenceRequest[] = [
    { ...ask, ...rich, id: name, region: far, labels: map(name, [name]) },
    { ...ask, id: 'a', region: far, allow: { nodes: [name], operators: [name] } },
    { ...ask, id: 'b', region: name, pinned: 'second' },
    { ...ask, id: 'c', region: name, replicas: 2, distinct: 'operator', deny: { nodes: ['x'] } },
    { ...ask, id: 'd', model: 'other', residency: [name] },
    { ...ask, id: 'e', mode: 'VANILLA' },
    { ...ask, id: 'f', labels: { none: 'none' } },
  ];
  return { network, requests };
}

/** All that is said of a batch. */
async function answers(name: string, far: string): Promise<unknown> {
  const { network, requests } = named(name, far);
  const result = await matchBatch(network, requests);
  expect(result.certificate).toMatchObject({ valid: true, gap: 0 });
  for (const record of decisionRecords(result)) expect(checkRecord(JSON.parse(JSON.stringify(record)), result.built)).toEqual([]);
  const { milliseconds: _, ...json } = matchJSON(result);
  const told = requests.map(({ id }) => [explain(result, id), answerOf(result, id, { alternatives: 3 })]);
  const { steps, left } = await advise(result, { changes: 2 });
  const worth = await operatorContribution(result, name);
  const live = new Network(network);
  const taken = requests.map((request) => live.submit(request, { now: 1000 }).assigned);
  const restored = Network.restore(JSON.parse(JSON.stringify(live.snapshot())));
  const loop = [taken, live.tick({ now: 1001 }).waiting, requests.map(({ id }) => restored.state(id, { now: 1001 }))];
  live.dispose();
  restored.dispose();
  return { json, told, nodes: network.nodes.map(({ id }) => explainNode(result, id)), steps, left, worth, loop };
}

/** A name wherever it stands, in texts and as a key, replaced by `@`. */
function rewritten(value: unknown, name: string): unknown {
  if (typeof value === 'string') return value.split(name).join('@');
  if (Array.isArray(value)) return value.map((entry) => rewritten(entry, name));
  if (typeof value !== 'object' || value === null) return value;
  return Object.entries(value).map(([key, entry]) => [rewritten(key, name), rewritten(entry, name)]);
}

test.each(['__proto__', 'constructor', '日本 🦊'])('%j as every kind of name gives the answer that a plain name gives', async (name) => {
  expect(rewritten(await answers(name, 'far'), name)).toEqual(rewritten(await answers('Zq7', 'far'), 'Zq7'));
});

test('regions called like what objects inherit have the latency that is listed, or the default', () => {
  for (const from of ODD)
    for (const to of ODD) {
      const { network, requests } = named('plain', 'far');
      const nodes = [{ ...network.nodes[0], region: to, latencyMs: {} }];
      const of = (latencyMs: NetworkData['latencyMs']): number =>
        buildProblem({ ...network, nodes, latencyMs }, [{ ...requests[1], region: from }]).terms(0, 0).latency;
      expect(of(undefined)).toBe(from === to ? 0 : 150);
      expect(of(map('x', map('y', 1)))).toBe(from === to ? 0 : 150);
      expect(of(map(from, map(to, 20)))).toBe(20);
    }
});

test('a term of the caller may have any name but those taken, and __proto__, which would not be counted', () => {
  const { network, requests } = named('plain', 'far');
  for (const name of ODD) {
    const build = (): number => buildProblem(network, requests.slice(0, 1), { terms: map(name, () => 1) }).terms(0, 0)[name];
    if (name === '__proto__' || name === 'total') expect(build).toThrow(`terms.${name}`);
    else expect(build()).toBe(1_000_000);
  }
});
