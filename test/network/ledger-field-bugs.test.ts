/**
 * The counting bugs that users of schedulers report, as stories, each beside the count that had to come out. A test drives the naive
 * counter where it shows what goes wrong with it.
 */
import { expect, test } from 'vitest';
import { Ledger } from '../../lib/network/index.js';
import { expectRefusal } from '../problem/thrown.js';

function ledgerWith(...nodes: [string, number][]): Ledger {
  const ledger = new Ledger();
  for (const [node, slots] of nodes) ledger.setNode(node, slots);
  return ledger;
}

function running(ledger: Ledger, id: string, node: string, now: number): void {
  ledger.assign(id, node, { now, ttlMs: 1000 });
  ledger.commit(id, { now });
}

test('lost counts: a request that runs for hours is counted for hours, its duplicate release included', () => {
  const ledger = ledgerWith(['a', 1]);
  running(ledger, 'q', 'a', 0);
  const hour = 3_600_000;
  for (let now = 0; now <= 6 * hour; now += hour / 4) {
    expect(ledger.expire(now)).toEqual([]);
    expect(ledger.inFlight('a')).toBe(1);
    expectRefusal(() => ledger.assign(`r${now}`, 'a', { now, ttlMs: 1 }), { code: 'NODE_FULL' });
  }
  expect(ledger.release('q', { now: 6 * hour }).freed).toBe(true);
  expect(ledger.release('q', { now: 6 * hour }).freed).toBe(false);
  expect(ledger.counts('a').free).toBe(1);
});

test('late counting: a request is counted from its assignment on, not from the next report', () => {
  const ledger = ledgerWith(['a', 3]);
  ledger.observe('a', { running: 0, at: 0, now: 0 });
  const placed: string[] = [];
  for (let k = 0; k < 10; k++) {
    if (ledger.counts('a').free > 0) placed.push(ledger.assign(`q${k}`, 'a', { now: 1, ttlMs: 100 }).id);
  }
  expect(placed).toHaveLength(3);
});

test('one snapshot for all: placements of one moment see each other, and spread', () => {
  const ledger = ledgerWith(['a', 4], ['b', 4]);
  for (const node of ['a', 'b']) ledger.observe(node, { running: 0, at: 0, now: 0 });
  for (let k = 0; k < 8; k++) {
    const emptiest = ledger.nodes().reduce((best, node) => (ledger.counts(node).free > ledger.counts(best).free ? node : best));
    ledger.assign(`q${k}`, emptiest, { now: 1, ttlMs: 100 });
  }
  expect(['a', 'b'].map((node) => ledger.counts(node).assigned)).toEqual([4, 4]);
});

test('negative drift: releases of every kind but the first leave the count where it is', () => {
  const ledger = ledgerWith(['a', 2], ['b', 2]);
  let naive = 0;
  running(ledger, 'q', 'a', 0);
  running(ledger, 's', 'b', 0);
  naive += 1;
  ledger.assign('late', 'a', { now: 0, ttlMs: 5 });
  for (let k = 1; k <= 20; k++) {
    for (const id of ['q', 'late', 'never', 'q']) {
      ledger.release(id, { now: 4 + k });
      naive -= 1;
    }
  }
  expect(naive).toBe(-79);
  expect(ledger.counts('a')).toMatchObject({ assigned: 0, running: 0, free: 2 });
  expect(ledger.counts('b')).toMatchObject({ running: 1, free: 1 });
  expect(ledger.stats).toMatchObject({ released: 1, expired: 1, unknownReleases: 20 });
});

