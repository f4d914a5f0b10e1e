import { expect, test } from 'vitest';
import {
  type BuildOptions,
  checkNetwork,
  checkRequests,
  type InferenceRequest,
  Network,
  type NetworkNode,
  type NetworkOptions,
} from '../../lib/network/index.js';
import { LiveArcs } from '../../lib/network/live-arcs.js';
import { draws, node, request } from './small-network.js';

const network = (nodes: Parameters<typeof node>[0][], options: NetworkOptions = {}): Network =>
  new Network({ nodes: nodes.map(node) }, options);
const FOREVER = Number.POSITIVE_INFINITY;

test('work from outside takes the cheapest slots first, so that the headroom stays for those who pay for it', () => {
  const net = network([{ id: 'x', slots: 2, headroom: 1, headroomCost: 0.06 }]);
  net.observe('x', { running: 1, at: 0, now: 0 });
  expect(net.submit(request({ id: 'low' }), { now: 1 }).waiting).toBe(1);
  expect(net.submit(request({ id: 'high', priority: 1 }), { now: 1 }).assigned).toHaveLength(1);
  net.observe('x', { running: 0, at: 2, now: 2 });
  expect(net.tick({ now: 3, deadlineMs: FOREVER }).assigned).toEqual([]);
  net.cancel('high', { now: 4 });
  expect(net.tick({ now: 5, deadlineMs: FOREVER }).assigned).toMatchObject([{ request: 'low' }]);
});

test('what ages until it is worth its node is placed, though it was not when it came', () => {
  const net = network([{ id: 'x' }], { aging: 0.001 });
  net.submit(request({ id: 'a', unservedCost: 0.0001 }), { now: 0 });
  expect(net.tick({ now: 500 }).assigned).toEqual([]);
  expect(net.tick({ now: 2000 }).assigned).toMatchObject([{ request: 'a' }]);
});

test('a node is young until it is not, also where nothing else changes', () => {
  const options = { weights: { exploration: 0.02 }, explorationSeconds: 10 };
  const net = network(
    [
      { id: 'young', slots: 3, price: 7.2, joinedAt: 5 },
      { id: 'old', slots: 3, joinedAt: -60 },
    ],
    options,
  );
  const on = (id: string, now: number) => net.submit(request({ id }), { now }).assigned.map((one) => one.node);
  expect([on('a', 6000), on('b', 14_999), on('c', 15_000)]).toEqual([['young'], ['young'], ['old']]);
});

test('maxWaiting bounds those that wait, not those that get a slot at once; who is refused leaves no trace', () => {
  const net = network([{ id: 'x', slots: 2 }], { maxWaiting: 0 });
  const full = expect.objectContaining({ code: 'QUEUE_FULL' });
  expect(() => net.submit(request({ id: 'two', replicas: 2 }), { now: 0 })).toThrow(full);
  expect(net.counts('x').free).toBe(2);
  for (const id of ['a', 'b']) expect(net.submit(request({ id }), { now: 1 }).assigned).toHaveLength(1);
  expect(() => net.submit(request({ id: 'c' }), { now: 1 })).toThrow(full);
  expect(net.state('c', { now: 1 })).toEqual({ state: 'unknown' });
  expect(net.tick({ now: 2 })).toMatchObject({ waiting: 0, assigned: [] });
});

test('what runs out is missed by nobody, however few ids are remembered', () => {
  const net = network([{ id: 'x', slots: 5 }], { rememberIds: 0, ttlMs: 10 });
  const ids = ['a', 'b', 'c', 'd', 'e'];
  for (const id of ids) net.submit(request({ id }), { now: 0 });
  net.observe('x', { running: 0, at: 10, now: 10 });
  const { expired, assigned } = net.tick({ now: 20, deadlineMs: FOREVER });
  expect([expired, assigned].map((list) => list.map((one) => one.request).sort())).toEqual([ids, ids]);
  Network.restore(JSON.parse(JSON.stringify(net.snapshot())));
});

test('kinds of requests come and go, and what is remembered of them has a bound', () => {
  const arcs = new LiveArcs(checkNetwork({ nodes: [node({ id: 'x' })] }), {});
  arcs.renew(0);
  let most = 0;
  for (let k = 0; k < 5000; k++) {
    const [asked] = checkRequests([request({ id: 'q', deny: { nodes: [`n${k}`] } })]).requests;
    const { current } = arcs;
    expect(current.fill(asked, FOREVER).length).toBe(1);
    most = Math.max(most, current.kinds);
  }
  expect(most).toBeLessThan(1100);
});

