import { expect, test } from 'vitest';
import { inUsd } from '../../lib/network/explain-words.js';
import {
  decisionRecord,
  explain,
  explainNode,
  explainRecord,
  explainUnserved,
  matchBatch,
  type NetworkData,
} from '../../lib/network/index.js';
import { changingNetwork } from './changing-network.js';
import { node, request } from './small-network.js';

test('money is said to the last micro-USD', () => {
  expect([58_900, 1, 0, -1_500_000, 2_000_000, 123_456_789].map(inUsd)).toEqual([
    '0.0589 USD',
    '0.000001 USD',
    '0 USD',
    '-1.5 USD',
    '2 USD',
    '123.456789 USD',
  ]);
});

test('a request that is outbid at its cheapest node: where, at what terms, by whom, and what is next', async () => {
  const network: NetworkData = {
    nodes: [node({ id: 'x', modes: ['VANILLA', 'TEE'] }), node({ id: 'y', price: 7.2 }), node({ id: 'z', price: 14.4 })],
  };
  const result = await matchBatch(network, [request({ id: 'first' }), request({ id: 'second', mode: 'TEE' })]);
  expect(explain(result, 'first')).toBe(
    'first runs on y in VANILLA and costs 0.0021 USD there: price 0.002 USD and service 0.0001 USD. ' +
      'x would cost less to run it, 0.0011 USD, but there it is outbid by second, which could not go elsewhere for less than 0.001 USD more: ' +
      'a slot has that price, and it comes to 0.0021 USD. Next best is x, which would cost the same.',
  );
  expect(explain(result, 'second')).toBe(
    'second runs on x in TEE and costs 0.0011 USD there: price 0.001 USD and service 0.0001 USD. Next best is to leave it unserved, 0.0479 USD dearer.',
  );
  expect(explainRecord(JSON.parse(JSON.stringify(decisionRecord(result, 'first'))))).toBe(explain(result, 'first'));
});

test('an unserved request: the reason, what it costs, and what a place would cost', async () => {
  const result = await matchBatch({ nodes: [node({ id: 'x' })] }, [
    request({ id: 'a', unservedCost: 1 }),
    request({ id: 'b' }),
    request({ id: 'c', model: 'none' }),
  ]);
  expect(explain(result, 'b')).toBe(
    'b is not served: every node that runs m in VANILLA is full, and making room would cost more than it saves. Leaving it so costs 0.05 USD. ' +
      'x would cost less to run it, 0.0011 USD, but there it is outbid by a, which could not go elsewhere for less than 0.0489 USD more: ' +
      'a slot has that price, and it comes to 0.05 USD. ' +
      'The best place for it, x, would cost 0.05 USD, 0.0489 USD of it for the slot: no less than leaving it unserved.',
  );
  expect(explain(result, 'c')).toBe('c is not served: no node hosts none. Leaving it so costs 0.05 USD. There is no other node for it.');
  expect(explainRecord(decisionRecord(result, 'c'))).toContain("no node passes the filter 'model'");
});

test('a cheaper node whose next slot has a surcharge is said so, and replicas are told one by one', async () => {
  const tiers = [
    { slots: 1, surcharge: 0 },
    { slots: 1, surcharge: 0.01 },
  ];
  const result = await matchBatch({ nodes: [node({ id: 'x', slots: 2, tiers }), node({ id: 'y', price: 7.2 })] }, [
    request({ id: 'a', deny: { nodes: ['y'] } }),
    request({ id: 'b' }),
  ]);
  expect(explain(result, 'b')).toContain(
    'x would cost less to run it, 0.0011 USD, but its next slot has a surcharge: with at least 0.001 USD more it comes to 0.0021 USD.',
  );
  const twice = await matchBatch({ nodes: [node({ id: 'x' }), node({ id: 'y' })] }, [request({ id: 'r', replicas: 3 })], {
    baselines: false,
  });
  expect(explain(twice, 'r')).toMatch(
    /^r has 2 of the 3 places it asks for\. r runs on x .* r runs on y .* 1 place of r is missing: .* costs 0\.05 USD\./,
  );
});

test('a node: its slots, why they are idle, and what one more or less is worth, exactly nothing included', async () => {
  const network: NetworkData = {
    nodes: [
      node({ id: 'busy' }),
      node({ id: 'free', models: ['m', 'k'], slots: 4, inFlight: 1, headroom: 1, price: 36, modes: ['VANILLA', 'TEE'] }),
      node({ id: 'other', models: ['k'] }),
      node({ id: 'gone', state: 'down' }),
    ],
  };
  const result = await matchBatch(network, [request({ id: '1' }), request({ id: '2' }), request({ id: '3', model: 'z', mode: 'TEE' })]);
  expect(explainNode(result, 'busy')).toBe(
    'busy (o, here, 1 x G) is up, hosts m and runs in VANILLA. Of its 1 slot 1 is used by this batch and 0 are idle. ' +
      'One more slot here would save exactly 0.009 USD in this batch. One slot less would cost exactly 0.009 USD. ' +
      'Asked for and not hosted here: z (1 request, 1 unserved). Asked for and not run here: TEE (1 request, 1 unserved).',
  );
  expect(explainNode(result, 'free')).toBe(
    'free (o, here, 1 x G) is up, hosts m and k and runs in VANILLA and TEE. Of its 4 slots 1 run work from before, 1 is used by this batch and 2 are idle: ' +
      '2 requests of this batch may run here, and those that do not are better off elsewhere or unserved. 1 of them is held back as headroom. ' +
      'One more slot here is worth exactly nothing, because 1 slot that requests could use is free already. One slot less would cost nothing. ' +
      'Asked for and not hosted here: z (1 request, 1 unserved).',
  );
  expect(explainNode(result, 'other')).toContain(
    'is worth exactly nothing, because no request of this batch may run here. One slot less would cost nothing. Asked for and not hosted here: m (2 requests, 0 unserved) and z',
  );
  expect(explainNode(result, 'gone')).toContain(
    'a node that is down gets no work. One more slot here is worth exactly nothing, because a node that is down gets no work.',
  );
  const alone = await matchBatch({ nodes: [node({ id: 'x' })] }, [request({ id: '1' })]);
  expect(explainNode(alone, 'x')).toContain(
    'One more slot here is worth exactly nothing, because every request that may run here does as well without it. One slot less would cost exactly 0.0489 USD.',
  );
});

