/**
 * Every change a warm market knows, as section by section of the same rule: (I1) is local to a demand and (I2) to a node, so a change
 * is done when the demands whose choice it widened are rechecked (`drop`) and the nodes that lost load or gained slots are recounted.
 * Nothing is searched here; what lost its place waits in the queues.
 */
import { type Arc, type Demand, less, movable, type Node, type State } from './state.js';

/** Unplaces every unit of a demand that pays more than the least it could. Room that opens here is dearer than that least pay. */
export function drop(state: State, demand: Demand): void {
  state.rehope(demand);
  const over = state.over(demand);
  let least = state.poolCost(demand);
  let moves = 0;
  if (demand.pooled >= demand.pooledBase) {
    least += over;
    moves = 1;
  }
  for (const arc of demand.arcs) {
    if (arc.node.slots === 0 || arc.flow >= arc.bound) continue;
    const beyond = arc.flow >= arc.base;
    const d = arc.cost + arc.node.price + (beyond ? over : 0);
    const e = arc.node.moves + (beyond ? 1 : 0);
    if (!less(d, e, least, moves)) continue;
    least = d;
    moves = e;
  }
  while (demand.pooled > 0) {
    const left = demand.pooled > demand.pooledBase;
    if (!less(least, moves, state.poolCost(demand) + (left ? over : 0), left ? 1 : 0)) break;
    const units = left ? demand.pooled - demand.pooledBase : demand.pooled;
    state.pool(demand, -units);
    state.unplace(demand, units);
  }
  for (const arc of demand.arcs) {
    let lost = false;
    for (let units = movable(arc); units > 0; units = movable(arc)) {
      const left = arc.flow > arc.base;
      if (!less(least, moves, arc.cost + arc.node.price + (left ? over : 0), arc.node.moves + (left ? 1 : 0))) break;
      state.take(arc, units);
      state.unplace(demand, units);
      lost = true;
    }
    if (lost) state.recount(arc.node);
  }
}

export function link(demand: Demand, node: Node, cost: number, given: number, bound: number): Arc {
  const arc: Arc = { demand, node, cost, given, bound, flow: 0, base: 0, fixed: 0, at: node.arcs.length, usedAt: -1 };
  node.arcs.push(arc);
  demand.arcs.push(arc);
  return arc;
}

/** Takes an arc without flow off its node; the demand's list is the caller's. */
function unlink(arc: Arc): void {
  const { arcs } = arc.node;
  const last = arcs.pop() as Arc;
  if (last === arc) return;
  arcs[arc.at] = last;
  last.at = arc.at;
}

/** Recounts a node whose load, capacity or committed units changed. Without slots nobody can pay its price. */
export function resize(state: State, node: Node): void {
  node.slots = Math.max(node.capacity, node.fixed);
  if (node.slots === 0) {
    node.price = Number.POSITIVE_INFINITY;
    node.moves = 0;
  } else if (node.load > 0) {
    // Slots that only committed units hold may have become dearer.
    const floor = state.surchargeAt(node, node.load - 1);
    if (less(node.price, node.moves, floor, 0)) state.setPrice(node, floor, 0);
  }
  state.recount(node);
}

/** Takes everything off an arc, committed units included. */
function clear(state: State, arc: Arc): number {
  const { flow, node } = arc;
  if (flow === 0) return 0;
  node.fixed -= arc.fixed;
  arc.fixed = 0;
  state.take(arc, flow);
  return flow;
}

export function removeDemand(state: State, demand: Demand): void {
  state.pool(demand, -demand.pooled);
  state.unplace(demand, -demand.unplaced);
  demand.units = 0;
  for (const arc of demand.arcs) {
    if (clear(state, arc) > 0) resize(state, arc.node);
    unlink(arc);
  }
  demand.arcs = [];
  state.demands.delete(demand.slot);
  state.touchedDemands.delete(demand);
}

/** Removes an arc; its units are unplaced, the last report's are remembered. The demand must be rechecked. */
export function removeArc(state: State, arc: Arc): void {
  const { demand, node } = arc;
  if (arc.base > 0) {
    demand.lost.push([node.index, arc.base]);
    state.touchedDemands.add(demand);
  }
  const units = clear(state, arc);
  if (units > 0) {
    state.unplace(demand, units);
    resize(state, node);
  }
  unlink(arc);
  demand.arcs.splice(demand.arcs.indexOf(arc), 1);
}

