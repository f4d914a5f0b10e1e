/** The requests of a running network that wait or hold slots, and the names of their reservations. */
import type { Assignment } from './live-types.js';
import type { CheckedRequest } from './model.js';

interface Entry {
  request: CheckedRequest;
  assignments: Map<string, Assignment>;
}

/** Ids that wait, in the ledger: a request may bear the name of a reservation, but no request's id holds a NUL. */
export const queued = (request: string): string => `\0${request}`;
export const requestQueued = (name: string): string => name.slice(1);

export class LiveRequests {
  readonly #entries = new Map<string, Entry>();
  readonly #ofReservation = new Map<string, string>();
  /** Reservations named so far. */
  serial = 0;

  add(request: CheckedRequest): void {
    this.#entries.set(request.id, { request, assignments: new Map() });
  }

  get(id: string): CheckedRequest | undefined {
    return this.#entries.get(id)?.request;
  }

  remove(id: string): void {
    for (const { reservation } of this.assignments(id)) this.#ofReservation.delete(reservation);
    this.#entries.delete(id);
  }

  /** What the request holds, in the order it got it. */
  assignments(id: string): Assignment[] {
    return [...(this.#entries.get(id)?.assignments.values() ?? [])];
  }

  /** Nodes that hold replicas of a request. */
  nodesOf(id: string): string[] {
    return this.assignments(id).map(({ node }) => node);
  }

  assignment(reservation: string): Assignment | undefined {
    const id = this.#ofReservation.get(reservation);
    return id === undefined ? undefined : this.#entries.get(id)?.assignments.get(reservation);
  }

  assign(assignment: Assignment): void {
    this.#entries.get(assignment.request)?.assignments.set(assignment.reservation, assignment);
    this.#ofReservation.set(assignment.reservation, assignment.request);
  }

  unassign(reservation: string): void {
    const id = this.#ofReservation.get(reservation);
    if (id === undefined) return;
    this.#entries.get(id)?.assignments.delete(reservation);
    this.#ofReservation.delete(reservation);
  }

  /**
   * A name that no reservation of this network had before, also when the request's id was used before, and that is not `known` from
   * elsewhere: after a restart from an older snapshot a node may list names given out since.
   */
  nextReservation(id: string, known: (name: string) => boolean): string {
    let name: string;
    do name = `${id}#${++this.serial}`;
    while (known(name));
    return name;
  }

  /** Its next run is a retry. */
  countAttempt(id: string): void {
    const entry = this.#entries.get(id);
    if (entry !== undefined) entry.request = { ...entry.request, attempt: entry.request.attempt + 1 };
  }

  *entries(): Iterable<{ request: CheckedRequest; assignments: Assignment[] }> {
    for (const { request, assignments } of this.#entries.values()) yield { request, assignments: [...assignments.values()] };
  }
}
