/** The arcs of requests to the nodes of a network that changes under them. */
import { type BuildOptions, DEFAULT_EXPLORATION_SECONDS, type Loading, wholeLoads } from './build.js';
import { checkTermFunctions, checkWeights } from './cost.js';
import type { CheckedNetwork } from './model.js';
import { type ArcOptions, RequestArcs } from './request-arcs.js';

/** Requests of so many kinds have a table each; then all begin anew, so that memory has a bound however many kinds come by. */
const MOST_KINDS = 1000;

export class LiveArcs {
  readonly #network: CheckedNetwork;
  readonly #options: Omit<ArcOptions, 'now' | 'coldShare'>;
  readonly #loading: () => Loading;
  #stale = true;
  /** When the first young node is no longer one, and its credit ends. */
  #until = Number.POSITIVE_INFINITY;
  #arcs: RequestArcs;

  /** `loading` is asked once for each renewal: until the next one costs do not follow what it says. */
  constructor(network: CheckedNetwork, options: BuildOptions, loading: () => Loading = () => ({})) {
    this.#network = network;
    this.#loading = loading;
    this.#options = {
      weights: checkWeights(options.weights),
      explorationSeconds: options.explorationSeconds ?? DEFAULT_EXPLORATION_SECONDS,
      termFunctions: checkTermFunctions(options.terms),
    };
    this.#arcs = this.#anew(0);
  }

  /** Those of the network as it was when they were last renewed. */
  get current(): RequestArcs {
    if (this.#arcs.kinds > MOST_KINDS) this.#arcs = this.#arcs.over(this.#network);
    return this.#arcs;
  }

  /** Nodes changed. */
  outdate(): void {
    this.#stale = true;
  }

  /** Brings the arcs up to date; false when they are. `now` in seconds. */
  renew(now: number): boolean {
    if (!this.#stale && now < this.#until) return false;
    const { weights, explorationSeconds } = this.#options;
    this.#stale = false;
    this.#arcs = this.#anew(now);
    this.#until = Number.POSITIVE_INFINITY;
    if (weights.exploration > 0)
      for (const { joinedAt } of this.#network.nodes)
        if (now - joinedAt < explorationSeconds) this.#until = Math.min(this.#until, joinedAt + explorationSeconds);
    return true;
  }
  #anew(now: number): RequestArcs {
    return new RequestArcs(this.#network, { ...this.#options, now, coldShare: wholeLoads(this.#network, this.#loading()) });
  }
}
