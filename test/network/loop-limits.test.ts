import { describe, expect, test } from 'vitest';
import { type Assignment, type GroupLimit, Network, type NetworkOptions } from '../../lib/network/index.js';
import { draws, node, request } from './small-network.js';

const FOREVER = Number.POSITIVE_INFINITY;
type Nodes = Parameters<typeof node>[0][];

const network = (nodes: Nodes, limits: GroupLimit[], options: NetworkOptions = {}): Network =>
  new Network({ nodes: nodes.map(node), limits }, options);
const copy = (net: Network): Network => Network.restore(JSON.parse(JSON.stringify(net.snapshot())));
const nodesOf = (assigned: Assignment[]): [string, string][] => assigned.map(({ request: id, node: on }) => [id, on]);
const submitAll = (net: Network, ids: string[], now = 0, fields = {}): Assignment[] =>
  ids.flatMap((id) => net.submit(request({ id, ...fields }), { now }).assigned);

const TWO: Nodes = [
  { id: 'x', operator: 'p', slots: 5 },
  { id: 'y', operator: 'q', slots: 5, price: 7.2 },
];

describe('a cap bounds what is in use', () => {
  test('of an operator: who comes beyond it takes a dearer slot elsewhere, and one that is done leaves room for the next', () => {
    const net = network(TWO, [{ operator: 'p', cap: 2 }]);
    const first = submitAll(net, ['a', 'b', 'c']);
    expect(nodesOf(first)).toEqual([
      ['a', 'x'],
      ['b', 'x'],
      ['c', 'y'],
    ]);
    net.commit(first[0].reservation, { now: 1 });
    net.tick({ now: 2 });
    expect(nodesOf(submitAll(net, ['d'], 3))).toEqual([['d', 'y']]);
    net.release(first[0].reservation, { now: 4 });
    expect(nodesOf(submitAll(net, ['e', 'f'], 5))).toEqual([
      ['e', 'x'],
      ['f', 'y'],
    ]);
  });

  test('over ticks: those that wait are let in one for one that is done', () => {
    const net = network([TWO[0]], [{ region: 'here', cap: 2 }]);
    let held = submitAll(net, ['a', 'b', 'c', 'd', 'e', 'f']);
    expect(held).toHaveLength(2);
    const served: string[] = [];
    for (let now = 1; now < 5; now++) {
      expect(net.tick({ now, deadlineMs: FOREVER }).assigned).toEqual([]);
      const [done, ...rest] = held;
      net.release(done.reservation, { now });
      const tick = net.tick({ now, deadlineMs: FOREVER });
      expect([tick.assigned.length, net.counts('x').assigned]).toEqual([1, 2]);
      served.push(tick.assigned[0].request);
      held = [...rest, ...tick.assigned];
    }
    expect(served.sort()).toEqual(['c', 'd', 'e', 'f']);
  });

  test('of a tenant, wherever it runs, and of no other', () => {
    const net = network(TWO, [{ tenant: 't', cap: 1 }]);
    expect(submitAll(net, ['a', 'b'], 0, { tenant: 't' })).toHaveLength(1);
    expect(submitAll(net, ['c'], 0, { tenant: 'u' })).toHaveLength(1);
    expect(submitAll(net, ['d'])).toHaveLength(1);
    expect(net.state('b', { now: 0 })).toMatchObject({ state: 'waiting', why: 'capped' });
    net.cancel('a', { now: 1 });
    expect(nodesOf(net.tick({ now: 2 }).assigned)).toEqual([['b', 'x']]);
  });

  test('of replicas: as many run as the groups of their nodes leave, the others wait', () => {
    const nodes = ['x', 'y', 'z'].map((id) => ({ id, operator: id === 'z' ? 'q' : 'p', slots: 2 }));
    const net = network(nodes, [{ operator: 'p', cap: 1 }]);
    const answer = net.submit(request({ id: 'a', replicas: 3 }), { now: 0 });
    expect([answer.assigned.map(({ node: on }) => (on === 'z' ? 'q' : 'p')).sort(), answer.waiting]).toEqual([['p', 'q'], 1]);
    expect(net.state('a', { now: 0 })).toMatchObject({ state: 'waiting', why: 'capped' });
    const ofP = answer.assigned.find(({ node: on }) => on !== 'z') as Assignment;
    net.commit(ofP.reservation, { now: 1 });
    net.release(ofP.reservation, { now: 1 });
    const [last] = net.tick({ now: 2 }).assigned;
    expect(['x', 'y'].filter((id) => id !== ofP.node)).toEqual([last.node]);
  });

  test('of groups inside groups, both', () => {
    const nodes: Nodes = [
      { id: 'x', operator: 'p', slots: 5 },
      { id: 'y', operator: 'q', slots: 5, price: 7.2 },
    ];
    const net = network(nodes, [
      { operator: 'p', cap: 1 },
      { region: 'here', cap: 3 },
    ]);
    const first = submitAll(net, ['a', 'b', 'c', 'd', 'e']);
    expect([net.counts('x').assigned, net.counts('y').assigned]).toEqual([1, 2]);
    const onX = first.find(({ node: on }) => on === 'x') as Assignment;
    net.release(onX.reservation, { now: 1 });
    net.upsertNode(node({ ...nodes[1], slots: 2 }));
    expect(net.tick({ now: 2 }).assigned.map((one) => one.node)).toEqual(['x']);
  });
});