test('on random networks the words hold the numbers of the record and of the node', async () => {
  for (let seed = 0; seed < 100; seed++) {
    const { network, requests } = changingNetwork(seed + 1500, seed % 4 === 0);
    const result = await matchBatch(network, requests, { baselines: false });
    for (const { id } of requests) {
      const words = explain(result, id);
      const record = decisionRecord(result, id);
      for (const { node: where, mode, cost, terms } of record.placements) {
        expect(words).toContain(`${id} runs on ${where} in ${mode} and costs ${inUsd(cost)} there`);
        for (const [name, value] of Object.entries(terms)) if (value !== 0) expect(words).toContain(`${name} ${inUsd(value)}`);
      }
      for (const { node: where, cost, price, by, free } of record.outbidAt) {
        expect(words).toContain(`${where} would cost less to run it, ${inUsd(cost)}`);
        expect(words).toContain(inUsd(cost + price));
        for (const other of by.slice(0, free > 0 ? 0 : 1)) expect(words).toContain(other);
      }
      if (record.runnerUp !== null && record.runnerUp.extraCost > 0) expect(words).toContain(inUsd(record.runnerUp.extraCost));
      if (record.unserved.units > 0) expect(words).toContain(inUsd(record.unserved.cost));
    }
    for (const { id, gain, loss, used, idle } of result.nodes) {
      const words = explainNode(result, id);
      expect(words).toContain(`${used} ${used === 1 ? 'is' : 'are'} used by this batch and ${idle} `);
      expect(words).toContain(gain === 0 ? 'is worth exactly nothing' : `would save exactly ${inUsd(gain as number)}`);
      if (loss !== undefined && loss > 0) expect(words).toContain(`would cost exactly ${inUsd(loss)}`);
    }
  }
});

test('what limits and replicas keep apart is said so, beside slots that are free', async () => {
  const nodes = [node({ id: 'x', slots: 3 }), node({ id: 'y', operator: 'p', state: 'down' })];
  const capped = await matchBatch({ nodes, limits: [{ operator: 'o', cap: 1 }] }, [request({ id: 'a' }), request({ id: 'b' })]);
  expect(explainNode(capped, 'x')).toContain('or a limit keeps them away');
  expect(explainNode(capped, 'x')).toContain('is worth exactly nothing, because operator o has reached its cap of 1.');
  expect(explainNode(capped, 'y')).not.toContain('cap');
  const twice = await matchBatch({ nodes }, [
    request({ id: 'a', replicas: 2, unservedCost: 1 }),
    request({ id: 'b', replicas: 2, distinct: 'operator', unservedCost: 1 }),
    ...['c', 'd'].map((id) => request({ id })),
  ]);
  expect(twice.unserved.groups.map(({ count, words }) => [count, words])).toEqual([
    [1, 'every node that runs m in VANILLA is full or runs it already, and making room would cost more than it saves'],
    [1, 'every node that runs m in VANILLA is full or of an operator that runs it already, and making room would cost more than it saves'],
    [1, 'every node that runs m in VANILLA is full, and making room would cost more than it saves'],
  ]);
  expect(explain(twice, 'b')).toContain('or of an operator that runs it already');
  expect(explainRecord(decisionRecord(twice, 'b'))).toContain('full, or may not run it twice, and');
});

test('of an answer that is not proven, nothing is said of what making room would cost', async () => {
  const tiers = [{ slots: 1, surcharge: 1 }];
  const result = await matchBatch({ nodes: [node({ id: 'n' }), node({ id: 'd', models: ['d'], tiers })] }, [
    ...['a', 'b'].map((id) => request({ id })),
    request({ id: 'c', model: 'd' }),
  ]);
  const words = (proven: boolean): string[] => explainUnserved(result.built, result.placed, { proven }).groups.map((group) => group.words);
  const record = (id: string, status: 'optimal' | 'feasible'): string => explainRecord({ ...decisionRecord(result, id), status });
  for (const text of [words(true)[0], record('b', 'optimal')]) expect(text).toContain('making room would cost more than it saves');
  for (const text of [words(false)[0], record('b', 'feasible')]) {
    expect(text).toContain('is full, and the run ended before it was known whether making room would pay');
  }
  for (const text of [words(true)[1], record('c', 'optimal')]) expect(text).not.toContain('ended');
  for (const text of [words(false)[1], record('c', 'feasible')]) expect(text).toContain('or the run ended before it was placed');
});

test('an unknown request or node is refused with the nearest', async () => {
  const result = await matchBatch({ nodes: [node({ id: 'alpha' })] }, [request({ id: 'one' })]);
  expect(() => explain(result, 'onee')).toThrowError(expect.objectContaining({ code: 'DEMAND_UNKNOWN', nearest: 'one' }));
  expect(() => explainNode(result, 'alpho')).toThrowError(expect.objectContaining({ code: 'NODE_UNKNOWN', nearest: 'alpha' }));
});
