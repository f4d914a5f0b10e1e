import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../.ci/toolchain.mjs';
import {
  type Assignment,
  type Decision,
  explainDecision,
  type InferenceRequest,
  type MatchOptions,
  Network,
  type NetworkOptions,
} from '../../lib/network/index.js';
import { draws, node, request } from './small-network.js';

const network = (nodes: Parameters<typeof node>[0][], options: NetworkOptions = {}): Network =>
  new Network({ nodes: nodes.map(node) }, options);
const nodesOf = (assigned: Assignment[]): [string, string][] => assigned.map(({ request: id, node: on }) => [id, on]);

describe('a request comes', () => {
  test('it takes the cheapest free slot at once, and the next one the next', () => {
    const net = network([{ id: 'dear', price: 7.2 }, { id: 'cheap' }]);
    expect(nodesOf(net.submit(request({ id: 'a' }), { now: 0 }).assigned)).toEqual([['a', 'cheap']]);
    expect(nodesOf(net.submit(request({ id: 'b' }), { now: 0 }).assigned)).toEqual([['b', 'dear']]);
    expect(net.submit(request({ id: 'c' }), { now: 0 })).toMatchObject({ assigned: [], waiting: 1 });
  });

  test('those that wait are matched jointly when slots come free', () => {
    const net = network([{ id: 'x' }, { id: 'y' }]);
    const [a] = net.submit(request({ id: 'a' }), { now: 0 }).assigned;
    const [b] = net.submit(request({ id: 'b' }), { now: 0 }).assigned;
    net.submit(request({ id: 'picky', allow: { nodes: ['x'] } }), { now: 1 });
    net.submit(request({ id: 'any' }), { now: 1 });
    for (const { reservation } of [a, b]) net.commit(reservation, { now: 2 });
    for (const { reservation } of [a, b]) net.release(reservation, { now: 3 });
    const tick = net.tick({ now: 4 });
    expect(nodesOf(tick.assigned).sort()).toEqual([
      ['any', 'y'],
      ['picky', 'x'],
    ]);
    expect(tick).toMatchObject({ epoch: 1, waiting: 0, complete: true, gap: 0 });
  });

  test('again, it is answered with what it has', () => {
    const net = network([{ id: 'x' }]);
    const first = net.submit(request({ id: 'a' }), { now: 0 });
    expect(net.submit(request({ id: 'a' }), { now: 1 })).toEqual({ ...first, repeated: true });
    net.submit(request({ id: 'b' }), { now: 1 });
    expect(net.submit(request({ id: 'b' }), { now: 1 })).toMatchObject({ assigned: [], waiting: 1, repeated: true });
    expect(net.counts('x')).toMatchObject({ assigned: 1, free: 0 });
  });

  test('an id that is done may be used again', () => {
    const net = network([{ id: 'x' }]);
    const names = [0, 1, 2].map((now) => {
      const [{ reservation }] = net.submit(request({ id: 'a' }), { now }).assigned;
      net.release(reservation, { now });
      return reservation;
    });
    expect(new Set(names).size).toBe(3);
  });

  test('when as many wait as may, it is refused with QUEUE_FULL and leaves no trace', () => {
    const net = network([{ id: 'x', slots: 0 }], { maxWaiting: 1 });
    net.submit(request({ id: 'a' }), { now: 0 });
    expect(() => net.submit(request({ id: 'b' }), { now: 0 })).toThrow(
      'QUEUE_FULL: 1 requests wait, no more may, and "b" gets no slot at once',
    );
    expect(net.state('b', { now: 0 })).toEqual({ state: 'unknown' });
    expect(net.tick({ now: 1 }).waiting).toBe(1);
  });

  test('when none may wait, it takes a slot at once or is refused, and what it was refused others may have', () => {
    const net = network([{ id: 'x' }, { id: 'y', models: ['n'] }], { maxWaiting: 0 });
    const full = expect.objectContaining({ code: 'QUEUE_FULL', id: 'two' });
    expect(() => net.submit(request({ id: 'two', replicas: 2 }), { now: 0 })).toThrow(full);
    expect(net.counts('x')).toMatchObject({ assigned: 0, free: 1 });
    expect(net.tick({ now: 0 })).toMatchObject({ waiting: 0, assigned: [] });
    expect(nodesOf(net.submit(request({ id: 'a' }), { now: 0 }).assigned)).toEqual([['a', 'x']]);
    expect(() => net.submit(request({ id: 'b' }), { now: 0 })).toThrow(expect.objectContaining({ code: 'QUEUE_FULL', id: 'b' }));
    expect(nodesOf(net.submit(request({ id: 'c', model: 'n' }), { now: 0 }).assigned)).toEqual([['c', 'y']]);
    expect(net.tick({ now: 20_000 }).dropped).toEqual(['a', 'c']);
  });

  test('it may be called what a reservation is called', () => {
    const net = network([{ id: 'x', slots: 2 }]);
    const [{ reservation }] = net.submit(request({ id: 'a' }), { now: 0 }).assigned;
    expect(net.submit(request({ id: reservation }), { now: 0 }).assigned).toHaveLength(1);
    expect(net.submit(request({ id: `${reservation}?` }), { now: 0 })).toMatchObject({ assigned: [], waiting: 1 });
    const restored = Network.restore(JSON.parse(JSON.stringify(net.snapshot())));
    for (const one of [net, restored]) {
      one.release(reservation, { now: 1 });
      expect(nodesOf(one.tick({ now: 2 }).assigned)).toEqual([[`${reservation}?`, 'x']]);
    }
  });

  test('replicas hold distinct nodes, or operators; those without one wait', () => {
    const net = network([
      { id: 'p1', operator: 'p' },
      { id: 'p2', operator: 'p' },
      { id: 'q1', operator: 'q' },
    ]);
    const three = net.submit(request({ id: 'three', replicas: 3 }), { now: 0 });
    expect(three.assigned.map(({ node: on }) => on).sort()).toEqual(['p1', 'p2', 'q1']);
    for (const { reservation } of three.assigned) net.release(reservation, { now: 1 });
    const apart = net.submit(request({ id: 'apart', replicas: 3, distinct: 'operator' }), { now: 2 });
    const first = [...apart.assigned, ...net.tick({ now: 3 }).assigned, ...net.tick({ now: 4 }).assigned];
    expect(first.map(({ node: on }) => on[0]).sort()).toEqual(['p', 'q']);
    expect(net.state('apart', { now: 4 })).toMatchObject({ state: 'waiting' });
  });
});

