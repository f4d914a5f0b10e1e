/**
 * What it costs to run a request on a node: a few named terms, each in whole micro-USD, added up.
 *
 *     work        node-seconds = serviceMultiplier(mode) * (inputTokens / input rate + outputTokens / output rate)
 *     pay         work * (USD per hour / 3600), or tokens * USD per token where the node has token prices
 *     price       weights.price * pay                                what the node is paid
 *     latency     weights.latency * round trip in seconds            waiting on the way
 *     service     weights.service * work * concurrency               waiting while it runs among `concurrency` others
 *     coldLoad    weights.coldLoad * loading seconds * (USD per hour / 3600) * share     when the model must be loaded first
 *     affinity    - weights.affinity * (price + service of the prompt tokens the node has cached)
 *     migration   weights.migration, on every node but the request's previous one
 *     reputation  weights.reputation * (1 - reputation)
 *     exploration - weights.exploration, on nodes younger than explorationSeconds
 *     extra       the request's extraCost for the node
 *     NAME        whatever a term function of the caller's returns, in USD
 *
 * `congestion`, the surcharge of the slots used, is a property of the node's load and not of the arc: see slots.ts.
 *
 * Each term is rounded to a whole micro-USD on its own, so that the terms shown add up to the cost matched, to the last unit,
 * and the matching is solved on integer data: its gap is exactly 0.
 */
import { OutbidError } from '../errors.js';
import { nearest } from '../nearest-name.js';
import type { CheckedNode, CheckedRequest } from './model.js';

/** Costs are whole numbers of this many parts of a USD. */
export const MICRO_USD = 1e6;

/** The terms of an arc, in the order they are reported. */
export const COST_TERMS = [
  'price',
  'latency',
  'service',
  'coldLoad',
  'affinity',
  'migration',
  'reputation',
  'exploration',
  'extra',
] as const;

export type CostTerm = (typeof COST_TERMS)[number];

/** Whole micro-USD by term: every term of COST_TERMS, and the caller's own by their names. */
export type CostTerms = Record<CostTerm, number> & Record<string, number>;

/** A cost of the caller's own, in USD (finite); called once for every arc, so keep it cheap. */
export type TermFunction = (request: CheckedRequest, node: CheckedNode) => number;

/** How much each term counts. */
export interface CostWeights {
  /** USD of cost per USD paid (default 1). */
  price: number;
  /** USD per second of round trip between regions (default 0.001). */
  latency: number;
  /** USD per second of service time (default 0.0001). */
  service: number;
  /** USD of cost per USD of node time spent loading a model (default 1). */
  coldLoad: number;
  /** Share of the price and service of cached prompt tokens that is credited (default 1). */
  affinity: number;
  /** USD for leaving the node that ran the request or its session before (default 0.0005). */
  migration: number;
  /** USD for running on a node of reputation 0; less in proportion above it (default 0.001). */
  reputation: number;
  /** USD credited for running on a young node (default 0: none). */
  exploration: number;
  /** USD of cost per USD of surcharge on slots (default 1). */
  congestion: number;
}

export const DEFAULT_WEIGHTS: CostWeights = {
  price: 1,
  latency: 0.001,
  service: 0.0001,
  coldLoad: 1,
  affinity: 1,
  migration: 0.0005,
  reputation: 0.001,
  exploration: 0,
  congestion: 1,
};

/** Whole micro-USD; no negative zero, so that costs compare and print alike. */
export function micro(usd: number): number {
  return Math.round(usd * MICRO_USD) + 0;
}

/** Fills in the defaults; a weight that is unknown, negative or not finite is OPTION_INVALID. */
export function checkWeights(weights: Partial<CostWeights> = {}): CostWeights {
  checkObject('weights', weights);
  const known = Object.keys(DEFAULT_WEIGHTS);
  for (const [name, value] of Object.entries(weights)) {
    if (!known.includes(name)) {
      const close = nearest(name, known);
      const hint = close === undefined ? `known are ${known.join(', ')}` : `did you mean '${close}'?`;
      throw new OutbidError('OPTION_INVALID', `there is no weight '${name}'; ${hint}`, {
        option: `weights.${name}`,
        nearest: close,
        value,
      });
    }
    if (typeof value !== 'number' || !(value >= 0) || !Number.isFinite(value)) {
      throw new OutbidError('OPTION_INVALID', `weights.${name} must be a finite number >= 0, not ${String(value)}`, {
        option: `weights.${name}`,
        value,
      });
    }
  }
  return { ...DEFAULT_WEIGHTS, ...weights };
}

/** Term functions by name; a name that is taken or a value that is no function is OPTION_INVALID. */
export function checkTermFunctions(terms: Record<string, TermFunction> = {}): [string, TermFunction][] {
  checkObject('terms', terms);
  for (const [name, term] of Object.entries(terms)) {
    // An object cannot hold a cost called __proto__ as it holds others.
    if ((COST_TERMS as readonly string[]).includes(name) || ['total', 'unserved', 'congestion', '__proto__'].includes(name))
      throw new OutbidError('OPTION_INVALID', `terms.${name}: that name is taken`, { option: `terms.${name}` });
    if (typeof term !== 'function')
      throw new OutbidError('OPTION_INVALID', `terms.${name} must be a function of a request and a node`, {
        option: `terms.${name}`,
        value: term,
      });
  }
  return Object.entries(terms);
}

function checkObject(option: string, value: unknown): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new OutbidError('OPTION_INVALID', `${option} must be an object`, { option, value });
}

/** The value of a term function in whole micro-USD; one that is not finite is COST_NOT_FINITE naming request and node. */
export function callTerm(name: string, term: TermFunction, request: CheckedRequest, node: CheckedNode): number {
  const usd = term(request, node);
  if (typeof usd !== 'number' || !Number.isFinite(usd))
    throw new OutbidError('COST_NOT_FINITE', `terms.${name} gave ${String(usd)} for request ${request.id} on node ${node.id}`, {
      option: `terms.${name}`,
      value: usd,
    });
  return micro(usd);
}

export function totalCost(terms: CostTerms): number {
  return Object.values(terms).reduce((sum, term) => sum + term, 0);
}
