/**
 * The market that stays warm: demands, nodes and arcs that come and go, with exact prices between changes. For an arc a of demand i
 * to node j, with flow x and base b (its flow at the last report),
 *
 *     what one unit more pays     cost + p_j           while x < b,  + (keep_i, 1) from there on
 *     what one unit less saves    cost + p_j           while x <= b, + (keep_i, 1) above
 *
 * Costs and prices are pairs (cost, moves) compared by cost, then by moves: an ordered group, in which everything the exact finish
 * proves holds word for word. So among all optimal placements the repair finds one that moves the fewest units since the last report:
 * no subset of them could have stayed where it was. keep is what moving a committed unit costs, 0 for one that waits.
 *
 * Unserved units of a must-serve demand cost MUST_SERVE: a number beyond any path, so as few as possible are missing, and every push
 * ends. Between two changes (I1) and (I2) of market.ts hold at epsilon 0 for load + hungry slots; what is left to do stands in two
 * queues, demands with unplaced units and nodes with hungry slots. When both are empty the placement is optimal.
 *
 * Everything is a whole number on the grid, exact in doubles.
 */
import { MUST_SERVE } from '../../backend/engine.js';
import { ExactSum } from '../exact-sum.js';

export interface Arc {
  readonly demand: Demand;
  readonly node: Node;
  /** On the grid, and as given. */
  cost: number;
  given: number;
  readonly bound: number;
  flow: number;
  /** Flow at the last report. */
  base: number;
  /** Committed units, part of the flow: no search sees them. */
  fixed: number;
  /** Places in node.arcs and node.used; -1: not there. */
  at: number;
  usedAt: number;
}

export interface Demand {
  readonly slot: number;
  units: number;
  /** On the grid (MUST_SERVE), and as given (Infinity). */
  unserved: number;
  givenUnserved: number;
  /** On the grid and as given; negative: committed units never move. */
  keep: number;
  givenKeep: number;
  /** Committed, but may move at `keep`; it may not become unserved. */
  held: boolean;
  arcs: Arc[];
  pooled: number;
  pooledBase: number;
  unplaced: number;
  /** What a unit that is served may save at most: the unserved cost beyond the cheapest arc. */
  hope: number;
  /** Units the last report had on arcs that are gone: node and units. */
  lost: [node: number, units: number][];
  stamp: number;
  distance: number;
  distanceMoves: number;
}

export interface Node {
  readonly index: number;
  capacity: number;
  /** Slots there are: the capacity, or the committed units where those are more. */
  slots: number;
  fixed: number;
  load: number;
  hungry: number;
  tierSlots: number[];
  /** On the grid, and as given. */
  surcharge: number[];
  givenSurcharge: number[];
  price: number;
  moves: number;
  arcs: Arc[];
  /** Arcs with units that may move. */
  used: Arc[];
  stamp: number;
  settled: number;
  distance: number;
  distanceMoves: number;
  inward: Arc | undefined;
  outward: Arc | undefined;
}

export const NO_BOUND = 2 ** 31 - 1;

export class State {
  readonly demands = new Map<number, Demand>();
  readonly nodes: Node[] = [];
  /** What is left to do. */
  readonly unplaced = new Set<Demand>();
  readonly hungry = new Set<Node>();
  /** What the next report looks at: placements that may have changed, prices that count moves. */
  readonly touchedDemands = new Set<Demand>();
  readonly touchedNodes = new Set<Node>();
  /** Cost of all placements and unserved units, those without a place yet counted as unserved; and what these may save at most. */
  readonly objective = new ExactSum();
  hopes = new ExactSum();
  /** Must-serve units without a place; those of them that no search has given up yet. */
  missing = 0;
  waitingMust = 0;
  exponent = 0;
  /** A price has left the range in which sums are exact. */
  drifted = false;

  /** Extra cost of a unit on an arc beyond its base. */
  over(demand: Demand): number {
    return demand.held ? demand.keep : 0;
  }

  /** What leaving a unit unserved costs; a committed one must not be. */
  poolCost(demand: Demand): number {
    return demand.held ? MUST_SERVE : demand.unserved;
  }

  /** Surcharge of a slot; slots that only committed units hold are like the last. */
  surchargeAt(node: Node, slot: number): number {
    if (slot >= node.slots) return Number.POSITIVE_INFINITY;
    let t = 0;
    for (let left = slot; t < node.tierSlots.length - 1 && left >= node.tierSlots[t]; t++) left -= node.tierSlots[t];
    return node.surcharge[t];
  }

  /** First slot of the tier of a slot, and one past its last. */
  tierOf(node: Node, slot: number): { begin: number; end: number } {
    let begin = 0;
    let t = 0;
    for (; t < node.tierSlots.length - 1 && slot >= begin + node.tierSlots[t]; t++) begin += node.tierSlots[t];
    return { begin, end: t === node.tierSlots.length - 1 ? node.slots : Math.min(node.slots, begin + node.tierSlots[t]) };
  }

