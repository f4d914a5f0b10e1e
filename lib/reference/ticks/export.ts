/** A warm market as flat arrays, and back. */
import type { MarketState } from '../../backend/engine.js';
import { drop, resize } from './changes.js';
import type { ReferenceEngine } from './engine.js';
import type { Arc, Demand, State } from './state.js';

export function exportState(state: State): MarketState {
  const demands = [...state.demands.values()].sort((a, b) => a.slot - b.slot);
  const arcs = demands.flatMap((demand) => demand.arcs);
  const tiers = state.nodes.flatMap((node) => node.tierSlots);
  const whole = (list: Demand[], get: (demand: Demand) => number): Int32Array => Int32Array.from(list, get);
  const ofArcs = (get: (arc: Arc) => number): Int32Array => Int32Array.from(arcs, get);
  const offsets = new Int32Array(demands.length + 1);
  demands.forEach((demand, k) => {
    offsets[k + 1] = offsets[k] + demand.arcs.length;
  });
  const tierOffsets = new Int32Array(state.nodes.length + 1);
  state.nodes.forEach((node, j) => {
    tierOffsets[j + 1] = tierOffsets[j] + node.tierSlots.length;
  });
  return {
    nodes: state.nodes.length,
    capacity: Int32Array.from(state.nodes, (node) => node.capacity),
    tierOffsets,
    tierSlots: Int32Array.from(tiers),
    tierSurcharge: Float64Array.from(state.nodes.flatMap((node) => node.givenSurcharge)),
    price: Float64Array.from(state.nodes, (node) => node.price),
    slots: whole(demands, (demand) => demand.slot),
    units: whole(demands, (demand) => demand.units),
    unservedCost: Float64Array.from(demands, (demand) => demand.givenUnserved),
    keep: Float64Array.from(demands, (demand) => demand.givenKeep),
    held: Uint8Array.from(demands, (demand) => (demand.held ? 1 : 0)),
    pooled: whole(demands, (demand) => demand.pooled),
    pooledBase: whole(demands, (demand) => demand.pooledBase),
    offsets,
    targets: ofArcs((arc) => arc.node.index),
    costs: Float64Array.from(arcs, (arc) => arc.given),
    bounds: ofArcs((arc) => arc.bound),
    flow: ofArcs((arc) => arc.flow),
    base: ofArcs((arc) => arc.base),
    fixed: ofArcs((arc) => arc.fixed),
    lost: Int32Array.from(demands.flatMap((demand) => demand.lost.flatMap(([node, units]) => [demand.slot, node, units]))),
  };
}

/** Loads nodes and demands, then placements and prices; whoever pays too much at those prices loses the place again. */
export function importState(engine: ReferenceEngine, state: State, from: MarketState): void {
  const none = new Int32Array(0);
  for (let j = 0; j < from.nodes; j++) {
    const [begin, end] = [from.tierOffsets[j], from.tierOffsets[j + 1]];
    engine.addNode(j, from.tierSlots.slice(begin, end), from.tierSurcharge.slice(begin, end), none, new Float64Array(0));
  }
  engine.addDemands(from);
  let a = 0;
  from.slots.forEach((slot, k) => {
    const demand = state.demands.get(slot) as Demand;
    state.recost(demand, () => {
      demand.held = from.held[k] !== 0;
    });
    demand.pooledBase = from.pooledBase[k];
    state.unplace(demand, -from.pooled[k]);
    state.pool(demand, from.pooled[k]);
    for (const arc of demand.arcs) {
      arc.base = from.base[a];
      arc.fixed = from.fixed[a];
      arc.node.fixed += arc.fixed;
      state.unplace(demand, -from.flow[a]);
      if (from.flow[a] > 0) state.place(arc, from.flow[a]);
      a++;
    }
  });
  for (let k = 0; k < from.lost.length; k += 3) {
    const demand = state.demands.get(from.lost[k]) as Demand;
    demand.lost.push([from.lost[k + 1], from.lost[k + 2]]);
    state.touchedDemands.add(demand);
  }
  for (const node of state.nodes) {
    node.slots = Math.max(node.capacity, node.fixed);
    if (node.slots === 0) continue;
    const floor = state.surchargeAt(node, Math.max(0, node.load - 1));
    const price = from.price[node.index];
    node.price = price < Number.POSITIVE_INFINITY ? Math.max(price, floor) : floor;
  }
  for (const demand of state.demands.values()) drop(state, demand);
  for (const node of state.nodes) resize(state, node);
  // Only what differs from the last report is new.
  for (const demand of state.demands.values()) {
    const same = demand.lost.length === 0 && demand.pooled === demand.pooledBase && demand.arcs.every((arc) => arc.flow === arc.base);
    if (same) state.touchedDemands.delete(demand);
    else state.touchedDemands.add(demand);
  }
}
