/** Requests of a running network get the slots that its market placed them on, and how it came is written down. */
import type { Ledger } from './ledger.js';
import { decisionOf } from './live-decision.js';
import { type LiveMatching, type LiveRecords, type Planned, proofs } from './live-records.js';
import { type LiveRequests, queued } from './live-requests.js';
import type { Assignment, Decision } from './live-types.js';
import type { Waiting, WaitingMarket } from './live-waiting.js';
import type { CheckedRequest } from './model.js';
import { RecentMap } from './recent-map.js';

const DEFAULT_TTL_MS = 10_000;
const DEFAULT_REMEMBERED = 100_000;

export interface PlacingOptions {
  ttlMs?: number;
  maxSessions?: number;
  maxDecisions?: number;
}

export class LivePlacing {
  /** Last node of each session. */
  readonly sessions: RecentMap<string>;
  /** By reservation. */
  readonly decisions: RecentMap<Decision>;
  readonly #ledger: Ledger;
  readonly #market: WaitingMarket;
  readonly #requests: LiveRequests;
  readonly #operator: (node: string) => string | undefined;
  readonly #ttlMs: number;
  readonly #records: LiveRecords | undefined;

  constructor(
    ledger: Ledger,
    market: WaitingMarket,
    requests: LiveRequests,
    operator: (node: string) => string | undefined,
    options: PlacingOptions,
    records: LiveRecords | undefined,
  ) {
    this.#ledger = ledger;
    this.#market = market;
    this.#requests = requests;
    this.#operator = operator;
    this.#ttlMs = options.ttlMs ?? DEFAULT_TTL_MS;
    this.sessions = new RecentMap(options.maxSessions ?? DEFAULT_REMEMBERED);
    this.decisions = new RecentMap(options.maxDecisions ?? DEFAULT_REMEMBERED);
    this.#records = records;
  }

  /** What waits as a problem of its own, before it is placed, where records are asked for. */
  plan(waiting: Iterable<Waiting>, now: number): Planned | undefined {
    return this.#records?.build(waiting, this.#ledger, now / 1000);
  }

  /** What became of it; decisions learn what it says of them. */
  record(planned: Planned, assigned: readonly Assignment[], complete: boolean, epoch: number, now: number): LiveMatching {
    const matching = (this.#records as LiveRecords).matched(planned, assigned, complete, now / 1000);
    for (const [reservation, proof] of proofs(matching, assigned, epoch)) {
      const decision = this.decisions.get(reservation);
      if (decision !== undefined) this.decisions.set(reservation, { ...decision, ...proof });
    }
    return matching;
  }

  /** Reservations for the places of a request that waits, as many as it has. */
  assign(id: string, epoch: number, now: number): Assignment[] {
    const request = this.#requests.get(id);
    if (request === undefined) return [];
    const assigned: Assignment[] = [];
    for (const node of this.placed(request)) {
      const reservation = this.#requests.nextReservation(id, (name) => this.#ledger.get(name) !== undefined);
      const { expiresAt } = this.#ledger.assign(reservation, node, { now, ttlMs: this.#ttlMs });
      assigned.push({ request: id, reservation, node, mode: this.#market.costs.mode(request, node), expiresAt: expiresAt as number });
    }
    if (assigned.length > 0) this.#market.fix(id, assigned, now / 1000);
    for (const assignment of assigned) {
      this.#requests.assign(assignment, this.#operator(assignment.node) as string);
      if (request.session !== undefined) this.sessions.set(request.session, assignment.node);
      this.decisions.set(assignment.reservation, decisionOf(this.#market.costs, request, assignment, epoch, now));
    }
    if (!this.#market.isWaiting(id)) this.#ledger.dequeue(queued(id));
    return assigned;
  }

  /** Where a request that waits can take slots now; of nodes whose operator it must not meet twice, the cheapest. */
  placed(request: CheckedRequest): string[] {
    const nodes = this.#market.placed(request.id);
    if (request.distinct === 'node' || nodes.length < 2) return nodes;
    const byCost = nodes.map((node) => ({ node, cost: this.#market.costs.cost(request, node) })).sort((a, b) => a.cost - b.cost);
    const operators = new Set<string | undefined>();
    return byCost.flatMap(({ node }) => {
      const operator = this.#operator(node);
      if (operators.has(operator)) return [];
      operators.add(operator);
      return [node];
    });
  }
}
