/**
 * Network: a running inference network. It holds the nodes, keeps the reservations of their slots (ledger.ts), and matches
 * requests to them as they come (live-market.ts): at once where a slot is free, in ticks where none is.
 *
 *     submit -> assigned -> commit -> running -> release
 *            -> waiting  -> tick -> assigned ...
 *
 * A request that waits may be placed anywhere by the next tick; one that is assigned or running holds its slot and never moves.
 * An assignment that is not committed in time waits again. Time is always passed in, in milliseconds on a clock of the caller's
 * that starts at 0 or later and never steps back; requests' `at` and nodes' `joinedAt` are seconds on the same clock.
 *
 * In a network with limits a cap bounds the slots that reservations hold, those made by a tick included; a floor is a wish that a tick
 * fills as far as the requests that wait, slots and caps allow. Such a network matches what waits as a batch (live-limited.ts).
 */
import { OutbidError } from '../errors.js';
import type { BuildOptions } from './build.js';
import { checkNetwork, surroundingsOf } from './check-network.js';
import { checkNode } from './check-node.js';
import { checkRequest } from './check-requests.js';
import { nodeGroups } from './gadgets-groups.js';
import { Ledger } from './ledger.js';
import type { NodeCounts, ObserveAnswer, ReconcileAnswer, ReleaseAnswer, Reservation, ReservationAnswer } from './ledger-types.js';
import { divided, timed } from './live-arguments.js';
import { matchNow, whatIsLeft } from './live-left.js';
import { LimitedMarket } from './live-limited.js';
import { LiveLoop } from './live-loop.js';
import { LiveMarket } from './live-market.js';
import { LiveRecords } from './live-records.js';
import { resume } from './live-resume.js';
import { readNetworkSnapshot, writeNetworkSnapshot } from './live-snapshot.js';
import type { Decision, Ended, NetworkOptions, NetworkSnapshot, RequestState, Submitted, Tick } from './live-types.js';
import type { WaitingMarket } from './live-waiting.js';
import type { MatchOptions, MatchResult } from './matching.js';
import type { CheckedNetwork, CheckedNode, InferenceRequest, NetworkData, NetworkNode } from './model.js';
import { openSlots } from './slots.js';

export class Network {
  readonly #network: CheckedNetwork;
  readonly #options: NetworkOptions;
  readonly #building: BuildOptions;
  readonly #positions = new Map<string, number>();
  readonly #market: WaitingMarket;
  #loop: LiveLoop;

  /** @throws OutbidError NETWORK_INVALID, GROUPS_CROSS, UNKNOWN_OPTION, OPTION_INVALID, BACKEND_UNAVAILABLE */
  constructor(data: NetworkData = { nodes: [] }, options: NetworkOptions = {}) {
    const { building, ledger } = divided(options);
    this.#options = options;
    this.#building = building;
    const network = checkNetwork(data);
    this.#network = { ...network, nodes: [] };
    nodeGroups(network);
    this.#market = new (network.limits.length > 0 ? LimitedMarket : LiveMarket)(this.#network, this.#building, options);
    this.#loop = this.#newLoop(new Ledger(ledger));
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
    return this.#loop.ledger.counts(id);
  }

