/**
 * The calls of a Ledger that change reservations: arguments, then the clock, then what the call means. The rules stand at the methods
 * of Ledger.
 */
import { OutbidError } from '../errors.js';
import type { LedgerBook } from './ledger-book.js';
import { checkCall, checkId, checkIds, checkRunning, checkTime, endOf } from './ledger-checks.js';
import type { LedgerNode } from './ledger-node.js';
import { emptyList, mergeList } from './ledger-reconcile.js';
import type {
  EndedReservation,
  ObserveAnswer,
  ReconcileAnswer,
  ReleaseAnswer,
  ReportOutcome,
  Reservation,
  ReservationAnswer,
} from './ledger-types.js';

export function removeNode(book: LedgerBook, id: string, call: { now?: number }): EndedReservation[] {
  checkId(id, 'node');
  checkCall(call, ['now']);
  moveTo(book, call.now);
  const node = book.node(id);
  const held = [...node.assigned, ...node.running].sort();
  const lost = held.map((reservation) => book.end(book.reservation(reservation), 'lost', book.clock, false));
  book.nodes.delete(id);
  return lost;
}

export function assign(book: LedgerBook, id: string, node: string, call: { now: number; ttlMs: number }): ReservationAnswer {
  checkId(id, 'id');
  checkId(node, 'node');
  checkCall(call, ['now', 'ttlMs']);
  const { now, ttlMs } = call;
  checkTime(now, 'now');
  const expiresAt = endOf(now, ttlMs, 'ttlMs');
  book.advance(now);
  const alive = book.alive.get(id);
  if (alive?.node === node) return { ...alive, repeated: true };
  if (alive !== undefined) throw conflict(alive);
  book.refuseEnded(id);
  const { free, slots } = book.node(node).counts(now);
  if (free === 0) {
    const message = `node ${JSON.stringify(node)} has no free slot of ${slots}`;
    throw new OutbidError('NODE_FULL', message, { argument: 'node', node, id });
  }
  const reservation: Reservation = { id, node, state: 'assigned', assignedAt: now, committedAt: null, expiresAt, foreign: false };
  book.open(reservation);
  book.stats.assigned++;
  return { ...reservation, repeated: false };
}

export function commit(book: LedgerBook, id: string, call: { now: number; leaseMs?: number }): ReservationAnswer {
  checkId(id, 'id');
  checkCall(call, ['now', 'leaseMs']);
  const { now, leaseMs } = call;
  checkTime(now, 'now');
  const expiresAt = leaseMs === undefined ? null : endOf(now, leaseMs, 'leaseMs');
  book.advance(now);
  const reservation = book.reservation(id);
  if (reservation.state === 'running') return { ...reservation, repeated: true };
  book.start(reservation, now, expiresAt);
  book.node(reservation.node).record(now, 1);
  return { ...reservation, repeated: false };
}

export function renew(book: LedgerBook, id: string, call: { now: number; leaseMs: number }): Reservation {
  checkId(id, 'id');
  checkCall(call, ['now', 'leaseMs']);
  checkTime(call.now, 'now');
  const expiresAt = endOf(call.now, call.leaseMs, 'leaseMs');
  book.advance(call.now);
  const reservation = book.reservation(id);
  book.extend(reservation, expiresAt);
  return { ...reservation };
}

export function release(book: LedgerBook, id: string, call: { now: number }): ReleaseAnswer {
  checkId(id, 'id');
  checkCall(call, ['now']);
  checkTime(call.now, 'now');
  book.advance(call.now);
  const alive = book.alive.get(id);
  if (alive !== undefined) return { id, state: book.end(alive, 'released', call.now).state, freed: true };
  const ended = book.ended.get(id, call.now);
  if (ended === undefined) book.stats.unknownReleases++;
  return { id, state: ended?.state ?? 'unknown', freed: false };
}

export function observe(book: LedgerBook, id: string, report: { running: number; at: number; now?: number }): ObserveAnswer {
  checkId(id, 'node');
  checkCall(report, ['running', 'at', 'now']);
  checkRunning(report.running, id);
  const { node, outcome } = reportOf(book, id, report);
  if (outcome === 'applied') node.observe(report.at, report.running);
  return { outcome, ...node.counts(book.clock) };
}

export function reconcile(
  book: LedgerBook,
  id: string,
  runningIds: readonly string[],
  report: { at: number; now?: number },
): ReconcileAnswer {
  checkId(id, 'node');
  checkIds(runningIds, 'runningIds');
  checkCall(report, ['at', 'now']);
  const { node, outcome } = reportOf(book, id, report);
  const merged = outcome === 'applied' ? mergeList(book, node, runningIds, report.at) : emptyList();
  return { outcome, ...merged, ...node.counts(book.clock) };
}

export function enqueue(book: LedgerBook, id: string): { repeated: boolean } {
  checkId(id, 'id');
  if (book.waiting.has(id)) return { repeated: true };
  const alive = book.alive.get(id);
  if (alive !== undefined) throw conflict(alive);
  book.refuseEnded(id);
  if (book.waiting.size >= book.options.maxWaiting) {
    const message = `${book.waiting.size} requests wait, and no more may`;
    throw new OutbidError('QUEUE_FULL', message, { argument: 'id', id, value: book.options.maxWaiting });
  }
  book.waiting.add(id);
  return { repeated: false };
}

function reportOf(book: LedgerBook, id: string, { at, now }: { at: number; now?: number }): { node: LedgerNode; outcome: ReportOutcome } {
  checkTime(at, 'at');
  moveTo(book, now);
  const node = book.node(id);
  if (at > book.clock) {
    const message = `the report of ${JSON.stringify(id)} is of ${at}, the clock stands at ${book.clock}`;
    throw new OutbidError('REPORT_IN_FUTURE', message, { argument: 'at', node: id, value: at });
  }
  return { node, outcome: node.outcome(at, book.clock) };
}

function moveTo(book: LedgerBook, now: number | undefined): void {
  if (now === undefined) return;
  checkTime(now, 'now');
  book.advance(now);
}

function conflict({ id, node, state }: Reservation): OutbidError {
  const message = `the reservation ${JSON.stringify(id)} is ${state} on ${JSON.stringify(node)}`;
  return new OutbidError('RESERVATION_CONFLICT', message, { argument: 'id', id, node });
}
