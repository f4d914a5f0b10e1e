/**
 * From a network and a batch of requests to a Problem.
 *
 * Demand i is request i, one unit per replica; node j is node j, its usable slots the capacity, its surcharges the tiers. An arc
 * stands where request-arcs.ts finds one; an arc of a request with replicas carries one unit, so that its replicas run on
 * distinct nodes. That is the plain problem. What it cannot say - distinct operators, caps and floors - gadgets.ts adds.
 */
import { OutbidError } from '../errors.js';
import { knownOptions } from '../known-options.js';
import type { Problem } from '../problem.js';
import { ArcList } from './arc-list.js';
import { checkNetwork } from './check-network.js';
import { checkRequests } from './check-requests.js';
import { COST_TERMS, type CostTerms, type CostWeights, checkTermFunctions, checkWeights, micro, type TermFunction } from './cost.js';
import { addGadgets, type WithGadgets } from './gadgets.js';
import { hasFloors } from './gadgets-groups.js';
import type { CheckedNetwork, CheckedRequest, InferenceRequest, NetworkData } from './model.js';
import { plainProblem } from './plain-problem.js';
import { type NoArcs, RequestArcs } from './request-arcs.js';
import { type SlotBlock, slotBlocks } from './slots.js';

/** What leaving a request unserved costs when it does not say so itself, in USD. */
export const DEFAULT_UNSERVED_COST = 0.05;
/** Most that leaving one unit unserved may come to cost by aging, in USD (default of maxUnservedCost). */
export const DEFAULT_MAX_UNSERVED_COST = 1000;
/** Age of a node that still counts as young, in seconds (default of explorationSeconds): a day. */
export const DEFAULT_EXPLORATION_SECONDS = 86_400;

export interface BuildOptions {
  weights?: Partial<CostWeights>;
  /** Costs of the caller's own by name (default: none). */
  terms?: Record<string, TermFunction>;
  /** USD per request left unserved that does not name its own, doubled per step of priority (default 0.05). */
  unservedCost?: number;
  /** USD added to that per second a request has waited, so that nothing waits for ever (default 0). */
  aging?: number;
  /** Where that ends, in USD (default 1000). */
  maxUnservedCost?: number;
  /** The time on the clock of `at`, in seconds, for aging and the age of nodes (default: the latest arrival). */
  now?: number;
  /** Nodes younger than this get the exploration credit, in seconds (default a day). */
  explorationSeconds?: number;
}

/** `problem` is what is solved, gadgets included; costs in whole micro-USD. */
export interface BuiltProblem extends WithGadgets {
  /** Requests and nodes alone; the same object when there are no gadgets. Policies place on this one. */
  plain: Problem;
  network: CheckedNetwork;
  requests: CheckedRequest[];
  weights: CostWeights;
  /** Usable slots of each node. */
  blocks: SlotBlock[][];
  /** For each request without an arc, why. */
  noArcs: (NoArcs | undefined)[];
  /** Positions of the requests in order of arrival. */
  order: Int32Array;
  /** Arcs by request, of a request that is not among those built, too. */
  arcs: RequestArcs;
  /** The cost of a placement by term, surcharges aside; the terms add up to the cost of the arc. */
  terms(request: number, node: number): CostTerms;
  /** Every arc is there: none was left out for being far. */
  whole: boolean;
  /** The same requests, options and shares of cold loads on a changed network, nodes in the same order, with every arc. */
  rebuild(network: CheckedNetwork): BuiltProblem;
  /** Every term, the caller's own included, at 0. */
  noTerms(): CostTerms;
}

export const BUILD_OPTIONS: readonly (keyof BuildOptions)[] = [
  'weights',
  'terms',
  'unservedCost',
  'aging',
  'maxUnservedCost',
  'now',
  'explorationSeconds',
];

/** By node, models that are being loaded there for others: a request is charged no load for them. */
export type Loading = Readonly<Record<string, readonly string[]>>;

/** Throws NETWORK_INVALID for a bad network or request, OPTION_INVALID for a bad option, GROUPS_CROSS for crossing limits. */
export function buildProblem(
  network: NetworkData,
  requests: readonly InferenceRequest[],
  options: BuildOptions = {},
  loading: Loading = {},
): BuiltProblem {
  knownOptions(options, BUILD_OPTIONS);
  const checked = checkNetwork(network);
  return buildChecked(checked, checkRequests(requests).requests, options, { coldShare: wholeLoads(checked, loading) });
}

/** A load is charged whole, unless it is under way. */
export function wholeLoads({ nodes }: CheckedNetwork, loading: Loading): (model: string, node: number) => number {
  return (model, node) => {
    const { id } = nodes[node];
    return Object.hasOwn(loading, id) && loading[id].includes(model) ? 0 : 1;
  };
}

/** What matching a batch may change between two builds of it. */
export interface Refinement {
  /** Keep only this many of the cheapest arcs of a request ... */
  nearest?: number;
  /** ... and those on these nodes. */
  kept?: ReadonlyMap<number, ReadonlySet<number>>;
  /** Share of a cold load that one request pays (default 1). */
  coldShare?: (model: string, node: number) => number;
}

