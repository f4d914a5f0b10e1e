import { describe, expect, test } from 'vitest';
import { OutbidError } from '../../lib/errors.js';
import { checkNetwork, checkRequests } from '../../lib/network/index.js';

const NODE = {
  id: 'x',
  operator: 'o',
  region: 'r',
  gpu: 'G',
  models: ['m'],
  slots: 1,
  price: 1,
  tokensPerSecond: { m: { input: 1, output: 1 } },
};
const NETWORK = { format: 'outbid-network', version: 1, nodes: [NODE] };
const REQUEST = { id: 'q', model: 'm', inputTokens: 1, outputTokens: 1 };
const BATCH = { format: 'outbid-requests', version: 1, requests: [REQUEST] };

function without(object: object, field: string): object {
  return Object.fromEntries(Object.entries(object).filter(([name]) => name !== field));
}

function errorOf(call: () => unknown): OutbidError {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(OutbidError);
    return error as OutbidError;
  }
  throw new Error('nothing was thrown');
}

test('the plain ones are accepted', () => {
  expect(checkNetwork(NETWORK, 'n.json').nodes[0]).toMatchObject({ gpus: 1, modes: ['VANILLA'], concurrency: 1 });
  expect(checkRequests(BATCH, 'q.json').requests[0]).toMatchObject({
    mode: ['VANILLA'],
    at: 0,
    client: 'q',
    maxPrice: Number.POSITIVE_INFINITY,
  });
});

const node = (fields: object): object => ({ ...NETWORK, nodes: [NODE, { ...NODE, id: 'y', ...fields }] });
const RATE = { model: 'm', gpu: 'G', input: 1, output: 1 };