describe('use of a limit ends', () => {
  const waiting = (): { net: Network; first: Assignment } => {
    const net = network(
      [
        { id: 'x', operator: 'p' },
        { id: 'y', operator: 'p' },
      ],
      [{ operator: 'p', cap: 1 }],
      { ttlMs: 100 },
    );
    const [first, ...none] = submitAll(net, ['a', 'b']);
    expect(none).toEqual([]);
    expect(net.tick({ now: 1 }).assigned).toEqual([]);
    return { net, first };
  };

  test('when its node is gone', () => {
    const { net, first } = waiting();
    net.commit(first.reservation, { now: 2 });
    net.removeNode(first.node);
    expect(nodesOf(net.tick({ now: 3 }).assigned)).toEqual([['b', first.node === 'x' ? 'y' : 'x']]);
  });

  test('when its node is down', () => {
    const { net, first } = waiting();
    net.commit(first.reservation, { now: 2 });
    net.upsertNode(node({ id: first.node, operator: 'p', state: 'down' }));
    expect(net.tick({ now: 3 }).assigned).toHaveLength(1);
  });

  test('when nobody committed it in time', () => {
    const { net, first } = waiting();
    const tick = net.tick({ now: 100 });
    expect([tick.expired.map(({ reservation }) => reservation), tick.assigned.length, tick.waiting]).toEqual([[first.reservation], 1, 1]);
  });

  test('when its node says that it does not run there', () => {
    const { net, first } = waiting();
    net.commit(first.reservation, { now: 2 });
    net.reconcile(first.node, [], { at: 3, now: 3 });
    expect(net.tick({ now: 4 }).assigned).toMatchObject([{ request: 'b' }]);
  });

  test('not when its node drains or has fewer slots; one that changes hands takes its use along', () => {
    const { net, first } = waiting();
    net.commit(first.reservation, { now: 2 });
    net.upsertNode(node({ id: first.node, operator: 'p', state: 'draining' }));
    expect(net.tick({ now: 3 }).assigned).toEqual([]);
    net.upsertNode(node({ id: first.node, operator: 'p', slots: 0 }));
    expect(net.tick({ now: 4 }).assigned).toEqual([]);
    net.upsertNode(node({ id: first.node, operator: 'other' }));
    expect(net.tick({ now: 5 }).assigned).toMatchObject([{ request: 'b' }]);
    net.upsertNode(node({ id: first.node, operator: 'p', slots: 9 }));
    expect(submitAll(net, ['c'], 6)).toEqual([]);
    net.release(first.reservation, { now: 7 });
    expect(net.tick({ now: 8 }).assigned).toEqual([]);
  });

  test('not when the network is written down and read again', () => {
    const { net, first } = waiting();
    net.commit(first.reservation, { now: 2 });
    const again = copy(net);
    expect(again.tick({ now: 3 }).assigned).toEqual([]);
    expect(submitAll(again, ['c'], 4)).toEqual([]);
    again.release(first.reservation, { now: 5 });
    expect(again.tick({ now: 6 }).assigned).toHaveLength(1);
    expect(again.tick({ now: 7 }).assigned).toEqual([]);
  });

  test('and that of a tenant not either', () => {
    const start = network(TWO, [{ tenant: 't', cap: 1 }]);
    const [first] = submitAll(start, ['a', 'b'], 0, { tenant: 't' });
    const net = copy(start);
    expect(net.tick({ now: 1 }).assigned).toEqual([]);
    net.release(first.reservation, { now: 2 });
    expect(net.tick({ now: 3 }).assigned).toMatchObject([{ request: 'b' }]);
  });
});

test('work that a node was found to run counts on its node until it is released; what only its load tells counts nowhere', () => {
  const net = network([{ id: 'x', slots: 9 }], [{ operator: 'o', cap: 2 }]);
  net.reconcile('x', ['own'], { at: 0, now: 0 });
  expect(submitAll(net, ['a', 'b'], 1)).toHaveLength(1);
  net.observe('x', { running: 7, at: 2, now: 2 });
  expect(net.tick({ now: 3 }).assigned).toEqual([]);
  net.release('own', { now: 4 });
  expect(net.tick({ now: 5 }).assigned).toMatchObject([{ request: 'b' }]);
});

