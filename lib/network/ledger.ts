/**
 * Ledger: which request holds which slot of which node. A slot is kept while a request is on its way to the node (assign), taken
 * while it runs there (commit), and free again after (release); reports of the nodes are merged into the counts by their time.
 * Nothing here solves or sends anything.
 *
 * Ids name reservations, not requests: an id is used once, so a second attempt of a request needs one of its own (request#2), and a
 * call left over from the first attempt cannot touch the second.
 *
 * A refusal after which the caller must not go on (no slot, too late, nobody knows) is thrown; a call made before, or too late to
 * matter, is answered. Time is always passed in: `now` in milliseconds, finite, of any one origin; a time before that of an earlier
 * call is refused with TIME_BACKWARDS, since a clamp would hide mixed clocks or units. A caller whose clock may step back passes
 * Math.max(now, ledger.now); one that keeps snapshots needs an origin that outlives the process. The clock moves first, also in a
 * call that is refused then: whatever has run out by `now` is over before the call is looked at. An error for a wrong argument leaves
 * everything as it was.
 */
import { Fifo } from './fifo.js';
import { LedgerBook } from './ledger-book.js';
import { checkId, checkSlots, checkTime, ledgerOptions } from './ledger-checks.js';
import * as moves from './ledger-moves.js';
import { bookOf, snapshotOf } from './ledger-snapshot.js';
import type {
  EndedReservation,
  LedgerOptions,
  LedgerSnapshot,
  LedgerStats,
  NodeCounts,
  ObserveAnswer,
  ReconcileAnswer,
  ReleaseAnswer,
  Reservation,
  ReservationAnswer,
} from './ledger-types.js';

export class Ledger {
  #book: LedgerBook;

  /** @throws OutbidError TYPE_INVALID, UNKNOWN_OPTION, OPTION_INVALID */
  constructor(options: LedgerOptions = {}) {
    this.#book = new LedgerBook(ledgerOptions(options));
  }

  /** The latest time given; -Infinity before the first. Counts are as of then. */
  get now(): number {
    return this.#book.clock;
  }

  /** Reservations alive. */
  get size(): number {
    return this.#book.alive.size;
  }

