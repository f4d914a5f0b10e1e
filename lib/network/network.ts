/**
 * Network: a running inference network. It holds the nodes, keeps the reservations of their slots (ledger.ts), and matches
 * requests to them as they come (live-market.ts): at once where a slot is free, in ticks where none is.
 *
 *     submit -> assigned -> commit -> running -> release
 *            -> waiting  -> tick -> assigned ...
 *
 * A request that waits may be placed anywhere by the next tick; one that is assigned or running holds its slot and never moves.
 * An assignment that is not committed in time waits again. Time is always passed in, in milliseconds on a clock of the caller's
 * that never steps back; requests' `at` and nodes' `joinedAt` are seconds on the same clock.
 *
 * The limits of groups hold in `match`, not in the loop: a network with limits refuses `submit`.
 */
import { OutbidError } from '../errors.js';
import { nearest } from '../nearest-name.js';
import { BUILD_OPTIONS, type BuildOptions } from './build.js';
import { checkNetwork, surroundingsOf } from './check-network.js';
import { checkNode } from './check-node.js';
import { checkRequest, checkRequests } from './check-requests.js';
import { totalCost } from './cost.js';
import { Ledger } from './ledger.js';
import type {
  EndedReservation,
  LedgerOptions,
  NodeCounts,
  ObserveAnswer,
  ReconcileAnswer,
  ReleaseAnswer,
  ReservationAnswer,
} from './ledger-types.js';
import { LiveMarket } from './live-market.js';
import { LiveRequests } from './live-requests.js';
import { readNetworkSnapshot, writeNetworkSnapshot } from './live-snapshot.js';
import type { Assignment, Decision, Ended, NetworkOptions, NetworkSnapshot, RequestState, Submitted, Tick } from './live-types.js';
import { type MatchOptions, type MatchResult, matchChecked } from './matching.js';
import type { CheckedNetwork, CheckedNode, CheckedRequest, InferenceRequest, NetworkData, NetworkNode } from './model.js';
import { RecentMap } from './recent-map.js';
import { freeSlots, heldBack } from './slots.js';

const DEFAULT_TTL_MS = 10_000;
const DEFAULT_REMEMBERED = 100_000;
const LEDGER_OPTIONS: readonly (keyof LedgerOptions)[] = ['maxWaiting', 'rememberMs', 'rememberIds', 'reportMaxAgeMs', 'maxEvents'];
const OWN_OPTIONS = ['ttlMs', 'maxSessions', 'maxDecisions', 'seed', 'backend'] as const;

export class Network {
  #network: CheckedNetwork;
  readonly #options: NetworkOptions;
  readonly #building: BuildOptions;
  readonly #positions = new Map<string, number>();
  #ledger: Ledger;
  readonly #market: LiveMarket;
  readonly #requests = new LiveRequests();
  readonly #sessions: RecentMap<string>;
  readonly #decisions: RecentMap<Decision>;
  /** Nodes whose counts may change with time alone, because somebody reported on them. */
  readonly #reported = new Set<string>();
  #epoch = 0;
  /** For the next tick to tell. */
  readonly #expired: Ended[] = [];
  readonly #dropped = new Set<string>();

  /** @throws OutbidError NETWORK_INVALID, UNKNOWN_OPTION, OPTION_INVALID, BACKEND_UNAVAILABLE */
  constructor(data: NetworkData = { nodes: [] }, options: NetworkOptions = {}) {
    const pick = (names: readonly string[]): object => Object.fromEntries(Object.entries(options).filter(([name]) => names.includes(name)));
    const known = [...BUILD_OPTIONS.filter((name) => name !== 'now'), ...LEDGER_OPTIONS, ...OWN_OPTIONS];
    for (const name of Object.keys(options)) {
      if (known.includes(name as never)) continue;
      const close = nearest(name, known);
      const hint = close === undefined ? `known are ${known.join(', ')}` : `did you mean '${close}'?`;
      throw new OutbidError('UNKNOWN_OPTION', `there is no option '${name}'; ${hint}`, { option: name, nearest: close });
    }
    this.#options = options;
    this.#building = pick(BUILD_OPTIONS);
    this.#sessions = new RecentMap(options.maxSessions ?? DEFAULT_REMEMBERED);
    this.#decisions = new RecentMap(options.maxDecisions ?? DEFAULT_REMEMBERED);
    this.#ledger = new Ledger(pick(LEDGER_OPTIONS));
    const network = checkNetwork(data);
    this.#network = { ...network, nodes: [] };
    this.#market = new LiveMarket(this.#network, this.#building, options);
    for (const node of network.nodes) this.#put(node);
  }

