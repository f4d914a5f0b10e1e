/**
 * A network as it would look to unserved requests with one filter lifted: only the nodes that matter, each without the property
 * that the filter tests, so that the arcs found on it (request-arcs.ts) are those of the pairs that pass every other filter,
 * price, deadline and cost included.
 *
 * A model that a node does not host runs there at the rate `throughput` lists for the node's GPUs. Where it lists other models
 * for these GPUs, but not this one, the model does not run there. Where it lists nothing for them, neither price nor speed is
 * known: both count as 0 and remove no pair.
 */
import type { BuiltProblem } from './build.js';
import { MICRO_USD, micro } from './cost.js';
import type { CheckedNode, CheckedRequest, Throughput, TokenRate } from './model.js';
import { type ArcOptions, RequestArcs } from './request-arcs.js';
import {
  CONCURRENCY,
  FIGURES,
  type Origin,
  PAY_PER_INPUT,
  PAY_PER_OUTPUT,
  SECONDS_PER_INPUT,
  SECONDS_PER_OUTPUT,
  type ServiceTable,
} from './service-table.js';

/** The filters that may be all that keeps an idle slot from an unserved request. */
export const STRANDING_FILTERS = ['allow', 'model', 'mode', 'region', 'labels'] as const;
export type StrandingFilter = (typeof STRANDING_FILTERS)[number];

const UNKNOWN_RATE: TokenRate = { input: Number.POSITIVE_INFINITY, output: Number.POSITIVE_INFINITY };

export class LiftedNetwork {
  /** Arcs over the nodes given, by their place in that list. */
  readonly arcs: RequestArcs;
  readonly #built: BuiltProblem;
  readonly #filter: StrandingFilter | undefined;
  readonly #worst = new Map<Origin, Worst>();
  #asking: CheckedRequest | undefined;