describe('an assignment', () => {
  test('not committed in time frees its slot and waits again', () => {
    const net = network([{ id: 'x' }], { ttlMs: 100 });
    const [{ reservation }] = net.submit(request({ id: 'a' }), { now: 0 }).assigned;
    const tick = net.tick({ now: 100 });
    expect(tick.expired).toEqual([{ request: 'a', reservation, node: 'x', was: 'assigned' }]);
    expect(nodesOf(tick.assigned)).toEqual([['a', 'x']]);
    expect(tick.assigned[0].reservation).not.toBe(reservation);
    expect(() => net.commit(reservation, { now: 101 })).toThrow(expect.objectContaining({ code: 'RESERVATION_EXPIRED' }));
  });

  test('committed, it stays whatever comes', () => {
    const net = network([{ id: 'x' }]);
    const [{ reservation }] = net.submit(request({ id: 'a' }), { now: 0 }).assigned;
    net.commit(reservation, { now: 1 });
    net.upsertNode(node({ id: 'y', price: 0 }));
    expect(net.tick({ now: 1e6 }).assigned).toEqual([]);
    const held = { node: 'x', expiresAt: Number.POSITIVE_INFINITY };
    expect(net.state('a', { now: 1e6 })).toMatchObject({ state: 'running', assigned: [held] });
    expect(net.release(reservation, { now: 1e6 })).toMatchObject({ freed: true });
    expect(net.state('a', { now: 1e6 })).toEqual({ state: 'unknown' });
    expect(net.counts('x')).toMatchObject({ running: 0, free: 1 });
  });

  test('with a lease it runs until then, unless renewed', () => {
    const net = network([{ id: 'x', slots: 2 }]);
    const [a, b] = ['a', 'b'].map((id) => net.submit(request({ id }), { now: 0 }).assigned[0].reservation);
    net.commit(a, { now: 0, leaseMs: 100 });
    net.commit(b, { now: 0, leaseMs: 100 });
    net.renew(b, { now: 50, leaseMs: 100 });
    expect([net.state('a', { now: 50 }), net.submit(request({ id: 'b' }), { now: 50 })]).toMatchObject([
      { assigned: [{ expiresAt: 100 }] },
      { assigned: [{ expiresAt: 150 }] },
    ]);
    expect(net.tick({ now: 100 }).expired).toEqual([{ request: 'a', reservation: a, node: 'x', was: 'running' }]);
    expect([net.state('a', { now: 100 }).state, net.state('b', { now: 100 }).state]).toEqual(['unknown', 'running']);
  });

  test('says what it cost by term and what the next best would have', () => {
    const net = network([{ id: 'cheap' }, { id: 'dear', price: 7.2 }]);
    const [{ reservation }] = net.submit(request({ id: 'a' }), { now: 0 }).assigned;
    expect(net.decision(reservation)).toMatchObject({
      node: 'cheap',
      cost: 1100,
      terms: { price: 1000, service: 100 },
      runnerUp: { node: 'dear', cost: 2100 },
    });
    const told = (id: string): string => explainDecision(net.decision(id) as Decision);
    expect(told(reservation)).toBe(
      'a got a slot on cheap in VANILLA before the first tick, at 0.0011 USD: price 0.001 USD and service 0.0001 USD. Next best, slots aside, was dear, 0.001 USD dearer.',
    );
    const [second] = net.submit(request({ id: 'b' }), { now: 0 }).assigned;
    expect(told(second.reservation)).toContain('cheap would have cost 0.001 USD less, but had no slot for it');
    net.tick({ now: 1 });
    net.release(second.reservation, { now: 1 });
    const [third] = net.submit(request({ id: 'c', pinned: 'dear' }), { now: 1 }).assigned;
    expect(told(third.reservation)).toMatch(/^c got a slot on dear in VANILLA in or after tick 1, .* No other node may run it/);
  });
});