  /** Ids of the nodes. */
  nodes(): string[] {
    return this.#network.nodes.map(({ id }) => id);
  }

  /** A copy of a node, defaults filled in. @throws OutbidError NODE_UNKNOWN */
  node(id: string): CheckedNode {
    return structuredClone(this.#network.nodes[this.#position(id)]);
  }

  /** Slots of a node: reserved, running, foreign, free. @throws OutbidError NODE_UNKNOWN */
  counts(id: string): NodeCounts {
    return this.#ledger.counts(id);
  }

  /**
   * Adds a node, or replaces what is known of it. Work in flight there goes on, also with fewer slots or in state 'draining';
   * requests that wait see the change with the next tick. In state 'down' its work is lost and returned, as by removeNode.
   *
   * @throws OutbidError NETWORK_INVALID with the field
   */
  upsertNode(node: NetworkNode): { created: boolean; lost: Ended[] } {
    const checked = checkNode(node, `node ${JSON.stringify(node?.id)}`, undefined, surroundingsOf(this.#network));
    const created = !this.#positions.has(checked.id);
    const gone = !created && checked.state === 'down' ? this.#ledger.removeNode(checked.id) : [];
    for (const { id } of gone) this.#market.release(id);
    this.#put(checked);
    return { created, lost: this.#endAll(gone) };
  }

  /**
   * Removes a node. What was assigned or ran there is lost and returned: nobody can say what became of it. Assigned requests,
   * which were not dispatched, wait again as a new attempt; what ran is the caller's to submit again.
   *
   * @throws OutbidError NODE_UNKNOWN
   */
  removeNode(id: string): Ended[] {
    const position = this.#position(id);
    const gone = this.#ledger.removeNode(id);
    this.#market.removeNode(id);
    this.#reported.delete(id);
    this.#network.nodes.splice(position, 1);
    this.#positions.clear();
    this.#network.nodes.forEach((node, k) => {
      this.#positions.set(node.id, k);
    });
    return this.#endAll(gone);
  }

  /**
   * A request comes: it takes a slot at once where one is free and worth it, else it waits for ticks. The same id again, while the
   * request waits or holds slots, changes nothing and says what it has.
   *
   * @throws OutbidError NETWORK_INVALID with the field, NOT_A_FLOW, QUEUE_FULL when as many wait as may, OPTION_UNSUPPORTED for a
   * network with limits, TIME_BACKWARDS
   */
  submit(input: InferenceRequest, { now }: { now: number }): Submitted {
    if (this.#network.limits.length > 0)
      throw new OutbidError('OPTION_UNSUPPORTED', 'limits of groups hold in match, not in the loop: take them off the network', {
        field: 'limits',
      });
    const request = checkRequest({ at: now / 1000, ...input }, 'request');
    this.#collect(now);
    const { id } = request;
    const there = this.#requests.get(id);
    if (there !== undefined) {
      const assigned = this.#requests.assignments(id);
      return {
        request: id,
        assigned,
        waiting: this.#ledger.waiting().includes(id) ? request.replicas - assigned.length : 0,
        repeated: true,
      };
    }
    if (request.session !== undefined && request.previousNode === undefined) {
      const last = this.#sessions.get(request.session);
      if (last !== undefined) request.previousNode = last;
    }
    this.#ledger.enqueue(id);
    this.#requests.add(request);
    this.#market.add({ request, held: [] }, now / 1000, true);
    const assigned = this.#assign(id, now);
    return { request: id, assigned, waiting: request.replicas - assigned.length, repeated: false };
  }

  /**
   * The replica was dispatched: from now on it runs. Without `leaseMs` until its release; with it, until then unless committed or
   * renewed by observation. A second commit changes nothing.
   *
   * @throws OutbidError RESERVATION_EXPIRED: do not dispatch, the slot may have gone to another one; RESERVATION_FINISHED,
   * RESERVATION_UNKNOWN, TIME_BACKWARDS
   */
  commit(reservation: string, call: { now: number; leaseMs?: number }): ReservationAnswer {
    return this.#ledger.commit(reservation, call);
  }

  /** The replica is done, failed or given up: its slot is free. Of one that is over or unknown, nothing is freed, and the answer says so. */
  release(reservation: string, call: { now: number }): ReleaseAnswer {
    const answer = this.#ledger.release(reservation, call);
    if (!answer.freed) return answer;
    const node = this.#ledger.get(reservation)?.node;
    this.#forget(reservation);
    // An adopted reservation is not the market's, but its slot is.
    if (node !== undefined) this.#free(reservation, node);
    return answer;
  }

  /** A request is taken back: it waits no longer, and its reservations are released. False when it is not there. */
  cancel(request: string, { now }: { now: number }): boolean {
    if (this.#requests.get(request) === undefined) return false;
    for (const { reservation } of this.#requests.assignments(request)) this.release(reservation, { now });
    this.#ledger.dequeue(request);
    this.#market.drop(request);
    this.#requests.remove(request);
    return true;
  }

  /** A node reports how many requests ran at a time; see Ledger.observe. */
  observe(node: string, report: { running: number; at: number; now?: number }): ObserveAnswer {
    const answer = this.#ledger.observe(node, report);
    this.#reported.add(node);
    this.#market.setFree(node, answer.free);
    return answer;
  }

  /** A node lists what ran at a time, as after a restart of either side; see Ledger.reconcile. */
  reconcile(node: string, runningIds: readonly string[], report: { at: number; now?: number }): ReconcileAnswer {
    const answer = this.#ledger.reconcile(node, runningIds, report);
    for (const { id } of answer.lost) this.#forget(id);
    this.#reported.add(node);
    this.#market.setFree(node, this.#ledger.counts(node).free);
    return answer;
  }

  /**
   * Matches the requests that wait to the slots that are free, jointly, and says who got one. Ends within `deadlineMs` (default 5);
   * what is left goes on in the next tick.
   *
   * @throws OutbidError TIME_BACKWARDS, OPTION_INVALID
   */
  tick({ now, deadlineMs }: { now: number; deadlineMs?: number }): Tick {
    const started = performance.now();
    this.#epoch++;
    this.#collect(now);
    for (const id of this.#reported) this.#market.setFree(id, this.#ledger.counts(id).free);
    this.#market.refresh(now / 1000);
    const dropped = [...this.#dropped];
    this.#dropped.clear();
    const { update, moved } = this.#market.update(deadlineMs);
    const assigned = moved.flatMap((id) => this.#assign(id, now));
    return {
      epoch: this.#epoch,
      assigned,
      expired: this.#expired.splice(0),
      dropped,
      waiting: this.#market.waiting,
      complete: update.complete,
      gap: update.gap,
      milliseconds: performance.now() - started,
    };
  }

  /** Where a request is; one that waits says why. */
  state(request: string, { now }: { now: number }): RequestState {
    const checked = this.#requests.get(request);
    if (checked === undefined) return { state: 'unknown' };
    const assigned = this.#requests.assignments(request);
    if (assigned.length < checked.replicas && this.#market.isWaiting(request))
      return { state: 'waiting', why: this.#market.cheapest(checked, 1, now / 1000).why ?? 'full', assigned };
    const running = assigned.every(({ reservation }) => {
      const found = this.#ledger.get(reservation);
      return found !== undefined && 'committedAt' in found && found.state === 'running';
    });
    return { state: running ? 'running' : 'assigned', assigned };
  }

  /** How a reservation came to its node; undefined once forgotten. */
  decision(reservation: string): Decision | undefined {
    return this.#decisions.get(reservation);
  }

  /** Matches a batch to the slots that are free now, without reserving any: for planning, reports and proofs. See matchBatch. */
  async match(requests: readonly InferenceRequest[], options: MatchOptions = {}): Promise<MatchResult> {
    const nodes = this.#network.nodes.map((node) => {
      const { assigned, running, foreign } = this.#ledger.counts(node.id);
      return { ...node, inFlight: node.inFlight + assigned + running + foreign };
    });
    return await matchChecked({ ...this.#network, nodes }, checkRequests(requests).requests, { ...this.#building, ...options });
  }

  /** All of it but functions among the options, as a plain object. */
  snapshot(): NetworkSnapshot {
    // What has run out waits again first, so that every reservation written down is alive.
    if (Number.isFinite(this.#ledger.now)) this.#collect(this.#ledger.now);
    return writeNetworkSnapshot({
      network: this.#network,
      ledger: this.#ledger,
      requests: this.#requests,
      costOf: (reservation) => this.#market.costOf(reservation),
      sessions: this.#sessions.entries(),
      epoch: this.#epoch,
      expired: this.#expired,
      dropped: [...this.#dropped],
    });
  }

  /** The network of a snapshot; `options` as for the constructor. @throws OutbidError SNAPSHOT_INVALID with the field */
  static restore(snapshot: unknown, options: NetworkOptions = {}): Network {
    const { data, ledger, requests, sessions, epoch, serial, expired, dropped } = readNetworkSnapshot(snapshot);
    const network = new Network(data, options);
    network.#ledger = ledger;
    network.#epoch = epoch;
    network.#requests.serial = serial;
    network.#expired.push(...expired);
    for (const id of dropped) network.#dropped.add(id);
    for (const [session, node] of sessions) network.#sessions.set(session, node);
    for (const { request, reservations } of requests) {
      network.#requests.add(request);
      for (const { id, node, mode, cost } of reservations) {
        const alive = ledger.get(id);
        if (alive === undefined || !('expiresAt' in alive)) continue;
        network.#requests.assign({
          request: request.id,
          reservation: id,
          node,
          mode,
          expiresAt: alive.expiresAt ?? Number.POSITIVE_INFINITY,
        });
        network.#market.setFree(node, 1);
        network.#market.hold(id, node, cost);
      }
    }
    for (const id of ledger.nodes()) network.#reported.add(id);
    for (const id of ledger.nodes()) network.#market.setFree(id, ledger.counts(id).free);
    for (const id of ledger.waiting()) {
      const request = network.#requests.get(id);
      if (request !== undefined)
        network.#market.add({ request, held: network.#requests.assignments(id).map(({ node }) => node) }, network.#seconds(), false);
    }
    return network;
  }

  /** Frees the market's memory; every later call that needs it is an error. */
  dispose(): void {
    this.#market.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #position(id: string): number {
    const position = this.#positions.get(id);
    if (position === undefined)
      throw new OutbidError('NODE_UNKNOWN', `there is no node ${JSON.stringify(id)}`, { argument: 'node', node: id });
    return position;
  }

  #put(node: CheckedNode): void {
    const position = this.#positions.get(node.id);
    if (position === undefined) {
      this.#positions.set(node.id, this.#network.nodes.length);
      this.#network.nodes.push(node);
    } else this.#network.nodes[position] = node;
    this.#ledger.setNode(node.id, freeSlots(node) - heldBack(node));
    this.#market.setNode(node, this.#ledger.counts(node.id).free);
  }

  /** Of these, those that were not dispatched wait again. */
  #endAll(gone: readonly EndedReservation[]): Ended[] {
    return gone.map(({ id, node, was }) => this.#end(id, node, was)).filter((one) => one !== undefined);
  }

  #end(reservation: string, node: string, was: 'assigned' | 'running'): Ended | undefined {
    const assignment = this.#requests.assignment(reservation);
    this.#free(reservation, node);
    if (assignment === undefined) return undefined;
    this.#requests.unassign(reservation);
    const { request } = assignment;
    if (was === 'assigned') this.#waitAgain(request);
    else if (this.#requests.assignments(request).length === 0 && !this.#market.isWaiting(request)) this.#requests.remove(request);
    return { request, reservation, node, was };
  }

  #waitAgain(id: string): void {
    const request = this.#requests.get(id);
    if (request === undefined) return;
    try {
      this.#ledger.enqueue(id);
    } catch (error) {
      if (!(error instanceof OutbidError) || error.code !== 'QUEUE_FULL') throw error;
      this.#dropped.add(id);
      if (this.#requests.assignments(id).length === 0) this.#requests.remove(id);
      return;
    }
    this.#requests.countAttempt(id);
    this.#market.drop(id);
    this.#market.add({ request, held: this.#requests.assignments(id).map(({ node }) => node) }, this.#seconds(), false);
  }

  #seconds(): number {
    return Number.isFinite(this.#ledger.now) ? this.#ledger.now / 1000 : 0;
  }

  /** Ends what has run out. */
  #collect(now: number): void {
    this.#expired.push(...this.#endAll(this.#ledger.expire(now)));
  }

  /** The ledger, not the market, knows how many slots of a node are free: it may have fewer than are taken. */
  #free(reservation: string, node: string): void {
    this.#market.release(reservation);
    if (this.#positions.has(node)) this.#market.setFree(node, this.#ledger.counts(node).free);
  }

  /** A reservation is over: nothing is held for it any more. */
  #forget(reservation: string): void {
    const assignment = this.#requests.assignment(reservation);
    if (assignment === undefined) return;
    this.#free(reservation, assignment.node);
    this.#requests.unassign(reservation);
    if (this.#requests.assignments(assignment.request).length === 0 && !this.#market.isWaiting(assignment.request))
      this.#requests.remove(assignment.request);
  }

  /** Reserves the slots on which a request that waits is placed. */
  #assign(id: string, now: number): Assignment[] {
    const request = this.#requests.get(id);
    if (request === undefined) return [];
    const assigned: Assignment[] = [];
    const operators = new Set<string>();
    for (const node of this.#market.placed(id)) {
      const { operator } = this.#network.nodes[this.#position(node)];
      if (request.distinct === 'operator' && operators.has(operator)) continue;
      operators.add(operator);
      const reservation = this.#requests.nextReservation(id);
      const { expiresAt } = this.#ledger.assign(reservation, node, { now, ttlMs: this.#options.ttlMs ?? DEFAULT_TTL_MS });
      assigned.push({ request: id, reservation, node, mode: this.#market.mode(request, node), expiresAt: expiresAt as number });
    }
    if (assigned.length > 0) this.#market.fix(id, assigned, now / 1000);
    for (const assignment of assigned) {
      this.#requests.assign(assignment);
      if (request.session !== undefined) this.#sessions.set(request.session, assignment.node);
      this.#decide(request, assignment, now);
    }
    if (!this.#market.isWaiting(id)) this.#ledger.dequeue(id);
    return assigned;
  }

  #decide(request: CheckedRequest, { reservation, node, mode }: Assignment, now: number): void {
    const terms = this.#market.terms(request, node);
    const [first, second] = this.#market.cheapest(request, 2, now / 1000).nodes;
    const runnerUp = first?.node === node ? second : first;
    this.#decisions.set(reservation, {
      epoch: this.#epoch,
      request: request.id,
      reservation,
      node,
      mode,
      cost: totalCost(terms),
      terms,
      runnerUp,
    });
  }
}
