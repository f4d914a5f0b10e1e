/**
 * A ledger as a plain object, and back. What is read is checked as a caller's arguments are: it may come from anywhere. Counts are not
 * in it, they follow from the reservations; what remains to be checked is that no id stands in two places and that no time lies
 * where a ledger could not have it.
 */
import { OutbidError } from '../errors.js';
import { FieldReader } from './field-reader.js';
import { Fifo } from './fifo.js';
import { LedgerBook } from './ledger-book.js';
import { wrongOption } from './ledger-checks.js';
import type { EndedReservation, LedgerOptions, LedgerSnapshot, LedgerStats, Reservation } from './ledger-types.js';

const FORMAT = 'outbid-ledger';
const VERSION = 1;
const MAX_COUNT = 2 ** 31 - 1;
const OPTIONS: readonly (keyof LedgerOptions)[] = ['maxWaiting', 'rememberMs', 'rememberIds', 'reportMaxAgeMs', 'maxEvents'];
const STATS: readonly (keyof LedgerStats)[] = ['assigned', 'adopted', 'released', 'expired', 'lost', 'unknownReleases', 'dropped'];

export function snapshotOf(book: LedgerBook): LedgerSnapshot {
  return {
    format: FORMAT,
    version: VERSION,
    options: { ...book.options },
    now: book.clock === Number.NEGATIVE_INFINITY ? null : book.clock,
    nodes: [...book.nodes.values()].map((node) => node.export()),
    reservations: [...book.alive.values()].map((reservation) => ({ ...reservation })),
    ended: book.ended.list(book.clock).map((ended) => ({ ...ended })),
    uncollected: book.uncollected.toArray().map((ended) => ({ ...ended })),
    waiting: [...book.waiting],
    stats: { ...book.stats },
  };
}

/** @throws OutbidError SNAPSHOT_INVALID with the field */
export function bookOf(snapshot: unknown): LedgerBook {
  if (typeof snapshot !== 'object' || snapshot === null || Array.isArray(snapshot))
    throw new OutbidError('SNAPSHOT_INVALID', 'the snapshot of a ledger is an object', { argument: 'snapshot', value: snapshot });
  const top = reader(snapshot, '');
  if (top.raw('format') !== FORMAT) throw top.error('format', top.raw('format'), JSON.stringify(FORMAT));
  if (top.raw('version') !== VERSION) throw top.error('version', top.raw('version'), String(VERSION));
  top.only(['format', 'version', 'options', 'now', 'nodes', 'reservations', 'ended', 'uncollected', 'waiting', 'stats']);
  const book = new LedgerBook(readOptions(top));
  const now = timeOrNull(top, 'now', Number.MAX_VALUE) ?? Number.NEGATIVE_INFINITY;
  book.clock = now;
  readNodes(top, book);
  readReservations(top, book);
  [...book.nodes.values()].forEach((node, k) => {
    if (!node.consistent()) throw top.fail(`nodes[${k}].events`, node.id, 'do not fit the reservations that run there');
  });
  const ended = readEnded(top, 'ended', book);
  const { maxWaiting } = book.options;
  ended.forEach((entry, k) => {
    if (book.alive.has(entry.id)) throw top.fail(`ended[${k}].id`, entry.id, `repeats ${JSON.stringify(entry.id)}, which is alive`);
    book.ended.add(entry, now);
  });
  book.uncollected = new Fifo(readEnded(top, 'uncollected', book));
  const waiting = top.ids('waiting');
  if (waiting.length > maxWaiting) throw top.fail('waiting', waiting.length, `has ${waiting.length} entries, more than maxWaiting`);
  waiting.forEach((id, k) => {
    if (book.alive.has(id) || book.ended.get(id, now) !== undefined) throw top.fail(`waiting[${k}]`, id, 'has a reservation, or had one');
    book.waiting.add(id);
  });
  readStats(top, book);
  return book;
}

function reader(value: unknown, path: string): FieldReader {
  return new FieldReader(value, path, undefined, 'SNAPSHOT_INVALID');
}

function readOptions(top: FieldReader): Required<LedgerOptions> {
  const from = reader(top.raw('options'), 'options');
  from.only(OPTIONS);
  const read = OPTIONS.map((name) => {
    const wrong = wrongOption(name, from.raw(name));
    if (wrong !== undefined) throw from.error(name, from.raw(name), wrong);
    return [name, from.raw(name)];
  });
  return Object.fromEntries(read) as Required<LedgerOptions>;
}