describe('a network that is wrong is refused with file and field', () => {
  test.each<[string, unknown, string]>([
    ['no object', 7, 'the file'],
    ['a list', [], 'the file'],
    ['no format', without(NETWORK, 'format'), 'format'],
    ['the format of another file', { ...NETWORK, format: 'outbid-requests' }, 'format'],
    ['a later version', { ...NETWORK, version: 2 }, 'version'],
    ['an unknown field', { ...NETWORK, node: [] }, 'node'],
    ['no nodes', without(NETWORK, 'nodes'), 'nodes'],
    ['nodes that are no list', { ...NETWORK, nodes: {} }, 'nodes'],
    ['a node that is null', { ...NETWORK, nodes: [null] }, 'nodes[0]'],
    ['a node with an unknown field', node({ mode: 'TEE' }), 'nodes[1].mode'],
    ['a node without id', { ...NETWORK, nodes: [without(NODE, 'id')] }, 'nodes[0].id'],
    ['an empty id', node({ id: '' }), 'nodes[1].id'],
    ['the same id twice', node({ id: 'x' }), 'nodes[1].id'],
    ['a number for a string', node({ region: 3 }), 'nodes[1].region'],
    ['a string for a number', node({ slots: '4' }), 'nodes[1].slots'],
    ['half a slot', node({ slots: 0.5 }), 'nodes[1].slots'],
    ['negative slots', node({ slots: -1 }), 'nodes[1].slots'],
    ['slots beyond 2^31 - 1', node({ slots: 2 ** 31 }), 'nodes[1].slots'],
    ['a negative price', node({ price: -0.1 }), 'nodes[1].price'],
    ['a price that is NaN', node({ price: Number.NaN }), 'nodes[1].price'],
    ['an infinite price', node({ price: Number.POSITIVE_INFINITY }), 'nodes[1].price'],
    ['no concurrency', node({ concurrency: 0 }), 'nodes[1].concurrency'],
    ['half a GPU', node({ gpus: 0.5 }), 'nodes[1].gpus'],
    ['models that are no list', node({ models: 'm' }), 'nodes[1].models'],
    ['a model named twice', node({ models: ['m', 'm'] }), 'nodes[1].models[1]'],
    ['a model that is null', node({ models: ['m', null] }), 'nodes[1].models[1]'],
    ['a model without any rate', node({ models: ['m', 'z'] }), 'nodes[1].models[1]'],
    [
      'a rate for a model not hosted',
      node({ tokensPerSecond: { m: { input: 1, output: 1 }, z: { input: 1, output: 1 } } }),
      'nodes[1].tokensPerSecond.z',
    ],
    ['a rate of 0', node({ tokensPerSecond: { m: { input: 0, output: 1 } } }), 'nodes[1].tokensPerSecond.m.input'],
    ['an unknown field in a rate', node({ tokensPerSecond: { m: { input: 1, output: 1, batch: 1 } } }), 'nodes[1].tokensPerSecond.m.batch'],
    ['a mode the network does not list', { ...node({ modes: ['VANILLA', 'TEEE'] }), modes: { VANILLA: {}, TEE: {} } }, 'nodes[1].modes[1]'],
    ['a multiplier of 0', { ...NETWORK, modes: { VANILLA: { serviceMultiplier: 0 } } }, 'modes.VANILLA.serviceMultiplier'],
    ['a tier too few', node({ tiers: [] }), 'nodes[1].tiers'],
    [
      'surcharges that fall',
      node({
        slots: 2,
        tiers: [
          { slots: 1, surcharge: 1 },
          { slots: 1, surcharge: 0 },
        ],
      }),
      'nodes[1].tiers[1].surcharge',
    ],
    ['more headroom than slots', node({ headroom: 2 }), 'nodes[1].headroom'],
    ['a state there is not', node({ state: 'gone' }), 'nodes[1].state'],
    ['a reputation above 1', node({ reputation: 1.1 }), 'nodes[1].reputation'],
    ['a label that is no text', node({ labels: { gold: true } }), 'nodes[1].labels.gold'],
    ['a negative load time', node({ loadable: { m2: -1 } }), 'nodes[1].loadable.m2'],
    ['a model hosted and loadable', node({ loadable: { m: 1 } }), 'nodes[1].loadable.m'],
    ['a loadable model without a rate', node({ loadable: { z: 1 } }), 'nodes[1].loadable.z'],
    ['a limit without a group', { ...NETWORK, limits: [{ cap: 1 }] }, 'limits[0]'],
    ['a limit of two groups', { ...NETWORK, limits: [{ operator: 'o', region: 'r', cap: 1 }] }, 'limits[0]'],
    ['a floor above its cap', { ...NETWORK, limits: [{ operator: 'o', cap: 1, floor: 2 }] }, 'limits[0].floor'],
    [
      'two limits of a group',
      {
        ...NETWORK,
        limits: [
          { operator: 'o', cap: 1 },
          { operator: 'o', floor: 1 },
        ],
      },
      'limits[1]',
    ],
    ['a rate table with a row twice', { ...NETWORK, throughput: [RATE, { ...RATE, gpus: 1 }] }, 'throughput[1]'],
    ['a rate table with an unknown field', { ...NETWORK, throughput: [{ ...RATE, tp: 8 }] }, 'throughput[0].tp'],
    ['a negative latency', { ...NETWORK, latencyMs: { a: { b: -1 } } }, 'latencyMs.a.b'],
    ['a latency that is no table', { ...NETWORK, latencyMs: { a: 5 } }, 'latencyMs.a'],
    ['a negative default latency', { ...NETWORK, defaultLatencyMs: -1 }, 'defaultLatencyMs'],
    ['a source without origin', { ...NETWORK, sources: [{ what: 'prices' }] }, 'sources[0].from'],
    ['a note that is no string', { ...NETWORK, notes: [1] }, 'notes[0]'],
  ])('%s', (_, network, field) => {
    const error = errorOf(() => checkNetwork(network, 'n.json'));
    expect(error).toMatchObject({ code: 'NETWORK_INVALID', file: 'n.json', field });
    expect(error.message).toContain(`n.json: ${field} `);
  });
});