/** What the k-th slot of a node costs beside the arc, work in flight counted; by the words of the model, not by the package. */
function surchargeOf({ slots, headroom = 0, headroomCost = 0, tiers = [{ slots, surcharge: 0 }] }: NetworkNode, k: number): number {
  const tier = tiers.flatMap((one) => Array.from({ length: one.slots }, () => one.surcharge))[k];
  return Math.round(tier * 1e6) + (k >= slots - headroom ? Math.round(headroomCost * 1e6) : 0);
}

test('every complete tick costs what a joint matching of those that wait costs, whoever else holds slots', async () => {
  const count = { compared: 0, foreign: 0, surcharged: 0, adopted: 0 };
  for (let seed = 0; seed < 30; seed++) {
    const draw = draws(seed * 7331 + 11);
    const options: NetworkOptions & BuildOptions = { ttlMs: 40, seed, backend: 'reference', aging: seed % 3 === 0 ? 0.0005 : 0 };
    const net = network([], options);
    const nodes = new Map<string, NetworkNode>();
    const held = new Set<string>();
    const put = (id: string): void => {
      const slots = draw(5);
      const tiers = [
        { slots: 1, surcharge: 0 },
        { slots: slots - 1, surcharge: draw(3000) / 1e6 },
      ];
      const headroom = draw(slots + 1);
      const own = node({
        id,
        slots,
        price: (1 + draw(60)) / 10,
        ...(draw(2) === 0 && slots > 1 ? { tiers } : {}),
        ...(draw(3) === 0 ? { headroom, headroomCost: draw(9000) / 1e6 } : {}),
        ...(draw(8) === 0 ? { state: 'draining' } : {}),
      });
      nodes.set(id, own);
      net.upsertNode(own);
    };
    for (let k = 0; k < 4; k++) put(`n${k}`);
    for (let now = 0, k = 0; k < 60; k++, now += draw(20)) {
      const kind = draw(10);
      const id = `n${draw(4)}`;
      if (kind < 5) {
        const q = request({ id: `q${k}`, outputTokens: 1 + draw(2500), unservedCost: draw(6000) / 1e6 });
        for (const { reservation } of net.submit(q, { now }).assigned) held.add(reservation);
      } else if (kind === 5) put(id);
      else if (kind === 6) count.foreign += net.observe(id, { running: draw(4), at: now, now }).foreign;
      else if (kind === 7) count.adopted += net.reconcile(id, [`own ${k}`], { at: now, now }).adopted.length;
      else for (const name of [...held].filter(() => draw(3) === 0)) net.release(name, { now });
      net.release('nothing', { now });
      const waiting = net
        .snapshot()
        .requests.flatMap(({ request: q, reservations }): InferenceRequest[] => (reservations.length === 0 ? [q] : []));
      const used = new Map([...nodes.keys()].map((name) => [name, net.counts(name)]));
      const planned = await net.match(waiting, { baselines: false, worth: false, now: now / 1000 });
      const tick = net.tick({ now, deadlineMs: FOREVER });
      let cost = planned.built.requests.reduce(
        (sum, { id: name }, i) => sum + (tick.assigned.some((one) => one.request === name) ? 0 : planned.built.plain.unservedCostOf(i)),
        0,
      );
      const more = new Map<string, number>();
      for (const { node: on, reservation } of tick.assigned) {
        held.add(reservation);
        const { assigned, running, foreign } = used.get(on) as ReturnType<Network['counts']>;
        const before = assigned + running + foreign + (more.get(on) ?? 0);
        more.set(on, (more.get(on) ?? 0) + 1);
        const surcharge = surchargeOf(nodes.get(on) as NetworkNode, before);
        if (surcharge > 0) count.surcharged++;
        cost += (net.decision(reservation)?.cost ?? Number.NaN) + surcharge;
      }
      expect([seed, k, tick.complete, cost]).toEqual([seed, k, true, planned.cost.total]);
      if (waiting.length > 0) count.compared++;
    }
    net.dispose();
  }
  for (const value of Object.values(count)) expect(value).toBeGreaterThan(50);
});
