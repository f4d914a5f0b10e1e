/**
 * What it costs to run a request on a node: a few named terms, each in whole micro-USD, added up.
 *
 *     work     node-seconds = serviceMultiplier(mode) * (inputTokens / input rate + outputTokens / output rate)
 *     price    weights.price * work * (USD per hour / 3600)          what the node is paid
 *     latency  weights.latency * round trip in seconds               waiting on the way
 *     service  weights.service * work * concurrency                  waiting while it runs among `concurrency` others
 *
 * Each term is rounded to a whole micro-USD on its own, so that the terms shown add up to the cost matched, to the last unit,
 * and the matching is solved on integer data: its gap is exactly 0. All terms are >= 0.
 */
import { OutbidError } from '../errors.js';
import type { CheckedNetwork, CheckedNode, CheckedRequest } from './model.js';

/** Costs are whole numbers of this many parts of a USD. */
export const MICRO_USD = 1e6;

/** The terms, in the order they are reported. */
export const COST_TERMS = ['price', 'latency', 'service'] as const;

export type CostTerm = (typeof COST_TERMS)[number];

/** Whole micro-USD by term. */
export type CostTerms = Record<CostTerm, number>;

/** How much each term counts. */
export interface CostWeights {
  /** USD of cost per USD paid (default 1). */
  price: number;
  /** USD per second of round trip between regions (default 0.001). */
  latency: number;
  /** USD per second of service time (default 0.0001). */
  service: number;
}

export const DEFAULT_WEIGHTS: CostWeights = { price: 1, latency: 0.001, service: 0.0001 };

/** Fills in the defaults; a weight that is unknown, negative or not finite is OPTION_INVALID. */
export function checkWeights(weights: Partial<CostWeights> = {}): CostWeights {
  for (const [name, value] of Object.entries(weights)) {
    if (!(COST_TERMS as readonly string[]).includes(name))
      throw new OutbidError('OPTION_INVALID', `weights knows ${COST_TERMS.join(', ')}, not '${name}'`, {
        option: `weights.${name}`,
        value,
      });
    if (typeof value !== 'number' || !(value >= 0) || !Number.isFinite(value)) {
      throw new OutbidError('OPTION_INVALID', `weights.${name} must be a finite number >= 0, not ${String(value)}`, {
        option: `weights.${name}`,
        value,
      });
    }
  }
  return { ...DEFAULT_WEIGHTS, ...weights };
}

/** Seconds of the whole node that a request takes. */
export function workSeconds(network: CheckedNetwork, request: CheckedRequest, node: CheckedNode): number {
  const rate = node.tokensPerSecond[request.model];
  const multiplier = network.modes?.[request.mode]?.serviceMultiplier ?? 1;
  return multiplier * (request.inputTokens / rate.input + request.outputTokens / rate.output);
}

/** Round trip in milliseconds; 0 when the request does not say where it comes from. */
export function latencyMs(network: CheckedNetwork, from: string | undefined, to: string): number {
  if (from === undefined) return 0;
  return network.latencyMs[from]?.[to] ?? network.latencyMs[to]?.[from] ?? (from === to ? 0 : network.defaultLatencyMs);
}

/** The terms of one request on one node that hosts its model, in whole micro-USD. */
export function costTerms(network: CheckedNetwork, request: CheckedRequest, node: CheckedNode, weights: CostWeights): CostTerms {
  const work = workSeconds(network, request, node);
  return {
    price: Math.round(weights.price * work * (node.price / 3600) * MICRO_USD),
    latency: Math.round(weights.latency * (latencyMs(network, request.region, node.region) / 1000) * MICRO_USD),
    service: Math.round(weights.service * work * node.concurrency * MICRO_USD),
  };
}

/** What the node is paid for a request, in USD, unweighted: the figure maxPrice limits. */
export function payment(network: CheckedNetwork, request: CheckedRequest, node: CheckedNode): number {
  return workSeconds(network, request, node) * (node.price / 3600);
}

export function totalCost(terms: CostTerms): number {
  return terms.price + terms.latency + terms.service;
}
