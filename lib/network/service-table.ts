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
import type { CheckedRequest } from './model.js';
import type { NodeFacts, TableTerms } from './node-facts.js';

/** What depends on the region requests come from, entry by entry. */
export interface Origin {
  /** Round trip and loading, in milliseconds. */
  delayMs: Float64Array;
  /** The latency term, and all terms that do not depend on tokens, in whole micro-USD. */
  latency: Float64Array;
  fixed: Float64Array;
}

/** Numbers of an entry in `figures`, side by side, and which is which. */
export const FIGURES = 11;
/** USD paid per token. */
export const PAY_PER_INPUT = 0;
export const PAY_PER_OUTPUT = 1;
/** Seconds of the whole node per token, the mode's multiplier included. */
export const SECONDS_PER_INPUT = 2;
export const SECONDS_PER_OUTPUT = 3;
export const CONCURRENCY = 4;
/** Milliseconds to load the model first; 0 where it is hosted. */
export const LOAD_MS = 5;
/** Number of the node's region. */
export const REGION = 6;
/** The terms that depend neither on tokens nor on where the request comes from, in whole micro-USD, and their sum. */
export const COLD_LOAD = 7;
export const REPUTATION = 8;
export const EXPLORATION = 9;
export const FIXED = 10;

export class ServiceTable {
  /** Positions of the nodes in the network, ascending. */
  readonly nodes: Int32Array;
  /** FIGURES numbers of each entry: one array, since the cost of an arc takes most of them. */
  readonly figures: Float64Array;
  /** The mode each would run it in. */
  readonly modes: string[] = [];
  /** Whether some node names round trips of its own, so that regions do not say it all. */
  readonly ownTrips: boolean;
  /** The filter that removed the last node, once somebody asked; undefined while there are nodes. */
  removedBy: EligibilityFilter | undefined;
  readonly #facts: NodeFacts;
  readonly #origins = new Map<string | undefined, Origin>();

  private constructor(facts: NodeFacts, nodes: Int32Array) {
    this.#facts = facts;
    this.nodes = nodes;
    this.figures = new Float64Array(FIGURES * nodes.length);
    this.ownTrips = nodes.some((node) => facts.ownTrips[node] === 1);
  }

  /** Of nodes that may run a request, and all that ask alike. */
  static of(facts: NodeFacts, nodes: Int32Array, { model, mode: asked }: CheckedRequest, terms: TableTerms): ServiceTable {
    const { network } = facts;
    const { coldLoad } = terms.weights;
    const multipliers = asked.map((mode) => network.modes?.[mode]?.serviceMultiplier ?? 1);
    const table = new ServiceTable(facts, nodes);
    const { figures } = table;
    for (let k = 0; k < nodes.length; k++) {
      const node = nodes[k];
      const { modes, tokensPerSecond, tokenPrices, loadable } = network.nodes[node];
      const mode = asked.length === 1 ? 0 : leastMode(asked, multipliers, modes);
      const rate = tokensPerSecond[model];
      const perInput = multipliers[mode] / rate.input;
      const perOutput = multipliers[mode] / rate.output;
      const perToken = Object.hasOwn(tokenPrices, model) ? tokenPrices[model] : undefined;
      const perSecond = facts.usdPerSecond[node];
      const load = Object.hasOwn(loadable, model) ? loadable[model] : 0;
      const loading = load > 0 ? micro(coldLoad * load * perSecond * terms.coldShare(model, node)) : 0;
      const entry = FIGURES * k;
      figures[entry + PAY_PER_INPUT] = perToken?.input ?? perSecond * perInput;
      figures[entry + PAY_PER_OUTPUT] = perToken?.output ?? perSecond * perOutput;
      figures[entry + SECONDS_PER_INPUT] = perInput;
      figures[entry + SECONDS_PER_OUTPUT] = perOutput;
      figures[entry + CONCURRENCY] = facts.concurrency[node];
      figures[entry + LOAD_MS] = 1000 * load;
      figures[entry + REGION] = facts.region[node];
      figures[entry + COLD_LOAD] = loading;
      figures[entry + REPUTATION] = facts.reputation[node];
      figures[entry + EXPLORATION] = facts.exploration[node];
      figures[entry + FIXED] = loading + facts.reputation[node] + facts.exploration[node];
      table.modes.push(asked[mode]);
    }
    return table;
  }

