/** What a ledger refuses: wrong arguments by code and place, and snapshots by field. */
import { describe, expect, test } from 'vitest';
import { Ledger, type LedgerOptions, type LedgerSnapshot } from '../../lib/network/index.js';
import { expectRefusal } from '../problem/thrown.js';

/** A call as a program without types could make it. */
function untyped<T>(value: unknown): T {
  return value as T;
}

function someLedger(): Ledger {
  const ledger = new Ledger({ maxWaiting: 2, rememberIds: 3 });
  ledger.setNode('a', 6);
  ledger.setNode('b', 1);
  ledger.assign('over', 'a', { now: -5, ttlMs: 2 });
  ledger.assign('q', 'a', { now: 1, ttlMs: 50 });
  ledger.commit('q', { now: 2 });
  ledger.assign('r', 'a', { now: 3, ttlMs: 50 });
  ledger.assign('s', 'b', { now: 4, ttlMs: 50 });
  ledger.release('s', { now: 5 });
  ledger.observe('a', { running: 2, at: 1.5, now: 6 });
  ledger.enqueue('w');
  return ledger;
}

test.each<[what: string, call: (ledger: Ledger) => unknown, error: { code: string } & Record<string, unknown>]>([
  ['a node without id', (l) => l.setNode('', 1), { code: 'TYPE_INVALID', argument: 'node' }],
  ['a number for a node', (l) => l.setNode(untyped(3), 1), { code: 'TYPE_INVALID', argument: 'node' }],
  ['no slots', (l) => l.setNode('a', untyped(undefined)), { code: 'TYPE_INVALID', argument: 'slots', node: 'a' }],
  ['half a slot', (l) => l.setNode('a', 0.5), { code: 'CAPACITY_INVALID', argument: 'slots', node: 'a', value: 0.5 }],
  ['negative slots', (l) => l.setNode('c', -1), { code: 'CAPACITY_INVALID', node: 'c' }],
  ['a node to remove that is not there', (l) => l.removeNode('c'), { code: 'NODE_UNKNOWN', node: 'c' }],
  ['an unknown field of removeNode', (l) => l.removeNode('a', untyped({ at: 9 })), { code: 'FIELD_UNKNOWN', field: 'at' }],
  ['an id that is empty', (l) => l.assign('', 'a', { now: 9, ttlMs: 1 }), { code: 'TYPE_INVALID', argument: 'id' }],
  ['an id that is null', (l) => l.release(untyped(null), { now: 9 }), { code: 'TYPE_INVALID', argument: 'id' }],
  ['no fields', (l) => l.assign('z', 'a', untyped(undefined)), { code: 'TYPE_INVALID', argument: 'options' }],
  [
    'a misspelt field',
    (l) => l.assign('z', 'a', untyped({ now: 9, ttlMS: 1 })),
    { code: 'FIELD_UNKNOWN', field: 'ttlMS', nearest: 'ttlMs' },
  ],
  ['no time', (l) => l.assign('z', 'a', untyped({ ttlMs: 1 })), { code: 'TYPE_INVALID', argument: 'now' }],
  ['a time that is a string', (l) => l.commit('r', { now: untyped('9') }), { code: 'TYPE_INVALID', argument: 'now' }],
  ['a time that is NaN', (l) => l.expire(Number.NaN), { code: 'TIME_INVALID', argument: 'now' }],
  ['a time that is infinite', (l) => l.release('q', { now: Number.POSITIVE_INFINITY }), { code: 'TIME_INVALID', argument: 'now' }],
  ['a duration of 0', (l) => l.assign('z', 'a', { now: 9, ttlMs: 0 }), { code: 'TIME_INVALID', argument: 'ttlMs', value: 0 }],
  ['a duration below 0', (l) => l.commit('r', { now: 9, leaseMs: -1 }), { code: 'TIME_INVALID', argument: 'leaseMs', value: -1 }],
  ['a duration without end', (l) => l.renew('q', { now: 9, leaseMs: Number.POSITIVE_INFINITY }), { code: 'TIME_INVALID' }],
  ['a duration lost in rounding', (l) => l.assign('z', 'a', { now: 2 ** 60, ttlMs: 1 }), { code: 'TIME_INVALID', argument: 'ttlMs' }],
  ['a node that is not there', (l) => l.assign('z', 'c', { now: 6, ttlMs: 1 }), { code: 'NODE_UNKNOWN', node: 'c' }],
  ['counts of a node that is not there', (l) => l.inFlight('c'), { code: 'NODE_UNKNOWN', node: 'c' }],
  ['a report of half a request', (l) => l.observe('a', { running: 0.5, at: 6 }), { code: 'TYPE_INVALID', argument: 'running', node: 'a' }],
  ['a report of fewer than none', (l) => l.observe('a', { running: -1, at: 6 }), { code: 'TYPE_INVALID', argument: 'running' }],
  ['a report without time', (l) => l.observe('a', untyped({ running: 1 })), { code: 'TYPE_INVALID', argument: 'at' }],
  ['a list that is none', (l) => l.reconcile('a', untyped('q'), { at: 6 }), { code: 'TYPE_INVALID', argument: 'runningIds' }],
  ['a list with a number', (l) => l.reconcile('a', untyped(['q', 7]), { at: 6 }), { code: 'TYPE_INVALID', index: 1, value: 7 }],
  ['an id to wait that is none', (l) => l.enqueue(untyped(7)), { code: 'TYPE_INVALID', argument: 'id', value: 7 }],
])('%s is refused, and nothing has changed', (_, call, error) => {
  const ledger = someLedger();
  const before = ledger.snapshot();
  expectRefusal(() => call(ledger), error);
  expect(ledger.snapshot()).toEqual(before);
});

