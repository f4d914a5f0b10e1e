/** A ledger call by call: what each promises, and the counting bugs of schedulers in use that it must not have. */
import { describe, expect, test } from 'vitest';
import { Ledger, type LedgerOptions } from '../../lib/network/index.js';
import { expectRefusal } from '../problem/thrown.js';

function ledgerWith(slots: Record<string, number>, options?: LedgerOptions): Ledger {
  const ledger = new Ledger(options);
  for (const [node, count] of Object.entries(slots)) ledger.setNode(node, count);
  return ledger;
}

function running(ledger: Ledger, id: string, node: string, now: number): void {
  ledger.assign(id, node, { now, ttlMs: 1000 });
  ledger.commit(id, { now });
}

describe('assign, commit, release', () => {
  test('a slot is kept, taken and free again', () => {
    const ledger = ledgerWith({ a: 2 });
    expect(ledger.assign('q', 'a', { now: 10, ttlMs: 5 })).toEqual({
      id: 'q',
      node: 'a',
      state: 'assigned',
      assignedAt: 10,
      committedAt: null,
      expiresAt: 15,
      foreign: false,
      repeated: false,
    });
    expect(ledger.counts('a')).toEqual({ slots: 2, assigned: 1, running: 0, foreign: 0, missing: 0, free: 1 });
    expect(ledger.commit('q', { now: 11 })).toMatchObject({ state: 'running', committedAt: 11, expiresAt: null, repeated: false });
    expect(ledger.counts('a')).toMatchObject({ assigned: 0, running: 1, free: 1 });
    expect(ledger.release('q', { now: 12 })).toEqual({ id: 'q', state: 'released', freed: true });
    expect(ledger.counts('a')).toMatchObject({ assigned: 0, running: 0, free: 2 });
    expect(ledger.get('q')).toEqual({ id: 'q', node: 'a', state: 'released', was: 'running', at: 12 });
  });

  test('an assigned one can be released without ever running', () => {
    const ledger = ledgerWith({ a: 1 });
    ledger.assign('q', 'a', { now: 0, ttlMs: 5 });
    expect(ledger.release('q', { now: 1 })).toMatchObject({ freed: true });
    expect(ledger.get('q')).toMatchObject({ was: 'assigned' });
    expect(ledger.counts('a').free).toBe(1);
  });

  test('the same assignment again is answered the same, and its time is not prolonged', () => {
    const ledger = ledgerWith({ a: 1 });
    const { repeated: _, ...first } = ledger.assign('q', 'a', { now: 0, ttlMs: 5 });
    expect(ledger.assign('q', 'a', { now: 3, ttlMs: 500 })).toEqual({ ...first, repeated: true });
    expect(ledger.counts('a').assigned).toBe(1);
  });

  test('an id alive on one node is refused on another', () => {
    const ledger = ledgerWith({ a: 1, b: 1 });
    ledger.assign('q', 'a', { now: 0, ttlMs: 5 });
    expectRefusal(() => ledger.assign('q', 'b', { now: 1, ttlMs: 5 }), { code: 'RESERVATION_CONFLICT', id: 'q', node: 'a' });
    expect(ledger.counts('b').assigned).toBe(0);
  });

  test('no slot is given twice', () => {
    const ledger = ledgerWith({ a: 1 });
    ledger.assign('q', 'a', { now: 0, ttlMs: 5 });
    expectRefusal(() => ledger.assign('r', 'a', { now: 1, ttlMs: 5 }), { code: 'NODE_FULL', node: 'a', id: 'r' });
    ledger.release('q', { now: 2 });
    expect(ledger.assign('r', 'a', { now: 2, ttlMs: 5 }).repeated).toBe(false);
  });

  test('a second commit changes nothing and says so, its lease neither', () => {
    const ledger = ledgerWith({ a: 1 });
    running(ledger, 'q', 'a', 0);
    expect(ledger.commit('q', { now: 4, leaseMs: 1 })).toMatchObject({ repeated: true, committedAt: 0, expiresAt: null });
    expect(ledger.counts('a').running).toBe(1);
  });

  test('what is over is not committed', () => {
    const ledger = ledgerWith({ a: 1 });
    running(ledger, 'q', 'a', 0);
    ledger.release('q', { now: 1 });
    expectRefusal(() => ledger.commit('q', { now: 2 }), { code: 'RESERVATION_FINISHED', id: 'q', node: 'a', value: 'released' });
    expectRefusal(() => ledger.commit('r', { now: 2 }), { code: 'RESERVATION_UNKNOWN', id: 'r' });
  });

  test('an id is used once: a second attempt needs its own', () => {
    const ledger = ledgerWith({ a: 2 });
    ledger.assign('q', 'a', { now: 0, ttlMs: 5 });
    expectRefusal(() => ledger.assign('q', 'a', { now: 5, ttlMs: 5 }), { code: 'RESERVATION_EXPIRED', id: 'q' });
    ledger.assign('q#2', 'a', { now: 5, ttlMs: 5 });
    expect(ledger.release('q', { now: 6 })).toEqual({ id: 'q', state: 'expired', freed: false });
    expect(ledger.counts('a').assigned).toBe(1);
  });

  test('fewer slots evict nobody', () => {
    const ledger = ledgerWith({ a: 2 });
    for (const id of ['q', 'r']) running(ledger, id, 'a', 0);
    ledger.setNode('a', 1);
    expect(ledger.counts('a')).toMatchObject({ slots: 1, running: 2, free: 0 });
    ledger.release('q', { now: 1 });
    expect(ledger.counts('a').free).toBe(0);
    ledger.release('r', { now: 1 });
    expect(ledger.counts('a').free).toBe(1);
  });

  test('what a removed node held is lost, and known as that', () => {
    const ledger = ledgerWith({ a: 2, b: 1 });
    running(ledger, 'r', 'a', 0);
    ledger.assign('q', 'a', { now: 1, ttlMs: 9 });
    running(ledger, 's', 'b', 1);
    expect(ledger.removeNode('a', { now: 3 })).toEqual([
      { id: 'q', node: 'a', state: 'lost', was: 'assigned', at: 3 },
      { id: 'r', node: 'a', state: 'lost', was: 'running', at: 3 },
    ]);
    expect(ledger.nodes()).toEqual(['b']);
    expectRefusal(() => ledger.counts('a'), { code: 'NODE_UNKNOWN', node: 'a' });
    expectRefusal(() => ledger.commit('q', { now: 4 }), { code: 'RESERVATION_FINISHED', value: 'lost' });
    ledger.setNode('a', 2);
    expect(ledger.release('r', { now: 4 })).toEqual({ id: 'r', state: 'lost', freed: false });
    expect(ledger.counts('a').free).toBe(2);
    expect(ledger.expire(100)).toEqual([]);
  });
});

