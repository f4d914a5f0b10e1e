import { describe, expect, test } from 'vitest';
import { type Assignment, type GroupLimit, Network, type NetworkNode } from '../../lib/network/index.js';
import { node, request } from './small-network.js';

const rates = { m: { input: 2000, output: 1000 } };
/** Loads for 20 s: 20,000 micro-USD. */
const COLD: NetworkNode = { ...node({ id: 'cold', slots: 5 }), models: [], loadable: { m: 20 }, tokensPerSecond: rates };

/** Limits that never bind: the same calls on the other market. */
describe.each([
  ['', []],
  [' in a network with limits', [{ region: 'elsewhere', cap: 1 }]],
] as [string, GroupLimit[]][])('a cold load%s', (_, limits) => {
  const network = (nodes: NetworkNode[] = [COLD]): Network => new Network({ nodes, limits }, { ttlMs: 100 });
  const copy = (net: Network): Network => Network.restore(JSON.parse(JSON.stringify(net.snapshot())), { ttlMs: 100 });
  const load = (net: Network, { reservation }: Assignment): number | undefined => net.decision(reservation)?.terms.coldLoad;
  const come = (net: Network, id: string, now = 0): Assignment => net.submit(request({ id }), { now }).assigned[0];

  test('is charged to the request that brings it, and to none that comes while it holds its slot', () => {
    const net = network();
    expect(['a', 'b', 'c'].map((id) => load(net, come(net, id)))).toEqual([20_000, 0, 0]);
  });

  test('draws those that come later to the node that loads', () => {
    const net = network([COLD, node({ id: 'dear', slots: 5, price: 36 })]);
    expect(come(net, 'a').node).toBe('dear');
    const [one] = net.submit(request({ id: 'b', pinned: 'cold' }), { now: 0 }).assigned;
    expect([load(net, one), come(net, 'c').node]).toEqual([20_000, 'cold']);
  });

  test('is charged whole to all that one tick sends there, however many kinds of requests those are', () => {
    const net = network([{ ...COLD, slots: 0 }]);
    const kinds = 1100;
    for (let k = 0; k < kinds; k++) net.submit(request({ id: `q${k}`, deny: { nodes: [`other ${k}`] } }), { now: 0 });
    net.upsertNode({ ...COLD, slots: kinds });
    const { assigned } = net.tick({ now: 1, deadlineMs: Number.POSITIVE_INFINITY });
    expect(assigned).toHaveLength(kinds);
    expect(new Set(assigned.map((one) => load(net, one)))).toEqual(new Set([20_000]));
  });

  test('is not charged again by a tick, to those that waited while an earlier one brought it', () => {
    const net = network([{ ...COLD, slots: 1 }]);
    const first = come(net, 'a');
    net.submit(request({ id: 'b' }), { now: 0 });
    net.submit(request({ id: 'c' }), { now: 0 });
    net.upsertNode({ ...COLD, slots: 2 });
    const [second] = net.tick({ now: 1 }).assigned;
    expect([load(net, first), load(net, second)]).toEqual([20_000, 0]);
  });

  test('is charged again when all that shared it are over, and nobody said that the node hosts the model', () => {
    const net = network();
    const [a, b] = ['a', 'b'].map((id) => come(net, id));
    net.release(a.reservation, { now: 1 });
    expect(load(net, come(net, 'c', 1))).toBe(0);
    for (const { reservation } of [b, ...net.submit(request({ id: 'c' }), { now: 1 }).assigned]) net.release(reservation, { now: 2 });
    expect(load(net, come(net, 'd', 2))).toBe(20_000);
    net.upsertNode({ ...COLD, models: ['m'], loadable: {} });
    expect(load(net, come(net, 'e', 3))).toBe(0);
  });

  test('is charged again when the one that brought it never started', () => {
    const net = network();
    come(net, 'a');
    net.tick({ now: 50 });
    net.cancel('a', { now: 60 });
    expect(load(net, come(net, 'b', 60))).toBe(20_000);
    expect(net.tick({ now: 160 }).assigned.map((one) => load(net, one))).toEqual([20_000]);
  });

  test('is known after a restart', () => {
    const start = network();
    come(start, 'a');
    const net = copy(start);
    expect(load(net, come(net, 'b'))).toBe(0);
  });

  test('that goes on while the node changes its surcharges is not charged again', () => {
    const net = network();
    come(net, 'a');
    net.upsertNode({ ...COLD, headroom: 1, headroomCost: 1 });
    expect(load(net, come(net, 'b'))).toBe(0);
    net.removeNode('cold');
    net.upsertNode(COLD);
    net.cancel('a', { now: 1 });
    net.cancel('b', { now: 1 });
    expect(load(net, come(net, 'c', 1))).toBe(20_000);
  });
});
