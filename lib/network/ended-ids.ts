/**
 * Ids of reservations that are over, so that a duplicate of a call is known as one. Each is remembered for a time and among the
 * latest so many; both bounds together bound the memory.
 *
 * They are added in the order of their ends, so the ones to forget stand first.
 */
import type { EndedReservation } from './ledger-types.js';

export class EndedIds {
  readonly #ended = new Map<string, EndedReservation>();
  readonly #rememberMs: number;
  readonly #most: number;

  constructor(rememberMs: number, most: number) {
    this.#rememberMs = rememberMs;
    this.#most = most;
  }

  add(ended: EndedReservation): void {
    // An id forgotten but for its entry goes to the end of the order.
    this.#ended.delete(ended.id);
    this.#ended.set(ended.id, ended);
    if (this.#ended.size > this.#most) for (const id of this.#ended.keys()) return void this.#ended.delete(id);
  }

  get(id: string, now: number): EndedReservation | undefined {
    const ended = this.#ended.get(id);
    return ended !== undefined && this.#holds(ended, now) ? ended : undefined;
  }

  /** Frees the memory of what is forgotten. */
  forget(now: number): void {
    for (const [id, ended] of this.#ended) {
      if (this.#holds(ended, now)) return;
      this.#ended.delete(id);
    }
  }

  values(): Iterable<EndedReservation> {
    return this.#ended.values();
  }

  #holds(ended: EndedReservation, now: number): boolean {
    return now - ended.at < this.#rememberMs;
  }
}
