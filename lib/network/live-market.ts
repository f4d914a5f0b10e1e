/**
 * The market behind a running network: one Matcher whose nodes are the network's and whose demands are requests that wait, or
 * that hold a slot. A demand that waits may move with every update; one that holds a slot is committed and never moves.
 *
 * Invariant: the capacity of a node in the matcher is the number of its slots that are free in the ledger plus the slots held
 * here. Everything else that takes slots there (foreign work, adopted reservations, headroom) is thereby outside the market.
 */
import { Matcher } from '../matcher.js';
import type { MatcherUpdate } from '../matcher-types.js';
import type { BackendName } from '../options.js';
import { type BuildOptions, DEFAULT_EXPLORATION_SECONDS, unservedCostOf } from './build.js';
import { type CostTerms, checkTermFunctions, checkWeights } from './cost.js';
import type { Taken } from './live-requests.js';
import type { CheckedNetwork, CheckedNode, CheckedRequest } from './model.js';
import { type NoArcs, RequestArcs } from './request-arcs.js';
import { slotBlocks } from './slots.js';

/** A request that waits, for all its replicas that have no slot yet. */
export interface Waiting {
  request: CheckedRequest;
  /** Where replicas of it hold slots or are over; the others go elsewhere. */
  held: Taken[];
}

interface WaitingDemand extends Waiting {
  demand: number;
  /** What leaving it unserved costs in the matcher. */
  unservedCost: number;
}

interface LiveNode {
  index: number;
  position: number;
  capacity: number;
  /** Slots held by demands of this market. */
  held: number;
  tiers: string;
}

export class LiveMarket {
  readonly #network: CheckedNetwork;
  readonly #options: BuildOptions;
  readonly #matcher: Matcher;
  readonly #nodes = new Map<string, LiveNode>();
  readonly #byIndex = new Map<number, string>();
  readonly #waiting = new Map<string, WaitingDemand>();
  readonly #ofDemand = new Map<number, string>();
  /** Demands that hold a slot, by reservation, with their node. */
  readonly #held = new Map<string, { demand: number; node: string; cost: number }>();
  #arcs: RequestArcs;
  /** When the first of the nodes that earn the exploration credit is too old for it, in seconds. */
  #youngUntil = Number.POSITIVE_INFINITY;
  /** Nodes changed since the arcs of the requests that wait were found. */
  #stale = false;
  /** Nothing came free since an update that was complete: what waits has no slot it would take. */
  #settled = true;