function readNodes(top: FieldReader, book: LedgerBook): void {
  top.list('nodes').forEach((entry, k) => {
    const from = reader(entry, `nodes[${k}]`);
    from.only(['id', 'slots', 'horizon', 'report', 'events']);
    const id = from.id('id');
    if (book.nodes.has(id)) throw from.fail(from.path('id'), id, `repeats ${JSON.stringify(id)}`);
    const horizon = timeOrNull(from, 'horizon', book.clock) ?? Number.NEGATIVE_INFINITY;
    const node = book.addNode(id, from.number('slots', { max: MAX_COUNT, whole: true }), horizon);
    let report: LedgerSnapshot['nodes'][number]['report'] = null;
    if (from.raw('report') !== null) {
      const part = reader(from.raw('report'), from.path('report'));
      part.only(['at', 'foreign', 'missing']);
      const count = { max: MAX_COUNT, whole: true };
      report = { at: time(part, 'at', book.clock), foreign: part.number('foreign', count), missing: part.number('missing', count) };
    }
    const events = from.list('events').map((event, e): [number, number] => {
      const path = `events[${e}]`;
      if (!Array.isArray(event) || event.length !== 2) throw from.error(path, event, 'a time and a change');
      const part = reader({ time: event[0], change: event[1] }, from.path(path));
      const change = part.number('change', { min: -MAX_COUNT, max: MAX_COUNT, whole: true });
      return [time(part, 'time', book.clock), change];
    });
    if (events.length > book.options.maxEvents) throw from.error('events', events, 'no longer than maxEvents');
    if (events.some(([at], e) => e > 0 && at <= events[e - 1][0])) throw from.error('events', events, 'in ascending order of time');
    node.restore(report, events);
  });
}

function readReservations(top: FieldReader, book: LedgerBook): void {
  top.list('reservations').forEach((entry, k) => {
    const from = reader(entry, `reservations[${k}]`);
    from.only(['id', 'node', 'state', 'assignedAt', 'committedAt', 'expiresAt', 'foreign']);
    const state = oneOf(from, 'state', ['assigned', 'running'] as const);
    const foreign = from.raw('foreign');
    if (typeof foreign !== 'boolean') throw from.error('foreign', foreign, 'true or false');
    const reservation: Reservation = {
      id: from.id('id'),
      node: from.id('node'),
      state,
      assignedAt: time(from, 'assignedAt', book.clock),
      committedAt: timeOrNull(from, 'committedAt', book.clock),
      expiresAt: timeOrNull(from, 'expiresAt', Number.MAX_VALUE),
      foreign,
    };
    const { id, node, committedAt, expiresAt } = reservation;
    if (book.alive.has(id)) throw from.fail(from.path('id'), id, `repeats ${JSON.stringify(id)}`);
    if (!book.nodes.has(node)) throw from.fail(from.path('node'), node, `names ${JSON.stringify(node)}, which is not among the nodes`);
    if ((committedAt !== null) !== (state === 'running')) throw from.error('committedAt', committedAt, 'a time if it runs, else null');
    if (expiresAt === null ? state === 'assigned' : expiresAt <= book.clock)
      throw from.error('expiresAt', expiresAt, 'after now, or null for a running one');
    book.open(reservation);
  });
}

/** Distinct ids in the order of their times. */
function readEnded(top: FieldReader, field: 'ended' | 'uncollected', book: LedgerBook): EndedReservation[] {
  let before = Number.NEGATIVE_INFINITY;
  const ids = new Set<string>();
  const list = top.list(field);
  if (list.length > book.options.rememberIds) throw top.fail(field, list.length, `has ${list.length} entries, more than rememberIds`);
  return list.map((entry, k) => {
    const from = reader(entry, `${field}[${k}]`);
    from.only(['id', 'node', 'state', 'was', 'at']);
    const ended: EndedReservation = {
      id: from.id('id'),
      node: from.id('node'),
      state: oneOf(from, 'state', field === 'ended' ? (['released', 'expired', 'lost'] as const) : (['expired'] as const)),
      was: oneOf(from, 'was', ['assigned', 'running'] as const),
      at: time(from, 'at', book.clock),
    };
    if (ended.at < before) throw from.error('at', ended.at, 'no earlier than the one before');
    if (field === 'ended' && ids.has(ended.id)) throw from.fail(from.path('id'), ended.id, `repeats ${JSON.stringify(ended.id)}`);
    ids.add(ended.id);
    before = ended.at;
    return ended;
  });
}

function readStats(top: FieldReader, book: LedgerBook): void {
  const from = reader(top.raw('stats'), 'stats');
  from.only(STATS);
  for (const name of STATS) book.stats[name] = from.number(name, { max: Number.MAX_SAFE_INTEGER, whole: true });
  const { assigned, adopted, released, expired, lost } = book.stats;
  const over = assigned + adopted - released - expired - lost;
  if (over !== book.alive.size) throw from.fail('stats', over, `leave ${over} reservations alive, and there are ${book.alive.size}`);
}

function oneOf<T extends string>(from: FieldReader, field: string, values: readonly T[]): T {
  const value = values.find((known) => known === from.raw(field));
  if (value === undefined) throw from.error(field, from.raw(field), values.map((known) => JSON.stringify(known)).join(' or '));
  return value;
}

function time(from: FieldReader, field: string, latest: number): number {
  return from.number(field, { min: -Number.MAX_VALUE, max: latest });
}

function timeOrNull(from: FieldReader, field: string, latest: number): number | null {
  return from.raw(field) === null ? null : time(from, field, latest);
}