describe('the time of a call', () => {
  const calls: [string, (net: Network, call: never) => unknown][] = [
    ['submit', (net, call) => net.submit(request({ id: 'b' }), call)],
    ['tick', (net, call) => net.tick(call)],
    ['cancel', (net, call) => net.cancel('a', call)],
    ['state', (net, call) => net.state('a', call)],
  ];

  test.each(calls)('%s refuses what is no time, and fields it does not know', (_, run) => {
    const net = network([{ id: 'x' }]);
    net.submit(request({ id: 'a' }), { now: 5 });
    const cases: [unknown, object][] = [
      [undefined, { code: 'TYPE_INVALID', argument: 'options' }],
      [{}, { code: 'TYPE_INVALID', argument: 'now' }],
      [{ now: Number.NaN }, { code: 'TIME_INVALID', argument: 'now' }],
      [{ now: -1 }, { code: 'TIME_INVALID', argument: 'now' }],
      [
        { now: 6, nwo: 7 },
        { code: 'FIELD_UNKNOWN', field: 'nwo', nearest: 'now' },
      ],
    ];
    for (const [call, error] of cases) expect(() => run(net, call as never)).toThrow(expect.objectContaining(error));
    expect(net.state('a', { now: 5 })).toMatchObject({ state: 'assigned' });
    expect(net.counts('x')).toMatchObject({ assigned: 1, free: 0 });
  });

  test('in seconds after milliseconds is a clock that steps back', () => {
    const net = network([{ id: 'x' }]);
    net.submit(request({ id: 'a' }), { now: 1_700_000_000_000 });
    expect(() => net.tick({ now: 1_700_000_000 })).toThrow(expect.objectContaining({ code: 'TIME_BACKWARDS' }));
  });
});

