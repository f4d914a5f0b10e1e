/**
 * The market behind a running network: one Matcher whose nodes are the network's and whose demands are requests that wait, or
 * that hold a slot. A demand that waits may move with every update; one that holds a slot is committed and never moves.
 *
 * Invariant: the capacity of a node in the matcher is the number of its slots that are free in the ledger plus the slots held
 * here. Everything else that takes slots there (foreign work, adopted reservations, headroom without a price) is thereby outside
 * the market. Where slots have surcharges it matters which are taken: work takes the cheapest first, whosever it is. There what is
 * outside holds its slots as a demand of its own, and they count, too.
 */
import { Matcher } from '../matcher.js';
import type { BackendName } from '../options.js';
import type { BuildOptions } from './build.js';
import { checkWeights } from './cost.js';
import type { NodeCounts } from './ledger-types.js';
import { LiveCosts } from './live-costs.js';
import type { MarketUpdate, Waiting, WaitingMarket } from './live-waiting.js';
import type { CheckedNetwork, CheckedNode, CheckedRequest, GroupLimit } from './model.js';
import type { NoArcs } from './request-arcs.js';
import { slotBlocks } from './slots.js';

interface WaitingDemand extends Waiting {
  demand: number;
  /** What leaving it unserved costs in the matcher. */
  unservedCost: number;
}

interface HeldDemand {
  demand: number;
  node: string;
  cost: number;
  model: string;
  /** The node loads the model for it. */
  loads: boolean;
}

interface LiveNode {
  index: number;
  capacity: number;
  /** Usable slots in all. */
  slots: number;
  /** Slots held by reservations of this market. */
  held: number;
  /** Slots with surcharges that are taken from outside, and the demand that holds them; 0 where there are none. */
  outside: number;
  outsideDemand: number;
  tiers: string;
  loadable: CheckedNode['loadable'];
}

const NO_TIERS = 'null';

export class LiveMarket implements WaitingMarket {
  readonly costs: LiveCosts;
  readonly #network: CheckedNetwork;
  readonly #options: BuildOptions;
  readonly #matcher: Matcher;
  readonly #nodes = new Map<string, LiveNode>();
  readonly #byIndex = new Map<number, string>();
  readonly #waiting = new Map<string, WaitingDemand>();
  readonly #ofDemand = new Map<number, string>();
  /** Demands that hold a slot, by reservation, with their node. */
  readonly #held = new Map<string, HeldDemand>();
  /** Nothing came free since an update that was complete: what waits has no slot it would take. */
  #settled = true;

  constructor(network: CheckedNetwork, options: BuildOptions, { backend, seed }: { backend?: BackendName; seed?: number }) {
    this.#network = network;
    this.#options = options;
    this.#matcher = new Matcher({ ...(backend === undefined ? {} : { backend }), ...(seed === undefined ? {} : { seed }) });
    this.costs = new LiveCosts(network, options);
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  setNode(node: CheckedNode, { free }: NodeCounts): void {
    const blocks = slotBlocks(node, checkWeights(this.#options.weights));
    const tiers = blocks.some(({ surcharge }) => surcharge > 0) ? blocks.map(({ slots, surcharge }) => ({ slots, surcharge })) : undefined;
    const shape = tiers === undefined ? NO_TIERS : JSON.stringify(tiers);
    const known = this.#nodes.get(node.id);
    const slots = blocks.reduce((sum, block) => sum + block.slots, 0);
    this.costs.outdate();
    this.#settled = false;
    if (known?.tiers === shape) {
      Object.assign(known, { slots, loadable: node.loadable });
      this.#setFree(node.id, free);
      return;
    }
    // The matcher cannot change the surcharges of a node: it leaves, and joins again with what is held there.
    const held = [...this.#held].filter(([, { node: id }]) => id === node.id);
    if (known !== undefined) this.removeNode(node.id);
    const index = this.#matcher.addNode({
      capacity: slots,
      ...(tiers === undefined
        ? {}
        : { tiers: { slots: tiers.map((block) => block.slots), surcharge: tiers.map(({ surcharge }) => surcharge) } }),
    });
    this.#nodes.set(node.id, {
      index,
      capacity: slots,
      slots,
      held: 0,
      outside: 0,
      outsideDemand: -1,
      tiers: shape,
      loadable: node.loadable,
    });
    this.#byIndex.set(index, node.id);
    this.#setFree(node.id, free + held.length);
    for (const [reservation, { cost, model }] of held) this.#hold(reservation, node.id, cost, model);
    this.#setFree(node.id, free);
  }

