/**
 * The requests of a running network on their way: waiting, assigned, running, over. What Network's calls mean, on three records
 * that must agree:
 *
 *     ledger     which reservation holds which slot until when: the truth about slots
 *     market     which demands wait and which slots they could take: as many are free in it as in the ledger
 *     requests   which request a reservation belongs to, for as long as it waits or holds slots
 */
import { OutbidError } from '../errors.js';
import type { Ledger } from './ledger.js';
import type { EndedReservation, ObserveAnswer, ReconcileAnswer, ReleaseAnswer } from './ledger-types.js';
import { LivePlacing, type PlacingOptions } from './live-placing.js';
import type { LiveRecords } from './live-records.js';
import { LiveRequests, queued } from './live-requests.js';
import type { Assignment, Ended, RequestState, Submitted, Tick } from './live-types.js';
import type { WaitingMarket } from './live-waiting.js';
import type { CheckedNode, CheckedRequest } from './model.js';

export class LiveLoop {
  readonly ledger: Ledger;
  readonly market: WaitingMarket;
  readonly requests = new LiveRequests();
  readonly placing: LivePlacing;
  epoch = 0;
  /** For the next tick to tell. */
  readonly expired: Ended[] = [];
  readonly dropped = new Set<string>();
  /** Ran out since they were last looked at. None may be missed, however many there are at once. */
  #ranOut: EndedReservation[] = [];
  readonly #node: (id: string) => CheckedNode | undefined;
  /** Nodes whose counts may change with time alone, because somebody reported on them. */
  readonly reported = new Set<string>();

  /** `node` looks a node up by its id; `records` where they are asked for. */
  constructor(
    ledger: Ledger,
    market: WaitingMarket,
    node: (id: string) => CheckedNode | undefined,
    options: PlacingOptions,
    records?: LiveRecords,
  ) {
    this.ledger = ledger;
    ledger.listen((ended) => this.#ranOut.push(ended));
    this.market = market;
    this.#node = node;
    this.placing = new LivePlacing(ledger, market, this.requests, (id) => node(id)?.operator, options, records);
  }

  submit(request: CheckedRequest, now: number): Submitted {
    this.collect(now);
    const { id } = request;
    const there = this.requests.get(id);
    if (there !== undefined) {
      const assigned = this.#held(id);
      return {
        request: id,
        assigned,
        waiting: this.market.unitsWaiting(id),
        repeated: true,
      };
    }
    if (request.session !== undefined && request.previousNode === undefined) {
      const last = this.placing.sessions.get(request.session);
      if (last !== undefined) request.previousNode = last;
    }
    const planned = this.placing.plan([{ request, held: [] }], now);
    // The market first: what it refuses, as costs that are no numbers, leaves no trace.
    this.market.add({ request, held: [] }, now / 1000, true);
    this.requests.add(request);
    if (this.placing.placed(request).length < request.replicas && !this.#mayWait(id)) {
      this.market.withdraw(id);
      this.requests.remove(id);
      const message = `${this.market.waiting} requests wait, no more may, and ${JSON.stringify(id)} gets no slot at once`;
      throw new OutbidError('QUEUE_FULL', message, { argument: 'request', id });
    }
    const assigned = this.placing.assign(id, this.epoch, now);
    const submitted: Submitted = { request: id, assigned, waiting: this.market.unitsWaiting(id), repeated: false };
    if (planned !== undefined && assigned.length > 0) submitted.matching = this.placing.record(planned, assigned, true, this.epoch, now);
    return submitted;
  }

  tick(now: number, deadlineMs: number | undefined): Tick {
    const started = performance.now();
    this.epoch++;
    this.collect(now);
    for (const id of this.reported) this.market.setCounts(id, this.ledger.counts(id));
    this.market.refresh(now / 1000);
    const planned = this.placing.plan(this.market.entries(), now);
    const { complete, gap, moved } = this.market.update(deadlineMs);
    const dropped = [...this.dropped];
    this.dropped.clear();
    const assigned = moved.flatMap((id) => this.placing.assign(id, this.epoch, now));
    return {
      epoch: this.epoch,
      assigned,
      expired: this.expired.splice(0),
      dropped,
      waiting: this.market.waiting,
      complete,
      gap,
      milliseconds: performance.now() - started,
      ...(planned === undefined ? {} : { matching: this.placing.record(planned, assigned, complete, this.epoch, now) }),
    };
  }

  release(reservation: string, call: { now: number }): ReleaseAnswer {
    const answer = this.ledger.release(reservation, call);
    if (!answer.freed) return answer;
    const node = this.ledger.get(reservation)?.node;
    this.#forget(reservation);
    // An adopted reservation is not the market's, but its slot is.
    if (node !== undefined) this.#free(reservation, node);
    return answer;
  }

  cancel(request: string, now: number): boolean {
    if (this.requests.get(request) === undefined) return false;
    for (const { reservation } of this.requests.assignments(request)) this.release(reservation, { now });
    this.ledger.dequeue(queued(request));
    this.market.drop(request);
    this.requests.remove(request);
    return true;
  }

  observe(node: string, report: { running: number; at: number; now?: number }): ObserveAnswer {
    const answer = this.ledger.observe(node, report);
    this.reported.add(node);
    this.market.setCounts(node, answer);
    return answer;
  }

  reconcile(node: string, runningIds: readonly string[], report: { at: number; now?: number }): ReconcileAnswer {
    if (Array.isArray(runningIds) && runningIds.some((id) => typeof id === 'string' && id.startsWith('\0')))
      throw new OutbidError('TYPE_INVALID', 'runningIds must be ids, none of which begins with NUL', { argument: 'runningIds' });
    const answer = this.ledger.reconcile(node, runningIds, report);
    for (const { id } of answer.lost) this.#forget(id);
    this.reported.add(node);
    this.market.setCounts(node, this.ledger.counts(node));
    return answer;
  }

  state(request: string, now: number): RequestState {
    const checked = this.requests.get(request);
    if (checked === undefined) return { state: 'unknown' };
    const assigned = this.#held(request);
    if (assigned.length < checked.replicas && this.market.isWaiting(request))
      return { state: 'waiting', why: this.market.why(request, now / 1000), assigned };
    const running = assigned.every(({ reservation }) => {
      const found = this.ledger.get(reservation);
      return found !== undefined && 'committedAt' in found && found.state === 'running';
    });
    return { state: running ? 'running' : 'assigned', assigned };
  }

  /** These reservations are over with their node. Requests that were not dispatched wait again. */
  lose(gone: readonly EndedReservation[]): Ended[] {
    return gone.map(({ id, node, was }) => this.#end(id, node, was)).filter((one) => one !== undefined);
  }

  /** A node is gone, its reservations, too. */
  forgetNode(id: string): void {
    this.reported.delete(id);
  }

  #end(reservation: string, node: string, was: 'assigned' | 'running'): Ended | undefined {
    const assignment = this.requests.assignment(reservation);
    this.#free(reservation, node);
    if (assignment === undefined) return undefined;
    this.requests.unassign(reservation, was === 'assigned');
    const { request } = assignment;
    if (was === 'assigned') this.#waitAgain(request);
    else if (this.requests.assignments(request).length === 0 && !this.market.isWaiting(request)) this.requests.remove(request);
    return { request, reservation, node, was };
  }

  #waitAgain(id: string): void {
    if (this.requests.get(id) === undefined) return;
    if (!this.#mayWait(id)) {
      this.dropped.add(id);
      if (this.requests.assignments(id).length === 0) this.requests.remove(id);
      return;
    }
    const request = this.requests.countAttempt(id);
    this.market.drop(id);
    this.market.add({ request, held: this.requests.taken(id) }, this.seconds(), false);
  }