describe('a node', () => {
  test('that joins serves those that wait', () => {
    const net = network([]);
    net.submit(request({ id: 'a' }), { now: 0 });
    expect(net.state('a', { now: 0 })).toMatchObject({ state: 'waiting', why: 'liveness' });
    expect(net.upsertNode(node({ id: 'x' }))).toEqual({ created: true, lost: [] });
    expect(nodesOf(net.tick({ now: 1 }).assigned)).toEqual([['a', 'x']]);
  });

  test('that drains takes no more and finishes what it runs', () => {
    const net = network([{ id: 'x', slots: 2 }]);
    const [{ reservation }] = net.submit(request({ id: 'a' }), { now: 0 }).assigned;
    net.commit(reservation, { now: 0 });
    net.upsertNode(node({ id: 'x', slots: 2, state: 'draining' }));
    expect(net.submit(request({ id: 'b' }), { now: 1 }).waiting).toBe(1);
    expect(net.counts('x')).toMatchObject({ running: 1 });
    net.upsertNode(node({ id: 'x', slots: 2 }));
    expect(nodesOf(net.tick({ now: 2 }).assigned)).toEqual([['b', 'x']]);
  });

  test.each([
    ['removed', (net: Network) => net.removeNode('x')],
    ['down', (net: Network) => net.upsertNode(node({ id: 'x', slots: 2, state: 'down' })).lost],
  ])('that is %s loses what it held: the dispatched is returned, the assigned waits again', (_, leave) => {
    const net = network([{ id: 'x', slots: 2 }]);
    const [a] = net.submit(request({ id: 'a' }), { now: 0 }).assigned;
    const [b] = net.submit(request({ id: 'b' }), { now: 0 }).assigned;
    net.commit(a.reservation, { now: 1 });
    expect(leave(net)).toEqual([
      { request: 'a', reservation: a.reservation, node: 'x', was: 'running' },
      { request: 'b', reservation: b.reservation, node: 'x', was: 'assigned' },
    ]);
    expect(net.state('a', { now: 1 })).toEqual({ state: 'unknown' });
    expect(net.tick({ now: 2 })).toMatchObject({ assigned: [], waiting: 1 });
    net.upsertNode(node({ id: 'y' }));
    expect(nodesOf(net.tick({ now: 3 }).assigned)).toEqual([['b', 'y']]);
  });

  test('that reports foreign work offers fewer slots, until its report is too old', () => {
    const net = network([{ id: 'x', slots: 3 }], { reportMaxAgeMs: 1000 });
    net.observe('x', { running: 2, at: 0, now: 0 });
    const ids = ['a', 'b'].map((id) => net.submit(request({ id }), { now: 1 }).assigned.length);
    expect(ids).toEqual([1, 0]);
    expect(nodesOf(net.tick({ now: 1001 }).assigned)).toEqual([['b', 'x']]);
  });

  test('that lists what runs frees what does not', () => {
    const net = network([{ id: 'x' }]);
    const [{ reservation }] = net.submit(request({ id: 'a' }), { now: 0 }).assigned;
    net.commit(reservation, { now: 1 });
    net.submit(request({ id: 'b' }), { now: 2 });
    expect(net.reconcile('x', [], { at: 5, now: 5 }).lost).toHaveLength(1);
    expect(nodesOf(net.tick({ now: 6 }).assigned)).toEqual([['b', 'x']]);
    expect(net.state('a', { now: 6 })).toEqual({ state: 'unknown' });
  });

  test('keeps its headroom for those who pay for it', () => {
    const net = network([{ id: 'x', slots: 2, headroom: 1, headroomCost: 0.06 }]);
    const of = (id: string, priority: number) => net.submit(request({ id, priority }), { now: 0 }).assigned.length;
    expect([of('low 1', 0), of('low 2', 0), of('high', 1)]).toEqual([1, 0, 1]);
  });

  test('changes its surcharges under running work', () => {
    const net = network([{ id: 'x', slots: 3 }]);
    const [{ reservation }] = net.submit(request({ id: 'a' }), { now: 0 }).assigned;
    net.commit(reservation, { now: 0 });
    net.upsertNode(node({ id: 'x', slots: 3, headroom: 1, headroomCost: 1 }));
    expect(['b', 'c'].map((id) => net.submit(request({ id }), { now: 1 }).assigned.length)).toEqual([1, 0]);
    expect(net.counts('x')).toMatchObject({ running: 1, assigned: 1 });
  });
});

test('a newcomer does not jump the queue: a slot that came free is given out by the tick', () => {
  const net = network([{ id: 'x' }]);
  const [{ reservation }] = net.submit(request({ id: 'a' }), { now: 0 }).assigned;
  net.submit(request({ id: 'dear', unservedCost: 1 }), { now: 0 });
  net.release(reservation, { now: 1 });
  expect(net.submit(request({ id: 'late' }), { now: 1 }).waiting).toBe(1);
  expect(nodesOf(net.tick({ now: 2 }).assigned)).toEqual([['dear', 'x']]);
});

test('aging: what waits long enough outbids what is dear to leave', () => {
  const net = network([{ id: 'x' }], { aging: 0.01, ttlMs: 1e6 });
  const [{ reservation }] = net.submit(request({ id: 'first' }), { now: 0 }).assigned;
  net.submit(request({ id: 'old', unservedCost: 0.01 }), { now: 0 });
  net.submit(request({ id: 'new', unservedCost: 0.1 }), { now: 20_000 });
  net.release(reservation, { now: 20_000 });
  expect(nodesOf(net.tick({ now: 20_000 }).assigned)).toEqual([['old', 'x']]);
});

