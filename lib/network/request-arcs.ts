/**
 * The arcs of one request: the nodes that may run it and what each costs, by the filters of eligibility.ts, then
 *
 *     price     the node's pay is at most maxPrice
 *     deadline  round trip, loading and service take at most deadlineMs
 *
 * and last, an arc must be worth using: one that costs as much as leaving the request unserved can never lower the total, so it
 * is left out (the request counts as deferred when that was its last), unless a floor may want it all the same.
 */
import { ArcList } from './arc-list.js';
import { type CostTerms, type CostWeights, callTerm, MICRO_USD, micro, type TermFunction, totalCost } from './cost.js';
import { type EligibilityFilter, NodeIndex } from './eligibility.js';
import { halfUp } from './half-up.js';
import type { CheckedNetwork, CheckedRequest } from './model.js';
import { NodeFacts, type TableTerms } from './node-facts.js';
import { RequestKinds } from './request-kinds.js';
import {
  COLD_LOAD,
  CONCURRENCY,
  EXPLORATION,
  FIGURES,
  FIXED,
  LOAD_MS,
  PAY_PER_INPUT,
  PAY_PER_OUTPUT,
  REGION,
  REPUTATION,
  SECONDS_PER_INPUT,
  SECONDS_PER_OUTPUT,
  ServiceTable,
} from './service-table.js';

/** Every filter, in the order they are applied. */
export type Filter = EligibilityFilter | 'price' | 'deadline';

/** Why a request has no arc: the filter that removed the last node, or every node left costs as much as leaving it unserved. */
export type NoArcs = Filter | 'deferred';

export interface ArcOptions extends TableTerms {
  termFunctions: [string, TermFunction][];
}

/**
 * Most entries that the tables kept may have together, about 300 MB: requests that name nodes one by one, each its own, would
 * otherwise keep a table of the network each.
 */
const MOST_ENTRIES = 2 ** 22;

export class RequestArcs {
  /** The arcs of the request last filled. Nodes ascend. */
  readonly found = new ArcList(64);
  readonly index: NodeIndex;
  /** What the arcs are costed with. */
  readonly options: ArcOptions;
  readonly #network: CheckedNetwork;
  readonly #weights: CostWeights;
  readonly #facts: NodeFacts;
  readonly #kinds = new RequestKinds();
  /** By kind; undefined until somebody asks, and once there were too many. */
  #tables: (ServiceTable | undefined)[] = [];
  #entries = 0;
  readonly #cachedBy = new Map<string, [node: number, tokens: number][]>();
  /** Per node, what the request last filled costs there besides what its table says; zero between fills. */
  readonly #beside: Float64Array;
  /** The nodes where it is not, some perhaps twice. */
  readonly #touched: number[] = [];
  #passedPrice = 0;
  #passedDeadline = 0;

  constructor(network: CheckedNetwork, options: ArcOptions) {
    this.#network = network;
    this.options = options;
    this.#weights = options.weights;
    this.index = new NodeIndex(network.nodes);
    this.#facts = new NodeFacts(network, options);
    this.#beside = new Float64Array(network.nodes.length);
    network.nodes.forEach(({ cached }, j) => {
      for (const [key, tokens] of Object.entries(cached)) {
        const list = this.#cachedBy.get(key);
        if (list === undefined) this.#cachedBy.set(key, [[j, tokens]]);
        else list.push([j, tokens]);
      }
    });
  }

  /** Kinds of requests asked for so far: each has a table. */
  get kinds(): number {
    return this.#kinds.count;
  }

  /** The same costs over another network. */
  over(network: CheckedNetwork): RequestArcs {
    return new RequestArcs(network, this.options);
  }

  /** Finds the arcs of a request that cost less than `below` (whole micro-USD; Infinity: all of them). Valid until the next are. */
  fill(request: CheckedRequest, below: number): ArcList {
    const table = this.table(request);
    this.found.length = 0;
    this.found.reserve(table.nodes.length);
    this.append(this.found, table, request, below);
    return this.found;
  }

  /** The same behind the arcs of a list that has room for them; `table` is the request's. */
  append(to: ArcList, table: ServiceTable, request: CheckedRequest, below: number): void {
    const { inputTokens: input, outputTokens: output, maxPrice, deadlineMs } = request;
    const perPay = this.#weights.price * MICRO_USD;
    const perWait = this.#weights.service * MICRO_USD;
    const custom = this.options.termFunctions.length > 0;
    const everywhere = request.previousNode === undefined ? 0 : this.#migration(request.previousNode);
    const beside = this.#putBeside(request, table);
    // Locals: this loop runs once for every arc of a batch.
    const { nodes, figures } = table;
    const trips = this.#facts.regions.trips(request.region);
    const own = table.ownTrips ? table.origin(request.region) : undefined;
    const limited = deadlineMs < Number.POSITIVE_INFINITY;
    const { nodes: targets, costs } = to;
    let { length } = to;
    let affordable = 0;
    let inTime = 0;
    for (let k = 0; k < nodes.length; k++) {
      const entry = FIGURES * k;
      const pay = input * figures[entry + PAY_PER_INPUT] + output * figures[entry + PAY_PER_OUTPUT];
      if (pay > maxPrice) continue;
      affordable++;
      const work = input * figures[entry + SECONDS_PER_INPUT] + output * figures[entry + SECONDS_PER_OUTPUT];
      const wait = work * figures[entry + CONCURRENCY];
      const region = figures[entry + REGION];
      if (limited) {
        const delay = own === undefined ? trips.ms[region] + figures[entry + LOAD_MS] : own.delayMs[k];
        if (delay + 1000 * wait > deadlineMs) continue;
      }
      inTime++;
      const node = nodes[k];
      const latency = own === undefined ? trips.cost[region] : own.latency[k];
      let cost = halfUp(perPay * pay) + halfUp(perWait * wait) + latency + figures[entry + FIXED] + everywhere;
      if (beside) cost += this.#beside[node];
      if (custom) cost += this.#ownTerms(request, node);
      if (cost >= below) continue;
      targets[length] = node;
      costs[length++] = cost;
    }
    to.length = length;
    this.#passedPrice = affordable;
    this.#passedDeadline = inTime;
    if (beside) this.#takeAway();
  }