describe('a floor', () => {
  const nodes: Nodes = [
    { id: 'cheap', region: 'big', slots: 9 },
    { id: 'dear', region: 'small', slots: 9, price: 36 },
  ];
  const floor: GroupLimit[] = [{ region: 'small', floor: 2 }];

  test('is filled first, by those that come and by those that wait, and work in flight counts', () => {
    const net = network(nodes, floor);
    expect(submitAll(net, ['a', 'b', 'c']).map((one) => one.node)).toEqual(['dear', 'dear', 'cheap']);
    const waits = network(
      [
        { ...nodes[0], state: 'draining' },
        { ...nodes[1], state: 'draining' },
      ],
      floor,
    );
    submitAll(waits, ['a', 'b', 'c']);
    for (const one of nodes) waits.upsertNode(node(one));
    const { assigned } = waits.tick({ now: 1 });
    expect(assigned.map((one) => one.node).sort()).toEqual(['cheap', 'dear', 'dear']);
    const [done] = assigned.filter((one) => one.node === 'dear');
    waits.release(done.reservation, { now: 2 });
    expect(submitAll(waits, ['d', 'e'], 3).map((one) => one.node)).toEqual(['dear', 'cheap']);
  });

  test('is worth more than leaving a request unserved saves, and no reason to break a cap', () => {
    const net = network(nodes, [
      { region: 'small', floor: 2 },
      { tenant: 't', cap: 1 },
    ]);
    const fields = { tenant: 't', unservedCost: 0, allow: { nodes: ['dear'] } };
    expect(submitAll(net, ['a', 'b'], 0, fields)).toMatchObject([{ request: 'a', node: 'dear' }]);
    expect(net.tick({ now: 1 }).assigned).toEqual([]);
  });

  test('of a tenant is a wish, too', () => {
    const net = network([{ id: 'x' }], [{ tenant: 't', floor: 1 }]);
    const [held] = submitAll(net, ['first']);
    submitAll(net, ['rich'], 0, { unservedCost: 5 });
    submitAll(net, ['poor'], 0, { unservedCost: 0.002, tenant: 't' });
    net.release(held.reservation, { now: 1 });
    expect(net.tick({ now: 2 }).assigned).toMatchObject([{ request: 'poor' }]);
  });
});

test('a newcomer does not jump the queue when a cap has room again', () => {
  const net = network(TWO.slice(0, 1), [{ operator: 'p', cap: 1 }]);
  const [{ reservation }] = submitAll(net, ['a']);
  net.submit(request({ id: 'dear', unservedCost: 1 }), { now: 0 });
  net.release(reservation, { now: 1 });
  expect(net.submit(request({ id: 'late' }), { now: 1 }).waiting).toBe(1);
  expect(nodesOf(net.tick({ now: 2 }).assigned)).toEqual([['dear', 'x']]);
});

test('match plans with what work in flight leaves of the limits', async () => {
  const net = network(TWO, [{ operator: 'p', cap: 3 }]);
  submitAll(net, ['a', 'b']);
  const result = await net.match(['c', 'd', 'e'].map((id) => request({ id })));
  expect(result.placements.filter(({ node: on }) => on === 'x')).toHaveLength(1);
});

test('as many wait as may, and a request that is refused takes nothing of a limit', () => {
  const net = network(TWO.slice(0, 1), [{ operator: 'p', cap: 1 }], { maxWaiting: 0 });
  const full = expect.objectContaining({ code: 'QUEUE_FULL' });
  expect(() => net.submit(request({ id: 'two', replicas: 2 }), { now: 0 })).toThrow(full);
  expect(submitAll(net, ['a'])).toHaveLength(1);
  expect(() => net.submit(request({ id: 'b' }), { now: 0 })).toThrow(full);
  expect(net.state('b', { now: 0 })).toEqual({ state: 'unknown' });
});

test('limits that cross are refused with the node that makes them cross, which changes nothing', () => {
  const limits: GroupLimit[] = [
    { operator: 'p', cap: 1 },
    { region: 'r', cap: 1 },
  ];
  const cross = expect.objectContaining({ code: 'GROUPS_CROSS' });
  const nodes: Nodes = [
    { id: 'x', operator: 'p', region: 'r' },
    { id: 'y', operator: 'q', region: 'r' },
  ];
  const net = network(nodes, limits);
  expect(() => net.upsertNode(node({ id: 'z', operator: 'p', region: 's' }))).toThrow(cross);
  expect(net.nodes()).toEqual(['x', 'y']);
  net.upsertNode(node({ id: 'x', operator: 'p', region: 's' }));
  expect(() => net.upsertNode(node({ id: 'z', operator: 'p', region: 'r' }))).toThrow(cross);
  expect(submitAll(net, ['a', 'b', 'c'])).toHaveLength(2);
  expect(() => network([...nodes, { id: 'z', operator: 'p', region: 's' }], limits)).toThrow(cross);
});

