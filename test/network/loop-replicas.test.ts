import { describe, expect, test } from 'vitest';
import { Network } from '../../lib/network/index.js';
import { node, request } from './small-network.js';

const copy = (net: Network): Network => Network.restore(JSON.parse(JSON.stringify(net.snapshot())), { ttlMs: 100 });

describe.each([
  ['in one life', (net: Network) => net],
  ['written down and read again in between', copy],
])('replicas %s', (_, same) => {
  test('that are done are not run again when another one expires, and no replica comes to their nodes', () => {
    const start = new Network({ nodes: ['x', 'y', 'z'].map((id) => node({ id })) }, { ttlMs: 100 });
    const [one, two] = start.submit(request({ id: 'a', replicas: 2 }), { now: 0 }).assigned;
    start.commit(one.reservation, { now: 1 });
    start.release(one.reservation, { now: 2 });
    const net = same(start);
    const { assigned, expired } = net.tick({ now: 200 });
    expect(expired.map(({ reservation }) => reservation)).toEqual([two.reservation]);
    expect(assigned).toHaveLength(1);
    expect(assigned[0].node).not.toBe(one.node);
    expect(net.submit(request({ id: 'a', replicas: 2 }), { now: 200 })).toMatchObject({ waiting: 0, repeated: true });
    net.commit(assigned[0].reservation, { now: 201 });
    net.release(assigned[0].reservation, { now: 202 });
    expect(net.state('a', { now: 202 })).toEqual({ state: 'unknown' });
    expect(net.tick({ now: 300 })).toMatchObject({ assigned: [], waiting: 0 });
  });

  test('that are lost while they ran stay lost, and one that waits counts itself alone', () => {
    const start = new Network({ nodes: ['x', 'y'].map((id) => node({ id })) }, { ttlMs: 100 });
    const [one] = start.submit(request({ id: 'a', replicas: 3 }), { now: 0 }).assigned;
    start.commit(one.reservation, { now: 1 });
    start.removeNode(one.node);
    const net = same(start);
    expect(net.submit(request({ id: 'a', replicas: 3 }), { now: 2 })).toMatchObject({ waiting: 1, repeated: true });
    net.upsertNode(node({ id: one.node, slots: 5 }));
    expect(net.tick({ now: 3 }).assigned).toEqual([]);
    net.upsertNode(node({ id: 'other', slots: 5 }));
    expect(net.tick({ now: 4 }).assigned).toMatchObject([{ node: 'other' }]);
  });

  test('on distinct operators stay apart from one whose node is gone', () => {
    const start = new Network({ nodes: [node({ id: 'p1', operator: 'p' })] }, { ttlMs: 100 });
    const [one] = start.submit(request({ id: 'a', replicas: 2, distinct: 'operator' }), { now: 0 }).assigned;
    start.commit(one.reservation, { now: 1 });
    start.removeNode('p1');
    const net = same(start);
    net.upsertNode(node({ id: 'p2', operator: 'p' }));
    expect(net.tick({ now: 2 }).assigned).toEqual([]);
    net.upsertNode(node({ id: 'q1', operator: 'q' }));
    expect(net.tick({ now: 3 }).assigned).toMatchObject([{ node: 'q1' }]);
  });
});

test('an attempt that waits again is costed as the attempt it is', () => {
  const terms = { retry: ({ attempt }: { attempt: number }) => attempt / 1000 };
  const net = new Network({ nodes: [node({ id: 'x' })] }, { ttlMs: 100, terms });
  net.submit(request({ id: 'a' }), { now: 0 });
  const [{ reservation }] = net.tick({ now: 100 }).assigned;
  expect(net.decision(reservation)?.terms.retry).toBe(1000);
  expect(net.snapshot().requests[0].reservations[0].cost).toBe(net.decision(reservation)?.cost);
});