  /** Why the request last filled has no arc. */
  whyNone(request: CheckedRequest): NoArcs {
    const table = this.table(request);
    if (table.nodes.length === 0) table.removedBy ??= this.index.removedBy(request);
    return table.removedBy ?? (this.#passedPrice === 0 ? 'price' : this.#passedDeadline === 0 ? 'deadline' : 'deferred');
  }

  /** The number of all requests that ask the same of a node: they have one table. */
  kindOf(request: CheckedRequest): number {
    return this.#kinds.of(request);
  }

  /** The nodes a request may run on, price and deadline aside. */
  table(request: CheckedRequest, kind = this.kindOf(request)): ServiceTable {
    let table = this.#tables[kind];
    if (table === undefined) {
      table = this.#newTable(request);
      this.#entries += table.nodes.length;
      if (this.#entries > MOST_ENTRIES) {
        this.#tables = [];
        this.#entries = table.nodes.length;
      }
      this.#tables[kind] = table;
    }
    return table;
  }

  #newTable(request: CheckedRequest): ServiceTable {
    const { residency, allow, deny, pinned, labels } = request;
    // Regions are the one thing that many requests differ in alone; requests that name nodes or labels have few of their kind.
    if (residency !== undefined && (allow ?? deny ?? pinned ?? labels) === undefined)
      return this.table({ ...request, residency: undefined }).within(residency);
    return ServiceTable.of(this.#facts, this.index.eligible(request), request, this.options);
  }

  /** The cost of a request on a node it may run on, by term; the terms add up to the cost of the arc. */
  terms(request: CheckedRequest, node: number): CostTerms {
    const table = this.table(request);
    const k = table.entryOf(node);
    const wait = table.wait(k, request.inputTokens, request.outputTokens);
    const own = this.#network.nodes[node];
    const terms: CostTerms = {
      price: Math.round(this.#weights.price * MICRO_USD * table.pay(k, request.inputTokens, request.outputTokens)),
      latency: table.latency(k, request.region),
      service: Math.round(this.#weights.service * MICRO_USD * wait),
      coldLoad: table.figures[FIGURES * k + COLD_LOAD],
      affinity: -this.#credit(request, table, k, this.#tokensCached(request, node)) + 0,
      migration: request.previousNode === undefined || request.previousNode === own.id ? 0 : this.#migration(request.previousNode),
      reputation: table.figures[FIGURES * k + REPUTATION],
      exploration: table.figures[FIGURES * k + EXPLORATION],
      extra: micro(request.extraCost !== undefined && Object.hasOwn(request.extraCost, own.id) ? request.extraCost[own.id] : 0),
    };
    for (const [name, term] of this.options.termFunctions) terms[name] = callTerm(name, term, request, own);
    return terms;
  }

  /** The same, added up. */
  cost(request: CheckedRequest, node: number): number {
    return totalCost(this.terms(request, node));
  }

  /** What leaving the previous node costs; nothing when that node is gone: every node is new then. */
  #migration(previous: string): number {
    return this.index.position(previous) === undefined ? 0 : micro(this.#weights.migration);
  }

  #ownTerms(request: CheckedRequest, node: number): number {
    let sum = 0;
    for (const [name, term] of this.options.termFunctions) sum += callTerm(name, term, request, this.#network.nodes[node]);
    return sum;
  }

  #tokensCached({ prefix, session }: CheckedRequest, node: number): number {
    const { cached } = this.#network.nodes[node];
    const of = (key: string | undefined): number => (key !== undefined && Object.hasOwn(cached, key) ? cached[key] : 0);
    return Math.max(of(prefix), of(session));
  }

  /** A request cannot save more prompt tokens than it has. */
  #credit(request: CheckedRequest, table: ServiceTable, k: number, tokens: number): number {
    return tokens === 0 ? 0 : table.credit(k, Math.min(tokens, request.inputTokens), this.#weights);
  }

  /** Writes what single nodes add to or take off the request's cost; false when none does. */
  #putBeside(request: CheckedRequest, table: ServiceTable): boolean {
    const { prefix, session, previousNode, extraCost } = request;
    if (prefix === undefined && session === undefined && previousNode === undefined && extraCost === undefined) return false;
    const touched = this.#touched;
    touched.length = 0;
    for (const key of [prefix, session]) {
      if (key !== undefined) for (const [node] of this.#cachedBy.get(key) ?? []) touched.push(node);
    }
    this.#touch(previousNode);
    for (const id in extraCost) this.#touch(id);
    for (const node of touched) {
      const k = table.entryOf(node);
      if (k < 0) continue;
      const { id } = this.#network.nodes[node];
      let cost = -this.#credit(request, table, k, this.#tokensCached(request, node));
      if (previousNode === id) cost -= micro(this.#weights.migration);
      if (extraCost !== undefined && Object.hasOwn(extraCost, id)) cost += micro(extraCost[id]);
      this.#beside[node] = cost;
    }
    return touched.length > 0;
  }

  #touch(id: string | undefined): void {
    const node = id === undefined ? undefined : this.index.position(id);
    if (node !== undefined) this.#touched.push(node);
  }

  #takeAway(): void {
    for (const node of this.#touched) this.#beside[node] = 0;
  }
}
