/**
 * The nodes of a running network in its matcher, and the slots held there. What holds a slot is a committed demand of one unit with
 * one arc, under the name of a reservation.
 *
 * Invariant: the capacity of a node in the matcher is the number of its slots that are free in the ledger plus the slots held
 * here. Everything else that takes slots there (foreign work, adopted reservations, headroom without a price) is thereby outside
 * the market. Where slots have surcharges it matters which are taken: work takes the cheapest first, whosever it is. There what is
 * outside holds its slots as a demand of its own, and they count, too.
 */
import type { Matcher } from '../matcher.js';
import type { CostWeights } from './cost.js';
import type { LiveCosts } from './live-costs.js';
import type { CheckedNode } from './model.js';
import { slotBlocks } from './slots.js';

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

interface Holding {
  demand: number;
  node: string;
  cost: number;
  model: string;
  /** The node loads the model for it. */
  loads: boolean;
}

const NO_TIERS = 'null';

export class LiveSlots {
  readonly #matcher: Matcher;
  readonly #weights: CostWeights;
  readonly #costs: LiveCosts;
  readonly #nodes = new Map<string, LiveNode>();
  readonly #byIndex = new Map<number, string>();
  /** By reservation. */
  readonly #held = new Map<string, Holding>();

  constructor(matcher: Matcher, weights: CostWeights, costs: LiveCosts) {
    this.#matcher = matcher;
    this.#weights = weights;
    this.#costs = costs;
  }

  /** Index of a node in the matcher; undefined when it is not there. */
  indexOf(id: string): number | undefined {
    return this.#nodes.get(id)?.index;
  }

  nodeAt(index: number): string {
    return this.#byIndex.get(index) as string;
  }

  /** What a reservation's slot was taken for, in whole micro-USD. */
  costOf(reservation: string): number {
    return this.#held.get(reservation)?.cost ?? 0;
  }

  /** A node was added or changed; `free`: its slots that are free in the ledger. */
  setNode(node: CheckedNode, free: number): void {
    const blocks = slotBlocks(node, this.#weights);
    const tiers = blocks.some(({ surcharge }) => surcharge > 0) ? blocks.map(({ slots, surcharge }) => ({ slots, surcharge })) : undefined;
    const shape = tiers === undefined ? NO_TIERS : JSON.stringify(tiers);
    const known = this.#nodes.get(node.id);
    const slots = blocks.reduce((sum, block) => sum + block.slots, 0);
    if (known?.tiers === shape) {
      Object.assign(known, { slots, loadable: node.loadable });
      this.setFree(node.id, free);
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
    this.setFree(node.id, free + held.length);
    for (const [reservation, { cost, model }] of held) this.hold(reservation, node.id, cost, model);
    this.setFree(node.id, free);
  }

  /** A node left; what it held is no longer held. False when it was not there. */
  removeNode(id: string): boolean {
    const node = this.#nodes.get(id);
    if (node === undefined) return false;
    for (const [reservation, { node: on }] of this.#held) if (on === id) this.release(reservation);
    if (node.outside > 0) this.#matcher.remove(node.outsideDemand);
    this.#matcher.removeNode(node.index);
    this.#nodes.delete(id);
    this.#byIndex.delete(node.index);
    return true;
  }

  /** Slots of a node that are free in the ledger; says whether those are more than before. */
  setFree(id: string, free: number): boolean {
    const node = this.#nodes.get(id);
    if (node === undefined) return false;
    const outside = node.tiers === NO_TIERS ? 0 : Math.max(0, node.slots - node.held - free);
    const capacity = free + node.held + outside;
    if (capacity === node.capacity && outside === node.outside) return false;
    const more = free > node.capacity - node.held - node.outside;
    if (node.outside !== outside && node.outside > 0) this.#matcher.remove(node.outsideDemand);
    if (node.capacity !== capacity) this.#matcher.setCapacity(node.index, capacity);
    node.capacity = capacity;
    if (node.outside !== outside && outside > 0) {
      node.outsideDemand = this.#matcher.place({ targets: [node.index], costs: [0], units: outside }).id;
      this.#matcher.commit(node.outsideDemand);
    }
    node.outside = outside;
    return more;
  }

  /** A free slot of a node is held from now on. */
  hold(reservation: string, node: string, cost: number, model: string): void {
    const known = this.#nodes.get(node) as LiveNode;
    const { id: demand } = this.#matcher.place({ targets: [known.index], costs: [cost] });
    this.#matcher.commit(demand);
    const loads = Object.hasOwn(known.loadable, model);
    if (loads) this.#costs.countLoad(node, model, 1);
    this.#held.set(reservation, { demand, node, cost, model, loads });
    known.held++;
  }

  /** False when the reservation holds nothing here. */
  release(reservation: string): boolean {
    const held = this.#held.get(reservation);
    if (held === undefined) return false;
    this.#held.delete(reservation);
    (this.#nodes.get(held.node) as LiveNode).held--;
    if (held.loads) this.#costs.countLoad(held.node, held.model, -1);
    this.#matcher.remove(held.demand);
    return true;
  }
}