test('a node earns the exploration credit until it is too old for it', () => {
  const options = { weights: { exploration: 0.01 }, explorationSeconds: 60, ttlMs: 1e6 };
  const net = network(
    [
      { id: 'old', slots: 9 },
      { id: 'new', slots: 9, price: 7.2, joinedAt: 100 },
    ],
    options,
  );
  const on = (id: string, now: number): string => net.submit(request({ id }), { now }).assigned[0].node;
  expect([on('a', 110_000), on('b', 159_999), on('c', 160_000)]).toEqual(['new', 'new', 'old']);
  expect(net.decision('c#3')?.terms.exploration).toBe(0);
});

test('a session stays on its node unless another one is better by more than the migration weight', () => {
  const net = network([{ id: 'x' }, { id: 'y', price: 3.5 }]);
  const [one] = net.submit(request({ id: '1', session: 's', allow: { nodes: ['x'] } }), { now: 0 }).assigned;
  net.release(one.reservation, { now: 1 });
  expect(nodesOf(net.submit(request({ id: '2', session: 's' }), { now: 2 }).assigned)).toEqual([['2', 'x']]);
  expect(nodesOf(net.submit(request({ id: '3', session: 'other' }), { now: 2 }).assigned)).toEqual([['3', 'y']]);
});

test('match plans with the slots that are free and reserves none', async () => {
  const net = network([{ id: 'x', slots: 2 }]);
  net.submit(request({ id: 'a' }), { now: 0 });
  const result = await net.match([request({ id: 'b' }), request({ id: 'c' })]);
  expect([result.served, result.slots.used, result.slots.idle]).toEqual([1, 1, 0]);
  expect(net.counts('x').free).toBe(1);
});

test('match takes the time of the network, and what comes without a time comes then', async () => {
  const net = network([{ id: 'x', slots: 0 }], { aging: 0.01, unservedCost: 1 });
  const unserved = async (fields: Partial<InferenceRequest>, options: MatchOptions = {}): Promise<number> =>
    (await net.match([request({ id: 'b', ...fields })], options)).cost.unserved;
  expect(await unserved({})).toBe(1_000_000);
  net.tick({ now: 50_000 });
  expect([await unserved({}), await unserved({ at: 20 }), await unserved({ at: 20 }, { now: 30 })]).toEqual([
    1_000_000, 1_300_000, 1_100_000,
  ]);
  await expect(net.match([null as never])).rejects.toMatchObject({ code: 'NETWORK_INVALID', field: 'requests[0]' });
});

test.each([
  ['an unknown option', () => network([], { maxWating: 1 } as never), 'UNKNOWN_OPTION'],
  ['aging that is no number', () => network([], { aging: Number.NaN }), 'OPTION_INVALID'],
  ['aging below 0', () => network([], { aging: -1 }), 'OPTION_INVALID'],
  ['an unserved cost below 0', () => network([], { unservedCost: -1 }), 'OPTION_INVALID'],
  ['an end of aging below 0', () => network([], { maxUnservedCost: -1 }), 'OPTION_INVALID'],
  ['an age that is no number', () => network([], { explorationSeconds: '1' as never }), 'OPTION_INVALID'],
  ['weights that are no object', () => network([], { weights: 7 as never }), 'OPTION_INVALID'],
  ['terms that are no object', () => network([], { terms: null as never }), 'OPTION_INVALID'],
  ['a time to live of 0', () => network([], { ttlMs: 0 }), 'OPTION_INVALID'],
  ['a bad node', () => network([]).upsertNode({ ...node({ id: 'x' }), slots: -1 }), 'NETWORK_INVALID'],
  ['a node there is not', () => network([]).removeNode('x'), 'NODE_UNKNOWN'],
  ['a bad request', () => network([]).submit({ ...request({ id: 'x' }), model: '' }, { now: 0 }), 'NETWORK_INVALID'],
  ['a reservation nobody knows', () => network([]).commit('x#1', { now: 0 }), 'RESERVATION_UNKNOWN'],
  ['a snapshot of something else', () => Network.restore({ format: 'outbid-ledger' }), 'SNAPSHOT_INVALID'],
])('%s has its code', (_, call, code) => {
  expect(call).toThrow(expect.objectContaining({ code }));
});

