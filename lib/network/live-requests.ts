/** The requests of a running network that wait or hold slots, and the names of their reservations. */
import type { Assignment } from './live-types.js';
import type { CheckedRequest } from './model.js';

/** Where a replica was sent. */
export interface Taken {
  node: string;
  /** Of the node at the time: the node may be gone before the request is over. */
  operator: string;
}

interface Entry {
  request: CheckedRequest;
  assignments: Map<string, Assignment>;
  /** By reservation, of those that hold a slot. */
  operators: Map<string, string>;
  /** Replicas that are done, or were lost while they ran: they are not placed again, and the others stay apart from them. */
  over: Taken[];
}

/** Ids that wait, in the ledger: a request may bear the name of a reservation, but no request's id holds a NUL. */
export const queued = (request: string): string => `\0${request}`;
export const requestQueued = (name: string): string => name.slice(1);

export class LiveRequests {
  readonly #entries = new Map<string, Entry>();
  readonly #ofReservation = new Map<string, string>();
  /** Reservations named so far. */
  serial = 0;

  add(request: CheckedRequest, over: readonly Taken[] = []): void {
    this.#entries.set(request.id, { request, assignments: new Map(), operators: new Map(), over: [...over] });
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

  assignment(reservation: string): Assignment | undefined {
    const id = this.#ofReservation.get(reservation);
    return id === undefined ? undefined : this.#entries.get(id)?.assignments.get(reservation);
  }

  /** Where replicas of a request hold slots or are over: one entry for each that need not be placed. */
  taken(id: string): Taken[] {
    const entry = this.#entries.get(id);
    if (entry === undefined) return [];
    const held = [...entry.assignments.values()].map(({ reservation, node }) => ({
      node,
      operator: entry.operators.get(reservation) as string,
    }));
    return [...entry.over, ...held];
  }

  assign(assignment: Assignment, operator: string): void {
    const entry = this.#entries.get(assignment.request);
    entry?.assignments.set(assignment.reservation, assignment);
    entry?.operators.set(assignment.reservation, operator);
    this.#ofReservation.set(assignment.reservation, assignment.request);
  }

  /** The reservation holds no slot any more; `again`: its replica is to be placed again. */
  unassign(reservation: string, again: boolean): void {
    const entry = this.#entries.get(this.#ofReservation.get(reservation) ?? '');
    this.#ofReservation.delete(reservation);
    const assignment = entry?.assignments.get(reservation);
    if (entry === undefined || assignment === undefined) return;
    if (!again) entry.over.push({ node: assignment.node, operator: entry.operators.get(reservation) as string });
    entry.assignments.delete(reservation);
    entry.operators.delete(reservation);
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

  /** Its next run is a retry; the id must be known. */
  countAttempt(id: string): CheckedRequest {
    const entry = this.#entries.get(id) as Entry;
    entry.request = { ...entry.request, attempt: entry.request.attempt + 1 };
    return entry.request;
  }

  *entries(): Iterable<{ request: CheckedRequest; held: (Assignment & Taken)[]; over: Taken[] }> {
    for (const { request, assignments, operators, over } of this.#entries.values()) {
      const held = [...assignments.values()].map((one) => ({ ...one, operator: operators.get(one.reservation) as string }));
      yield { request, held, over };
    }
  }
}
