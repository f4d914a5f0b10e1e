/**
 * What each of the nodes that may run a kind of request needs and is paid per token: requests that ask for the same (model,
 * modes, regions, labels, ...) share one table, and those that come from the same region what depends on that, too, so that the
 * cost of an arc is a few multiplications.
 *
 * Entry k belongs to node nodes[k]. Where the node runs several of the modes asked for, the one of least multiplier counts, the
 * first named among equals.
 */
import { type CostWeights, MICRO_USD, micro } from './cost.js';
import type { EligibilityFilter } from './eligibility.js';
import type { CheckedNetwork, CheckedRequest } from './model.js';

/** How a term that depends on the batch is counted; see buildProblem's options. */
export interface TableTerms {
  weights: CostWeights;
  /** Age below which the exploration credit is given, in seconds, and the clock it is counted on. */
  explorationSeconds: number;
  now: number;
  /** Share of a cold load that one request pays: a load shared by k requests costs each 1 / k of it. */
  coldShare(model: string, node: number): number;
}

/** Regions by number, and round trips from a region to each of them: what a node does not say otherwise. */
export class Regions {
  readonly #network: CheckedNetwork;
  readonly #latencyWeight: number;
  readonly #numbers = new Map<string, number>();
  readonly #trips = new Map<string | undefined, Trips>();

