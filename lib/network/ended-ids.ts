/**
 * Ids of reservations that are over, so that a duplicate of a call is known as one. Each is remembered for a time and among the
 * latest so many; both bounds together bound the memory.
 *
 * They are added in the order of their ends, so the ones to forget stand first. A Map of that order alone would be slow: finding its
 * first entry steps over all that were deleted before it.
 */
import { Fifo } from './fifo.js';
import type { EndedReservation } from './ledger-types.js';

export class EndedIds {
  readonly #byId = new Map<string, EndedReservation>();
  readonly #order = new Fifo<EndedReservation>();
  readonly #rememberMs: number;
  readonly #most: number;

  constructor(rememberMs: number, most: number) {
    this.#rememberMs = rememberMs;
    this.#most = most;
  }

  /** The id must not be remembered. */
  add(ended: EndedReservation, now: number): void {
    this.forget(now);
    this.#byId.set(ended.id, ended);
    this.#order.push(ended);
    if (this.#order.length > this.#most) this.#dropFirst();
  }

  get(id: string, now: number): EndedReservation | undefined {
    const ended = this.#byId.get(id);
    return ended !== undefined && this.#holds(ended, now) ? ended : undefined;
  }

  /** Frees the memory of what is forgotten. */
  forget(now: number): void {
    for (let first = this.#order.first; first !== undefined && !this.#holds(first, now); first = this.#order.first) this.#dropFirst();
  }

  /** In the order they ended. */
  list(now: number): EndedReservation[] {
    this.forget(now);
    return this.#order.toArray();
  }

  #dropFirst(): void {
    this.#byId.delete((this.#order.shift() as EndedReservation).id);
  }

  #holds(ended: EndedReservation, now: number): boolean {
    return now - ended.at < this.#rememberMs;
  }
}
