import { describe, expect, test } from 'vitest';
import {
  type Assignment,
  checkRecord,
  type Decision,
  decisionPrices,
  decisionRecord,
  decisionRecords,
  explainDecision,
  explainRecord,
  type GroupLimit,
  type LiveMatching,
  Network,
  type NetworkNode,
  type NetworkOptions,
} from '../../lib/network/index.js';
import { draws, node, request } from './small-network.js';

const FOREVER = Number.POSITIVE_INFINITY;
const RECORDS: NetworkOptions = { records: true };

const decisionOf = (net: Network, { reservation }: Assignment): Decision => net.decision(reservation) as Decision;

test('a decision of a tick tells what its slot would have brought another, and how much dearer the next best was', () => {
  const nodes = [node({ id: 'x' }), node({ id: 'y', price: 7.2, state: 'draining' })];
  const net = new Network({ nodes }, RECORDS);
  const [held] = net.submit(request({ id: 'first' }), { now: 0 }).assigned;
  net.submit(request({ id: 'rich', unservedCost: 0.03 }), { now: 0 });
  net.submit(request({ id: 'poor', unservedCost: 0.02 }), { now: 0 });
  net.release(held.reservation, { now: 1 });
  const { assigned, matching } = net.tick({ now: 2 });
  expect(decisionOf(net, assigned[0])).toMatchObject({ request: 'rich', cost: 1100, price: 18_900, extraCost: 10_000 });
  expect(decisionOf(net, assigned[0]).digest).toBe(matching?.certificate.digest);
  expect(explainDecision(decisionOf(net, assigned[0]))).toMatch(
    / A slot there had the price 0.0189 USD; at the prices of that matching the next best, or to wait, came to 0.01 USD more\.$/,
  );
  const poor = decisionRecord(matching as LiveMatching, 'poor');
  expect(poor).toMatchObject({ placements: [], unserved: { units: 1, reason: 'full' }, outbidAt: [{ node: 'x', by: ['rich'] }] });
  expect(explainRecord(poor)).toContain('outbid by rich');
});

test('one that took a slot at once was matched alone: a slot that stays free has no price', () => {
  const net = new Network({ nodes: [node({ id: 'x', slots: 2 }), node({ id: 'y', price: 7.2 })] }, RECORDS);
  const { assigned, matching } = net.submit(request({ id: 'a' }), { now: 0 });
  expect(decisionOf(net, assigned[0])).toMatchObject({ node: 'x', price: 0, extraCost: 1000, digest: matching?.certificate.digest });
});