  constructor(network: CheckedNetwork, latencyWeight: number) {
    this.#network = network;
    this.#latencyWeight = latencyWeight;
    for (const { region } of network.nodes) if (!this.#numbers.has(region)) this.#numbers.set(region, this.#numbers.size);
  }

  numberOf(region: string): number {
    return this.#numbers.get(region) as number;
  }

  /** From a region; from nowhere known, 0. */
  trips(from: string | undefined): Trips {
    let trips = this.#trips.get(from);
    if (trips === undefined) {
      const ms = Float64Array.from(this.#numbers.keys(), (to) => this.#tripMs(from, to));
      trips = { ms, cost: ms.map((trip) => this.cost(trip)) };
      this.#trips.set(from, trips);
    }
    return trips;
  }

  /** The latency term of a round trip, in whole micro-USD. */
  cost(tripMs: number): number {
    return micro((this.#latencyWeight * tripMs) / 1000);
  }

  #tripMs(from: string | undefined, to: string): number {
    if (from === undefined) return 0;
    const { latencyMs, defaultLatencyMs } = this.#network;
    const listed = (a: string, b: string): number | undefined =>
      Object.hasOwn(latencyMs, a) && Object.hasOwn(latencyMs[a], b) ? latencyMs[a][b] : undefined;
    return listed(from, to) ?? listed(to, from) ?? (from === to ? 0 : defaultLatencyMs);
  }
}

/** By number of the region: round trip in milliseconds, and the latency term in whole micro-USD. */
export interface Trips {
  ms: Float64Array;
  cost: Float64Array;
}

/** What depends on the region requests come from, entry by entry. */
export interface Origin {
  /** Round trip and loading, in milliseconds. */
  delayMs: Float64Array;
  /** The latency term, and all terms that do not depend on tokens, in whole micro-USD. */
  latency: Float64Array;
  fixed: Float64Array;
}

export class ServiceTable {
  /** Positions of the nodes in the network, ascending. */
  readonly nodes: Int32Array;
  /** The filter that removed the last node, once somebody asked; undefined while there are nodes. */
  removedBy: EligibilityFilter | undefined;
  /** The mode each would run it in. */
  readonly modes: string[] = [];
  /** Seconds of the whole node per token, the mode's multiplier included. */
  readonly secondsPerInput: Float64Array;
  readonly secondsPerOutput: Float64Array;
  /** USD paid per token. */
  readonly payPerInput: Float64Array;
  readonly payPerOutput: Float64Array;
  readonly concurrency: Float64Array;
  /** Seconds to load the model first; 0 where it is hosted. */
  readonly loadSeconds: Float64Array;
  /** The terms that depend neither on tokens nor on where the request comes from, in whole micro-USD. */
  readonly coldLoad: Float64Array;
  readonly reputation: Float64Array;
  readonly exploration: Float64Array;
  /** Their sum. */
  readonly fixed: Float64Array;
  /** Number of the node's region. */
  readonly regions: Int32Array;
  /** Whether some node names round trips of its own, so that regions do not say it all. */
  readonly ownTrips: boolean;
  readonly #network: CheckedNetwork;
  readonly #regions: Regions;
  readonly #origins = new Map<string | undefined, Origin>();

  constructor(network: CheckedNetwork, nodes: Int32Array, request: CheckedRequest, terms: TableTerms, regions: Regions) {
    const { weights } = terms;
    this.#network = network;
    this.#regions = regions;
    this.regions = new Int32Array(nodes.length);
    let ownTrips = false;
    const floats = (): Float64Array => new Float64Array(nodes.length);
    this.nodes = nodes;
    this.secondsPerInput = floats();
    this.secondsPerOutput = floats();
    this.payPerInput = floats();
    this.payPerOutput = floats();
    this.concurrency = floats();
    this.loadSeconds = floats();
    this.coldLoad = floats();
    this.reputation = floats();
    this.exploration = floats();
    this.fixed = floats();
    const { model } = request;
    for (let k = 0; k < nodes.length; k++) {
      const node = network.nodes[nodes[k]];
      const { mode, multiplier } = leastMode(network, request.mode, node.modes);
      this.modes.push(mode);
      const rate = node.tokensPerSecond[model];
      this.secondsPerInput[k] = multiplier / rate.input;
      this.secondsPerOutput[k] = multiplier / rate.output;
      const perToken = Object.hasOwn(node.tokenPrices, model) ? node.tokenPrices[model] : undefined;
      const perSecond = node.price / 3600;
      this.payPerInput[k] = perToken?.input ?? perSecond * this.secondsPerInput[k];
      this.payPerOutput[k] = perToken?.output ?? perSecond * this.secondsPerOutput[k];
      this.concurrency[k] = node.concurrency;
      const load = Object.hasOwn(node.loadable, model) ? node.loadable[model] : 0;
      this.loadSeconds[k] = load;
      if (load > 0) this.coldLoad[k] = micro(weights.coldLoad * load * perSecond * terms.coldShare(model, nodes[k]));
      this.reputation[k] = micro(weights.reputation * (1 - node.reputation));
      if (terms.now - node.joinedAt < terms.explorationSeconds) this.exploration[k] = -micro(weights.exploration) + 0;
      this.fixed[k] = this.coldLoad[k] + this.reputation[k] + this.exploration[k];
      this.regions[k] = regions.numberOf(node.region);
      for (const _ in node.latencyMs) ownTrips = true;
    }
    this.ownTrips = ownTrips;
  }

  /** For requests from a region; made when first asked for. */
  origin(region: string | undefined): Origin {
    let origin = this.#origins.get(region);
    if (origin === undefined) {
      const length = this.nodes.length;
      const { ms } = this.#regions.trips(region);
      origin = { delayMs: new Float64Array(length), latency: new Float64Array(length), fixed: new Float64Array(length) };
      for (let k = 0; k < length; k++) {
        const own = this.#network.nodes[this.nodes[k]].latencyMs;
        const trip = region !== undefined && Object.hasOwn(own, region) ? own[region] : ms[this.regions[k]];
        origin.delayMs[k] = trip + 1000 * this.loadSeconds[k];
        origin.latency[k] = this.#regions.cost(trip);
        origin.fixed[k] = origin.latency[k] + this.fixed[k];
      }
      this.#origins.set(region, origin);
    }
    return origin;
  }

  /** What node k is paid for a request, in USD, unweighted: the figure maxPrice limits. */
  pay(k: number, input: number, output: number): number {
    return input * this.payPerInput[k] + output * this.payPerOutput[k];
  }

  /** Seconds of the whole node. */
  work(k: number, input: number, output: number): number {
    return input * this.secondsPerInput[k] + output * this.secondsPerOutput[k];
  }

  /** What the price and service of cached prompt tokens would have cost, in whole micro-USD. */
  credit(k: number, cached: number, weights: CostWeights): number {
    const saved = weights.price * this.pay(k, cached, 0) + weights.service * this.work(k, cached, 0) * this.concurrency[k];
    return Math.round(weights.affinity * saved * MICRO_USD);
  }

  /** Entry of a node, -1 when it is not among them. */
  entryOf(node: number): number {
    let low = 0;
    let high = this.nodes.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.nodes[middle] < node) low = middle + 1;
      else high = middle;
    }
    return low < this.nodes.length && this.nodes[low] === node ? low : -1;
  }
}

function leastMode(network: CheckedNetwork, asked: readonly string[], run: readonly string[]): { mode: string; multiplier: number } {
  let best = { mode: '', multiplier: Number.POSITIVE_INFINITY };
  for (const mode of asked) {
    if (!run.includes(mode)) continue;
    const multiplier = network.modes?.[mode]?.serviceMultiplier ?? 1;
    if (multiplier < best.multiplier) best = { mode, multiplier };
  }
  return best;
}
