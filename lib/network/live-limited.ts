/**
 * The market behind a running network with limits. It keeps nothing but counts: who waits, who holds which slot, how much of each
 * limit is in use. An update matches all that wait as one batch (live-batch.ts) to the slots that are free, under what the work in
 * flight leaves of the limits, and a request that comes while nobody who waits is about to get a slot is matched alone.
 *
 * That is the same: after an update nothing that waits can be served for less than it costs to leave it, with the slots that are free and
 * the limits as they stand; a newcomer frees no slot and gives back no limit, so what waits goes on waiting whatever it takes. It
 * holds until a slot comes free, a limit is given back, or a cost changes, and is what `settled` says.
 *
 * A matching that a deadline cuts short is not resumed: its places are given out as they are, they hold every cap, and what is left
 * is matched anew by the next update, which may take twice as long. So every matching comes to its end, whatever the deadline.
 */
import { OutbidError } from '../errors.js';
import type { BackendName } from '../options.js';
import type { BuildOptions } from './build.js';
import { type CostWeights, checkWeights } from './cost.js';
import type { NodeCounts } from './ledger-types.js';
import { type BatchPlaces, type Ground, isCapped, matchWaiting } from './live-batch.js';
import { LiveCosts } from './live-costs.js';
import { LimitsInUse } from './live-limits.js';
import type { MarketUpdate, Waiting, WaitingMarket } from './live-waiting.js';
import type { CheckedNetwork, CheckedNode, CheckedRequest, GroupLimit } from './model.js';
import type { NoArcs } from './request-arcs.js';

/** Milliseconds an update takes where the caller does not say. */
const DEFAULT_DEADLINE_MS = 5;

interface WaitingEntry extends Waiting {
  /** What leaving a unit of it unserved costs now. */
  unservedCost: number;
  /** Nodes it got in the last matching. */
  places: string[];
}

interface LimitedNode {
  node: CheckedNode;
  slots: number;
  free: number;
  /** Slots in use by reservations. */
  used: number;
}

export class LimitedMarket implements WaitingMarket {
  readonly costs: LiveCosts;
  readonly #network: CheckedNetwork;
  readonly #weights: CostWeights;
  readonly #solving: { backend?: BackendName; seed?: number };
  readonly #limits: LimitsInUse;
  readonly #nodes = new Map<string, LimitedNode>();
  readonly #waiting = new Map<string, WaitingEntry>();
  readonly #held = new Map<string, { node: string; cost: number; tenant: string | undefined; loads: string | undefined }>();
  #settled = true;
  #disposed = false;
  #now = 0;
  /** Milliseconds that the next update may take whatever its deadline. */
  #patience = 0;

