import { describe, expect, test } from 'vitest';
import { matchBatch } from '../../../lib/network/index.js';
import { HEARTBEAT_MAX_AGE, type NodeFacts, nodesFromRegistry, type TEEInfo } from '../../../lib/network/opengradient/index.js';
import { request } from '../small-network.js';

const NOW = 1_800_000_000;
const bytes = (size: number, fill: string): string => `0x${fill.repeat(size)}`;
const teeId = (fill: string): string => bytes(32, fill);
const IMAGE = bytes(32, 'c0');

function tee(fields: Partial<TEEInfo> = {}): TEEInfo {
  return {
    owner: bytes(20, 'AB'),
    paymentAddress: bytes(20, '0d'),
    endpoint: 'https://tee.example',
    publicKey: '0x0401',
    tlsCertificate: '0x',
    pcrHash: IMAGE,
    teeType: 0,
    enabled: true,
    registeredAt: BigInt(NOW - 500_000),
    lastHeartbeatAt: BigInt(NOW - 900),
    ...fields,
  };
}

function facts(fields: Partial<NodeFacts> = {}): NodeFacts {
  return { region: 'us', models: ['m'], slots: 2, price: 3.6, tokensPerSecond: { m: { input: 2000, output: 1000 } }, ...fields };
}

describe('a node from a record and the facts beside it', () => {
  test('has the teeId for its id, the owner for its operator, and what was supplied', () => {
    const { nodes, ...rest } = nodesFromRegistry(
      { [teeId('A1')]: tee() },
      { [teeId('a1')]: facts({ labels: { tier: 'gold' } }) },
      { now: NOW },
    );
    expect(nodes).toEqual([
      {
        ...facts(),
        id: teeId('a1'),
        operator: bytes(20, 'ab'),
        modes: ['TEE'],
        labels: { tier: 'gold', pcrHash: IMAGE },
        state: 'up',
        joinedAt: NOW - 500_000,
      },
    ]);
    expect(rest).toEqual({ inactive: [], leftOut: [], missing: [], unregistered: [] });
  });

  test('counts its age on the clock of the requests', () => {
    const tees = new Map([[teeId('a1'), tee()]]);
    const supplied = new Map([[teeId('a1'), facts()]]);
    expect(nodesFromRegistry(tees, supplied, { now: NOW, batchStart: NOW - 60 }).nodes[0].joinedAt).toBe(60 - 500_000);
  });

  test('owners are one operator whatever the case of their address', () => {
    const tees = { [teeId('a1')]: tee({ owner: bytes(20, 'Ab') }), [teeId('a2')]: tee({ owner: bytes(20, 'aB') }) };
    const { nodes } = nodesFromRegistry(tees, { [teeId('a1')]: facts(), [teeId('a2')]: facts() }, { now: NOW });
    expect(new Set(nodes.map(({ operator }) => operator)).size).toBe(1);
  });
});

describe('who is active', () => {
  const stateOf = (fields: Partial<TEEInfo>, options: object = {}, own: Partial<NodeFacts> = {}) => {
    const { nodes, inactive } = nodesFromRegistry({ [teeId('a1')]: tee(fields) }, { [teeId('a1')]: facts(own) }, { now: NOW, ...options });
    return [nodes[0].state, inactive[0]?.reason];
  };

  test('enabled, of an approved image, and heard of within 1800 seconds: to the second', () => {
    expect(HEARTBEAT_MAX_AGE).toBe(1800);
    expect(stateOf({ lastHeartbeatAt: NOW - 1800 })).toEqual(['up', undefined]);
    expect(stateOf({ lastHeartbeatAt: NOW - 1801 })).toEqual(['down', 'no heartbeat']);
    expect(stateOf({ lastHeartbeatAt: NOW - 61 }, { heartbeatMaxAge: 60 })).toEqual(['down', 'no heartbeat']);
    expect(stateOf({ lastHeartbeatAt: NOW + 5 })).toEqual(['up', undefined]);
    expect(stateOf({ enabled: false })).toEqual(['down', 'disabled']);
    expect(stateOf({}, { approvedPcrHashes: [bytes(32, 'C0')] })).toEqual(['up', undefined]);
    expect(stateOf({}, { approvedPcrHashes: [bytes(32, 'c1')] })).toEqual(['down', 'image not approved']);
    expect(stateOf({}, { approvedPcrHashes: [] })).toEqual(['down', 'image not approved']);
  });

  test('a state supplied holds for an active node and cannot revive one that is not', () => {
    expect(stateOf({}, {}, { state: 'draining' })).toEqual(['draining', undefined]);
    expect(stateOf({ enabled: false }, {}, { state: 'up' })).toEqual(['down', 'disabled']);
  });

  test('a heartbeat tells that a node lives and nothing of its load: slots in use are those supplied', () => {
    const inFlightAt = (age: number) =>
      nodesFromRegistry({ [teeId('a1')]: tee({ lastHeartbeatAt: NOW - age }) }, { [teeId('a1')]: facts({ inFlight: 1 }) }, { now: NOW })
        .nodes[0];
    expect(inFlightAt(0)).toEqual(inFlightAt(1700));
    expect(inFlightAt(0).inFlight).toBe(1);
  });
});

test('validators and unknown types are left out, facts that are missing are named and not guessed', () => {
  const tees = {
    [teeId('01')]: tee(),
    [teeId('02')]: tee({ teeType: 1n }),
    [teeId('03')]: tee({ teeType: 7 }),
    [teeId('04')]: tee({ enabled: false }),
  };
  const found = nodesFromRegistry(tees, { [teeId('02')]: facts(), [teeId('04')]: facts(), [teeId('05')]: facts() }, { now: NOW });
  expect(found.nodes.map(({ id }) => id)).toEqual([teeId('04')]);
  expect(found.inactive).toEqual([{ id: teeId('04'), reason: 'disabled' }]);
  expect(found.leftOut).toEqual([
    { id: teeId('02'), teeType: 1 },
    { id: teeId('03'), teeType: 7 },
  ]);
  expect(found.missing).toEqual([teeId('01')]);
  expect(found.unregistered).toEqual([teeId('05')]);
});

