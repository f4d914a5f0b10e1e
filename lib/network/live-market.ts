/**
 * The market behind a running network: one Matcher whose nodes are the network's (live-slots.ts) and whose demands are requests that
 * wait, or that hold a slot. A demand that waits may move with every update; one that holds a slot is committed and never moves.
 */
import { Matcher } from '../matcher.js';
import type { BackendName } from '../options.js';
import type { BuildOptions } from './build.js';
import { checkWeights } from './cost.js';
import type { NodeCounts } from './ledger-types.js';
import { LiveCosts } from './live-costs.js';
import { LiveSlots } from './live-slots.js';
import type { MarketUpdate, Waiting, WaitingMarket } from './live-waiting.js';
import type { CheckedNetwork, CheckedNode, CheckedRequest, GroupLimit } from './model.js';
import type { NoArcs } from './request-arcs.js';

interface WaitingDemand extends Waiting {
  demand: number;
  /** What leaving it unserved costs in the matcher. */
  unservedCost: number;
}

export class LiveMarket implements WaitingMarket {
  readonly costs: LiveCosts;
  readonly #network: CheckedNetwork;
  readonly #matcher: Matcher;
  readonly #slots: LiveSlots;
  readonly #waiting = new Map<string, WaitingDemand>();
  readonly #ofDemand = new Map<number, string>();
  /** Nothing came free since an update that was complete: what waits has no slot it would take. */
  #settled = true;

