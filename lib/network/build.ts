/**
 * From a network and a batch of requests to a Problem.
 *
 * Demand i is request i, one unit; node j is node j, its slots the capacity. An arc stands where the node hosts the model,
 * runs the mode, lies in an allowed region, and is worth using: its payment is at most the request's maxPrice and its cost is
 * below the cost of leaving the request unserved (an arc at or above that cost can never lower the total, so leaving it out
 * keeps the optimum). For a request without any arc the filter that removed the last node is kept.
 */
import { OutbidError } from '../errors.js';
import { Problem } from '../problem.js';
import { checkNetwork } from './check-network.js';
import { checkRequests } from './check-requests.js';
import { type CostTerms, type CostWeights, checkWeights, costTerms, MICRO_USD, payment, totalCost } from './cost.js';
import type { CheckedNetwork, CheckedRequest, InferenceRequest, Network } from './model.js';
import { type EligibilityFilter, NodeIndex } from './node-index.js';

/**
 * model   no node hosts the model
 * mode    none of those runs the mode
 * region  none of those lies in an allowed region
 * price   each of those would be paid more than maxPrice
 * cost    each of those costs at least as much as leaving the request unserved
 */
export type Filter = EligibilityFilter | 'price' | 'cost';

/** What leaving a request unserved costs when it does not say so itself, in USD. */
export const DEFAULT_UNSERVED_COST = 0.05;

export interface BuildOptions {
  weights?: Partial<CostWeights>;
  /** USD per request left unserved that does not name its own (default 0.05). */
  unservedCost?: number;
}

export interface BuiltProblem {
  /** Costs in whole micro-USD. */
  problem: Problem;
  network: CheckedNetwork;
  requests: CheckedRequest[];
  weights: CostWeights;
  /** For each request without an arc, the filter that removed the last node. */
  removedBy: (Filter | undefined)[];
  /** Positions of the requests in order of arrival. */
  order: Int32Array;
  /** The cost of a placement by term; the terms add up to the cost of the arc. */
  terms(demand: number, node: number): CostTerms;
}

/** Throws NETWORK_INVALID for a bad network or request, OPTION_INVALID for a bad option. */
export function buildProblem(network: Network, requests: readonly InferenceRequest[], options: BuildOptions = {}): BuiltProblem {
  for (const name of Object.keys(options)) {
    if (name !== 'weights' && name !== 'unservedCost')
      throw new OutbidError('UNKNOWN_OPTION', `there is no option '${name}'; known are weights, unservedCost`, { option: name });
  }
  return buildChecked(checkNetwork(network), checkRequests(requests).requests, options);
}

/** The same for a network and requests that have been checked. */
export function buildChecked(network: CheckedNetwork, requests: CheckedRequest[], options: BuildOptions): BuiltProblem {
  const weights = checkWeights(options.weights);
  const unserved = options.unservedCost ?? DEFAULT_UNSERVED_COST;
  if (typeof unserved !== 'number' || !(unserved >= 0) || !Number.isFinite(unserved)) {
    throw new OutbidError('OPTION_INVALID', `unservedCost must be a finite number >= 0, not ${String(unserved)}`, {
      option: 'unservedCost',
      value: unserved,
    });
  }
  const index = new NodeIndex(network);
  const n = requests.length;
  const candidates = requests.map((request) => index.candidates(request.model, request.mode, request.residency));
  const most = candidates.reduce((sum, found) => sum + found.nodes.length, 0);
  const offsets = new Int32Array(n + 1);
  const targets = new Int32Array(most);
  const costs = new Float64Array(most);
  const unservedCost = new Float64Array(n);
  const removedBy: (Filter | undefined)[] = new Array(n).fill(undefined);
  let arcs = 0;
  for (let i = 0; i < n; i++) {
    const request = requests[i];
    unservedCost[i] = Math.round((request.unservedCost ?? unserved) * MICRO_USD);
    let affordable = 0;
    for (const j of candidates[i].nodes) {
      const node = network.nodes[j];
      if (payment(network, request, node) > request.maxPrice) continue;
      affordable++;
      const cost = totalCost(costTerms(network, request, node, weights));
      if (cost >= unservedCost[i]) continue;
      targets[arcs] = j;
      costs[arcs] = cost;
      arcs++;
    }
    offsets[i + 1] = arcs;
    if (arcs === offsets[i]) removedBy[i] = candidates[i].removedBy ?? (affordable === 0 ? 'price' : 'cost');
  }
  const problem = Problem.sparse({
    nodes: network.nodes.length,
    capacity: Int32Array.from(network.nodes, (node) => node.slots),
    offsets,
    targets: targets.slice(0, arcs),
    costs: costs.slice(0, arcs),
    unservedCost,
  });
  const order = Int32Array.from(requests.keys()).sort((a, b) => requests[a].at - requests[b].at || a - b);
  return {
    problem,
    network,
    requests,
    weights,
    removedBy,
    order,
    terms: (i, j) => costTerms(network, requests[i], network.nodes[j], weights),
  };
}