test('a proxy may be paid by the token alone, for every model it runs or loads', () => {
  const paid = { price: undefined, tokenPrices: { m: { input: 1e-6, output: 2e-6 } } };
  const nodesOf = (own: Partial<NodeFacts>) =>
    nodesFromRegistry({ [teeId('a1')]: tee() }, { [teeId('a1')]: facts(own) }, { now: NOW }).nodes;
  expect(nodesOf(paid)[0]).toMatchObject({ price: 0, tokenPrices: paid.tokenPrices });
  for (const own of [{ price: undefined }, { ...paid, models: ['m', 'n'] }, { ...paid, loadable: { n: 5 } }])
    expect(() => nodesOf(own)).toThrow(expect.objectContaining({ code: 'NETWORK_INVALID', field: `supplied.${teeId('a1')}.price` }));
});

test('the nodes match: a request runs on an active TEE, and an inactive one shows as down', async () => {
  const tees = { [teeId('a1')]: tee({ enabled: false }), [teeId('a2')]: tee() };
  const { nodes } = nodesFromRegistry(tees, { [teeId('a1')]: facts({ price: 0.1 }), [teeId('a2')]: facts() }, { now: NOW });
  const result = await matchBatch({ nodes }, [request({ id: 'q', mode: 'TEE' }), request({ id: 'plain' })]);
  expect(result.placements.map((placement) => placement.node)).toEqual([teeId('a2'), undefined]);
  expect(result.unserved.requests).toEqual([{ id: 'plain', reason: 'mode', units: 1 }]);
});

describe('what is wrong is refused with its field', () => {
  const call = (fields: object, own: object = {}, id = teeId('a1')) =>
    nodesFromRegistry({ [id]: { ...tee(), ...fields } }, { [id]: { ...facts(), ...own } }, { now: NOW });
  const field = (name: string): string => `tees.${teeId('a1')}.${name}`;

  test.each<[string, object, string]>([
    ['an owner that is no address', { owner: bytes(19, 'ab') }, 'owner'],
    ['an owner with digits that are none', { owner: bytes(20, 'zz') }, 'owner'],
    ['a payment address without 0x', { paymentAddress: 'ab'.repeat(20) }, 'paymentAddress'],
    ['half a byte of a key', { publicKey: '0x123' }, 'publicKey'],
    ['a certificate that is no text', { tlsCertificate: null }, 'tlsCertificate'],
    ['an image hash of 31 bytes', { pcrHash: bytes(31, '00') }, 'pcrHash'],
    ['no endpoint', { endpoint: '' }, 'endpoint'],
    ['a type that is no number', { teeType: 'LLM' }, 'teeType'],
    ['enabled by a number', { enabled: 1 }, 'enabled'],
    ['a negative time', { registeredAt: -1n }, 'registeredAt'],
    ['a heartbeat beyond what a number holds', { lastHeartbeatAt: 2n ** 64n }, 'lastHeartbeatAt'],
  ])('%s', (_, fields, name) => {
    expect(() => call(fields)).toThrow(expect.objectContaining({ code: 'NETWORK_INVALID', field: field(name) }));
  });

  test('a record of the older interface, without enabled', () => {
    const { enabled: _, ...older } = tee();
    expect(() => nodesFromRegistry({ [teeId('a1')]: older as TEEInfo }, {}, { now: NOW })).toThrow(
      expect.objectContaining({ code: 'NETWORK_INVALID', field: field('enabled') }),
    );
  });

  test('ids that are none, or the same twice', () => {
    expect(() => call({}, {}, 'tee-1')).toThrow(expect.objectContaining({ code: 'NETWORK_INVALID', field: 'tees.tee-1' }));
    expect(() => nodesFromRegistry({ [teeId('aa')]: tee(), [teeId('AA')]: tee() }, {}, { now: NOW })).toThrow(
      expect.objectContaining({ code: 'NETWORK_INVALID', field: `tees.${teeId('AA')}` }),
    );
    expect(() => nodesFromRegistry([] as never, {}, { now: NOW })).toThrow(expect.objectContaining({ field: 'tees' }));
  });

  test('facts with a field that is unknown, or that the registry gives', () => {
    for (const name of ['slotz', 'operator', 'joinedAt'])
      expect(() => call({}, { [name]: 1 })).toThrow(
        expect.objectContaining({ code: 'NETWORK_INVALID', field: `supplied.${teeId('a1')}.${name}` }),
      );
  });

  test.each([
    [{ now: undefined }, 'now'],
    [{ heartbeatMaxAge: -1 }, 'heartbeatMaxAge'],
    [{ batchStart: Number.NaN }, 'batchStart'],
    [{ approvedPcrHashes: ['0x00'] }, 'approvedPcrHashes'],
  ])('the options %j', (options, option) => {
    expect(() => nodesFromRegistry({}, {}, { now: NOW, ...options } as never)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', option }),
    );
  });

  test('an option that is misspelt, as a check of images that is not made would be, and no options at all', () => {
    expect(() => nodesFromRegistry({}, {}, { now: NOW, aprovedPcrHashes: [] } as never)).toThrow(
      expect.objectContaining({ code: 'UNKNOWN_OPTION', option: 'aprovedPcrHashes', nearest: 'approvedPcrHashes' }),
    );
    expect(() => nodesFromRegistry({}, {}, undefined as never)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID', option: 'now' }));
  });
});
