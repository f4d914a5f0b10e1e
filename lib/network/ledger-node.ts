/**
 * One node of a ledger: the reservations on it, the newest report from it, and how both make one count.
 *
 * A report says that `running` requests ran at a time `at`. Of the reservations, known(at) ran then: those that run now, less the
 * starts since `at`, plus the ends since. What the report saw beyond them is foreign, and for every later moment
 *
 *     in flight  =  running + starts since - ends since  =  reservations running now + foreign
 *
 * so a report counts no start twice, however late it comes. A report below known(at) is not believed: foreign is never negative.
 * An event of the very moment `at` is since the report if it was told after it, else before it: the node cannot have seen what had
 * not been told.
 *
 * The counts are sizes of sets of ids: they cannot be negative, and they cannot drift from the reservations.
 */
import { Fifo } from './fifo.js';
import type { LedgerSnapshot, NodeCounts, ReportOutcome } from './ledger-types.js';

type NodeSnapshot = LedgerSnapshot['nodes'][number];

export class LedgerNode {
  readonly id: string;
  slots: number;
  readonly assigned = new Set<string>();
  readonly running = new Set<string>();
  readonly #reportMaxAgeMs: number;
  readonly #maxEvents: number;
  /** Reports from before are stale: starts and ends up to here may be forgotten. */
  #horizon: number;
  #report: NodeSnapshot['report'] = null;
  /** Starts less ends of running reservations by moment, ascending; all of them since the report and the horizon. */
  #events = new Fifo<[at: number, change: number]>();

  constructor(id: string, slots: number, horizon: number, bounds: { reportMaxAgeMs: number; maxEvents: number }) {
    this.id = id;
    this.slots = slots;
    this.#horizon = horizon;
    this.#reportMaxAgeMs = bounds.reportMaxAgeMs;
    this.#maxEvents = bounds.maxEvents;
  }

  counts(now: number): NodeCounts {
    const { slots } = this;
    const [assigned, running] = [this.assigned.size, this.running.size];
    const current = this.#report !== null && !this.#tooOld(this.#report.at, now) ? this.#report : undefined;
    const foreign = current?.foreign ?? 0;
    return { slots, assigned, running, foreign, missing: current?.missing ?? 0, free: Math.max(0, slots - assigned - running - foreign) };
  }

  /** A reservation started (+1) or ceased (-1) to run. Times do not descend. */
  record(at: number, change: 1 | -1): void {
    const events = this.#events;
    if (events.last?.[0] === at) events.last[1] += change;
    else events.push([at, change]);
    for (let first = events.first; first !== undefined; first = events.first) {
      if (events.length <= this.#maxEvents && !this.#tooOld(first[0], at)) break;
      this.#horizon = first[0];
      events.shift();
    }
  }

  outcome(at: number, now: number): ReportOutcome {
    if (this.#report !== null && at <= this.#report.at) return 'older';
    return at < this.#horizon || this.#tooOld(at, now) ? 'stale' : 'applied';
  }

  /** Takes a count; its outcome must be 'applied'. */
  observe(at: number, running: number): void {
    let known = this.running.size;
    for (const [time, change] of this.#events.toArray()) if (time > at) known -= change;
    this.#take({ at, foreign: Math.max(0, running - known), missing: Math.max(0, known - running) });
  }

  /** Takes a list, after its ids have been merged into the reservations: what is left of it is foreign. */
  reconciled(at: number, foreign: number): void {
    this.#take({ at, foreign, missing: 0 });
  }

  #take(report: { at: number; foreign: number; missing: number }): void {
    this.#report = report;
    for (let first = this.#events.first; first !== undefined && first[0] <= report.at; first = this.#events.first) this.#events.shift();
  }

  #tooOld(at: number, now: number): boolean {
    return now - at >= this.#reportMaxAgeMs;
  }

  export(): NodeSnapshot {
    return {
      id: this.id,
      slots: this.slots,
      horizon: this.#horizon === Number.NEGATIVE_INFINITY ? null : this.#horizon,
      report: this.#report === null ? null : { ...this.#report },
      events: this.#events.toArray().map(([at, change]) => [at, change]),
    };
  }

  /** No moment since the horizon had fewer than 0 reservations running. */
  consistent(): boolean {
    let known = this.running.size;
    return this.#events
      .toArray()
      .reverse()
      .every(([, change]) => {
        known -= change;
        return known >= 0;
      });
  }

  restore(report: NodeSnapshot['report'], events: NodeSnapshot['events']): void {
    this.#report = report;
    this.#events = new Fifo(events);
  }
}
