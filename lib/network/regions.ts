/** The regions of a network, and the round trips between them: what a node does not say otherwise. */
import { micro } from './cost.js';
import type { CheckedNetwork } from './model.js';

/** Regions by number, and round trips from a region to each of them. */
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

  /** Undefined for a region where no node stands. */
  numberOf(region: string): number | undefined {
    return this.#numbers.get(region);
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
