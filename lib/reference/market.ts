/**
 * The market: the one state of the solver. Prices of nodes, slots with their bids, placements. Every algorithm reads and writes
 * this state and keeps, up to its own epsilon,
 *
 *     (I1)  every unit of class i pays at most u_i + epsilon, u_i = least pay over arcs with room and the unserved cost
 *     (I2)  a free slot of surcharge s means price <= s; a used slot of surcharge s means price >= s
 *
 * pay(arc) = cost + price of its node; room(arc) = bound - flow. The units of a class at a node are one block with one bid, so
 * memory is one block an arc, whatever units and capacities are. Costs and prices are whole numbers held in doubles, exact up to
 * 2^53. A node of capacity 0 has price Infinity: nobody can pay it, and no search reaches it.
 */
import type { Classes } from './classes.js';
import type { Level } from './grid.js';
import type { Nodes } from './nodes.js';
import { mix, seedState, tieRank } from './ties.js';

export class Market {
  /** Numbers of classes, nodes and arcs. */
  readonly classes: number;
  readonly nodes: number;
  readonly arcs: number;
  readonly offset: Int32Array;
  readonly node: Int32Array;
  readonly bound: Float64Array | undefined;
  readonly bounded: Uint8Array;
  readonly units: Float64Array;
  /** Class of each arc. */
  readonly arcClass: Int32Array;
  /** Arcs into node j: inArc[inOffset[j]] .. inArc[inOffset[j + 1] - 1]. */
  readonly inOffset: Int32Array;
  readonly inArc: Int32Array;
  readonly capacity: Float64Array;
  readonly tierOffset: Int32Array;
  readonly tierSlots: Float64Array;

  /** Whole numbers on the grid of the current level. Surcharges do not descend within a node but may have any sign. */
  cost: Float64Array;
  unservedCost: Float64Array;
  surcharge: Float64Array;

  readonly price: Float64Array;
  /** Used slots of each node. */
  readonly load: Float64Array;
  /** Free slots that the node's price says must be used; only the finish keeps it, 0 elsewhere. */
  readonly hungry: Float64Array;
  readonly flow: Float64Array;
  /** Units of each class left unserved (in the pool) and units that have no place yet. */
  readonly unserved: Float64Array;
  readonly unplaced: Float64Array;

  /** Blocks of node j are entries inOffset[j] .. inOffset[j] + blockCount[j] - 1 of these two. */
  readonly blockCount: Int32Array;
  readonly blockArc: Int32Array;
  readonly blockBid: Float64Array;
  /** Entry of an arc's block, -1 for an arc without flow. */
  readonly blockPlace: Int32Array;
  /** Used arcs of a class, linked. */
  readonly usedHead: Int32Array;
  readonly usedNext: Int32Array;
  readonly usedPrevious: Int32Array;
  readonly usedCount: Int32Array;
  /** Entry of the lowest bid at a node, -1 when it must be looked for. */
  readonly #lowest: Int32Array;
  readonly #tieState: Int32Array;

  constructor(classes: Classes, nodes: Nodes, level: Level, seed: number) {
    const n = classes.count;
    const m = nodes.count;
    const arcs = classes.node.length;
    this.classes = n;
    this.nodes = m;
    this.arcs = arcs;
    this.offset = classes.offset;
    this.node = classes.node;
    this.bound = classes.bound;
    this.bounded = classes.bounded;
    this.units = classes.units;
    this.capacity = nodes.capacity;
    this.tierOffset = nodes.tierOffset;
    this.tierSlots = nodes.tierSlots;
    this.cost = level.cost;
    this.unservedCost = level.unservedCost;
    this.surcharge = level.surcharge;
    this.arcClass = new Int32Array(arcs);
    this.inOffset = new Int32Array(m + 1);
    this.inArc = new Int32Array(arcs);
    for (let i = 0; i < n; i++) for (let a = this.offset[i]; a < this.offset[i + 1]; a++) this.arcClass[a] = i;
    for (let a = 0; a < arcs; a++) this.inOffset[this.node[a] + 1]++;
    for (let j = 0; j < m; j++) this.inOffset[j + 1] += this.inOffset[j];
    const next = this.inOffset.slice();
    for (let a = 0; a < arcs; a++) this.inArc[next[this.node[a]]++] = a;
    this.price = new Float64Array(m);
    this.load = new Float64Array(m);
    this.hungry = new Float64Array(m);
    this.flow = new Float64Array(arcs);
    this.unserved = new Float64Array(n);
    this.unplaced = Float64Array.from(classes.units);
    this.blockCount = new Int32Array(m);
    this.blockArc = new Int32Array(arcs);
    this.blockBid = new Float64Array(arcs);
    this.blockPlace = new Int32Array(arcs).fill(-1);
    this.usedHead = new Int32Array(n).fill(-1);
    this.usedNext = new Int32Array(arcs).fill(-1);
    this.usedPrevious = new Int32Array(arcs).fill(-1);
    this.usedCount = new Int32Array(n);
    this.#lowest = new Int32Array(m).fill(-1);
    this.#tieState = new Int32Array(n);
    const state = seedState(seed);
    for (let i = 0; i < n; i++) this.#tieState[i] = mix(state, classes.member[classes.memberOffset[i]]);
    this.openPrices();
  }

