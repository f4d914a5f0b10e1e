/** The warm market in TypeScript, behind the interface that `Matcher` talks to. To be read; the native one is to be used. */
import { type DemandRows, type MarketState, type MatcherEngine, MUST_SERVE, type UpdateOutcome } from '../../backend/engine.js';
import { scale } from '../grid.js';
import { drop, link, open, removeArc, removeDemand, removeNode, restart, setCapacity } from './changes.js';
import { exportState, importState } from './export.js';
import { gapLeft } from './gap.js';
import { pullOnce } from './pull.js';
import { pushOnce } from './push.js';
import { refineGrid } from './refine.js';
import { rebase, report } from './report.js';
import { TickSearch } from './search.js';
import { type Arc, type Demand, NO_BOUND, type Node, State } from './state.js';

export class ReferenceEngine implements MatcherEngine {
  readonly #state = new State();
  readonly #search: TickSearch;
  #pushes = 0;
  #pulls = 0;

  constructor(seed: number) {
    this.#search = new TickSearch(this.#state, seed);
  }

  /** Doubles hold all of GRID_LIMIT. */
  setRange(): void {}

  refineGrid(exponent: number): void {
    this.#search.forget();
    refineGrid(this.#state, exponent);
  }

  grid(cost: number): number {
    return Math.round(scale(cost, this.#state.exponent)) + 0;
  }

  unservedOnGrid(cost: number): number {
    return cost === Number.POSITIVE_INFINITY ? MUST_SERVE : this.grid(cost);
  }

  addNode(index: number, tierSlots: Int32Array, tierSurcharge: Float64Array, slots: Int32Array, costs: Float64Array): void {
    this.#search.forget();
    const node: Node = {
      index,
      capacity: tierSlots.reduce((sum, count) => sum + count, 0),
      slots: 0,
      fixed: 0,
      load: 0,
      hungry: 0,
      tierSlots: Array.from(tierSlots),
      surcharge: Array.from(tierSurcharge, (s) => this.grid(s)),
      givenSurcharge: Array.from(tierSurcharge),
      price: Number.POSITIVE_INFINITY,
      moves: 0,
      arcs: [],
      used: [],
      stamp: 0,
      settled: 0,
      distance: 0,
      distanceMoves: 0,
      inward: undefined,
      outward: undefined,
    };
    this.#state.nodes[index] = node;
    for (let k = 0; k < slots.length; k++) {
      link(this.#demand(slots[k]), node, this.grid(costs[k]), costs[k], NO_BOUND);
      this.#state.rehope(this.#demand(slots[k]));
    }
    open(this.#state, node);
  }

  removeNode(index: number): Int32Array {
    this.#search.forget();
    return Int32Array.from(removeNode(this.#state, this.#state.nodes[index]));
  }

  setCapacity(index: number, capacity: number): void {
    this.#search.forget();
    setCapacity(this.#state, this.#state.nodes[index], capacity);
  }

  addDemands({ slots, offsets, targets, costs, bounds, units, unservedCost, keep }: DemandRows): void {
    this.#search.forget();
    for (let k = 0; k < slots.length; k++) {
      const demand: Demand = {
        slot: slots[k],
        units: units[k],
        unserved: this.unservedOnGrid(unservedCost[k]),
        givenUnserved: unservedCost[k],
        keep: keep[k] < 0 ? -1 : this.grid(keep[k]),
        givenKeep: keep[k],
        held: false,
        arcs: [],
        pooled: 0,
        pooledBase: 0,
        unplaced: 0,
        hope: 0,
        lost: [],
        stamp: 0,
        distance: 0,
        distanceMoves: 0,
      };
      for (let a = offsets[k]; a < offsets[k + 1]; a++)
        link(demand, this.#state.nodes[targets[a]], this.grid(costs[a]), costs[a], bounds === undefined ? NO_BOUND : bounds[a]);
      this.#state.demands.set(demand.slot, demand);
      this.#state.rehope(demand);
      this.#state.unplace(demand, demand.units);
    }
  }

  removeDemands(slots: Int32Array): number {
    this.#search.forget();
    let units = 0;
    for (const slot of slots) {
      const demand = this.#demand(slot);
      units += demand.units;
      removeDemand(this.#state, demand);
    }
    return units;
  }

  place(slot: number): number {
    const demand = this.#demand(slot);
    this.#search.forget();
    this.#search.patience.until(Number.POSITIVE_INFINITY);
    while (demand.unplaced > 0) this.#push(demand);
    this.#told(demand);
    return onlyNode(demand);
  }

  commit(slot: number): number {
    const state = this.#state;
    const demand = this.#demand(slot);
    if (demand.pooled > 0 || demand.unplaced > 0) return -2;
    this.#search.forget();
    if (demand.keep >= 0) demand.held = true;
    else {
      for (const arc of demand.arcs) {
        arc.node.fixed += arc.flow - arc.fixed;
        arc.fixed = arc.flow;
        state.list(arc);
      }
    }
    this.#told(demand);
    return onlyNode(demand);
  }

  setCosts(slot: number, targets: Int32Array, costs: Float64Array): boolean {
    const demand = this.#demand(slot);
    const arcs = Array.from(targets, (j) => arcTo(demand, j));
    if (arcs.includes(undefined)) return false;
    this.#search.forget();
    arcs.forEach((arc, k) => {
      if (arc === undefined) return;
      this.#state.objective.addProduct(-arc.flow, arc.given);
      arc.given = costs[k];
      arc.cost = this.grid(costs[k]);
      this.#state.objective.addProduct(arc.flow, arc.given);
    });
    drop(this.#state, demand);
    return true;
  }

  addArcs(slot: number, targets: Int32Array, costs: Float64Array, bounds: Int32Array | undefined): number {
    const demand = this.#demand(slot);
    if (bounds !== undefined && demand.keep >= 0 && demand.units > 1) return 2;
    if (Array.from(targets).some((j) => arcTo(demand, j) !== undefined)) return 1;
    this.#search.forget();
    for (let k = 0; k < targets.length; k++)
      link(demand, this.#state.nodes[targets[k]], this.grid(costs[k]), costs[k], bounds === undefined ? NO_BOUND : bounds[k]);
    drop(this.#state, demand);
    return 0;
  }

  removeArcs(slot: number, targets: Int32Array): number {
    const demand = this.#demand(slot);
    const arcs = Array.from(targets, (j) => arcTo(demand, j));
    if (arcs.includes(undefined)) return 1;
    if (arcs.some((arc) => arc !== undefined && (arc.fixed > 0 || (demand.held && arc.flow > 0)))) return 2;
    this.#search.forget();
    for (const arc of arcs) if (arc !== undefined) removeArc(this.#state, arc);
    drop(this.#state, demand);
    return 0;
  }

  setUnservedCost(slot: number, cost: number): void {
    const state = this.#state;
    const demand = this.#demand(slot);
    this.#search.forget();
    state.recost(demand, () => {
      demand.givenUnserved = cost;
      demand.unserved = this.unservedOnGrid(cost);
    });
    drop(state, demand);
  }

  update(deadline: number): UpdateOutcome {
    const state = this.#state;
    const restarted = state.drifted;
    if (restarted) {
      this.#search.forget();
      restart(state);
    }
    const before = { pushes: this.#pushes, pulls: this.#pulls, expanded: this.#search.expanded };
    const { patience } = this.#search;
    patience.until(deadline);
    let step = this.#step();
    for (let first = true; step === 'done' && !patience.isOver(first); first = false) step = this.#step();
    const complete = state.unplaced.size === 0 && state.hungry.size === 0;
    // What is reported is no move any more: distances change.
    if (state.touchedDemands.size + state.touchedNodes.size > 0) this.#search.forget();
    const moves = report(state);
    return {
      moves,
      complete,
      objective: state.objective.value(),
      gap: complete ? 0 : gapLeft(state),
      missing: state.missing,
      pushes: this.#pushes - before.pushes,
      pulls: this.#pulls - before.pulls,
      expanded: this.#search.expanded - before.expanded,
      restarted,
      interrupted: step === 'stopped',
    };
  }

  placements(slot: number): Int32Array {
    return Int32Array.from(this.#demand(slot).arcs.flatMap((arc) => (arc.flow > 0 ? [arc.node.index, arc.flow] : [])));
  }

  exportState(): MarketState {
    return exportState(this.#state);
  }

  importState(from: MarketState): void {
    importState(this, this.#state, from);
  }

  dispose(): void {}

  /** One push, or one pull when nothing is unplaced. */
  #step(): 'done' | 'stopped' | 'nothing' {
    const { unplaced, hungry } = this.#state;
    for (const demand of unplaced) return this.#push(demand) ? 'done' : 'stopped';
    for (const node of hungry) {
      if (node.hungry > 0) {
        if (!pullOnce(this.#search, node)) return 'stopped';
        this.#pulls++;
      }
      if (node.hungry === 0) hungry.delete(node);
      return 'done';
    }
    return 'nothing';
  }

  #push(demand: Demand): boolean {
    if (!pushOnce(this.#search, demand)) return false;
    this.#pushes++;
    return true;
  }

  /** The caller knows where a demand is: from there on its moves count. */
  #told(demand: Demand): void {
    rebase(demand);
    this.#state.touchedDemands.delete(demand);
  }

  #demand(slot: number): Demand {
    return this.#state.demands.get(slot) as Demand;
  }
}

function arcTo(demand: Demand, node: number): Arc | undefined {
  return demand.arcs.find((arc) => arc.node.index === node);
}

/** The node that has all units of a demand, -1 if there is none. */
function onlyNode(demand: Demand): number {
  for (const arc of demand.arcs) if (arc.flow === demand.units && arc.flow > 0) return arc.node.index;
  return -1;
}