test('double count by late metrics: a report that saw our own request, and comes after more events, adds none', () => {
  const ledger = ledgerWith(['a', 10]);
  for (let k = 0; k < 4; k++) running(ledger, `q${k}`, 'a', k);
  // Taken at 3.5 it saw the four; until it comes, one more starts and two end.
  running(ledger, 'q4', 'a', 5);
  for (const id of ['q0', 'q1']) ledger.release(id, { now: 6 });
  const naive = ledger.inFlight('a') + 4;
  ledger.observe('a', { running: 4, at: 3.5, now: 8 });
  expect([naive, ledger.inFlight('a')]).toEqual([7, 3]);
  expect(ledger.counts('a')).toMatchObject({ foreign: 0, free: 7 });
});

test('double count by late metrics: reports that overtake each other end in the state of the newest', () => {
  const inOrder = ledgerWith(['a', 10]);
  const crossed = ledgerWith(['a', 10]);
  for (const ledger of [inOrder, crossed]) {
    running(ledger, 'q', 'a', 0);
    running(ledger, 'r', 'a', 20);
    ledger.release('q', { now: 30 });
  }
  const reports = [
    { running: 3, at: 10 },
    { running: 5, at: 25 },
    { running: 2, at: 28 },
  ];
  for (const report of reports) inOrder.observe('a', report);
  for (const k of [1, 0, 2, 1]) crossed.observe('a', reports[k]);
  expect(crossed.counts('a')).toEqual(inOrder.counts('a'));
  expect(crossed.counts('a')).toMatchObject({ running: 1, foreign: 0, missing: 0 });
});

test('a metric that never resets: a node reported full and then silent is free again after the age of its report', () => {
  const ledger = new Ledger({ reportMaxAgeMs: 60_000 });
  ledger.setNode('a', 8);
  ledger.observe('a', { running: 8, at: 1000, now: 1000 });
  ledger.expire(60_999);
  expect(ledger.counts('a')).toMatchObject({ foreign: 8, free: 0 });
  ledger.expire(61_000);
  expect(ledger.counts('a')).toMatchObject({ foreign: 0, free: 8 });
  expect(ledger.observe('a', { running: 8, at: 1001, now: 61_001 })).toMatchObject({ outcome: 'stale', free: 8 });
  expect(ledger.assign('q', 'a', { now: 61_001, ttlMs: 5 }).repeated).toBe(false);
});

test('duplicate release: the late one of an expired attempt does not free the slot of the next', () => {
  const ledger = ledgerWith(['a', 1]);
  ledger.assign('q#1', 'a', { now: 0, ttlMs: 10 });
  expect(ledger.expire(10).map(({ id }) => id)).toEqual(['q#1']);
  running(ledger, 'q#2', 'a', 11);
  expectRefusal(() => ledger.commit('q#1', { now: 12 }), { code: 'RESERVATION_EXPIRED' });
  expect(ledger.release('q#1', { now: 13 })).toEqual({ id: 'q#1', state: 'expired', freed: false });
  expect(ledger.counts('a')).toMatchObject({ running: 1, free: 0 });
  expectRefusal(() => ledger.assign('r', 'a', { now: 14, ttlMs: 10 }), { code: 'NODE_FULL' });
});

test('a leak by a caller that dies: what it assigned and never committed is free after its time, without a call from it', () => {
  const ledger = ledgerWith(['a', 5]);
  for (let k = 0; k < 5; k++) ledger.assign(`q${k}`, 'a', { now: 0, ttlMs: 100 });
  expect(ledger.counts('a').free).toBe(0);
  ledger.expire(100);
  expect(ledger.counts('a').free).toBe(5);
});

test('a node that comes back: releases from before its removal do not make it emptier than empty', () => {
  const ledger = ledgerWith(['a', 3]);
  for (const id of ['q', 'r', 's']) running(ledger, id, 'a', 0);
  ledger.removeNode('a', { now: 5 });
  ledger.setNode('a', 3);
  running(ledger, 't', 'a', 6);
  for (const id of ['q', 'r', 's']) expect(ledger.release(id, { now: 7 }).freed).toBe(false);
  expect(ledger.counts('a')).toMatchObject({ running: 1, free: 2 });
});
