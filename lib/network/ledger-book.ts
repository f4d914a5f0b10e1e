/**
 * The state of a ledger and its moves. Invariants, between any two calls:
 *
 * (L1) An id is in one place at most: waiting, alive, or remembered as over.
 * (L2) A reservation is alive exactly if its id stands in one of the two sets of its node, the one of its state.
 * (L3) No reservation alive has run out: its expiresAt lies after the clock, and the queue knows it.
 * (L4) assigned + adopted = alive + released + expired + lost.
 */
import { OutbidError } from '../errors.js';
import { EndedIds } from './ended-ids.js';
import { ExpiryQueue } from './expiry-queue.js';
import { Fifo } from './fifo.js';
import { LedgerNode } from './ledger-node.js';
import type { EndedReservation, LedgerOptions, LedgerStats, Reservation } from './ledger-types.js';

export class LedgerBook {
  readonly options: Required<LedgerOptions>;
  /** The latest time given; -Infinity before the first. */
  clock = Number.NEGATIVE_INFINITY;
  readonly nodes = new Map<string, LedgerNode>();
  readonly alive = new Map<string, Reservation>();
  readonly ended: EndedIds;
  readonly waiting = new Set<string>();
  readonly stats: LedgerStats = { assigned: 0, adopted: 0, released: 0, expired: 0, lost: 0, unknownReleases: 0, dropped: 0 };
  /** Expired, not handed out yet. */
  uncollected = new Fifo<EndedReservation>();
  /** Takes them at once instead. */
  listener: ((ended: EndedReservation) => void) | undefined;
  readonly #expiries = new ExpiryQueue();

  constructor(options: Required<LedgerOptions>) {
    this.options = options;
    this.ended = new EndedIds(options.rememberMs, options.rememberIds);
  }

  /** Sets the clock and ends what has run out by then, in the order of time. */
  advance(now: number): void {
    if (now < this.clock)
      throw new OutbidError('TIME_BACKWARDS', `the time ${now} lies before ${this.clock}, which an earlier call gave`, {
        argument: 'now',
        value: now,
      });
    this.clock = now;
    for (let due = this.#expiries.popDue(now); due !== undefined; due = this.#expiries.popDue(now)) {
      const reservation = this.alive.get(due.id);
      if (reservation === undefined || reservation.expiresAt !== due.at) continue;
      const ended = this.end(reservation, 'expired', due.at);
      if (this.listener !== undefined) {
        this.listener(ended);
        continue;
      }
      this.uncollected.push(ended);
      if (this.uncollected.length > this.options.rememberIds) {
        this.uncollected.shift();
        this.stats.dropped++;
      }
    }
    this.ended.forget(now);
  }

  node(id: string): LedgerNode {
    const node = this.nodes.get(id);
    if (node === undefined) throw new OutbidError('NODE_UNKNOWN', `there is no node ${JSON.stringify(id)}`, { argument: 'node', node: id });
    return node;
  }

  addNode(id: string, slots: number, horizon: number): LedgerNode {
    const node = new LedgerNode(id, slots, horizon, this.options);
    this.nodes.set(id, node);
    return node;
  }

  /** An error for an id that is over and may not be used again; nothing for one that is free. */
  refuseEnded(id: string): void {
    const ended = this.ended.get(id, this.clock);
    if (ended === undefined) return;
    const { node, state, at } = ended;
    const code = state === 'expired' ? 'RESERVATION_EXPIRED' : 'RESERVATION_FINISHED';
    throw new OutbidError(code, `the reservation ${JSON.stringify(id)} on ${JSON.stringify(node)} is over: ${state} at ${at}`, {
      argument: 'id',
      id,
      node,
      value: state,
    });
  }

  /** The reservation alive with this id. */
  reservation(id: string): Reservation {
    const reservation = this.alive.get(id);
    if (reservation !== undefined) return reservation;
    this.refuseEnded(id);
    throw new OutbidError('RESERVATION_UNKNOWN', `there is no reservation ${JSON.stringify(id)}`, { argument: 'id', id });
  }

  open(reservation: Reservation): void {
    const { id, node, state, expiresAt } = reservation;
    this.waiting.delete(id);
    this.alive.set(id, reservation);
    this.node(node)[state].add(id);
    if (expiresAt !== null) this.#watch(id, expiresAt);
  }

  /** Assigned becomes running. */
  start(reservation: Reservation, at: number, expiresAt: number | null): void {
    const node = this.node(reservation.node);
    node.assigned.delete(reservation.id);
    node.running.add(reservation.id);
    reservation.state = 'running';
    reservation.committedAt = at;
    this.extend(reservation, expiresAt);
  }

  extend(reservation: Reservation, expiresAt: number | null): void {
    reservation.expiresAt = expiresAt;
    if (expiresAt !== null) this.#watch(reservation.id, expiresAt);
  }

  /** Frees the slot, and remembers how it ended. */
  end(reservation: Reservation, state: EndedReservation['state'], at: number, recorded = true): EndedReservation {
    const { id, node: name, state: was } = reservation;
    const node = this.node(name);
    this.alive.delete(id);
    node[was].delete(id);
    if (was === 'running' && recorded) node.record(at, -1);
    const ended: EndedReservation = { id, node: name, state, was, at };
    this.ended.add(ended, this.clock);
    this.stats[state]++;
    return { ...ended };
  }

  #watch(id: string, at: number): void {
    this.#expiries.push(at, id);
    if (this.#expiries.size > 2 * this.alive.size + 64) this.#expiries.rebuild(this.#expiring());
  }

  *#expiring(): Iterable<{ at: number; id: string }> {
    for (const { id, expiresAt } of this.alive.values()) if (expiresAt !== null) yield { at: expiresAt, id };
  }
}
