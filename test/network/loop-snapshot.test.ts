/** Snapshots of running networks whose parts do not belong together. */
import { describe, expect, test } from 'vitest';
import { type GroupLimit, Network, type NetworkSnapshot } from '../../lib/network/index.js';
import { node, request } from './small-network.js';

/** Two requests hold slots, one of them its second replica's, too; one waits. */
function written(limits: GroupLimit[]): NetworkSnapshot {
  const net = new Network({ nodes: [node({ id: 'x' }), node({ id: 'y', slots: 2 })], limits });
  net.submit(request({ id: 'a', replicas: 2 }), { now: 0 });
  net.submit(request({ id: 'b' }), { now: 0 });
  net.submit(request({ id: 'c' }), { now: 0 });
  return JSON.parse(JSON.stringify(net.snapshot()));
}

describe.each([
  ['', []],
  [' with limits', [{ operator: 'o', cap: 3 }]],
] as [string, GroupLimit[]][])('a snapshot%s', (_, limits) => {
  test('that is whole goes on', () => {
    expect(Network.restore(written(limits)).tick({ now: 1 })).toMatchObject({ waiting: 1, complete: true });
  });

  test.each<[string, string, (snapshot: NetworkSnapshot) => void]>([
    ['a serial that cannot be counted on', 'serial', (snapshot) => Object.assign(snapshot, { serial: 2 ** 53 })],
    ['an epoch that cannot be counted on', 'epoch', (snapshot) => Object.assign(snapshot, { epoch: 1e300 })],
    ['a node that the ledger has not', 'network.nodes[1].id', ({ network }) => Object.assign(network.nodes[1], { id: 'z' })],
    ['a node that only the ledger has', 'ledger.nodes[0].id', ({ network }) => network.nodes.shift()],
    ['fewer slots in the ledger', 'ledger.nodes[1].slots', ({ ledger }) => Object.assign(ledger.nodes[1], { slots: 1 })],
    ['a request twice', 'requests[3].request.id', ({ requests }) => requests.push({ ...requests[2], reservations: [] })],
    [
      'a reservation twice',
      'requests[1].reservations[0].id',
      ({ requests }) => requests.splice(1, 1, { ...requests[1], reservations: [requests[0].reservations[0]] }),
    ],
    [
      'a reservation on another node',
      'requests[1].reservations[0]',
      ({ requests }) => Object.assign(requests[1].reservations[0], { node: 'x' }),
    ],
    [
      'more reservations than replicas',
      'requests[0].request.replicas',
      ({ requests }) => Object.assign(requests[0].request, { replicas: 1 }),
    ],
  ])('with %s is refused, with the place', (_, field, spoil) => {
    const snapshot = written(limits);
    spoil(snapshot);
    expect(() => Network.restore(snapshot)).toThrow(expect.objectContaining({ code: 'SNAPSHOT_INVALID', field: `snapshot.${field}` }));
  });
});