describe('time', () => {
  test('an assignment runs out at its time exactly, and is handed out once', () => {
    const ledger = ledgerWith({ a: 2 });
    ledger.assign('r', 'a', { now: 0, ttlMs: 5 });
    ledger.assign('q', 'a', { now: 0, ttlMs: 5 });
    expect(ledger.expire(4.999)).toEqual([]);
    const over = ['q', 'r'].map((id) => ({ id, node: 'a', state: 'expired', was: 'assigned', at: 5 }));
    expect(ledger.expire(5)).toEqual(over);
    expect(ledger.expire(5)).toEqual([]);
  });

  test('it is over at its time whoever looks first; expire still hands it out', () => {
    const ledger = ledgerWith({ a: 1 });
    ledger.assign('q', 'a', { now: 0, ttlMs: 5 });
    ledger.assign('r', 'a', { now: 7, ttlMs: 5 });
    expect(ledger.expire(8)).toMatchObject([{ id: 'q', at: 5 }]);
  });

  test('a commit that comes late is refused as late: the slot belongs to another one', () => {
    const ledger = ledgerWith({ a: 1 });
    ledger.assign('q', 'a', { now: 0, ttlMs: 5 });
    ledger.assign('r', 'a', { now: 5, ttlMs: 5 });
    expectRefusal(() => ledger.commit('q', { now: 5 }), { code: 'RESERVATION_EXPIRED', id: 'q', node: 'a' });
    expect(ledger.counts('a')).toMatchObject({ assigned: 1, running: 0 });
  });

  test('a lease ends by itself unless it is renewed', () => {
    const ledger = ledgerWith({ a: 1 });
    ledger.assign('q', 'a', { now: 0, ttlMs: 5 });
    ledger.commit('q', { now: 1, leaseMs: 10 });
    expect(ledger.renew('q', { now: 8, leaseMs: 10 })).toMatchObject({ expiresAt: 18 });
    expect(ledger.expire(17)).toEqual([]);
    expect(ledger.expire(18)).toEqual([{ id: 'q', node: 'a', state: 'expired', was: 'running', at: 18 }]);
    expectRefusal(() => ledger.renew('q', { now: 19, leaseMs: 10 }), { code: 'RESERVATION_EXPIRED' });
    expect(ledger.counts('a').free).toBe(1);
  });

  test('it does not run backwards, whatever the call, and the refused call changes nothing', () => {
    const ledger = ledgerWith({ a: 2 });
    running(ledger, 'q', 'a', 10);
    const before = ledger.snapshot();
    const calls = [
      () => ledger.assign('r', 'a', { now: 9, ttlMs: 5 }),
      () => ledger.commit('q', { now: 9 }),
      () => ledger.renew('q', { now: 9, leaseMs: 5 }),
      () => ledger.release('q', { now: 9 }),
      () => ledger.expire(9),
      () => ledger.removeNode('a', { now: 9 }),
      () => ledger.observe('a', { running: 0, at: 8, now: 9 }),
      () => ledger.reconcile('a', [], { at: 8, now: 9 }),
    ];
    for (const call of calls) expectRefusal(call, { code: 'TIME_BACKWARDS', argument: 'now', value: 9 });
    expect(ledger.snapshot()).toEqual(before);
  });

  test('ten thousand ids that come and go leave no more than the bounds say', () => {
    const ledger = ledgerWith({ a: 1 }, { rememberIds: 7, maxEvents: 5 });
    for (let k = 0; k < 10_000; k++) {
      ledger.assign(`q${k}`, 'a', { now: k, ttlMs: 1e6 });
      ledger.commit(`q${k}`, { now: k + 0.25 });
      ledger.release(`q${k}`, { now: k + 0.5 });
    }
    const { reservations, ended, nodes } = ledger.snapshot();
    expect([reservations.length, ended.length, nodes[0].events.length]).toEqual([0, 7, 5]);
    expect(ledger.get('q9993')).toMatchObject({ state: 'released' });
    expect(ledger.get('q9992')).toBeUndefined();
  });

  test('expired ones nobody asks for are dropped beyond the bound, and counted', () => {
    const ledger = ledgerWith({ a: 5 }, { rememberIds: 2 });
    for (let k = 0; k < 5; k++) ledger.assign(`q${k}`, 'a', { now: 0, ttlMs: 1 + k });
    expect(ledger.expire(9).map(({ id }) => id)).toEqual(['q3', 'q4']);
    expect(ledger.stats).toMatchObject({ expired: 5, dropped: 3 });
    expect(ledger.counts('a').free).toBe(5);
  });
});