test.each<[what: string, options: unknown, error: { code: string } & Record<string, unknown>]>([
  ['null', null, { code: 'TYPE_INVALID' }],
  ['a misspelt one', { maxwaiting: 3 }, { code: 'UNKNOWN_OPTION', option: 'maxwaiting', nearest: 'maxWaiting' }],
  ['half a place', { maxWaiting: 0.5 }, { code: 'OPTION_INVALID', option: 'maxWaiting', value: 0.5 }],
  ['a room without walls', { maxWaiting: Number.POSITIVE_INFINITY }, { code: 'OPTION_INVALID', option: 'maxWaiting' }],
  ['a memory without end', { rememberMs: Number.POSITIVE_INFINITY }, { code: 'OPTION_INVALID', option: 'rememberMs' }],
  ['fewer ids than none', { rememberIds: -1 }, { code: 'OPTION_INVALID', option: 'rememberIds' }],
  ['no age at all', { reportMaxAgeMs: 0 }, { code: 'OPTION_INVALID', option: 'reportMaxAgeMs' }],
  ['no events', { maxEvents: 0 }, { code: 'OPTION_INVALID', option: 'maxEvents' }],
])('options: %s', (_, options, error) => {
  expectRefusal(() => new Ledger(options as LedgerOptions), error);
});