  /** Prices before anyone has bid: the surcharge of the first slot. */
  openPrices(): void {
    for (let j = 0; j < this.nodes; j++) this.price[j] = this.capacity[j] > 0 ? this.surchargeAt(j, 0) : Number.POSITIVE_INFINITY;
  }

  /** Takes the costs of another level and puts every price to 0; the flow stays. */
  enterLevel(level: Level): void {
    this.cost = level.cost;
    this.unservedCost = level.unservedCost;
    this.surcharge = level.surcharge;
    this.hungry.fill(0);
    for (let j = 0; j < this.nodes; j++) this.price[j] = this.capacity[j] > 0 ? 0 : Number.POSITIVE_INFINITY;
  }

  /** Order of nodes among equal pays of a class. */
  tie(i: number, node: number): number {
    return tieRank(this.#tieState[i], node);
  }

  room(arc: number): number {
    return this.bound === undefined ? Number.POSITIVE_INFINITY : this.bound[arc] - this.flow[arc];
  }

  pay(arc: number): number {
    return this.cost[arc] + this.price[this.node[arc]];
  }

  /** Surcharge of slot number `slot` of a node; Infinity past the last one. */
  surchargeAt(j: number, slot: number): number {
    if (slot >= this.capacity[j]) return Number.POSITIVE_INFINITY;
    let t = this.tierOffset[j];
    if (this.tierOffset[j + 1] - t > 1) for (let left = slot; left >= this.tierSlots[t]; t++) left -= this.tierSlots[t];
    return this.surcharge[t];
  }

  nextSurcharge(j: number): number {
    return this.surchargeAt(j, this.load[j]);
  }

  /** Surcharge of the dearest used slot; of the first slot when none is used. The capacity must not be 0. */
  lastUsedSurcharge(j: number): number {
    return this.surchargeAt(j, this.load[j] > 0 ? this.load[j] - 1 : 0);
  }

  /** Surcharge of the last tier, slots or not. */
  lastTierSurcharge(j: number): number {
    return this.surcharge[this.tierOffset[j + 1] - 1];
  }

  /** Slots from `slot` to the end of its tier, itself included. */
  slotsToTierEnd(j: number, slot: number): number {
    let t = this.tierOffset[j];
    let end = this.tierSlots[t];
    while (slot >= end) end += this.tierSlots[++t];
    return end - slot;
  }

  /** Slots from the start of the tier of `slot` to it, itself included. */
  slotsFromTierStart(j: number, slot: number): number {
    let t = this.tierOffset[j];
    let left = slot;
    while (left >= this.tierSlots[t]) left -= this.tierSlots[t++];
    return left + 1;
  }

  /** Slots of a node whose surcharge lies below a price. */
  slotsBelow(j: number, price: number): number {
    let slots = 0;
    for (let t = this.tierOffset[j]; t < this.tierOffset[j + 1] && this.surcharge[t] < price; t++) slots += this.tierSlots[t];
    return slots;
  }

  /** Puts k units on an arc. A new block gets the bid, an old one keeps its own. */
  place(arc: number, k: number, bid: number): void {
    const j = this.node[arc];
    if (this.blockPlace[arc] < 0) {
      const i = this.arcClass[arc];
      const at = this.inOffset[j] + this.blockCount[j]++;
      this.blockArc[at] = arc;
      this.blockBid[at] = bid;
      this.blockPlace[arc] = at;
      const lowest = this.#lowest[j];
      if (this.blockCount[j] === 1 || (lowest >= 0 && bid < this.blockBid[lowest])) this.#lowest[j] = at;
      const head = this.usedHead[i];
      this.usedNext[arc] = head;
      this.usedPrevious[arc] = -1;
      if (head >= 0) this.usedPrevious[head] = arc;
      this.usedHead[i] = arc;
      this.usedCount[i]++;
    }
    this.flow[arc] += k;
    this.load[j] += k;
  }

  /** Takes k units off an arc; they are the caller's to place. */
  take(arc: number, k: number): void {
    const j = this.node[arc];
    this.flow[arc] -= k;
    this.load[j] -= k;
    if (this.flow[arc] > 0) return;
    const i = this.arcClass[arc];
    const at = this.blockPlace[arc];
    const last = this.inOffset[j] + --this.blockCount[j];
    if (this.#lowest[j] === at) this.#lowest[j] = -1;
    else if (this.#lowest[j] === last) this.#lowest[j] = at;
    this.blockArc[at] = this.blockArc[last];
    this.blockBid[at] = this.blockBid[last];
    this.blockPlace[this.blockArc[at]] = at;
    this.blockPlace[arc] = -1;
    const next = this.usedNext[arc];
    const previous = this.usedPrevious[arc];
    if (next >= 0) this.usedPrevious[next] = previous;
    if (previous >= 0) this.usedNext[previous] = next;
    else this.usedHead[i] = next;
    this.usedCount[i]--;
  }

  /** Raises the bid of an arc's block. */
  raiseBid(arc: number, bid: number): void {
    const at = this.blockPlace[arc];
    if (bid <= this.blockBid[at]) return;
    this.blockBid[at] = bid;
    const j = this.node[arc];
    if (this.#lowest[j] === at) this.#lowest[j] = -1;
  }

  /** Sets the bid of an arc's block, up or down. */
  setBid(arc: number, bid: number): void {
    const j = this.node[arc];
    this.blockBid[this.blockPlace[arc]] = bid;
    this.#lowest[j] = -1;
  }

  /** Entry of the lowest bid at a node, -1 if it has no block. */
  lowestBid(j: number): number {
    let at = this.#lowest[j];
    const count = this.blockCount[j];
    if (at >= 0 || count === 0) return count === 0 ? -1 : at;
    const bids = this.blockBid;
    at = this.inOffset[j];
    const end = at + count;
    let least = bids[at];
    for (let k = at + 1; k < end; k++) {
      if (bids[k] < least) {
        least = bids[k];
        at = k;
      }
    }
    this.#lowest[j] = at;
    return at;
  }

  /** Entry of the lowest bid at a node that is not of class i, -1 if there is none. */
  lowestBidOfOthers(j: number, i: number): number {
    const lowest = this.lowestBid(j);
    if (lowest < 0 || this.arcClass[this.blockArc[lowest]] !== i) return lowest;
    let at = -1;
    let least = Number.POSITIVE_INFINITY;
    const end = this.inOffset[j] + this.blockCount[j];
    for (let k = this.inOffset[j]; k < end; k++) {
      if (this.blockBid[k] < least && k !== lowest) {
        least = this.blockBid[k];
        at = k;
      }
    }
    return at;
  }

  /** Raises a price to what the next slot costs: the lowest bid, or the next free slot's surcharge. */
  lift(j: number): void {
    let ask = this.nextSurcharge(j);
    if (ask <= this.price[j]) return;
    const lowest = this.lowestBid(j);
    if (lowest >= 0 && this.blockBid[lowest] < ask) ask = this.blockBid[lowest];
    if (ask > this.price[j] && ask < Number.POSITIVE_INFINITY) this.price[j] = ask;
  }

  /** Units that have a place. */
  placed(): number {
    let sum = 0;
    for (let j = 0; j < this.nodes; j++) sum += this.load[j];
    return sum;
  }

  /** Least pay over arcs with room and the unserved cost. */
  leastPay(i: number): number {
    let least = this.unservedCost[i];
    for (let a = this.offset[i]; a < this.offset[i + 1]; a++) {
      const pay = this.cost[a] + this.price[this.node[a]];
      if (pay < least && this.room(a) > 0) least = pay;
    }
    return least;
  }
}