describe('reports', () => {
  test('in flight = observed + starts since - ends since', () => {
    const ledger = ledgerWith({ a: 20 });
    for (const [k, id] of ['q', 'r', 's'].entries()) running(ledger, id, 'a', 10 * k);
    ledger.release('r', { now: 30 });
    // At 15 ran q and r; two more were not ours.
    expect(ledger.observe('a', { running: 4, at: 15 })).toMatchObject({ outcome: 'applied', foreign: 2, missing: 0 });
    expect(ledger.inFlight('a')).toBe(4 + 1 - 1);
    expect(ledger.counts('a')).toMatchObject({ running: 2, foreign: 2, free: 16 });
    ledger.release('q', { now: 31 });
    expect(ledger.inFlight('a')).toBe(4 + 1 - 2);
  });

  test('an earlier report, or a second one of the same time, changes nothing and is told so', () => {
    const ledger = ledgerWith({ a: 9 });
    ledger.observe('a', { running: 3, at: 20, now: 25 });
    for (const at of [20, 19]) expect(ledger.observe('a', { running: 8, at })).toMatchObject({ outcome: 'older', foreign: 3 });
    expect(ledger.reconcile('a', ['z'], { at: 20 })).toMatchObject({ outcome: 'older', adopted: [], foreign: 3 });
    expect(ledger.size).toBe(0);
  });

  test('a report from the future is refused; with the time it came at it is not', () => {
    const ledger = ledgerWith({ a: 9 });
    ledger.expire(10);
    expectRefusal(() => ledger.observe('a', { running: 1, at: 11 }), { code: 'REPORT_IN_FUTURE', node: 'a', value: 11 });
    expect(ledger.observe('a', { running: 1, at: 11, now: 12 }).outcome).toBe('applied');
    expectRefusal(() => ledger.reconcile('a', [], { at: 13 }), { code: 'REPORT_IN_FUTURE' });
  });

  test('a report of less than is known is a hint and frees nothing', () => {
    const ledger = ledgerWith({ a: 2 });
    for (const id of ['q', 'r']) running(ledger, id, 'a', 0);
    expect(ledger.observe('a', { running: 0, at: 5, now: 6 })).toMatchObject({ running: 2, foreign: 0, missing: 2, free: 0 });
    expect(ledger.inFlight('a')).toBe(2);
  });

  test('foreign work takes slots', () => {
    const ledger = ledgerWith({ a: 3 });
    ledger.observe('a', { running: 3, at: 0, now: 0 });
    expectRefusal(() => ledger.assign('q', 'a', { now: 1, ttlMs: 5 }), { code: 'NODE_FULL' });
  });

  test('of events at the very time of a report, those told before it are in it, those told after it are not', () => {
    const ledger = ledgerWith({ a: 9 });
    running(ledger, 'q', 'a', 10);
    ledger.observe('a', { running: 1, at: 10 });
    expect(ledger.inFlight('a')).toBe(1);
    running(ledger, 'r', 'a', 10);
    expect(ledger.inFlight('a')).toBe(2);
    ledger.observe('a', { running: 2, at: 10.5, now: 11 });
    expect(ledger.inFlight('a')).toBe(2);
  });

  test('a report from before the events still known is stale', () => {
    const ledger = ledgerWith({ a: 9 }, { maxEvents: 2 });
    for (let k = 0; k < 4; k++) running(ledger, `q${k}`, 'a', 10 * k);
    expect(ledger.observe('a', { running: 5, at: 9 }).outcome).toBe('stale');
    expect(ledger.observe('a', { running: 5, at: 10 })).toMatchObject({ outcome: 'applied', foreign: 3 });
  });

  test('a report from before the node was added is stale', () => {
    const ledger = ledgerWith({ a: 9 });
    ledger.removeNode('a', { now: 10 });
    ledger.setNode('a', 9);
    expect(ledger.observe('a', { running: 5, at: 9 })).toMatchObject({ outcome: 'stale', free: 9 });
  });
});