test('without the option nothing is matched twice, and no price or digest is told', () => {
  const net = new Network({ nodes: [node({ id: 'x' })] });
  const { assigned, matching } = net.submit(request({ id: 'a' }), { now: 0 });
  expect([matching, net.tick({ now: 1 }).matching]).toEqual([undefined, undefined]);
  expect(decisionOf(net, assigned[0])).toMatchObject({ price: null, extraCost: null, digest: null });
  expect(() => new Network({ nodes: [] }, { records: 1 as never })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
});

test('under limits the digest and the problem are told, and no prices of single nodes where a limit stands between', () => {
  const nodes = [node({ id: 'x', slots: 5, state: 'draining' }), node({ id: 'y', slots: 5, price: 7.2, state: 'draining', operator: 'p' })];
  const net = new Network({ nodes, limits: [{ operator: 'o', cap: 1 }] }, RECORDS);
  for (const id of ['a', 'b', 'c']) net.submit(request({ id }), { now: 0 });
  for (const one of nodes) net.upsertNode({ ...one, state: 'up' });
  const { assigned, matching } = net.tick({ now: 1 });
  expect([assigned.length, matching?.status]).toEqual([3, 'optimal']);
  for (const one of assigned) {
    expect(decisionOf(net, one)).toMatchObject({ price: null, digest: matching?.certificate.digest });
    expect(checkRecord(decisionRecord(matching as LiveMatching, one.request), (matching as LiveMatching).ground())).toEqual([]);
  }
});

test('what a tick found out in two steps is not called optimal', () => {
  const nodes = [node({ id: 'p1', operator: 'p' }), node({ id: 'p2', operator: 'p' }), node({ id: 'q1', operator: 'q', price: 7.2 })];
  const net = new Network({ nodes }, RECORDS);
  const first = net.submit(request({ id: 'a', replicas: 2, distinct: 'operator' }), { now: 0 });
  expect([first.assigned.length, first.matching?.status]).toEqual([1, 'feasible']);
  expect(decisionOf(net, first.assigned[0])).toMatchObject({ price: null, digest: first.matching?.certificate.digest });
  const second = net.tick({ now: 1 });
  expect([second.assigned.map((one) => one.node), second.matching?.status]).toEqual([['q1'], 'optimal']);
});

describe.each([
  ['', []],
  [' in a network with limits', [{ region: 'elsewhere', cap: 1 }]],
] as [string, GroupLimit[]][])('a record of what came while a model loads%s', (_, limits) => {
  const cold: NetworkNode = { ...node({ id: 'cold', slots: 4 }), models: [], loadable: { m: 2 } };
  cold.tokensPerSecond = { m: { input: 2000, output: 1000 } };

  test('holds offline, with the loads that were under way', () => {
    const net = new Network({ nodes: [cold], limits }, RECORDS);
    net.submit(request({ id: 'a' }), { now: 0 });
    const { matching } = net.submit(request({ id: 'b' }), { now: 0 });
    const { record, ground } = JSON.parse(
      JSON.stringify({ record: decisionRecord(matching as LiveMatching, 'b'), ground: matching?.ground() }),
    );
    expect(record.placements[0].terms.coldLoad).toBe(0);
    expect(checkRecord(record, ground)).toEqual([]);
    expect(checkRecord(record, { ...ground, loading: {} })).not.toEqual([]);
  });

  test('counts the time of the load against a deadline, there as here', () => {
    const net = new Network({ nodes: [cold], limits }, RECORDS);
    net.submit(request({ id: 'a' }), { now: 0 });
    net.submit(request({ id: 'b', deadlineMs: 2500 }), { now: 0 });
    const matching = net.tick({ now: 1 }).matching as LiveMatching;
    const record = JSON.parse(JSON.stringify(decisionRecord(matching, 'b')));
    expect(record.unserved.reason).toBe('deadline');
    expect(checkRecord(record, JSON.parse(JSON.stringify(matching.ground())))).toEqual([]);
  });

  test('is built of the loads before it, whatever has changed since', () => {
    const net = new Network({ nodes: [cold], limits }, RECORDS);
    const { matching, assigned } = net.submit(request({ id: 'a' }), { now: 0 });
    const { built } = matching as LiveMatching;
    expect(built.rebuild(built.network).terms(0, 0).coldLoad).toBe(2000);
    net.release(assigned[0].reservation, { now: 1 });
    expect(built.rebuild(built.network).terms(0, 0).coldLoad).toBe(2000);
  });
});

test('decisions on what holds a slot are written down and read again; those on what is over are not', () => {
  const start = new Network({ nodes: [node({ id: 'x', slots: 3 }), node({ id: 'y', price: 7.2 })] }, RECORDS);
  const all = ['a', 'b', 'c'].flatMap((id) => start.submit(request({ id }), { now: 0 }).assigned);
  start.release(all[0].reservation, { now: 1 });
  const net = Network.restore(JSON.parse(JSON.stringify(start.snapshot())));
  expect(all.map((one) => net.decision(one.reservation))).toEqual([undefined, decisionOf(start, all[1]), decisionOf(start, all[2])]);
  const forgetful = Network.restore(JSON.parse(JSON.stringify(start.snapshot())), { maxDecisions: 1 });
  expect(all.map((one) => forgetful.decision(one.reservation)?.request)).toEqual([undefined, undefined, 'c']);
});

test.each([
  ['epoch', -1],
  ['terms', { price: 'x' }],
  ['price', 'dear'],
  ['digest', 7],
  ['runnerUp', { node: 'y' }],
  ['more', 1],
])('a decision in a snapshot whose %s is wrong is refused', (field, value) => {
  const net = new Network({ nodes: [node({ id: 'x' })] });
  net.submit(request({ id: 'a' }), { now: 0 });
  const snapshot = JSON.parse(JSON.stringify(net.snapshot()));
  snapshot.requests[0].reservations[0].decision[field] = value;
  const error = expect.objectContaining({ code: 'SNAPSHOT_INVALID', field: expect.stringContaining(`reservations[0].decision.${field}`) });
  expect(() => Network.restore(snapshot)).toThrow(error);
});

test('records of every tick and of every request that came at once hold, offline and against its prices', { timeout: 60_000 }, () => {
  const count = { records: 0, priced: 0, unserved: 0, dear: 0, replicas: 0, cut: 0, limited: 0 };
  for (let seed = 0; seed < 40; seed++) {
    const draw = draws(seed * 2711 + 5);
    const limits: GroupLimit[] =
      seed % 4 === 0
        ? [
            { region: 'r0', cap: draw(4) },
            { tenant: 't', floor: 1 + draw(2) },
          ]
        : [];
    const net = new Network(
      { nodes: [], limits },
      { ...RECORDS, ttlMs: 50, seed, backend: 'reference', aging: seed % 3 === 0 ? 0.001 : 0 },
    );
    const put = (): void => {
      const slots = draw(4);
      const tiers =
        slots > 1 && draw(2) === 0 ? { tiers: [1, slots - 1].map((k, t) => ({ slots: k, surcharge: (t * draw(2000)) / 1e6 })) } : {};
      const own: NetworkNode = node({
        id: `n${draw(4)}`,
        region: `r${draw(2)}`,
        operator: `o${draw(3)}`,
        slots,
        price: 1 + draw(9),
        ...tiers,
      });
      net.upsertNode(own);
    };
    for (let k = 0; k < 4; k++) put();
    const held: string[] = [];
    const check = (matching: LiveMatching | undefined, assigned: readonly Assignment[], complete: boolean): void => {
      for (const { reservation } of assigned) held.push(reservation);
      if (matching === undefined) return;
      const apart = matching.built.requests.some(({ distinct }) => distinct === 'operator');
      if (!apart) expect(matching.status).toBe(complete ? 'optimal' : matching.status);
      if (!complete) count.cut++;
      const ground = JSON.parse(JSON.stringify(matching.ground()));
      const prices = decisionPrices(matching);
      for (const record of decisionRecords(matching, { epoch: 1 })) {
        expect(checkRecord(record, matching.built, prices)).toEqual([]);
        expect(checkRecord(JSON.parse(JSON.stringify(record)), ground)).toEqual([]);
        count.records++;
        if (record.value !== null) count.priced++;
        if (record.unserved.units > 0) count.unserved++;
        if (record.placements.some(({ price }) => price !== null && price > 0)) count.dear++;
        if (matching.built.network.limits.length > 0) count.limited++;
      }
      for (const one of assigned) {
        const decision = decisionOf(net, one);
        const record = decisionRecord(matching, one.request);
        const mine = record.placements.find(({ node: on }) => on === one.node);
        expect([decision.cost, decision.terms, decision.mode]).toEqual([mine?.cost, mine?.terms, mine?.mode]);
        expect([decision.price, decision.extraCost, decision.digest]).toEqual([
          mine?.price,
          record.runnerUp?.extraCost ?? null,
          matching.built.problem.digest(),
        ]);
      }
      count.replicas += matching.built.requests.filter(({ deny }) => deny !== undefined).length;
    };
    for (let k = 0, now = 0; k < 50; k++, now += draw(20)) {
      const kind = draw(10);
      if (kind < 5) {
        const asked = request({ id: `q${k}`, outputTokens: 1 + draw(2500), unservedCost: draw(9000) / 1e6 });
        if (draw(4) === 0) Object.assign(asked, { replicas: 2 + draw(2), distinct: draw(4) === 0 ? 'operator' : 'node' });
        if (draw(2) === 0) asked.tenant = 't';
        const { matching, assigned } = net.submit(asked, { now });
        check(matching, assigned, true);
      } else if (kind < 8) {
        const { matching, assigned, complete } = net.tick({ now, deadlineMs: draw(3) === 0 ? 0 : FOREVER });
        check(matching, assigned, complete);
      } else if (kind === 8) put();
      else for (const reservation of held.splice(0)) if (draw(2) === 0) net.release(reservation, { now });
    }
    net.dispose();
  }
  for (const [name, value] of Object.entries(count)) expect([name, value > 10]).toEqual([name, true]);
});