  /** The entries of the nodes that stand in some regions, for requests that ask alike but for those. */
  within(regions: readonly string[]): ServiceTable {
    const allowed = new Set(regions.map((region) => this.#facts.regions.numberOf(region)));
    const entries: number[] = [];
    for (let k = 0; k < this.nodes.length; k++) if (allowed.has(this.figures[FIGURES * k + REGION])) entries.push(k);
    const table = new ServiceTable(
      this.#facts,
      Int32Array.from(entries, (k) => this.nodes[k]),
    );
    entries.forEach((from, to) => {
      for (let f = 0; f < FIGURES; f++) table.figures[FIGURES * to + f] = this.figures[FIGURES * from + f];
      table.modes.push(this.modes[from]);
    });
    return table;
  }

  /** For requests from a region; made when first asked for. */
  origin(region: string | undefined): Origin {
    let origin = this.#origins.get(region);
    if (origin === undefined) {
      const length = this.nodes.length;
      origin = { delayMs: new Float64Array(length), latency: new Float64Array(length), fixed: new Float64Array(length) };
      for (let k = 0; k < length; k++) {
        const trip = this.#tripMs(k, region);
        origin.delayMs[k] = trip + this.figures[FIGURES * k + LOAD_MS];
        origin.latency[k] = this.#facts.regions.cost(trip);
        origin.fixed[k] = origin.latency[k] + this.figures[FIGURES * k + FIXED];
      }
      this.#origins.set(region, origin);
    }
    return origin;
  }

  /** The latency term of entry k for a request from a region, in whole micro-USD. */
  latency(k: number, region: string | undefined): number {
    return this.#facts.regions.cost(this.#tripMs(k, region));
  }

  /** What node k is paid for a request, in USD, unweighted: the figure maxPrice limits. */
  pay(k: number, input: number, output: number): number {
    return input * this.figures[FIGURES * k + PAY_PER_INPUT] + output * this.figures[FIGURES * k + PAY_PER_OUTPUT];
  }

  /** Seconds of the whole node. */
  work(k: number, input: number, output: number): number {
    return input * this.figures[FIGURES * k + SECONDS_PER_INPUT] + output * this.figures[FIGURES * k + SECONDS_PER_OUTPUT];
  }

  /** How long it takes there: that work, by the sequences the node runs at once. */
  wait(k: number, input: number, output: number): number {
    return this.work(k, input, output) * this.figures[FIGURES * k + CONCURRENCY];
  }

  /** What the price and service of cached prompt tokens would have cost, in whole micro-USD. */
  credit(k: number, cached: number, weights: CostWeights): number {
    const saved =
      weights.price * this.pay(k, cached, 0) + weights.service * this.work(k, cached, 0) * this.figures[FIGURES * k + CONCURRENCY];
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

  #tripMs(k: number, from: string | undefined): number {
    const own = this.#facts.network.nodes[this.nodes[k]].latencyMs;
    if (from !== undefined && Object.hasOwn(own, from)) return own[from];
    return this.#facts.regions.trips(from).ms[this.figures[FIGURES * k + REGION]];
  }
}

/** Which of the modes asked for a node runs with the least multiplier. */
function leastMode(asked: readonly string[], multipliers: readonly number[], run: readonly string[]): number {
  let best = -1;
  for (let m = 0; m < asked.length; m++) if (run.includes(asked[m]) && (best < 0 || multipliers[m] < multipliers[best])) best = m;
  return best;
}