test('costs too large to be weighed against floors are refused, and leave no trace', () => {
  const net = network(TWO, [{ operator: 'q', floor: 1 }]);
  const huge = request({ id: 'huge', unservedCost: 1e9 });
  expect(() => net.submit(huge, { now: 0 })).toThrow(expect.objectContaining({ code: 'COST_RANGE' }));
  expect(net.state('huge', { now: 0 })).toEqual({ state: 'unknown' });
  expect(submitAll(net, ['a']).map((one) => one.node)).toEqual(['y']);
});

test.each([-1, Number.NaN, '5' as never])('a deadline of %s is no deadline', (deadlineMs) => {
  const net = network(TWO, [{ operator: 'p', cap: 1 }]);
  expect(() => net.tick({ now: 0, deadlineMs })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
});

test('a tick that its deadline cuts short holds every cap and tells how far it is from the best; the last of a few is complete', async () => {
  let cut = 0;
  for (let seed = 0; seed < 12; seed++) {
    const draw = draws(seed + 77);
    const nodes = Array.from({ length: 40 }, (_, k) =>
      node({ id: `n${k}`, operator: `p${k % 4}`, region: `r${k % 2}`, slots: 1 + draw(4), price: 1 + draw(40) }),
    );
    const limits = [
      { operator: 'p0', cap: 5 },
      { operator: 'p1', cap: 3 },
      { region: 'r0', cap: 12 },
      { tenant: 't', cap: 9 },
    ];
    const net = new Network({ nodes: nodes.map((one) => ({ ...one, state: 'draining' })), limits }, { backend: 'reference', seed });
    const asked = Array.from({ length: 150 }, (_, k) =>
      request({ id: `q${k}`, outputTokens: 500 + draw(2500), unservedCost: draw(40_000) / 1e6, ...(draw(2) === 0 ? { tenant: 't' } : {}) }),
    );
    for (const one of asked) net.submit(one, { now: 0 });
    for (const one of nodes) net.upsertNode(one);
    let ticks = 0;
    for (let waits = asked, complete = false; !complete; ticks++) {
      const planned = await net.match(waits, { baselines: false, worth: false });
      const tick = net.tick({ now: ticks, deadlineMs: 0 });
      const served = new Set(tick.assigned.map((one) => one.request));
      const cost =
        tick.assigned.reduce((sum, { reservation }) => sum + (net.decision(reservation)?.cost ?? Number.NaN), 0) +
        waits.reduce((sum, { id, unservedCost = 0 }) => sum + (served.has(id) ? 0 : Math.round(unservedCost * 1e6)), 0);
      expect(cost - planned.cost.total).toBeLessThanOrEqual(tick.gap);
      ({ complete } = tick);
      if (!complete) cut++;
      else expect([cost, tick.gap]).toEqual([planned.cost.total, 0]);
      waits = waits.filter(({ id }) => !served.has(id));
      const used = (of: (one: (typeof nodes)[number]) => boolean): number =>
        nodes.filter(of).reduce((sum, { id }) => sum + net.counts(id).assigned, 0);
      expect(used(({ operator }) => operator === 'p0')).toBeLessThanOrEqual(5);
      expect(used(({ operator }) => operator === 'p1')).toBeLessThanOrEqual(3);
      expect(used(({ region }) => region === 'r0')).toBeLessThanOrEqual(12);
    }
    expect(ticks).toBeLessThan(20);
    net.dispose();
  }
  expect(cut).toBeGreaterThan(5);
});

test('a request that waits says that a cap keeps it waiting only where one does', () => {
  const why = (nodes: Nodes, cap: number): unknown => {
    const net = network(nodes, [{ operator: 'p', cap }]);
    submitAll(net, ['a', 'b']);
    const state = net.state('b', { now: 0 });
    return state.state === 'waiting' ? state.why : state.state;
  };
  const x = { id: 'x', operator: 'p' };
  const dear = { headroom: 1, headroomCost: 1 };
  expect([why([{ ...x, slots: 2 }], 1), why([x], 2), why([x], 1), why([{ ...x, slots: 2, ...dear }], 1)]).toEqual([
    'capped',
    'full',
    'full',
    'full',
  ]);
  expect(why([{ ...x, state: 'down' }], 1)).toBe('liveness');
});

test('a network that was disposed of places nobody', () => {
  const net = network(TWO, [{ operator: 'p', cap: 1 }]);
  submitAll(net, ['a']);
  net.dispose();
  const disposed = expect.objectContaining({ code: 'DISPOSED' });
  expect(() => net.submit(request({ id: 'b' }), { now: 1 })).toThrow(disposed);
  expect(() => net.tick({ now: 1 })).toThrow(disposed);
  net.dispose();
});
