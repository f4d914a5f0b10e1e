/**
 * The arcs of one request: the nodes that may run it and what each costs, by the filters of eligibility.ts, then
 *
 *     price     the node's pay is at most maxPrice
 *     deadline  round trip, loading and service take at most deadlineMs
 *
 * and last, an arc must be worth using: one that costs as much as leaving the request unserved can never lower the total, so it
 * is left out (the request counts as deferred when that was its last), unless a floor may want it all the same.
 */
import { type CostTerms, type CostWeights, callTerm, MICRO_USD, micro, type TermFunction, totalCost } from './cost.js';
import { type EligibilityFilter, NodeIndex } from './eligibility.js';
import type { CheckedNetwork, CheckedRequest } from './model.js';
import { smallest } from './selection.js';
import { Regions, ServiceTable, type TableTerms } from './service-table.js';

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
  /** The arcs of the request last filled: the first `length` entries. Nodes ascend. */
  nodes = new Int32Array(64);
  costs = new Float64Array(64);
  length = 0;
  readonly index: NodeIndex;
  /** What the arcs are costed with. */
  readonly options: ArcOptions;
  readonly #network: CheckedNetwork;
  readonly #weights: CostWeights;
  readonly #regions: Regions;
  readonly #tables = new Map<string, ServiceTable>();
  #entries = 0;
  readonly #cachedBy = new Map<string, [node: number, tokens: number][]>();
  /** Per node, what the request last filled costs there besides what its table says; zero between fills. */
  readonly #beside: Float64Array;
  #order = new Float64Array(64);
  #passedPrice = 0;
  #passedDeadline = 0;

  constructor(network: CheckedNetwork, options: ArcOptions) {
    this.#network = network;
    this.options = options;
    this.#weights = options.weights;
    this.index = new NodeIndex(network.nodes);
    this.#regions = new Regions(network, options.weights.latency);
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
    return this.#tables.size;
  }

  /** The same costs over another network. */
  over(network: CheckedNetwork): RequestArcs {
    return new RequestArcs(network, this.options);
  }

  /** Finds the arcs of a request that cost less than `below` (whole micro-USD; Infinity: all of them). */
  fill(request: CheckedRequest, below: number): void {
    const table = this.table(request);
    const { inputTokens: input, outputTokens: output, maxPrice, deadlineMs } = request;
    const perPay = this.#weights.price * MICRO_USD;
    const perWait = this.#weights.service * MICRO_USD;
    const custom = this.options.termFunctions.length > 0;
    this.#reserve(table.nodes.length);
    const everywhere = request.previousNode === undefined ? 0 : this.#migration(request.previousNode);
    const beside = this.#putBeside(request, table);
    // Locals: this loop runs once for every arc of a batch.
    const { nodes, secondsPerInput, secondsPerOutput, payPerInput, payPerOutput, concurrency } = table;
    const { loadSeconds, regions, fixed } = table;
    const trips = this.#regions.trips(request.region);
    const own = table.ownTrips ? table.origin(request.region) : undefined;
    const limited = deadlineMs < Number.POSITIVE_INFINITY;
    const to = this.nodes;
    const costs = this.costs;
    let affordable = 0;
    let inTime = 0;
    let length = 0;
    for (let k = 0; k < nodes.length; k++) {
      const pay = input * payPerInput[k] + output * payPerOutput[k];
      if (pay > maxPrice) continue;
      affordable++;
      const wait = (input * secondsPerInput[k] + output * secondsPerOutput[k]) * concurrency[k];
      if (limited) {
        const delay = own === undefined ? trips.ms[regions[k]] + 1000 * loadSeconds[k] : own.delayMs[k];
        if (delay + 1000 * wait > deadlineMs) continue;
      }
      inTime++;
      const node = nodes[k];
      const latency = own === undefined ? trips.cost[regions[k]] : own.latency[k];
      let cost = Math.round(perPay * pay) + Math.round(perWait * wait) + latency + fixed[k] + everywhere;
      if (beside) cost += this.#beside[node];
      if (custom) cost += this.#ownTerms(request, node);
      if (cost >= below) continue;
      to[length] = node;
      costs[length++] = cost;
    }
    this.length = length;
    this.#passedPrice = affordable;
    this.#passedDeadline = inTime;
    if (beside) this.#takeAway(request);
  }

  /** Leaves the `count` cheapest arcs and those on the nodes kept; the lower node wins a tie. Says whether that is all of them. */
  keepNearest(count: number, kept: ReadonlySet<number> | undefined): boolean {
    const limit = smallest(this.costs, this.length, count, this.#order);
    let ties = count;
    for (let a = 0; a < this.length; a++) if (this.costs[a] < limit) ties--;
    let length = 0;
    for (let a = 0; a < this.length; a++) {
      const cost = this.costs[a];
      const node = this.nodes[a];
      if (cost > limit || (cost === limit && ties-- <= 0)) {
        if (kept === undefined || !kept.has(node)) continue;
      }
      this.nodes[length] = node;
      this.costs[length++] = cost;
    }
    const whole = length === this.length;
    this.length = length;
    return whole;
  }

  /** Why the request last filled has no arc. */
  whyNone(request: CheckedRequest): NoArcs {
    const table = this.table(request);
    if (table.nodes.length === 0) table.removedBy ??= this.index.removedBy(request);
    return table.removedBy ?? (this.#passedPrice === 0 ? 'price' : this.#passedDeadline === 0 ? 'deadline' : 'deferred');
  }

  /** The nodes a request may run on, price and deadline aside. */
  table(request: CheckedRequest): ServiceTable {
    const { model, mode, residency, allow, deny, pinned, labels } = request;
    const rare = allow ?? deny ?? pinned ?? labels;
    // No name is empty or holds a NUL, so that no two asks share a key.
    const key = `${model}\0\0${mode.join('\0')}\0\0${residency?.join('\0') ?? '\0'}\0\0${
      rare === undefined ? '' : JSON.stringify([allow, deny, pinned, labels])
    }`;
    let table = this.#tables.get(key);
    if (table === undefined) {
      table = new ServiceTable(this.#network, this.index.eligible(request), request, this.options, this.#regions);
      this.#entries += table.nodes.length;
      if (this.#entries > MOST_ENTRIES) {
        this.#tables.clear();
        this.#entries = table.nodes.length;
      }
      this.#tables.set(key, table);
    }
    return table;
  }

  /** The cost of a request on a node it may run on, by term; the terms add up to the cost of the arc. */
  terms(request: CheckedRequest, node: number): CostTerms {
    const table = this.table(request);
    const k = table.entryOf(node);
    const wait = table.work(k, request.inputTokens, request.outputTokens) * table.concurrency[k];
    const own = this.#network.nodes[node];
    const terms: CostTerms = {
      price: Math.round(this.#weights.price * MICRO_USD * table.pay(k, request.inputTokens, request.outputTokens)),
      latency: table.origin(request.region).latency[k],
      service: Math.round(this.#weights.service * MICRO_USD * wait),
      coldLoad: table.coldLoad[k],
      affinity: -this.#credit(request, table, k, this.#tokensCached(request, node)) + 0,
      migration: request.previousNode === undefined || request.previousNode === own.id ? 0 : this.#migration(request.previousNode),
      reputation: table.reputation[k],
      exploration: table.exploration[k],
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
    const touched = this.#touched(request);
    for (const node of touched) {
      const k = table.entryOf(node);
      if (k < 0) continue;
      const { id } = this.#network.nodes[node];
      let cost = -this.#credit(request, table, k, this.#tokensCached(request, node));
      if (request.previousNode === id) cost -= micro(this.#weights.migration);
      if (request.extraCost !== undefined && Object.hasOwn(request.extraCost, id)) cost += micro(request.extraCost[id]);
      this.#beside[node] = cost;
    }
    return touched.size > 0;
  }

  #takeAway(request: CheckedRequest): void {
    for (const node of this.#touched(request)) this.#beside[node] = 0;
  }

  #touched({ prefix, session, previousNode, extraCost }: CheckedRequest): Set<number> {
    const touched = new Set<number>();
    for (const key of [prefix, session]) {
      if (key !== undefined) for (const [node] of this.#cachedBy.get(key) ?? []) touched.add(node);
    }
    const byId = [...(previousNode === undefined ? [] : [previousNode]), ...Object.keys(extraCost ?? {})];
    for (const id of byId) {
      const node = this.index.position(id);
      if (node !== undefined) touched.add(node);
    }
    return touched;
  }

  #reserve(length: number): void {
    if (this.nodes.length >= length) return;
    const size = Math.max(length, 2 * this.nodes.length);
    this.nodes = new Int32Array(size);
    this.costs = new Float64Array(size);
    this.#order = new Float64Array(size);
  }
}
