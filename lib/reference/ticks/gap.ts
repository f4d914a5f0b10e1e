/** What a market in the middle of a repair may be away from its optimum: only what stands in the queues leaves a gap. */
import { MUST_SERVE } from '../../backend/engine.js';
import type { Demand, State } from './state.js';

/** Least that one more unit of a demand would pay, moves left out. */
function leastPay(state: State, demand: Demand): number {
  let least = state.poolCost(demand);
  for (const arc of demand.arcs) {
    if (arc.node.slots > 0 && arc.flow < arc.bound) least = Math.min(least, arc.cost + arc.node.price);
  }
  return least;
}

/** Demands without a place that are asked one by one. */
const EXACT = 256;

/**
 * An unplaced unit counts as unserved and may save r - u; a free slot below its node's price is p - s too good. On the grid; Infinity
 * where must-serve units are involved, whose cost has no number. Of many unplaced units only the cheapest arcs are asked, whose costs
 * are known: u is no less, since prices are not negative.
 */
export function gapLeft(state: State): number {
  if (state.waitingMust > 0) return Number.POSITIVE_INFINITY;
  let gap = 0;
  if (state.unplaced.size > EXACT) gap = state.hopes.value();
  else for (const demand of state.unplaced) gap += demand.unplaced * Math.max(0, state.poolCost(demand) - leastPay(state, demand));
  for (const node of state.hungry) {
    if (node.price > MUST_SERVE / 2) return Number.POSITIVE_INFINITY;
    for (let slot = node.load; slot < node.slots; ) {
      const s = state.surchargeAt(node, slot);
      if (s >= node.price) break;
      const { end } = state.tierOf(node, slot);
      gap += (end - slot) * (node.price - s);
      slot = end;
    }
  }
  return gap;
}