  constructor(network: CheckedNetwork, options: BuildOptions, { backend, seed }: { backend?: BackendName; seed?: number }) {
    this.#network = network;
    this.#options = options;
    this.#matcher = new Matcher({ ...(backend === undefined ? {} : { backend }), ...(seed === undefined ? {} : { seed }) });
    this.#arcs = this.#newArcs(0);
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /** A node of the network was added or changed; `free`: slots free in the ledger. */
  setNode(node: CheckedNode, free: number): void {
    const blocks = slotBlocks(node, checkWeights(this.#options.weights));
    const tiers = blocks.some(({ surcharge }) => surcharge > 0) ? blocks.map(({ slots, surcharge }) => ({ slots, surcharge })) : undefined;
    const shape = JSON.stringify(tiers ?? null);
    const known = this.#nodes.get(node.id);
    this.#stale = true;
    this.#settled = false;
    if (known?.tiers === shape) {
      this.setFree(node.id, free);
      return;
    }
    // The matcher cannot change the surcharges of a node: it leaves, and joins again with what is held there.
    const held = [...this.#held].filter(([, { node: id }]) => id === node.id);
    if (known !== undefined) this.removeNode(node.id);
    const capacity = blocks.reduce((sum, { slots }) => sum + slots, 0);
    const index = this.#matcher.addNode({
      capacity,
      ...(tiers === undefined
        ? {}
        : { tiers: { slots: tiers.map(({ slots }) => slots), surcharge: tiers.map(({ surcharge }) => surcharge) } }),
    });
    this.#nodes.set(node.id, { index, position: -1, capacity, held: 0, tiers: shape });
    this.#byIndex.set(index, node.id);
    this.setFree(node.id, free + held.length);
    for (const [reservation, { cost }] of held) this.hold(reservation, node.id, cost);
    this.setFree(node.id, free);
  }

  /** A node left; what it held is no longer held. */
  removeNode(id: string): void {
    const node = this.#nodes.get(id);
    if (node === undefined) return;
    for (const [reservation, { node: on }] of this.#held) if (on === id) this.release(reservation);
    this.#matcher.removeNode(node.index);
    this.#nodes.delete(id);
    this.#byIndex.delete(node.index);
    this.#stale = true;
    this.#settled = false;
  }

  /** Slots of a node that are free in the ledger. */
  setFree(id: string, free: number): void {
    const node = this.#nodes.get(id);
    if (node === undefined) return;
    if (node.capacity === free + node.held) return;
    if (free + node.held > node.capacity) this.#settled = false;
    node.capacity = free + node.held;
    this.#matcher.setCapacity(node.index, node.capacity);
  }

  /** Brings the arcs and unserved costs of the requests that wait up to date. `now` in seconds. */
  refresh(now: number): void {
    if (this.#stale || now >= this.#youngUntil) {
      this.#arcs = this.#newArcs(now);
      this.#network.nodes.forEach(({ id }, position) => {
        const node = this.#nodes.get(id);
        if (node !== undefined) node.position = position;
      });
      this.#stale = false;
      for (const [id, entry] of this.#waiting) {
        this.#matcher.remove(entry.demand);
        this.#ofDemand.delete(entry.demand);
        this.#insert(id, entry, now, false);
      }
    }
    if ((this.#options.aging ?? 0) === 0) return;
    for (const entry of this.#waiting.values()) {
      const cost = unservedCostOf(entry.request, this.#options, now);
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

  /** Replicas of a request that wait. */
  unitsWaiting(id: string): number {
    const entry = this.#waiting.get(id);
    return entry === undefined ? 0 : entry.request.replicas - entry.held.length;
  }

  /** Nodes on which a request that waits has slots, if only until the next update. */
  placed(id: string): string[] {
    const entry = this.#waiting.get(id);
    if (entry === undefined) return [];
    return this.#matcher.placements(entry.demand).map(([index]) => this.#byIndex.get(index) as string);
  }

  isWaiting(id: string): boolean {
    return this.#waiting.has(id);
  }

  /** What a reservation's slot was taken for, in whole micro-USD. */
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

  /** A request that came is taken back, with the slots that it was about to get. */
  withdraw(id: string): void {
    this.drop(id);
    this.#settled = false;
  }

  /** Replicas of a request that waits hold the slots on which they are placed, each under the name of a reservation. */
  fix(id: string, slots: readonly { node: string; reservation: string }[], now: number): void {
    const entry = this.#waiting.get(id) as WaitingDemand;
    const { request, held } = entry;
    const costs = slots.map(({ node }) => this.cost(request, node));
    const left = request.replicas - held.length - slots.length;
    if (left === 0 && slots.length === 1) {
      this.#matcher.commit(entry.demand);
      this.#ofDemand.delete(entry.demand);
      this.#waiting.delete(id);
      this.#keep(slots[0].reservation, entry.demand, slots[0].node, costs[0]);
      return;
    }
    // A demand is committed as a whole: each replica becomes one of its own, and those left go on waiting, for other nodes.
    this.drop(id);
    slots.forEach(({ node, reservation }, k) => {
      this.hold(reservation, node, costs[k]);
    });
    if (left > 0)
      this.#insert(id, { request, held: [...held, ...slots.map(({ node }) => ({ node, operator: this.#operatorOf(node) }))] }, now, false);
  }

  /** A slot of a node is held by work that is already there. */
  hold(reservation: string, node: string, cost: number): void {
    const { index } = this.#nodes.get(node) as LiveNode;
    const { id } = this.#matcher.place({ targets: [index], costs: [cost] });
    this.#matcher.commit(id);
    this.#keep(reservation, id, node, cost);
  }

  /** False when the reservation holds nothing here. */
  release(reservation: string): boolean {
    const held = this.#held.get(reservation);
    if (held === undefined) return false;
    this.#held.delete(reservation);
    (this.#nodes.get(held.node) as LiveNode).held--;
    this.#settled = false;
    this.#matcher.remove(held.demand);
    return true;
  }

  update(deadlineMs: number | undefined): { update: MatcherUpdate; moved: string[] } {
    const update = this.#matcher.update(deadlineMs === undefined ? {} : { deadlineMs });
    this.#settled = update.complete;
    const moved = new Set<string>();
    for (const { id, to } of update.changes) {
      const request = this.#ofDemand.get(id);
      if (to >= 0 && request !== undefined) moved.add(request);
    }
    return { update, moved: [...moved] };
  }

  terms(request: CheckedRequest, node: string): CostTerms {
    return this.#arcs.terms(request, (this.#nodes.get(node) as LiveNode).position);
  }

  cost(request: CheckedRequest, node: string): number {
    return this.#arcs.cost(request, (this.#nodes.get(node) as LiveNode).position);
  }

  mode(request: CheckedRequest, node: string): string {
    const table = this.#arcs.table(request);
    return table.modes[table.entryOf((this.#nodes.get(node) as LiveNode).position)];
  }

  /** The cheapest nodes that may run a request, slots aside, and why there are none. */
  cheapest(request: CheckedRequest, count: number, now: number): { nodes: { node: string; cost: number }[]; why: NoArcs | undefined } {
    this.refresh(now);
    this.#arcs.fill(request, unservedCostOf(request, this.#options, now));
    const { nodes, costs, length } = this.#arcs;
    const list = Array.from({ length }, (_, k) => ({ node: this.#network.nodes[nodes[k]].id, cost: costs[k] }));
    return { nodes: list.sort((a, b) => a.cost - b.cost).slice(0, count), why: length === 0 ? this.#arcs.whyNone(request) : undefined };
  }

  dispose(): void {
    this.#matcher.dispose();
  }

  #keep(reservation: string, demand: number, node: string, cost: number): void {
    this.#held.set(reservation, { demand, node, cost });
    (this.#nodes.get(node) as LiveNode).held++;
  }

  #newArcs(now: number): RequestArcs {
    const weights = checkWeights(this.#options.weights);
    const explorationSeconds = this.#options.explorationSeconds ?? DEFAULT_EXPLORATION_SECONDS;
    this.#youngUntil = Number.POSITIVE_INFINITY;
    for (const { joinedAt } of this.#network.nodes)
      if (weights.exploration > 0 && now - joinedAt < explorationSeconds)
        this.#youngUntil = Math.min(this.#youngUntil, joinedAt + explorationSeconds);
    return new RequestArcs(this.#network, {
      weights,
      now,
      explorationSeconds,
      coldShare: () => 1,
      termFunctions: checkTermFunctions(this.#options.terms),
    });
  }

  #insert(id: string, { request, held }: Waiting, now: number, atOnce: boolean): void {
    const unservedCost = unservedCostOf(request, this.#options, now);
    this.#arcs.fill(request, unservedCost);
    const taken = new Set(held.map(({ node }) => node));
    const operators = new Set(request.distinct === 'operator' ? held.map(({ operator }) => operator) : []);
    const targets: number[] = [];
    const costs: number[] = [];
    for (let a = 0; a < this.#arcs.length; a++) {
      const node = this.#network.nodes[this.#arcs.nodes[a]];
      const live = this.#nodes.get(node.id);
      if (live === undefined || taken.has(node.id) || operators.has(node.operator)) continue;
      targets.push(live.index);
      costs.push(this.#arcs.costs[a]);
    }
    const units = request.replicas - held.length;
    const demand = { targets, costs, unservedCost, ...(request.replicas > 1 ? { units, arcCapacity: 1 } : {}) };
    const number = atOnce ? this.#matcher.place(demand).id : this.#matcher.add(demand);
    this.#waiting.set(id, { request, held, demand: number, unservedCost });
    this.#ofDemand.set(number, id);
  }

  #operatorOf(node: string): string {
    return this.#network.nodes[(this.#nodes.get(node) as LiveNode).position].operator;
  }
}