/** Price of a node that had no slots: so high that nobody with a place elsewhere would rather be here. */
export function open(state: State, node: Node): void {
  node.slots = Math.max(node.capacity, node.fixed);
  if (node.slots === 0) return;
  let price = node.surcharge[0];
  let moves = 0;
  for (const to of node.arcs) {
    const { demand } = to;
    if (to.flow >= to.bound) continue;
    const over = state.over(demand);
    const beyond = to.flow >= to.base;
    const cost = to.cost + (beyond ? over : 0);
    const raise = (d: number, e: number): void => {
      if (!less(price, moves, d, e)) return;
      price = d;
      moves = e;
    };
    if (demand.pooled > 0) {
      const left = demand.pooled > demand.pooledBase;
      raise(state.poolCost(demand) + (left ? over : 0) - cost, (left ? 1 : 0) - (beyond ? 1 : 0));
    }
    for (const arc of demand.arcs) {
      if (arc.usedAt < 0) continue;
      const left = arc.flow > arc.base;
      raise(arc.cost + arc.node.price + (left ? over : 0) - cost, arc.node.moves + (left ? 1 : 0) - (beyond ? 1 : 0));
    }
  }
  state.setPrice(node, price, moves);
  state.recount(node);
}

/** Slots come off the last tiers and are added to the last; units without a slot lose their place, committed movable ones last. */
export function setCapacity(state: State, node: Node, capacity: number): void {
  const wasClosed = node.slots === 0;
  const slots = Math.max(capacity, node.fixed);
  const losers = new Set<Demand>();
  for (const held of [false, true]) {
    for (let k = node.used.length - 1; k >= 0 && node.load > slots; k--) {
      const arc = node.used[k];
      if (arc.demand.held !== held) continue;
      const units = Math.min(node.load - slots, arc.flow - arc.fixed);
      state.take(arc, units);
      state.unplace(arc.demand, units);
      losers.add(arc.demand);
    }
  }
  state.charge(node, 0, node.load, -1);
  const last = node.tierSlots.length - 1;
  let change = capacity - node.capacity;
  if (change > 0) node.tierSlots[last] += change;
  for (let t = last; change < 0; t--) {
    const cut = Math.min(-change, node.tierSlots[t]);
    node.tierSlots[t] -= cut;
    change += cut;
  }
  node.capacity = capacity;
  state.charge(node, 0, node.load, 1);
  if (wasClosed) open(state, node);
  else resize(state, node);
  for (const demand of losers) drop(state, demand);
}

/** Takes a node out of the market; [slot, units] of what it held. */
export function removeNode(state: State, node: Node): number[] {
  const out: number[] = [];
  const losers: Demand[] = [];
  for (const arc of [...node.arcs]) {
    const { demand, flow } = arc;
    if (flow > 0) {
      out.push(demand.slot, flow);
      // What is left of a demand that lost a dispatched part may go anywhere again.
      state.recost(demand, () => {
        demand.held = false;
      });
      losers.push(demand);
    }
    removeArc(state, arc);
  }
  node.capacity = 0;
  node.tierSlots = [0];
  node.surcharge = [0];
  node.givenSurcharge = [0];
  resize(state, node);
  for (const demand of losers) drop(state, demand);
  return out;
}

/** Everybody who may move loses their place, prices start at the floor. */
export function restart(state: State): void {
  for (const demand of state.demands.values()) {
    for (const arc of demand.arcs) {
      const units = arc.flow - arc.fixed;
      if (units === 0) continue;
      state.take(arc, units);
      state.unplace(demand, units);
    }
    state.unplace(demand, demand.pooled);
    state.pool(demand, -demand.pooled);
  }
  for (const node of state.nodes) {
    if (node.slots > 0) node.price = state.surchargeAt(node, Math.max(0, node.load - 1));
    node.moves = 0;
    resize(state, node);
  }
  state.drifted = false;
}