describe('reconcile', () => {
  test('lost, adopted, started and kept, each as the rules say', () => {
    const ledger = ledgerWith({ a: 9 });
    running(ledger, 'gone', 'a', 0);
    running(ledger, 'there', 'a', 1);
    ledger.assign('begun', 'a', { now: 2, ttlMs: 100 });
    ledger.assign('coming', 'a', { now: 3, ttlMs: 100 });
    running(ledger, 'later', 'a', 11);
    expect(ledger.reconcile('a', ['there', 'begun', 'strange', 'strange'], { at: 10, now: 20 })).toEqual({
      outcome: 'applied',
      lost: [{ id: 'gone', node: 'a', state: 'lost', was: 'running', at: 20 }],
      adopted: ['strange'],
      started: ['begun'],
      stillRunning: [],
      elsewhere: [],
      slots: 9,
      assigned: 1,
      running: 4,
      foreign: 0,
      missing: 0,
      free: 4,
    });
    expect(ledger.get('strange')).toEqual({
      id: 'strange',
      node: 'a',
      state: 'running',
      assignedAt: 10,
      committedAt: 10,
      expiresAt: null,
      foreign: true,
    });
    expect(ledger.expire(200)).toMatchObject([{ id: 'coming' }]);
    expect(ledger.release('strange', { now: 200 }).freed).toBe(true);
  });

  test('a restarted node that runs nothing frees all that was committed before', () => {
    const ledger = ledgerWith({ a: 3 });
    for (const id of ['q', 'r', 's']) running(ledger, id, 'a', 0);
    expect(ledger.reconcile('a', [], { at: 5, now: 5 }).lost.map(({ id }) => id)).toEqual(['q', 'r', 's']);
    expect(ledger.counts('a').free).toBe(3);
  });

  test('what runs though it is over here takes a slot until the next report, and is not adopted', () => {
    const ledger = ledgerWith({ a: 4 });
    ledger.assign('late', 'a', { now: 0, ttlMs: 5 });
    running(ledger, 'done', 'a', 1);
    ledger.release('done', { now: 8 });
    // Dispatched in spite of its refused commit; done ended after the list was made.
    expect(ledger.reconcile('a', ['late', 'done'], { at: 7, now: 9 })).toMatchObject({ stillRunning: ['late'], adopted: [], foreign: 1 });
    expect(ledger.observe('a', { running: 0, at: 20, now: 20 })).toMatchObject({ foreign: 0, free: 4 });
  });

  test('what runs on two nodes is told, and takes a slot on both', () => {
    const ledger = ledgerWith({ a: 2, b: 2 });
    running(ledger, 'q', 'a', 0);
    expect(ledger.reconcile('b', ['q'], { at: 1, now: 1 })).toMatchObject({ elsewhere: ['q'], foreign: 1, free: 1 });
    expect(ledger.counts('a')).toMatchObject({ running: 1, free: 1 });
  });

  test('a scheduler that restarts from an old snapshot finds its work again', () => {
    const ledger = ledgerWith({ a: 4 });
    running(ledger, 'q', 'a', 0);
    const snapshot = JSON.parse(JSON.stringify(ledger.snapshot()));
    ledger.release('q', { now: 1 });
    running(ledger, 'r', 'a', 2);
    const again = Ledger.restore(snapshot);
    expect(again.reconcile('a', ['r'], { at: 10, now: 10 })).toMatchObject({ lost: [{ id: 'q' }], adopted: ['r'], running: 1 });
    expect(again.release('r', { now: 11 })).toMatchObject({ freed: true });
    expect(again.counts('a').free).toBe(4);
  });
});

describe('waiting', () => {
  test('at most maxWaiting wait, in the order they came; one more is refused', () => {
    const ledger = ledgerWith({ a: 1 }, { maxWaiting: 2 });
    expect(['q', 'r', 'q'].map((id) => ledger.enqueue(id).repeated)).toEqual([false, false, true]);
    expectRefusal(() => ledger.enqueue('s'), { code: 'QUEUE_FULL', id: 's', value: 2 });
    expect(ledger.waiting()).toEqual(['q', 'r']);
    expect([ledger.dequeue('q'), ledger.dequeue('q')]).toEqual([true, false]);
    ledger.enqueue('s');
    ledger.assign('r', 'a', { now: 0, ttlMs: 1 });
    expect(ledger.waiting()).toEqual(['s']);
  });

  test('an id with a reservation does not wait', () => {
    const ledger = ledgerWith({ a: 1 });
    ledger.assign('q', 'a', { now: 0, ttlMs: 5 });
    expectRefusal(() => ledger.enqueue('q'), { code: 'RESERVATION_CONFLICT', node: 'a' });
    ledger.release('q', { now: 1 });
    expectRefusal(() => ledger.enqueue('q'), { code: 'RESERVATION_FINISHED', id: 'q' });
  });
});
