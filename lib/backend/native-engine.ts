/** The warm market of the native core: synchronous calls, each into C++ and back, no promise and no thread. */
import type { AddonMatcher } from './addon.js';
import type { DemandRows, MarketState, MatcherEngine, UpdateOutcome } from './engine.js';

export class NativeEngine implements MatcherEngine {
  readonly #native: AddonMatcher;
  readonly #outcome = new Float64Array(9);

  constructor(native: AddonMatcher) {
    this.#native = native;
  }

  setRange(range: number, hops: number, largest: number): void {
    this.#native.setRange(range, hops, largest);
  }

  refineGrid(exponent: number): void {
    this.#native.refineGrid(exponent);
  }

  addNode(node: number, tierSlots: Int32Array, tierSurcharge: Float64Array, slots: Int32Array, costs: Float64Array): void {
    this.#native.addNode(node, tierSlots, tierSurcharge, slots, costs);
  }

  removeNode(node: number): Int32Array {
    return this.#native.removeNode(node);
  }

  setCapacity(node: number, capacity: number): void {
    this.#native.setCapacity(node, capacity);
  }

  addDemands({ slots, offsets, targets, costs, bounds, units, unservedCost, keep }: DemandRows): void {
    this.#native.addDemands(slots, offsets, targets, costs, bounds, units, unservedCost, keep);
  }

  removeDemands(slots: Int32Array): number {
    return this.#native.removeDemands(slots);
  }

  place(slot: number): number {
    return this.#native.place(slot);
  }

  commit(slot: number): number {
    return this.#native.commit(slot);
  }

  setCosts(slot: number, targets: Int32Array, costs: Float64Array): boolean {
    return this.#native.setCosts(slot, targets, costs);
  }

  addArcs(slot: number, targets: Int32Array, costs: Float64Array, bounds: Int32Array | undefined): number {
    return this.#native.addArcs(slot, targets, costs, bounds);
  }

  removeArcs(slot: number, targets: Int32Array): number {
    return this.#native.removeArcs(slot, targets);
  }

  setUnservedCost(slot: number, cost: number): void {
    this.#native.setUnservedCost(slot, cost);
  }

  update(deadline: number): UpdateOutcome {
    const moves = this.#native.update(deadline - performance.now(), this.#outcome);
    const outcome = this.#outcome;
    return {
      moves,
      complete: outcome[0] === 1,
      objective: outcome[1],
      gap: outcome[2],
      missing: outcome[3],
      pushes: outcome[4],
      pulls: outcome[5],
      expanded: outcome[6],
      restarted: outcome[7] === 1,
      interrupted: outcome[8] === 1,
    };
  }

  placements(slot: number): Int32Array {
    return this.#native.placements(slot);
  }

  exportState(): MarketState {
    return this.#native.exportState();
  }

  importState(state: MarketState): void {
    this.#native.importState(state);
  }

  dispose(): void {
    this.#native.dispose();
  }
}