test('a misspelt name is reported before the field missing for it, with the nearest known one', () => {
  const { slots, ...rest } = NODE;
  const { model, ...unnamed } = REQUEST;
  for (const [call, field, close] of [
    [() => checkNetwork({ ...NETWORK, nodes: [{ ...rest, slotz: slots }] }, 'n.json'), 'nodes[0].slotz', 'slots'],
    [() => checkNetwork({ ...without(NETWORK, 'nodes'), node: [NODE] }, 'n.json'), 'node', 'nodes'],
    [() => checkNetwork({ ...without(NETWORK, 'format'), fromat: 'outbid-network' }, 'n.json'), 'fromat', 'format'],
    [
      () => checkNetwork({ ...NETWORK, modes: { TEE: { serviceMultiplyer: 2 } } }, 'n.json'),
      'modes.TEE.serviceMultiplyer',
      'serviceMultiplier',
    ],
    [
      () => checkNetwork({ ...NETWORK, throughput: [{ model: 'm', gpus: 'G', inputs: 1, output: 1 }] }, 'n.json'),
      'throughput[0].inputs',
      'input',
    ],
    [() => checkNetwork({ ...NETWORK, sources: [{ what: 'prices', form: 'x' }] }, 'n.json'), 'sources[0].form', 'from'],
    [
      () => checkNetwork({ ...NETWORK, nodes: [{ ...NODE, tokensPerSecond: { m: { input: 1, outptu: 1 } } }] }, 'n.json'),
      'nodes[0].tokensPerSecond.m.outptu',
      'output',
    ],
    [() => checkRequests({ ...BATCH, requests: [{ ...unnamed, modle: model }] }, 'n.json'), 'requests[0].modle', 'model'],
    [() => checkRequests({ ...without(BATCH, 'requests'), request: [REQUEST] }, 'n.json'), 'request', 'requests'],
  ] as const) {
    const error = errorOf(call);
    expect(error).toMatchObject({ code: 'NETWORK_INVALID', field, nearest: close });
    expect(error.message).toBe(`NETWORK_INVALID: n.json: ${field} is not a known field; did you mean '${close}'?`);
  }
});

test('a name near no other is answered with all there are', () => {
  const error = errorOf(() => checkNetwork({ ...NETWORK, throughput: [{ ...RATE, watts: 1 }] }));
  expect(error.message).toContain('throughput[0].watts is not a known field; known are model, gpu, gpus, input, output, source');
  expect(error.nearest).toBeUndefined();
});

test('every field there is may be given', () => {
  const about = { name: 'all', notes: ['one'], sources: [{ what: 'w', from: 'f', licence: 'l' }] };
  const whole = {
    ...NETWORK,
    ...about,
    throughput: [{ ...RATE, gpus: 2, source: 's' }],
    modes: { VANILLA: { serviceMultiplier: 1, source: 's' } },
    latencyMs: { r: { s: 5 } },
    defaultLatencyMs: 9,
    limits: [
      { operator: 'o', cap: 4, floor: 1 },
      { region: 'r', cap: 3 },
      { tenant: 't', floor: 2 },
    ],
    nodes: [
      {
        ...NODE,
        gpus: 2,
        loadable: { z: 30 },
        modes: ['VANILLA'],
        slots: 4,
        inFlight: 1,
        headroom: 1,
        headroomCost: 0.1,
        tiers: [
          { slots: 3, surcharge: 0 },
          { slots: 1, surcharge: 0.01 },
        ],
        tokenPrices: { m: { input: 1e-6, output: 2e-6 } },
        concurrency: 4,
        tokensPerSecond: { m: { input: 1, output: 1 }, z: { input: 2, output: 2 } },
        latencyMs: { s: 3 },
        cached: { chat: 100 },
        labels: { tier: 'gold' },
        state: 'draining',
        reputation: 0.5,
        joinedAt: -60,
      },
    ],
  };
  const { format, version, ...network } = whole;
  expect(checkNetwork(whole, 'n.json')).toEqual(network);
  const request = {
    ...REQUEST,
    mode: ['TEE', 'ZKML'],
    region: 'r',
    residency: ['r'],
    allow: { nodes: ['x'], operators: ['o'] },
    deny: { operators: ['p'] },
    pinned: 'x',
    labels: { tier: 'gold', zone: ['a', 'b'] },
    maxPrice: 1,
    deadlineMs: 500,
    priority: 3,
    unservedCost: 2,
    at: 3,
    client: 'c',
    tenant: 't',
    prefix: 'chat',
    session: 's1',
    previousNode: 'x',
    replicas: 2,
    distinct: 'operator',
    attempt: 1,
    extraCost: { x: -0.1 },
  };
  expect(checkRequests({ ...BATCH, ...about, requests: [request] }, 'q.json')).toEqual({ ...about, requests: [request] });
  expect([format, version]).toEqual(['outbid-network', 1]);
});