  get stats(): LedgerStats {
    return { ...this.#book.stats };
  }

  /**
   * Adds a node with this many slots, or changes their number. Fewer slots than are taken evict nobody: the node has 0 free ones until
   * enough reservations are over. Reports from before a node was added are stale.
   *
   * @throws OutbidError TYPE_INVALID, CAPACITY_INVALID
   */
  setNode(id: string, slots: number): void {
    checkId(id, 'node');
    checkSlots(slots, id);
    const node = this.#book.nodes.get(id);
    if (node === undefined) this.#book.addNode(id, slots, this.#book.clock);
    else node.slots = slots;
  }

  /**
   * Removes a node and what it knows of reports. Its reservations are lost and returned, by id: nobody can say what became of them, so
   * they are neither forgotten nor released, and a commit or release that comes later is known for what it is. A node added again under
   * the id is a new one. `now` defaults to the ledger's clock.
   *
   * @throws OutbidError NODE_UNKNOWN, TYPE_INVALID, FIELD_UNKNOWN, TIME_INVALID, TIME_BACKWARDS
   */
  removeNode(id: string, call: { now?: number } = {}): EndedReservation[] {
    return moves.removeNode(this.#book, id, call);
  }

  /** Ids of the nodes, in the order they were added. */
  nodes(): string[] {
    return [...this.#book.nodes.keys()];
  }

  /** @throws OutbidError NODE_UNKNOWN */
  counts(node: string): NodeCounts {
    return this.#book.node(node).counts(this.#book.clock);
  }

  /**
   * Requests running on the node: what the newest report counted, plus starts and less ends of reservations since, and never less
   * than the reservations that run. Assigned ones are not among them.
   *
   * @throws OutbidError NODE_UNKNOWN
   */
  inFlight(node: string): number {
    const { running, foreign } = this.counts(node);
    return running + foreign;
  }

  /** The reservation alive with this id, or how it ended, as long as that is remembered. */
  get(id: string): Reservation | EndedReservation | undefined {
    const found = this.#book.alive.get(id) ?? this.#book.ended.get(id, this.#book.clock);
    return found === undefined ? undefined : { ...found };
  }

  /** The reservations alive, in the order they were made. */
  reservations(): Reservation[] {
    return [...this.#book.alive.values()].map((reservation) => ({ ...reservation }));
  }

  /**
   * Keeps a slot of a node for `ttlMs` (above 0). An id that waits waits no longer. An id alive on this node is answered as it stands,
   * its time not prolonged.
   *
   * @throws OutbidError RESERVATION_CONFLICT when the id is alive on another node, RESERVATION_EXPIRED and RESERVATION_FINISHED when
   * it was used before and is remembered, NODE_UNKNOWN, NODE_FULL, TYPE_INVALID, FIELD_UNKNOWN, TIME_INVALID, TIME_BACKWARDS
   */
  assign(id: string, node: string, call: { now: number; ttlMs: number }): ReservationAnswer {
    return moves.assign(this.#book, id, node, call);
  }

  /**
   * The request is dispatched: the slot is taken until release, or with `leaseMs` (above 0) until then unless renewed. Commit before
   * the node can see the request: one it reports before the commit counts twice until its next report. A second commit changes
   * nothing, not the lease either.
   *
   * @throws OutbidError RESERVATION_EXPIRED when its time ran out: do not dispatch, the slot may have gone to another one;
   * RESERVATION_FINISHED when it was released or lost; RESERVATION_UNKNOWN; TYPE_INVALID, FIELD_UNKNOWN, TIME_INVALID, TIME_BACKWARDS
   */
  commit(id: string, call: { now: number; leaseMs?: number }): ReservationAnswer {
    return moves.commit(this.#book, id, call);
  }

  /**
   * From now on a running reservation ends in `leaseMs` (above 0) unless renewed again; one without a lease gets one. Of an assigned
   * one, the time to commit is set anew.
   *
   * @throws OutbidError as commit
   */
  renew(id: string, call: { now: number; leaseMs: number }): Reservation {
    return moves.renew(this.#book, id, call);
  }

  /**
   * The request is done, failed or given up: its slot is free. Of a reservation that is over, or that nobody knows, a release frees
   * nothing and says so: it stands where callers clean up, so a duplicate, or one after a restart, must not raise an error there.
   * Those of unknown ids are counted in `stats`.
   *
   * @throws OutbidError TYPE_INVALID, FIELD_UNKNOWN, TIME_INVALID, TIME_BACKWARDS
   */
  release(id: string, call: { now: number }): ReleaseAnswer {
    return moves.release(this.#book, id, call);
  }

  /**
   * Every reservation that ran out at `now` or before and was not returned yet, in the order of its time, then of its id. A
   * reservation is over from its expiresAt on, whether this was called or not; at most rememberIds of them are kept for it, the later
   * ones, and stats.dropped counts the others.
   *
   * @throws OutbidError TYPE_INVALID, TIME_INVALID, TIME_BACKWARDS
   */
  expire(now: number): EndedReservation[] {
    checkTime(now, 'now');
    this.#book.advance(now);
    const over = this.#book.uncollected.toArray();
    this.#book.uncollected = new Fifo();
    return over;
  }

  /**
   * From now on `listener` is told of every reservation that runs out, by the call that finds it out and in the same order, and `expire`
   * has none of them to return: for whoever keeps records that must not miss one. It must not call the ledger.
   */
  listen(listener: (ended: EndedReservation) => void): void {
    this.#book.listener = listener;
  }

  /**
   * A node reports how many requests, of whomever, ran at the time `at`. Only the newest report by `at` counts; an earlier one, a
   * second one of the same time or a stale one changes nothing, and the outcome says so. What it saw beyond the reservations of that
   * time is foreign and takes slots; what it did not see is `missing`, a hint that frees nothing. After reportMaxAgeMs without a newer
   * report neither holds, so that a node that is sent nothing, and so reports nothing, is not full for ever. `now` defaults to the
   * ledger's clock.
   *
   * @throws OutbidError REPORT_IN_FUTURE when `at` lies after the clock (pass `now`), NODE_UNKNOWN, TYPE_INVALID, FIELD_UNKNOWN,
   * TIME_INVALID, TIME_BACKWARDS
   */
  observe(node: string, report: { running: number; at: number; now?: number }): ObserveAnswer {
    return moves.observe(this.#book, node, report);
  }

  /**
   * A node lists the ids of all that ran at the time `at`, as after a restart of either side. It is a report of that time, under the
   * same rules. Then:
   *
   * - running here since `at` or before, not in the list: lost, its slot is free;
   * - committed after `at`, or assigned and not in the list: kept;
   * - assigned here and in the list: running from now on, without a lease;
   * - in the list and not known: adopted, a running reservation with that id, until it is released or a later list lacks it;
   * - in the list and over here: foreign work, since nobody would release it a second time; one that ran on this node and was released
   *   or expired after `at` is no contradiction, and no work any more;
   * - in the list and alive on another node: foreign work.
   *
   * An id listed twice counts once.
   *
   * @throws OutbidError as observe
   */
  reconcile(node: string, runningIds: readonly string[], report: { at: number; now?: number }): ReconcileAnswer {
    return moves.reconcile(this.#book, node, runningIds, report);
  }

  /**
   * Lets an id wait; one that waits already keeps its place, and the answer says so.
   *
   * @throws OutbidError QUEUE_FULL when maxWaiting ids wait: thrown, so that nobody takes a refused request for a waiting one;
   * RESERVATION_CONFLICT, RESERVATION_EXPIRED, RESERVATION_FINISHED when the id has a reservation, or had one; TYPE_INVALID
   */
  enqueue(id: string): { repeated: boolean } {
    return moves.enqueue(this.#book, id);
  }

  /** The id waits no longer; false when it did not wait. @throws OutbidError TYPE_INVALID */
  dequeue(id: string): boolean {
    checkId(id, 'id');
    return this.#book.waiting.delete(id);
  }

  /** The ids that wait, the one that came first standing first. */
  waiting(): string[] {
    return [...this.#book.waiting];
  }

  /** The whole ledger as a plain object, a copy that survives JSON. */
  snapshot(): LedgerSnapshot {
    return snapshotOf(this.#book);
  }

  /** The ledger of a snapshot, which goes on as the first one would have. @throws OutbidError SNAPSHOT_INVALID with the field */
  static restore(snapshot: unknown): Ledger {
    const ledger = new Ledger();
    ledger.#book = bookOf(snapshot);
    return ledger;
  }
}