/** A life of a network, beside what must hold after each step. */
function live(seed: number, steps: number): { assigned: number; waited: number; expired: number; lost: number } {
  const draw = draws(seed * 104_729 + 3);
  const pick = <T>(list: readonly T[]): T => list[draw(list.length)];
  const options: NetworkOptions = {
    ttlMs: 50,
    maxWaiting: 12,
    seed,
    backend: 'reference',
    reportMaxAgeMs: 200,
    aging: seed % 3 === 0 ? 0.001 : 0,
  };
  let net = network([], options);
  let now = 0;
  const held = new Map<string, Assignment>();
  const known = new Map<string, InferenceRequest>();
  const count = { assigned: 0, waited: 0, expired: 0, lost: 0 };
  const newNode = (id: string) =>
    node({
      id,
      operator: pick(['o', 'p']),
      region: pick(['r0', 'r1']),
      models: pick([['a'], ['b'], ['a', 'b']]),
      slots: draw(4),
      price: (1 + draw(100)) / 10,
      ...(draw(4) === 0 ? { headroom: 0, state: pick(['up', 'draining', 'down'] as const) } : {}),
      ...(draw(5) === 0 ? { slots: 3, headroom: 1, headroomCost: 0.06 } : {}),
    });
  const take = (assigned: Assignment[]): void => {
    for (const one of assigned) {
      count.assigned++;
      expect(held.has(one.reservation)).toBe(false);
      held.set(one.reservation, one);
      const on = net.node(one.node);
      const q = known.get(one.request) as InferenceRequest;
      expect([on.state, on.models.includes(q.model), q.residency?.includes(on.region) ?? true]).toEqual(['up', true, true]);
      const mine = [...held.values()].filter(({ request: id }) => id === one.request).map(({ node: other }) => other);
      expect(new Set(mine).size).toBe(mine.length);
    }
  };
  const lose = (ended: { reservation: string; was: string }[]): void => {
    for (const { reservation } of ended) held.delete(reservation);
  };
  for (let step = 0; step < steps; step++) {
    now += draw(8);
    const kind = draw(100);
    const ids = net.nodes();
    if (kind < 30) {
      const q = request({
        id: `q${draw(60)}`,
        model: pick(['a', 'b']),
        outputTokens: 1 + draw(2000),
        priority: draw(3),
        replicas: pick([1, 1, 1, 2]),
      });
      if (draw(4) === 0) q.residency = [pick(['r0', 'r1'])];
      try {
        const answer = net.submit(q, { now });
        if (!answer.repeated) {
          known.set(q.id, q);
          // One that ran out and could not wait again is told by the next tick; its id is free before.
          for (const [reservation, one] of held) if (one.request === q.id && one.expiresAt <= now) held.delete(reservation);
          count.waited += answer.waiting;
          take(answer.assigned);
        }
      } catch (error) {
        expect(error).toMatchObject({ code: 'QUEUE_FULL' });
      }
    } else if (kind < 50) {
      const tick = net.tick({ now, ...(draw(3) === 0 ? { deadlineMs: 0 } : {}) });
      count.expired += tick.expired.length;
      lose(tick.expired);
      take(tick.assigned);
    } else if (kind < 75 && held.size > 0) {
      const { reservation } = pick([...held.values()]);
      if (draw(2) === 0) {
        net.release(reservation, { now });
        held.delete(reservation);
      } else {
        try {
          net.commit(reservation, { now });
        } catch (error) {
          expect(error).toMatchObject({ code: 'RESERVATION_EXPIRED' });
          held.delete(reservation);
        }
      }
    } else if (kind < 80) {
      const id = `q${draw(60)}`;
      net.cancel(id, { now });
      for (const [reservation, one] of held) if (one.request === id) held.delete(reservation);
      expect(net.state(id, { now })).toEqual({ state: 'unknown' });
    } else if (kind < 90) {
      const { lost } = net.upsertNode(newNode(`n${draw(6)}`));
      count.lost += lost.length;
      lose(lost);
    } else if (kind < 93 && ids.length > 0) {
      const lost = net.removeNode(pick(ids));
      count.lost += lost.length;
      lose(lost);
    } else if (kind < 96 && ids.length > 0) {
      net.observe(pick(ids), { running: draw(4), at: now, now });
    } else if (kind < 98 && ids.length > 0) {
      const id = pick(ids);
      const running = [...held.values()].filter((one) => one.node === id && draw(3) > 0).map(({ reservation }) => reservation);
      lose(net.reconcile(id, running, { at: now, now }).lost.map(({ id: reservation }) => ({ reservation, was: '' })));
    } else {
      const text = JSON.stringify(net.snapshot());
      net.dispose();
      net = Network.restore(JSON.parse(text), options);
      expect(JSON.parse(JSON.stringify(net.snapshot()))).toEqual(JSON.parse(text));
    }
    for (const id of net.nodes()) {
      const { slots, assigned, running, free, foreign } = net.counts(id);
      expect(free).toBe(Math.max(0, slots - assigned - running - foreign));
    }
  }
  // Everything over, nothing is left: neither slots nor requests leak.
  now += 1000;
  lose(net.tick({ now, deadlineMs: Number.POSITIVE_INFINITY }).expired);
  for (let k = 0; k < 60; k++) net.cancel(`q${k}`, { now });
  for (const id of net.nodes()) expect(net.counts(id)).toMatchObject({ assigned: 0, running: 0 });
  expect(net.tick({ now, deadlineMs: Number.POSITIVE_INFINITY }).waiting).toBe(0);
  net.dispose();
  return count;
}