/** The same for a network and requests that have been checked. */
export function buildChecked(
  network: CheckedNetwork,
  requests: CheckedRequest[],
  options: BuildOptions = {},
  refinement: Refinement = {},
): BuiltProblem {
  checkNumbers(options);
  const weights = checkWeights(options.weights);
  const now = options.now ?? requests.reduce((latest, { at }) => Math.max(latest, at), 0);
  const termFunctions = checkTermFunctions(options.terms);
  const arcs = new RequestArcs(network, {
    weights,
    now,
    explorationSeconds: options.explorationSeconds ?? DEFAULT_EXPLORATION_SECONDS,
    coldShare: refinement.coldShare ?? (() => 1),
    termFunctions,
  });
  const unservedCost = new Float64Array(requests.length);
  for (let i = 0; i < requests.length; i++) unservedCost[i] = unservedCostOf(requests[i], options, now);
  const keepAll = hasFloors(network);
  const { kinds, most } = kindsOf(arcs, requests, refinement);
  const rows = new ArcList(most);
  const offsets = new Int32Array(requests.length + 1);
  const noArcs: (NoArcs | undefined)[] = new Array(requests.length).fill(undefined);
  let whole = true;
  for (let i = 0; i < requests.length; i++) {
    const request = requests[i];
    const start = offsets[i];
    arcs.append(rows, arcs.table(request, kinds[i]), request, keepAll ? Number.POSITIVE_INFINITY : unservedCost[i]);
    if (rows.length === start) noArcs[i] = arcs.whyNone(request);
    else if (cuts(request, refinement) && rows.length - start > refinement.nearest)
      whole = rows.keepNearest(start, refinement.nearest, refinement.kept?.get(i)) && whole;
    offsets[i + 1] = rows.length;
  }
  const blocks = network.nodes.map((node) => slotBlocks(node, weights));
  const plain = plainProblem(requests, offsets, rows, blocks, unservedCost);
  const gadgets = addGadgets(plain, network, requests);
  return {
    ...gadgets,
    plain,
    network,
    requests,
    weights,
    blocks,
    noArcs,
    order: byArrival(requests),
    arcs,
    whole,
    rebuild: (changed) => buildChecked(changed, requests, options, { coldShare: refinement.coldShare }),
    terms: (i, j) => arcs.terms(requests[i], j),
    noTerms: () => Object.fromEntries([...COST_TERMS, ...termFunctions.map(([name]) => name)].map((name) => [name, 0])) as CostTerms,
  };
}

/** Whether only the nearest arcs of a request are kept. Distinct operators are reached through gadgets of their own, whose prices say nothing of the arcs left out. */
function cuts({ distinct }: CheckedRequest, refinement: Refinement): refinement is Refinement & { nearest: number } {
  return refinement.nearest !== undefined && distinct === 'node';
}

/** The kind of each request, and most arcs there can be at a time: no request has more than nodes that may run it, or than are kept. */
function kindsOf(arcs: RequestArcs, requests: CheckedRequest[], refinement: Refinement): { kinds: Int32Array; most: number } {
  const kinds = new Int32Array(requests.length);
  let most = 0;
  let widest = 0;
  for (let i = 0; i < requests.length; i++) {
    const request = requests[i];
    kinds[i] = arcs.kindOf(request);
    const all = arcs.table(request, kinds[i]).nodes.length;
    if (all > widest) widest = all;
    most += cuts(request, refinement) ? Math.min(all, refinement.nearest + (refinement.kept?.get(i)?.size ?? 0)) : all;
  }
  // A row is cut once it stands there whole.
  return { kinds, most: refinement.nearest === undefined ? most : most + widest };
}

function byArrival(requests: CheckedRequest[]): Int32Array {
  const order = new Int32Array(requests.length);
  let sorted = true;
  for (let i = 0; i < requests.length; i++) {
    order[i] = i;
    if (i > 0 && requests[i].at < requests[i - 1].at) sorted = false;
  }
  return sorted ? order : order.sort((a, b) => requests[a].at - requests[b].at || a - b);
}

/** What leaving a unit of a request unserved costs at a time on the clock of `at`, in whole micro-USD. */
export function unservedCostOf(request: CheckedRequest, options: BuildOptions, now: number): number {
  const cost = request.unservedCost ?? (options.unservedCost ?? DEFAULT_UNSERVED_COST) * 2 ** request.priority;
  const aged = cost + (options.aging ?? 0) * Math.max(0, now - request.at);
  return micro(Math.max(cost, Math.min(aged, options.maxUnservedCost ?? DEFAULT_MAX_UNSERVED_COST)));
}

/** The options that are numbers. @throws OutbidError OPTION_INVALID */
export function checkNumbers(options: BuildOptions): void {
  for (const [name, least] of [
    ['unservedCost', 0],
    ['aging', 0],
    ['maxUnservedCost', 0],
    ['now', Number.NEGATIVE_INFINITY],
    ['explorationSeconds', Number.NEGATIVE_INFINITY],
  ] as const) {
    const value: unknown = options[name];
    if (value === undefined || (typeof value === 'number' && Number.isFinite(value) && value >= least)) continue;
    throw new OutbidError('OPTION_INVALID', `${name} must be a finite number${least === 0 ? ' >= 0' : ''}, not ${String(value)}`, {
      option: name,
      value,
    });
  }
}