  /** What a request holds, as it stands in the ledger. */
  #held(id: string): Assignment[] {
    return this.requests.assignments(id).map((assignment) => {
      const alive = this.ledger.get(assignment.reservation);
      if (alive === undefined || !('expiresAt' in alive)) return assignment;
      return { ...assignment, expiresAt: alive.expiresAt ?? Number.POSITIVE_INFINITY };
    });
  }

  /** Lets a request wait; false when as many wait as may. */
  #mayWait(id: string): boolean {
    try {
      this.ledger.enqueue(queued(id));
      return true;
    } catch (error) {
      if (error instanceof OutbidError && error.code === 'QUEUE_FULL') return false;
      throw error;
    }
  }

  /** The time of the latest call, in seconds; 0 before the first. */
  seconds(): number {
    return Number.isFinite(this.ledger.now) ? this.ledger.now / 1000 : 0;
  }

  /** Ends what has run out. */
  collect(now: number): void {
    const earlier = this.ledger.expire(now);
    const over = this.#ranOut;
    if (earlier.length + over.length === 0) return;
    this.#ranOut = [];
    for (const ended of this.lose([...earlier, ...over])) this.expired.push(ended);
  }

  #free(reservation: string, node: string): void {
    this.market.release(reservation);
    if (this.#node(node) !== undefined) this.market.setCounts(node, this.ledger.counts(node));
  }

  #forget(reservation: string): void {
    const assignment = this.requests.assignment(reservation);
    if (assignment === undefined) return;
    this.#free(reservation, assignment.node);
    this.requests.unassign(reservation, false);
    if (this.requests.assignments(assignment.request).length === 0 && !this.market.isWaiting(assignment.request))
      this.requests.remove(assignment.request);
  }
}