  /** `requests` are those that will be asked for. Without a filter nothing is lifted. */
  constructor(built: BuiltProblem, nodes: Int32Array, filter: StrandingFilter | undefined, requests: Iterable<CheckedRequest>) {
    this.#built = built;
    this.#filter = filter;
    const { network } = built;
    const change = changeOf(built, filter, requests);
    this.arcs = new RequestArcs({ ...network, nodes: Array.from(nodes, (j) => change(network.nodes[j])) }, this.#options(nodes));
  }

  /** Finds the arcs of request i that cost less than leaving it unserved, and returns that bound. */
  fill(i: number): number {
    const { requests, plain, arcs, weights } = this.#built;
    const request = requests[i];
    this.#asking = request;
    const { previousNode } = request;
    // The nodes left out hold no idle slot; where the previous one is among them, every node here is another one.
    const left = previousNode !== undefined && this.arcs.index.position(previousNode) === undefined;
    const moves = left && arcs.index.position(previousNode) !== undefined;
    const below = plain.unservedCostOf(i) - (moves ? micro(weights.migration) : 0);
    this.arcs.fill(this.#lift(request), below);
    return below;
  }

  /**
   * The nodes request i may run on where its price, speed and cost surely pass on all of them, whatever slot it takes up to a
   * surcharge: those of one table, shared by all that ask alike. Undefined where that is not sure. Rounding never turns an order
   * around, so that what holds for the dearest, slowest node there could be holds for every node there is.
   */
  surely(i: number, surcharge: number): ServiceTable | undefined {
    const { requests, plain, arcs, weights } = this.#built;
    const { prefix, session, previousNode, extraCost, inputTokens, outputTokens, maxPrice, deadlineMs } = requests[i];
    if ((prefix ?? session ?? previousNode ?? extraCost) !== undefined || arcs.options.termFunctions.length > 0) return undefined;
    const table = this.arcs.table(this.#lift(requests[i]));
    const origin = table.origin(requests[i].region);
    const worst = this.#worst.get(origin) ?? worstOf(table, origin);
    this.#worst.set(origin, worst);
    const pay = inputTokens * worst.payPerInput + outputTokens * worst.payPerOutput;
    const wait = (inputTokens * worst.secondsPerInput + outputTokens * worst.secondsPerOutput) * worst.concurrency;
    if (pay > maxPrice || worst.delayMs + 1000 * wait > deadlineMs) return undefined;
    const arc = Math.round(weights.price * MICRO_USD * pay) + Math.round(weights.service * MICRO_USD * wait) + worst.fixed;
    return arc + surcharge < plain.unservedCostOf(i) ? table : undefined;
  }

  #lift(request: CheckedRequest): CheckedRequest {
    if (this.#filter === 'allow') return { ...request, allow: undefined, deny: undefined, pinned: undefined };
    if (this.#filter === 'region') return { ...request, residency: undefined };
    if (this.#filter === 'labels') return { ...request, labels: undefined };
    return request;
  }

  /** The caller's terms see the request and the node as they are; one that has no value for such a pair counts as 0. */
  #options(nodes: Int32Array): ArcOptions {
    const { arcs, network } = this.#built;
    const { options } = arcs;
    return {
      ...options,
      coldShare: (model, node) => options.coldShare(model, nodes[node]),
      termFunctions: options.termFunctions.map(([name, term]) => [
        name,
        (request, node) => {
          const value = term(this.#asking ?? request, network.nodes[arcs.index.position(node.id) ?? -1]);
          return Number.isFinite(value) ? value : 0;
        },
      ]),
    };
  }
}

/** What lifting a filter changes about a node. */
function changeOf(
  { network }: BuiltProblem,
  filter: StrandingFilter | undefined,
  requests: Iterable<CheckedRequest>,
): (node: CheckedNode) => CheckedNode {
  if (filter === 'mode') {
    const asked = new Set<string>();
    for (const { mode } of requests) for (const one of mode) asked.add(one);
    return (node) => ({ ...node, modes: [...new Set([...node.modes, ...asked])] });
  }
  if (filter === 'model') {
    const wanted = new Set<string>();
    for (const { model } of requests) wanted.add(model);
    const kinds = new GpuKinds(network.throughput ?? [], wanted);
    return (node) => {
      const { models, rates } = kinds.of(node);
      // What the node has itself, and says of it, comes first: a model named twice counts once.
      const own = Object.getOwnPropertyDescriptors(node.tokensPerSecond);
      const tokensPerSecond = Object.create(rates, own) as Record<string, TokenRate>;
      return { ...node, models: node.models.concat(models), tokensPerSecond };
    };
  }
  return (node) => node;
}

/** The largest of each figure of a table, whichever node it belongs to. */
interface Worst {
  payPerInput: number;
  payPerOutput: number;
  secondsPerInput: number;
  secondsPerOutput: number;
  concurrency: number;
  delayMs: number;
  fixed: number;
}

function worstOf({ figures }: ServiceTable, { delayMs, fixed }: Origin): Worst {
  const largest = (list: Float64Array, first: number, step: number): number => {
    let most = Number.NEGATIVE_INFINITY;
    for (let k = first; k < list.length; k += step) most = Math.max(most, list[k]);
    return most;
  };
  const figure = (which: number): number => largest(figures, which, FIGURES);
  return {
    payPerInput: figure(PAY_PER_INPUT),
    payPerOutput: figure(PAY_PER_OUTPUT),
    secondsPerInput: figure(SECONDS_PER_INPUT),
    secondsPerOutput: figure(SECONDS_PER_OUTPUT),
    concurrency: figure(CONCURRENCY),
    delayMs: largest(delayMs, 0, 1),
    fixed: largest(fixed, 0, 1),
  };
}

/** Which of the models wanted each kind of GPU would run, and how fast. */
class GpuKinds {
  readonly #listed = new Map<string, Map<string, TokenRate>>();
  readonly #wanted: ReadonlySet<string>;
  readonly #known = new Map<string, { models: string[]; rates: Record<string, TokenRate> }>();

  constructor(throughput: readonly Throughput[], wanted: ReadonlySet<string>) {
    this.#wanted = wanted;
    for (const { gpu, gpus = 1, model, input, output } of throughput) {
      const kind = `${gpus} ${gpu}`;
      const listed = this.#listed.get(kind) ?? new Map<string, TokenRate>();
      this.#listed.set(kind, listed.set(model, { input, output }));
    }
  }

  of({ gpu, gpus }: CheckedNode): { models: string[]; rates: Record<string, TokenRate> } {
    const kind = `${gpus} ${gpu}`;
    const known = this.#known.get(kind);
    if (known !== undefined) return known;
    const listed = this.#listed.get(kind);
    const models = [...this.#wanted].filter((model) => listed?.has(model) ?? true);
    const rates = Object.fromEntries(models.map((model) => [model, listed?.get(model) ?? UNKNOWN_RATE]));
    this.#known.set(kind, { models, rates });
    return { models, rates };
  }
}