  /**
   * Adds a node, or replaces what is known of it. Work in flight there goes on, also with fewer slots or in state 'draining';
   * requests that wait see the change with the next tick. In state 'down' its work is lost and returned, as by removeNode.
   *
   * @throws OutbidError NETWORK_INVALID with the field, GROUPS_CROSS when limits of groups would cross
   */
  upsertNode(node: NetworkNode): { created: boolean; lost: Ended[] } {
    const checked = checkNode(node, `node ${JSON.stringify(node?.id)}`, undefined, surroundingsOf(this.#network));
    if (this.#network.limits.length > 0) {
      const others = this.#network.nodes.filter(({ id }) => id !== checked.id);
      nodeGroups({ nodes: [...others, checked], limits: this.#network.limits });
    }
    const created = !this.#positions.has(checked.id);
    const gone = !created && checked.state === 'down' ? this.#loop.ledger.removeNode(checked.id) : [];
    for (const { id } of gone) this.#market.release(id);
    this.#put(checked);
    return { created, lost: this.#loop.lose(gone) };
  }

  /**
   * Removes a node. What was assigned or ran there is lost and returned: nobody can say what became of it. Assigned requests,
   * which were not dispatched, wait again as a new attempt; what ran is the caller's to submit again.
   *
   * @throws OutbidError NODE_UNKNOWN
   */
  removeNode(id: string): Ended[] {
    const position = this.#position(id);
    const gone = this.#loop.ledger.removeNode(id);
    this.#market.removeNode(id);
    this.#loop.forgetNode(id);
    this.#network.nodes.splice(position, 1);
    this.#positions.clear();
    this.#network.nodes.forEach((node, k) => {
      this.#positions.set(node.id, k);
    });
    return this.#loop.lose(gone);
  }

  /**
   * A request comes: it takes a slot at once where one is free and worth it, else it waits for ticks. The same id again, while the
   * request waits or holds slots, changes nothing and says what it has.
   *
   * @throws OutbidError NETWORK_INVALID with the field, NOT_A_FLOW, QUEUE_FULL when it would have to wait and as many wait as may,
   * COST_RANGE when it costs too much to be weighed against floors, TIME_BACKWARDS
   */
  submit(input: InferenceRequest, call: { now: number }): Submitted {
    const { now } = timed(call);
    return this.#loop.submit(checkRequest({ at: now / 1000, ...input }, 'request'), now);
  }

  /**
   * The replica was dispatched: from now on it runs. Without `leaseMs` until its release; with it, until then unless renewed. A
   * second commit changes nothing.
   *
   * @throws OutbidError RESERVATION_EXPIRED: do not dispatch, the slot may have gone to another one; RESERVATION_FINISHED,
   * RESERVATION_UNKNOWN, TIME_BACKWARDS
   */
  commit(reservation: string, call: { now: number; leaseMs?: number }): ReservationAnswer {
    return this.#loop.ledger.commit(reservation, call);
  }

  /** A running replica goes on for `leaseMs` from now; see Ledger.renew. @throws OutbidError as commit */
  renew(reservation: string, call: { now: number; leaseMs: number }): Reservation {
    return this.#loop.ledger.renew(reservation, call);
  }

  /** The replica is done, failed or given up: its slot is free. Of one that is over or unknown, nothing is freed, and the answer says so. */
  release(reservation: string, call: { now: number }): ReleaseAnswer {
    return this.#loop.release(reservation, call);
  }

  /** A request is taken back: it waits no longer, and its reservations are released. False when it is not there. */
  cancel(request: string, call: { now: number }): boolean {
    return this.#loop.cancel(request, timed(call).now);
  }

  /** A node reports how many requests ran at a time; see Ledger.observe. */
  observe(node: string, report: { running: number; at: number; now?: number }): ObserveAnswer {
    return this.#loop.observe(node, report);
  }

  /** A node lists what ran at a time, as after a restart of either side; see Ledger.reconcile. */
  reconcile(node: string, runningIds: readonly string[], report: { at: number; now?: number }): ReconcileAnswer {
    return this.#loop.reconcile(node, runningIds, report);
  }

  /**
   * Matches the requests that wait to the slots that are free, jointly, and says who got one. Ends within `deadlineMs` (default 5);
   * what is left goes on in the next tick.
   *
   * @throws OutbidError TIME_BACKWARDS, OPTION_INVALID; COST_RANGE when what waits costs too much to be weighed against floors
   */
  tick(call: { now: number; deadlineMs?: number }): Tick {
    const { now, deadlineMs } = timed(call, ['deadlineMs']);
    return this.#loop.tick(now, deadlineMs);
  }

  /** Where a request is; one that waits says why. */
  state(request: string, call: { now: number }): RequestState {
    return this.#loop.state(request, timed(call).now);
  }

  /** How a reservation came to its node; undefined once forgotten. */
  decision(reservation: string): Decision | undefined {
    return this.#loop.placing.decisions.get(reservation);
  }

  /**
   * Matches a batch to the slots that are free now, without reserving any: for planning, reports and proofs. See matchBatch. The time
   * is the latest one given to this network, and a request that does not say when it came comes then. Of limits it has what the
   * slots in use leave.
   */
  async match(requests: readonly InferenceRequest[], options: MatchOptions = {}): Promise<MatchResult> {
    const { ledger } = this.#loop;
    // What has run out holds neither slots nor limits.
    if (this.#network.limits.length > 0 && Number.isFinite(ledger.now)) this.#loop.collect(ledger.now);
    const left = whatIsLeft(this.#network, ledger, this.#market.limits());
    return await matchNow(left, requests, ledger.now, { ...this.#building, ...options });
  }

  /** Nodes, requests, reservations, sessions and what the next tick has to tell, as a plain object. Options are not in it, nor decisions on what is over. */
  snapshot(): NetworkSnapshot {
    const { ledger, market, requests, placing, epoch, expired, dropped } = this.#loop;
    // What has run out waits again first, so that every reservation written down is alive.
    if (Number.isFinite(ledger.now)) this.#loop.collect(ledger.now);
    return writeNetworkSnapshot({
      network: this.#network,
      ledger,
      requests,
      costOf: (reservation) => market.costOf(reservation),
      decisionOf: (reservation) => placing.decisions.get(reservation),
      sessions: placing.sessions.entries(),
      epoch,
      expired,
      dropped: [...dropped],
    });
  }

  /**
   * The network of a snapshot; `options` as for the constructor, but those of the ledger (maxWaiting, rememberMs, ...) come with the
   * snapshot.
   *
   * @throws OutbidError SNAPSHOT_INVALID with the field, and whatever the constructor throws
   */
  static restore(snapshot: unknown, options: NetworkOptions = {}): Network {
    const read = readNetworkSnapshot(snapshot);
    const network = new Network(read.data, options);
    network.#loop = network.#newLoop(read.ledger);
    resume(network.#loop, network.#network.nodes, read);
    return network;
  }

  /** Frees the market's memory; every later call that needs it is an error. */
  dispose(): void {
    this.#market.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  #newLoop(ledger: Ledger): LiveLoop {
    const { backend, seed, records } = this.#options;
    const solving = { ...(backend === undefined ? {} : { backend }), ...(seed === undefined ? {} : { seed }) };
    const recorded = records === true ? new LiveRecords(this.#network, this.#building, this.#market, solving) : undefined;
    const node = (id: string): CheckedNode | undefined => this.#network.nodes[this.#positions.get(id) ?? -1];
    return new LiveLoop(ledger, this.#market, node, this.#options, recorded);
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
    this.#loop.ledger.setNode(node.id, openSlots(node));
    this.#market.setNode(node, this.#loop.ledger.counts(node.id));
  }
}
