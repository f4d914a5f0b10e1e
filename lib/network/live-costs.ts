/**
 * What requests cost on the nodes of a network that changes under them, and which nodes may run them.
 *
 * A cold load is charged to the request that brings it, whole: who comes later is not known. As long as a request of the model holds a
 * slot there the load is under way or done, and no other is charged for it again.
 */
import { type BuildOptions, type Loading, unservedCostOf } from './build.js';
import type { CostTerms } from './cost.js';
import { LiveArcs } from './live-arcs.js';
import type { CheckedNetwork, CheckedRequest } from './model.js';
import type { NoArcs, RequestArcs } from './request-arcs.js';

export class LiveCosts {
  /** What waiting adds to the unserved costs of requests is above 0. */
  readonly ages: boolean;
  readonly #network: CheckedNetwork;
  readonly #options: BuildOptions;
  readonly #arcs: LiveArcs;
  /** Requests that hold slots where their model is loaded for them, by node and model. */
  readonly #loads = new Map<string, Map<string, number>>();

  constructor(network: CheckedNetwork, options: BuildOptions) {
    this.#network = network;
    this.#options = options;
    this.#arcs = new LiveArcs(network, options, () => this.loading());
    this.ages = (options.aging ?? 0) > 0;
  }

  /** Those of the network as it was when they were last renewed. */
  get arcs(): RequestArcs {
    return this.#arcs.current;
  }

  /** Nodes changed. */
  outdate(): void {
    this.#arcs.outdate();
  }

  /** Brings the costs up to date; false when they are. `now` in seconds. */
  renew(now: number): boolean {
    return this.#arcs.renew(now);
  }

  /** A request holds a slot of a node that loads its model for it; `by` -1: holds it no longer. */
  countLoad(node: string, model: string, by: 1 | -1): void {
    const loads = this.#loads.get(node) ?? new Map<string, number>();
    const count = (loads.get(model) ?? 0) + by;
    if (count > 0) loads.set(model, count);
    else loads.delete(model);
    if (loads.size > 0) this.#loads.set(node, loads);
    else this.#loads.delete(node);
    if (count === 0 || (count === 1 && by === 1)) this.outdate();
  }

  /** Models that are being loaded, by node, as it is now. */
  loading(): Loading {
    return Object.fromEntries([...this.#loads].map(([node, models]) => [node, [...models.keys()]]));
  }

  /** What leaving a unit of a request unserved costs, in whole micro-USD. */
  unserved(request: CheckedRequest, now: number): number {
    return unservedCostOf(request, this.#options, now);
  }

  terms(request: CheckedRequest, node: string): CostTerms {
    return this.arcs.terms(request, this.#position(node));
  }

  cost(request: CheckedRequest, node: string): number {
    return this.arcs.cost(request, this.#position(node));
  }

  mode(request: CheckedRequest, node: string): string {
    const table = this.arcs.table(request);
    return table.modes[table.entryOf(this.#position(node))];
  }

  operator(node: string): string {
    return this.#network.nodes[this.#position(node)].operator;
  }

  /** The cheapest nodes that may run a request, slots aside. */
  cheapest(request: CheckedRequest, count: number, now: number): { node: string; cost: number }[] {
    const found = this.arcs.fill(request, this.unserved(request, now));
    found.keepNearest(0, Math.min(count, found.length), undefined);
    const { nodes, costs, length } = found;
    const list = Array.from({ length }, (_, k) => ({ node: this.#network.nodes[nodes[k]].id, cost: costs[k] }));
    return list.sort((a, b) => a.cost - b.cost);
  }

  /** Why no node may run a request; undefined where one may. */
  whyNone(request: CheckedRequest, now: number): NoArcs | undefined {
    const { arcs } = this;
    return arcs.fill(request, this.unserved(request, now)).length === 0 ? arcs.whyNone(request) : undefined;
  }

  #position(node: string): number {
    return this.arcs.index.position(node) as number;
  }
}