describe('a snapshot', () => {
  test('goes through JSON and on as the first ledger would', () => {
    const first = someLedger();
    const again = Ledger.restore(JSON.parse(JSON.stringify(first.snapshot())));
    for (const ledger of [first, again]) {
      ledger.assign('t', 'a', { now: 7, ttlMs: 46 });
      ledger.observe('a', { running: 3, at: 6.5 });
    }
    expect(again.snapshot()).toEqual(first.snapshot());
    expect(again.expire(60)).toEqual(first.expire(60));
    expect(first.counts('a')).toEqual(again.counts('a'));
    expectRefusal(() => again.assign('s', 'b', { now: 61, ttlMs: 1 }), { code: 'RESERVATION_FINISHED' });
  });

  test('is a copy: what is done to it does nothing to the ledger', () => {
    const ledger = someLedger();
    const snapshot = ledger.snapshot();
    for (const list of [snapshot.reservations, snapshot.ended, snapshot.waiting, snapshot.nodes[0].events]) list.length = 0;
    expect(ledger.snapshot()).toEqual(someLedger().snapshot());
  });

  test('of a new ledger is one, too', () => {
    const { now, nodes } = new Ledger().snapshot();
    expect([now, nodes]).toEqual([null, []]);
    expect(Ledger.restore(new Ledger().snapshot()).now).toBe(Number.NEGATIVE_INFINITY);
  });

  test.each(['text', null, undefined, []])('that is none is refused: %j', (value) => {
    expectRefusal(() => Ledger.restore(value), { code: 'SNAPSHOT_INVALID', argument: 'snapshot' });
  });

  type Damage = (snapshot: LedgerSnapshot) => unknown;
  const change = (edit: (snapshot: LedgerSnapshot) => void): Damage => {
    return (snapshot) => {
      edit(snapshot);
      return snapshot;
    };
  };
  test.each<[what: string, damage: Damage, field: string]>([
    ['of another format', (s) => ({ ...s, format: 'outbid-network' }), 'format'],
    ['of a later version', (s) => ({ ...s, version: 2 }), 'version'],
    ['with an unknown field', (s) => ({ ...s, clock: 2 }), 'clock'],
    ['with a bad option', (s) => ({ ...s, options: { ...s.options, maxEvents: 0 } }), 'options.maxEvents'],
    ['without an option', (s) => ({ ...s, options: { ...s.options, maxWaiting: undefined } }), 'options.maxWaiting'],
    ['without clock', (s) => ({ ...s, now: undefined }), 'now'],
    ['with a clock before its past', (s) => ({ ...s, now: 1.5 }), 'nodes[0].events[0].time'],
    ['with a node twice', change((s) => s.nodes.push(s.nodes[0])), 'nodes[2].id'],
    ['with half a slot', change((s) => (s.nodes[1].slots = 0.5)), 'nodes[1].slots'],
    ['with a report from the future', change((s) => (s.nodes[0].report!.at = 7)), 'nodes[0].report.at'],
    ['with fewer than no foreign requests', change((s) => (s.nodes[0].report!.foreign = -1)), 'nodes[0].report.foreign'],
    ['with events out of order', change((s) => s.nodes[0].events.push([1, 1])), 'nodes[0].events'],
    ['with more starts than run', change((s) => (s.nodes[0].events = [[2, 2]])), 'nodes[0].events'],
    ['with an event that is none', change((s) => (s.nodes[0].events[0] = untyped([2]))), 'nodes[0].events[0]'],
    ['with more events than allowed', tooManyEvents, 'nodes[0].events'],
    ['with a reservation twice', change((s) => s.reservations.push(s.reservations[0])), 'reservations[2].id'],
    ['with a reservation nowhere', change((s) => (s.reservations[1].node = 'c')), 'reservations[1].node'],
    ['with an unknown state', change((s) => (s.reservations[1].state = untyped('waiting'))), 'reservations[1].state'],
    ['with one assigned that ran', change((s) => (s.reservations[1].committedAt = 3)), 'reservations[1].committedAt'],
    ['with one running that never started', change((s) => (s.reservations[0].committedAt = null)), 'reservations[0].committedAt'],
    ['with one assigned for ever', change((s) => (s.reservations[1].expiresAt = null)), 'reservations[1].expiresAt'],
    ['with one that has run out', change((s) => (s.reservations[1].expiresAt = 6)), 'reservations[1].expiresAt'],
    ['with no word on foreign', change((s) => (s.reservations[1].foreign = untyped(0))), 'reservations[1].foreign'],
    ['with one alive and over', change((s) => (s.ended[0].id = 'q')), 'ended[0].id'],
    ['with one over twice', change((s) => (s.ended[1].id = 'over')), 'ended[1].id'],
    ['with ends out of order', change((s) => s.ended.reverse()), 'ended[1].at'],
    ['with more ends than allowed', change((s) => (s.options.rememberIds = 1)), 'ended'],
    ['with one to hand out that was released', change((s) => (s.uncollected[0].state = 'released')), 'uncollected[0].state'],
    ['with one alive that waits', change((s) => s.waiting.push('q')), 'waiting[1]'],
    ['with one over that waits', change((s) => s.waiting.push('s')), 'waiting[1]'],
    ['with one waiting twice', change((s) => s.waiting.push('w')), 'waiting[1]'],
    ['with more waiting than may', change((s) => s.waiting.push('x', 'y')), 'waiting'],
    ['whose totals do not add up', change((s) => s.stats.lost++), 'stats'],
    ['with a total that is none', change((s) => (s.stats.dropped = -1)), 'stats.dropped'],
  ])('%s is refused with the field', (_, damage, field) => {
    const snapshot: LedgerSnapshot = JSON.parse(JSON.stringify(someLedger().snapshot()));
    expectRefusal(() => Ledger.restore(damage(snapshot)), { code: 'SNAPSHOT_INVALID', field });
  });
});

function tooManyEvents(snapshot: LedgerSnapshot): LedgerSnapshot {
  snapshot.options.maxEvents = 1;
  snapshot.nodes[0].events.push([3, 0]);
  return snapshot;
}