  removeNode(id: string): void {
    const node = this.#nodes.get(id);
    if (node === undefined) return;
    for (const [reservation, { node: on }] of this.#held) if (on === id) this.release(reservation);
    if (node.outside > 0) this.#matcher.remove(node.outsideDemand);
    this.#matcher.removeNode(node.index);
    this.#nodes.delete(id);
    this.#byIndex.delete(node.index);
    this.costs.outdate();
    this.#settled = false;
  }

  setCounts(id: string, { free }: NodeCounts): void {
    this.#setFree(id, free);
  }

  /** Slots of a node that are free in the ledger. */
  #setFree(id: string, free: number): void {
    const node = this.#nodes.get(id);
    if (node === undefined) return;
    const outside = node.tiers === NO_TIERS ? 0 : Math.max(0, node.slots - node.held - free);
    const capacity = free + node.held + outside;
    if (capacity === node.capacity && outside === node.outside) return;
    if (free > node.capacity - node.held - node.outside) this.#settled = false;
    if (node.outside !== outside && node.outside > 0) this.#matcher.remove(node.outsideDemand);
    if (node.capacity !== capacity) this.#matcher.setCapacity(node.index, capacity);
    node.capacity = capacity;
    if (node.outside !== outside && outside > 0) {
      node.outsideDemand = this.#matcher.place({ targets: [node.index], costs: [0], units: outside }).id;
      this.#matcher.commit(node.outsideDemand);
    }
    node.outside = outside;
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
    return this.#matcher.placements(entry.demand).map(([index]) => this.#byIndex.get(index) as string);
  }

  entries(): Iterable<Waiting> {
    return this.#waiting.values();
  }

  isWaiting(id: string): boolean {
    return this.#waiting.has(id);
  }

  costOf(reservation: string): number {
    return this.#held.get(reservation)?.cost ?? 0;
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
      this.#hold(reservation, node, costs[k], request.model);
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
    this.#setFree(node, 1);
    this.#hold(reservation, node, cost, model);
  }

  release(reservation: string): boolean {
    const held = this.#held.get(reservation);
    if (held === undefined) return false;
    this.#held.delete(reservation);
    (this.#nodes.get(held.node) as LiveNode).held--;
    if (held.loads) this.costs.countLoad(held.node, held.model, -1);
    this.#settled = false;
    this.#matcher.remove(held.demand);
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

  #hold(reservation: string, node: string, cost: number, model: string): void {
    const known = this.#nodes.get(node) as LiveNode;
    const { id: demand } = this.#matcher.place({ targets: [known.index], costs: [cost] });
    this.#matcher.commit(demand);
    const loads = Object.hasOwn(known.loadable, model);
    if (loads) this.costs.countLoad(node, model, 1);
    this.#held.set(reservation, { demand, node, cost, model, loads });
    known.held++;
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
      const live = this.#nodes.get(node.id);
      if (live === undefined || taken.has(node.id) || operators.has(node.operator)) continue;
      targets.push(live.index);
      costs.push(arcs.costs[a]);
    }
    const units = request.replicas - held.length;
    const demand = { targets, costs, unservedCost, ...(request.replicas > 1 ? { units, arcCapacity: 1 } : {}) };
    const number = atOnce ? this.#matcher.place(demand).id : this.#matcher.add(demand);
    this.#waiting.set(id, { request, held, demand: number, unservedCost });
    this.#ofDemand.set(number, id);
  }
}
