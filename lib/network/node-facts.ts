/** What a node contributes to the costs of all its arcs alike, whatever the model: read once per network, as flat arrays by node. */
import { type CostWeights, micro } from './cost.js';
import type { CheckedNetwork } from './model.js';
import { Regions } from './regions.js';

/** How a term that depends on the batch is counted; see buildProblem's options. */
export interface TableTerms {
  weights: CostWeights;
  /** Age below which the exploration credit is given, in seconds, and the clock it is counted on. */
  explorationSeconds: number;
  now: number;
  /** Share of a cold load that one request pays: a load shared by k requests costs each 1 / k of it. */
  coldShare(model: string, node: number): number;
}

export class NodeFacts {
  readonly network: CheckedNetwork;
  readonly regions: Regions;
  /** Number of its region. */
  readonly region: Int32Array;
  readonly usdPerSecond: Float64Array;
  readonly concurrency: Float64Array;
  /** Terms in whole micro-USD. */
  readonly reputation: Float64Array;
  readonly exploration: Float64Array;
  /** 1 where it names round trips of its own. */
  readonly ownTrips: Uint8Array;

  constructor(network: CheckedNetwork, { weights, now, explorationSeconds }: TableTerms) {
    const { nodes } = network;
    this.network = network;
    this.regions = new Regions(network, weights.latency);
    this.region = new Int32Array(nodes.length);
    this.usdPerSecond = new Float64Array(nodes.length);
    this.concurrency = new Float64Array(nodes.length);
    this.reputation = new Float64Array(nodes.length);
    this.exploration = new Float64Array(nodes.length);
    this.ownTrips = new Uint8Array(nodes.length);
    const young = -micro(weights.exploration) + 0;
    for (let j = 0; j < nodes.length; j++) {
      const { region, price, concurrency, reputation, joinedAt, latencyMs } = nodes[j];
      this.region[j] = this.regions.numberOf(region) as number;
      this.usdPerSecond[j] = price / 3600;
      this.concurrency[j] = concurrency;
      this.reputation[j] = micro(weights.reputation * (1 - reputation));
      if (now - joinedAt < explorationSeconds) this.exploration[j] = young;
      for (const _ in latencyMs) this.ownTrips[j] = 1;
    }
  }
}