test('random lives: nobody runs where it may not, nothing is held twice, nothing leaks', { timeout: 60_000 }, () => {
  const total = { assigned: 0, waited: 0, expired: 0, lost: 0 };
  for (let seed = 0; seed < 60; seed++) {
    const count = live(seed, 200);
    for (const name of Object.keys(total) as (keyof typeof total)[]) total[name] += count[name];
  }
  for (const value of Object.values(total)) expect(value).toBeGreaterThan(50);
});

test('the network loop among the examples runs, and gives every request an end', { timeout: 60_000 }, () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'examples', 'network-loop.mjs')], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect({ status, stderr: stderr.replaceAll(/.*(OUTBID_REFERENCE|trace-warnings).*\n/g, '') }).toEqual({ status: 0, stderr: '' });
  const count = (name: string): number => Number(new RegExp(`${name}: (\\d+)`).exec(stdout)?.[1]);
  const [, running, , , waiting] = /now (\d+) running on (\d+) nodes, (\d+) slots idle, (\d+)/.exec(stdout)?.map(Number) ?? [];
  expect(count('done')).toBeGreaterThan(100);
  expect(count('expired')).toBeGreaterThan(0);
  // What was submitted is done, lost with its node, running, waiting, or kept for somebody who never came.
  const elsewhere = count('submitted') - count('done') - count('lost') - running - waiting;
  expect(elsewhere).toBeGreaterThanOrEqual(0);
  expect(elsewhere).toBeLessThan(10);
});

test('a tick costs what a joint matching of those that wait costs', { timeout: 60_000 }, async () => {
  for (let seed = 0; seed < 40; seed++) {
    const draw = draws(seed * 7 + 5);
    const nodes = Array.from({ length: 1 + draw(6) }, (_, k) =>
      node({ id: `n${k}`, models: draw(2) === 0 ? ['a'] : ['a', 'b'], slots: draw(4), price: (1 + draw(100)) / 10, state: 'draining' }),
    );
    const net = new Network({ nodes }, { seed });
    const requests = Array.from({ length: 4 + draw(10) }, (_, k) =>
      request({ id: `q${k}`, model: draw(2) === 0 ? 'a' : 'b', outputTokens: 1 + draw(3000), unservedCost: draw(20_000) / 1e6, at: 0 }),
    );
    for (const q of requests) expect(net.submit(q, { now: 0 }).waiting).toBe(1);
    for (const one of nodes) net.upsertNode({ ...one, state: 'up' });
    const planned = await net.match(requests, { baselines: false });
    const { assigned } = net.tick({ now: 0, deadlineMs: Number.POSITIVE_INFINITY });
    const served = new Set(assigned.map(({ request: id }) => id));
    const cost =
      assigned.reduce((sum, { reservation }) => sum + (net.decision(reservation)?.cost ?? Number.NaN), 0) +
      requests.reduce((sum, q) => sum + (served.has(q.id) ? 0 : Math.round((q.unservedCost as number) * 1e6)), 0);
    expect(cost).toBe(planned.cost.total);
    net.dispose();
  }
});