  /** Slots that the price says must be used. */
  slotsBelow(node: Node): number {
    let slots = 0;
    for (let t = 0; t < node.tierSlots.length; t++) {
      const s = node.surcharge[t];
      if (s > node.price || (s === node.price && node.moves <= 0)) return Math.min(slots, node.slots);
      slots += node.tierSlots[t];
    }
    return node.slots;
  }

  /** To be called when load, slots or price of a node changed outside a search. */
  recount(node: Node): void {
    node.hungry = node.slots === 0 ? 0 : Math.max(0, this.slotsBelow(node) - node.load);
    if (node.hungry > 0) this.hungry.add(node);
    else this.hungry.delete(node);
  }

  /** Unplaced units count as unserved. */
  #count(demand: Demand, units: number): void {
    if (this.poolCost(demand) === MUST_SERVE) {
      this.missing += units;
      this.waitingMust += units;
    } else {
      this.objective.addProduct(units, demand.givenUnserved);
      this.hopes.addProduct(units, demand.hope);
    }
  }

  unplace(demand: Demand, units: number): void {
    demand.unplaced += units;
    this.#count(demand, units);
    if (demand.unplaced > 0) this.unplaced.add(demand);
    else this.unplaced.delete(demand);
  }

  setPrice(node: Node, price: number, moves: number): void {
    node.price = price;
    node.moves = moves;
    if (!(price < MUST_SERVE * 1.5 && price > -MUST_SERVE / 2)) this.drifted = true;
    if (moves !== 0) this.touchedNodes.add(node);
  }

  /** Adds the surcharges of some slots to the objective, or takes them off. */
  charge(node: Node, from: number, to: number, sign: 1 | -1): void {
    let begin = 0;
    for (let t = 0; t < node.tierSlots.length; t++) {
      const end = t === node.tierSlots.length - 1 ? Number.POSITIVE_INFINITY : begin + node.tierSlots[t];
      const used = Math.min(to, end) - Math.max(from, begin);
      if (used > 0 && node.givenSurcharge[t] !== 0) this.objective.addProduct(sign * used, node.givenSurcharge[t]);
      begin = end;
    }
  }

  /** Changes the units on a node; surcharges follow. */
  setLoad(node: Node, load: number): void {
    if (load > node.load) this.charge(node, node.load, load, 1);
    else this.charge(node, load, node.load, -1);
    node.load = load;
  }

  place(arc: Arc, units: number): void {
    arc.flow += units;
    this.objective.addProduct(units, arc.given);
    this.setLoad(arc.node, arc.node.load + units);
    this.list(arc);
    this.touchedDemands.add(arc.demand);
  }

  take(arc: Arc, units: number): void {
    arc.flow -= units;
    this.objective.addProduct(-units, arc.given);
    this.setLoad(arc.node, arc.node.load - units);
    this.list(arc);
    this.touchedDemands.add(arc.demand);
  }

  pool(demand: Demand, units: number): void {
    demand.pooled += units;
    if (this.poolCost(demand) === MUST_SERVE) this.missing += units;
    else this.objective.addProduct(units, demand.givenUnserved);
    this.touchedDemands.add(demand);
  }

  /** Changes what an unserved unit of a demand costs. */
  recost(demand: Demand, change: () => void): void {
    const { pooled } = demand;
    this.pool(demand, -pooled);
    this.#count(demand, -demand.unplaced);
    change();
    this.#count(demand, demand.unplaced);
    this.pool(demand, pooled);
    this.rehope(demand);
  }

  /** To be called when the arcs, costs or the unserved cost of a demand changed. */
  rehope(demand: Demand): void {
    let hope = 0;
    for (const arc of demand.arcs) hope = Math.max(hope, demand.unserved - arc.cost);
    if (this.poolCost(demand) !== MUST_SERVE) {
      this.hopes.addProduct(-demand.unplaced, demand.hope);
      this.hopes.addProduct(demand.unplaced, hope);
    }
    demand.hope = hope;
  }

  /** Puts an arc on its node's list of used arcs, or takes it off. */
  list(arc: Arc): void {
    const { used } = arc.node;
    if (arc.flow > arc.fixed === arc.usedAt >= 0) return;
    if (arc.usedAt < 0) {
      arc.usedAt = used.length;
      used.push(arc);
      return;
    }
    const last = used.pop() as Arc;
    if (last !== arc) {
      used[arc.usedAt] = last;
      last.usedAt = arc.usedAt;
    }
    arc.usedAt = -1;
  }
}

/** Units that one more of the same price may bring, and that may leave at the price of the first. */
export function roomOf(arc: Arc): number {
  return (arc.flow < arc.base ? Math.min(arc.base, arc.bound) : arc.bound) - arc.flow;
}

export function movable(arc: Arc): number {
  return Math.min(arc.flow - arc.fixed, arc.flow > arc.base ? arc.flow - arc.base : arc.flow);
}

/** (a, b) < (c, d): by cost, then by moves. */
export function less(a: number, b: number, c: number, d: number): boolean {
  return a < c || (a === c && b < d);
}