  constructor(network: CheckedNetwork, options: BuildOptions, { backend, seed }: { backend?: BackendName; seed?: number }) {
    this.#network = network;
    this.#matcher = new Matcher({ ...(backend === undefined ? {} : { backend }), ...(seed === undefined ? {} : { seed }) });
    this.costs = new LiveCosts(network, options);
    this.#slots = new LiveSlots(this.#matcher, checkWeights(options.weights), this.costs);
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  setNode(node: CheckedNode, { free }: NodeCounts): void {
    this.costs.outdate();
    this.#settled = false;
    this.#slots.setNode(node, free);
  }

  removeNode(id: string): void {
    if (!this.#slots.removeNode(id)) return;
    this.costs.outdate();
    this.#settled = false;
  }

  setCounts(id: string, { free }: NodeCounts): void {
    if (this.#slots.setFree(id, free)) this.#settled = false;
  }

  /** Brings the arcs and unserved costs of the requests that wait up to date. `now` in seconds. */
  refresh(now: number): void {
    if (this.costs.renew(now)) {
      this.#settled = false;
      for (const [id, entry] of this.#waiting) {
        this.#matcher.remove(entry.demand);
        this.#ofDemand.delete(entry.demand);
        this.#insert(id, entry, now, false);
      }
    }
    if (!this.costs.ages) return;
    for (const entry of this.#waiting.values()) {
      const cost = this.costs.unserved(entry.request, now);
      if (cost === entry.unservedCost) continue;
      entry.unservedCost = cost;
      this.#settled = false;
      this.#matcher.setUnservedCost(entry.demand, cost);
    }
  }

  /**
   * A request joins those that wait; `atOnce` it takes a slot where one is free for it, which `placed` tells, and no update. A slot
   * that came free since the last update is not free for it while others wait: its price may be above 0, and the update decides.
   */
  add(waiting: Waiting, now: number, atOnce: boolean): void {
    this.refresh(now);
    if (this.#waiting.size === 0) this.#settled = true;
    const free = atOnce && this.#settled;
    if (!free) this.#settled = false;
    this.#insert(waiting.request.id, waiting, now, free);
  }

  unitsWaiting(id: string): number {
    const entry = this.#waiting.get(id);
    return entry === undefined ? 0 : entry.request.replicas - entry.held.length;
  }

  placed(id: string): string[] {
    const entry = this.#waiting.get(id);
    if (entry === undefined) return [];
    return this.#matcher.placements(entry.demand).map(([index]) => this.#slots.nodeAt(index));
  }

  entries(): Iterable<Waiting> {
    return this.#waiting.values();
  }

  isWaiting(id: string): boolean {
    return this.#waiting.has(id);
  }

  costOf(reservation: string): number {
    return this.#slots.costOf(reservation);
  }

  drop(id: string): void {
    const entry = this.#waiting.get(id);
    if (entry === undefined) return;
    this.#matcher.remove(entry.demand);
    this.#ofDemand.delete(entry.demand);
    this.#waiting.delete(id);
  }

  withdraw(id: string): void {
    this.drop(id);
    this.#settled = false;
  }

  fix(id: string, slots: readonly { node: string; reservation: string }[], now: number): void {
    const entry = this.#waiting.get(id) as WaitingDemand;
    const { request, held } = entry;
    const costs = slots.map(({ node }) => this.costs.cost(request, node));
    const left = request.replicas - held.length - slots.length;
    // A slot that nobody takes, since a replica of the request is at its operator already, is for others that wait.
    if (this.placed(id).length > slots.length) this.#settled = false;
    // What holds a slot becomes a demand of its own with one arc: committed with all its arcs it would never move, but be looked at by every
    // search over its nodes. Replicas left go on waiting, for other nodes.
    this.drop(id);
    slots.forEach(({ node, reservation }, k) => {
      this.#slots.hold(reservation, node, costs[k], request.model);
    });
    if (left > 0)
      this.#insert(
        id,
        { request, held: [...held, ...slots.map(({ node }) => ({ node, operator: this.costs.operator(node) }))] },
        now,
        false,
      );
  }

  hold(reservation: string, node: string, cost: number, { model }: CheckedRequest): void {
    // A node may hold more than it has slots by now.
    this.#slots.setFree(node, 1);
    this.#slots.hold(reservation, node, cost, model);
  }

  release(reservation: string): boolean {
    if (!this.#slots.release(reservation)) return false;
    this.#settled = false;
    return true;
  }

  update(deadlineMs: number | undefined): MarketUpdate {
    const { changes, complete, gap } = this.#matcher.update(deadlineMs === undefined ? {} : { deadlineMs });
    this.#settled = complete;
    const moved = new Set<string>();
    for (const { id, to } of changes) {
      const request = this.#ofDemand.get(id);
      if (to >= 0 && request !== undefined) moved.add(request);
    }
    return { complete, gap, moved: [...moved] };
  }

  why(id: string, now: number): NoArcs | 'full' {
    this.refresh(now);
    return this.costs.whyNone((this.#waiting.get(id) as WaitingDemand).request, now) ?? 'full';
  }

  limits(): GroupLimit[] {
    return [];
  }

  dispose(): void {
    this.#matcher.dispose();
  }

  #insert(id: string, { request, held }: Waiting, now: number, atOnce: boolean): void {
    const unservedCost = this.costs.unserved(request, now);
    // Aging may raise what it is worth to be served: an arc too dear today is there for the day it is not.
    const below = this.costs.ages ? this.costs.unserved(request, Number.POSITIVE_INFINITY) : unservedCost;
    const arcs = this.costs.arcs.fill(request, below);
    const taken = new Set(held.map(({ node }) => node));
    const operators = new Set(request.distinct === 'operator' ? held.map(({ operator }) => operator) : []);
    const targets: number[] = [];
    const costs: number[] = [];
    for (let a = 0; a < arcs.length; a++) {
      const node = this.#network.nodes[arcs.nodes[a]];
      const index = this.#slots.indexOf(node.id);
      if (index === undefined || taken.has(node.id) || operators.has(node.operator)) continue;
      targets.push(index);
      costs.push(arcs.costs[a]);
    }
    const units = request.replicas - held.length;
    const demand = { targets, costs, unservedCost, ...(request.replicas > 1 ? { units, arcCapacity: 1 } : {}) };
    const number = atOnce ? this.#matcher.place(demand).id : this.#matcher.add(demand);
    this.#waiting.set(id, { request, held, demand: number, unservedCost });
    this.#ofDemand.set(number, id);
  }
}