  constructor(network: CheckedNetwork, options: BuildOptions, { backend, seed }: { backend?: BackendName; seed?: number }) {
    this.#network = network;
    this.#weights = checkWeights(options.weights);
    this.#solving = { ...(backend === undefined ? {} : { backend }), ...(seed === undefined ? {} : { seed }) };
    this.#limits = new LimitsInUse(network.limits);
    this.costs = new LiveCosts(network, options);
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  setNode(node: CheckedNode, counts: NodeCounts): void {
    const known = this.#nodes.get(node.id);
    if (known !== undefined) this.#setUsed(known, 0);
    this.#nodes.set(node.id, { node, slots: 0, free: 0, used: 0 });
    this.setCounts(node.id, counts);
    this.costs.outdate();
    this.#settled = false;
  }

  removeNode(id: string): void {
    const known = this.#nodes.get(id);
    if (known === undefined) return;
    for (const [reservation, { node }] of this.#held) if (node === id) this.release(reservation);
    this.#setUsed(known, 0);
    this.#nodes.delete(id);
    this.costs.outdate();
    this.#settled = false;
  }

  setCounts(id: string, { slots, free, assigned, running }: NodeCounts): void {
    const known = this.#nodes.get(id);
    if (known === undefined) return;
    if (free > known.free || assigned + running < known.used) this.#settled = false;
    Object.assign(known, { slots, free });
    this.#setUsed(known, assigned + running);
  }

  refresh(now: number): void {
    if (this.#disposed) throw new OutbidError('DISPOSED', 'the network was disposed of');
    this.#now = now;
    if (this.costs.renew(now)) this.#settled = false;
    if (!this.costs.ages) return;
    for (const entry of this.#waiting.values()) {
      const cost = this.costs.unserved(entry.request, now);
      if (cost === entry.unservedCost) continue;
      entry.unservedCost = cost;
      this.#settled = false;
    }
  }

  add({ request, held }: Waiting, now: number, atOnce: boolean): void {
    this.refresh(now);
    if (this.#waiting.size === 0) this.#settled = true;
    const entry: WaitingEntry = { request, held, unservedCost: this.costs.unserved(request, now), places: [] };
    // Matched before it is written down: a matching that throws leaves no trace of it.
    if (atOnce && this.#settled) [entry.places] = this.#match([entry], Number.POSITIVE_INFINITY).places;
    else this.#settled = false;
    this.#waiting.set(request.id, entry);
  }

  entries(): Iterable<Waiting> {
    return this.#waiting.values();
  }

  isWaiting(id: string): boolean {
    return this.#waiting.has(id);
  }

  unitsWaiting(id: string): number {
    const entry = this.#waiting.get(id);
    return entry === undefined ? 0 : entry.request.replicas - entry.held.length;
  }

  placed(id: string): string[] {
    return this.#waiting.get(id)?.places ?? [];
  }

  why(id: string, now: number): NoArcs | 'capped' | 'full' {
    this.refresh(now);
    const entry = this.#waiting.get(id) as WaitingEntry;
    return this.costs.whyNone(entry.request, now) ?? (isCapped(entry, entry.unservedCost, this.#ground()) ? 'capped' : 'full');
  }

  drop(id: string): void {
    this.#waiting.delete(id);
  }

  withdraw(id: string): void {
    this.drop(id);
  }

  fix(id: string, slots: readonly { node: string; reservation: string }[]): void {
    const entry = this.#waiting.get(id) as WaitingEntry;
    const { request } = entry;
    const taken = slots.map(({ node }) => ({ node, operator: this.costs.operator(node) }));
    for (const { node, reservation } of slots) this.hold(reservation, node, this.costs.cost(request, node), request);
    entry.held = [...entry.held, ...taken];
    entry.places = [];
    if (this.unitsWaiting(id) === 0) this.drop(id);
  }

  hold(reservation: string, node: string, cost: number, { tenant, model }: CheckedRequest): void {
    const known = this.#nodes.get(node) as LimitedNode;
    const loads = Object.hasOwn(known.node.loadable, model) ? model : undefined;
    this.#held.set(reservation, { node, cost, tenant, loads });
    if (loads !== undefined) this.costs.countLoad(node, loads, 1);
    this.#limits.addTenant(tenant, 1);
    known.free = Math.max(0, known.free - 1);
    this.#setUsed(known, known.used + 1);
  }

  release(reservation: string): boolean {
    const held = this.#held.get(reservation);
    if (held === undefined) return false;
    this.#held.delete(reservation);
    this.#limits.addTenant(held.tenant, -1);
    if (held.loads !== undefined) this.costs.countLoad(held.node, held.loads, -1);
    // Its slot is told by the counts that follow.
    const known = this.#nodes.get(held.node) as LimitedNode;
    this.#setUsed(known, known.used - 1);
    this.#settled = false;
    return true;
  }

  costOf(reservation: string): number {
    return this.#held.get(reservation)?.cost ?? 0;
  }

  update(deadlineMs: number = DEFAULT_DEADLINE_MS): MarketUpdate {
    if (typeof deadlineMs !== 'number' || !(deadlineMs >= 0))
      throw new OutbidError('OPTION_INVALID', `deadlineMs must be a number of milliseconds >= 0, not ${String(deadlineMs)}`, {
        option: 'deadlineMs',
        value: deadlineMs,
      });
    if (this.#settled) return { complete: true, gap: 0, moved: [] };
    const entries = [...this.#waiting.values()];
    const allowed = Math.max(deadlineMs, this.#patience);
    const { places, complete, gap } = this.#match(entries, allowed);
    this.#settled = complete;
    this.#patience = complete ? 0 : 2 * Math.max(1, allowed);
    const moved: string[] = [];
    entries.forEach((entry, i) => {
      entry.places = places[i];
      if (places[i].length > 0) moved.push(entry.request.id);
    });
    return { complete, gap, moved };
  }

  limits(): GroupLimit[] {
    return this.#limits.left();
  }

  dispose(): void {
    this.#disposed = true;
    this.#waiting.clear();
    this.#held.clear();
  }

  #match(waiting: readonly Waiting[], deadlineMs: number): BatchPlaces {
    return matchWaiting(waiting, this.#ground(), { ...this.#solving, ...(Number.isFinite(deadlineMs) ? { deadlineMs } : {}) });
  }

  #ground(): Ground {
    return {
      costs: this.costs,
      weights: this.#weights,
      nodes: this.#network.nodes,
      counts: ({ id }) => this.#nodes.get(id) as LimitedNode,
      limits: this.#limits,
      now: this.#now,
    };
  }

  #setUsed(known: LimitedNode, used: number): void {
    this.#limits.addNode(known.node, used - known.used);
    known.used = used;
  }
}
