import { expect, test } from 'vitest';
import { Ledger, Network } from '../../lib/network/index.js';
import { node, request } from './small-network.js';

const network = (slots: number): Network => new Network({ nodes: [node({ id: 'x', slots }), node({ id: 'y', slots })] });

test('a request may bear the name of a reservation, alive or over', () => {
  const net = network(2);
  const [{ reservation }] = net.submit(request({ id: 'a' }), { now: 0 }).assigned;
  expect(net.submit(request({ id: reservation }), { now: 1 })).toMatchObject({ waiting: 0, repeated: false });
  net.release(reservation, { now: 2 });
  expect(net.cancel(reservation, { now: 3 })).toBe(true);
  expect(net.submit(request({ id: reservation }), { now: 4 }).assigned).toHaveLength(1);
});

test('or the id of work that a node was found to run', () => {
  const net = network(2);
  expect(net.reconcile('x', ['a'], { at: 0, now: 0 }).adopted).toEqual(['a']);
  expect(net.submit(request({ id: 'a' }), { now: 1 }).assigned).toHaveLength(1);
  expect(net.release('a', { now: 2 })).toMatchObject({ freed: true });
  expect(net.state('a', { now: 2 })).toMatchObject({ state: 'assigned' });
});

test('a request that waits goes on waiting when a node is found to run its id', () => {
  let net = network(0);
  net.submit(request({ id: 'a' }), { now: 0 });
  net.reconcile('x', ['a'], { at: 0, now: 0 });
  expect(net.submit(request({ id: 'a' }), { now: 1 })).toMatchObject({ assigned: [], waiting: 1, repeated: true });
  net = Network.restore(JSON.parse(JSON.stringify(net.snapshot())));
  net.upsertNode(node({ id: 'z' }));
  expect(net.tick({ now: 2 }).assigned).toMatchObject([{ request: 'a', node: 'z' }]);
});

test('after a restart from an older snapshot, names that nodes still list are not given out again', () => {
  const before = network(2);
  const snapshot = before.snapshot();
  const [{ reservation, node: on }] = before.submit(request({ id: 'a' }), { now: 0 }).assigned;
  before.commit(reservation, { now: 1 });
  for (const listed of [on, on === 'x' ? 'y' : 'x']) {
    const net = Network.restore(JSON.parse(JSON.stringify(snapshot)));
    expect(net.reconcile(listed, [reservation], { at: 2, now: 2 }).adopted).toEqual([reservation]);
    const [other] = net.submit(request({ id: 'a' }), { now: 3 }).assigned;
    expect(other.reservation).not.toBe(reservation);
    expect(net.counts('x').free + net.counts('y').free).toBe(2);
  }
});

test('ids of a ledger may hold any characters, also in its snapshot', () => {
  const ledger = new Ledger();
  ledger.setNode('n\0', 2);
  ledger.assign('\0', 'n\0', { now: 0, ttlMs: 1 });
  ledger.enqueue('w\0');
  ledger.expire(2);
  ledger.assign('\0\0', 'n\0', { now: 2, ttlMs: 1 });
  const written = JSON.stringify(ledger.snapshot());
  expect(JSON.stringify(Ledger.restore(JSON.parse(written)).snapshot())).toBe(written);
  expect(() => network(1).reconcile('x', ['\0a'], { at: 0, now: 0 })).toThrow(expect.objectContaining({ code: 'TYPE_INVALID' }));
});