const ask = (fields: object): object => ({ ...BATCH, requests: [REQUEST, { ...REQUEST, id: 'p', ...fields }] });

describe('a batch that is wrong is refused with file and field', () => {
  test.each<[string, unknown, string]>([
    ['a bare list in a file', [REQUEST], 'the file'],
    ['no format', without(BATCH, 'format'), 'format'],
    ['no requests', without(BATCH, 'requests'), 'requests'],
    ['an unknown field', { ...BATCH, request: [] }, 'request'],
    ['a misspelt constraint', ask({ maxprice: 1 }), 'requests[1].maxprice'],
    ['no model', { ...BATCH, requests: [without(REQUEST, 'model')] }, 'requests[0].model'],
    ['the same id twice', ask({ id: 'q' }), 'requests[1].id'],
    ['no tokens', { ...BATCH, requests: [without(REQUEST, 'inputTokens')] }, 'requests[0].inputTokens'],
    ['half a token', ask({ outputTokens: 1.5 }), 'requests[1].outputTokens'],
    ['negative tokens', ask({ inputTokens: -1 }), 'requests[1].inputTokens'],
    ['more tokens than can be', ask({ inputTokens: 2 ** 31 }), 'requests[1].inputTokens'],
    ['residency as a string', ask({ residency: 'eu' }), 'requests[1].residency'],
    ['a region named twice', ask({ residency: ['eu', 'eu'] }), 'requests[1].residency[1]'],
    ['a negative limit', ask({ maxPrice: -1 }), 'requests[1].maxPrice'],
    ['a limit of null', ask({ maxPrice: null }), 'requests[1].maxPrice'],
    ['must be served', ask({ unservedCost: Number.POSITIVE_INFINITY }), 'requests[1].unservedCost'],
    ['arrival before the batch', ask({ at: -1 }), 'requests[1].at'],
    ['an empty client', ask({ client: '' }), 'requests[1].client'],
    ['a name with NUL in it', ask({ model: 'a\0b' }), 'requests[1].model'],
    ['a mode named twice', ask({ mode: ['TEE', 'TEE'] }), 'requests[1].mode[1]'],
    ['a priority above 9', ask({ priority: 10 }), 'requests[1].priority'],
    ['no replica', ask({ replicas: 0 }), 'requests[1].replicas'],
    ['a distinction there is not', ask({ distinct: 'region' }), 'requests[1].distinct'],
    ['a list for allow', ask({ allow: ['x'] }), 'requests[1].allow'],
    ['an unknown field in deny', ask({ deny: { node: ['x'] } }), 'requests[1].deny.node'],
    ['a label value that is no text', ask({ labels: { tier: 1 } }), 'requests[1].labels.tier'],
    ['an extra cost that is NaN', ask({ extraCost: { x: Number.NaN } }), 'requests[1].extraCost.x'],
  ])('%s', (_, batch, field) => {
    const error = errorOf(() => checkRequests(batch, 'q.json'));
    expect(error).toMatchObject({ code: 'NETWORK_INVALID', file: 'q.json', field });
    expect(error.message).toContain(`q.json: ${field} `);
  });
});

test.each(['allOrNothing', 'gang', 'together', 'apart', 'budget', 'memory'])('%s is refused with what to do instead', (field) => {
  const error = errorOf(() => checkRequests(ask({ [field]: true }), 'q.json'));
  expect(error).toMatchObject({ code: 'NOT_A_FLOW', file: 'q.json', field: `requests[1].${field}` });
});

test('without a file the field alone is named', () => {
  const error = errorOf(() => checkRequests([{ ...REQUEST, id: 5 }]));
  expect(error).toMatchObject({ code: 'NETWORK_INVALID', field: 'requests[0].id' });
  expect(error.file).toBeUndefined();
  expect(error.message).toBe('NETWORK_INVALID: requests[0].id must be a non-empty string; it is 5');
});
