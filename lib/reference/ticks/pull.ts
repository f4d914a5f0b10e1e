/** PULL in a warm market: as pull.ts of the solver tells it, with distances that count moves. */
import type { TickSearch } from './search.js';
import { type Arc, less, movable, type Node, roomOf } from './state.js';

/** Relaxes the units that could come to a settled node. */
function expandBackwards(search: TickSearch, node: Node): void {
  const { state } = search;
  for (const to of node.arcs) {
    const { demand } = to;
    if (to.flow >= to.bound) continue;
    const over = state.over(demand);
    const beyond = to.flow >= to.base;
    const base = node.distance + to.cost + node.price + (beyond ? over : 0);
    const moves = node.distanceMoves + node.moves + (beyond ? 1 : 0);
    if (!search.enters(demand, base, moves)) continue;
    if (demand.pooled > 0) {
      const left = demand.pooled > demand.pooledBase;
      const d = base - (state.poolCost(demand) + (left ? over : 0));
      const e = moves - (left ? 1 : 0);
      if (less(d, e, search.best, search.bestMoves)) {
        search.best = d;
        search.bestMoves = e;
        search.endNode = node;
        search.endDemand = demand;
        search.endArc = to;
      }
    }
    for (const arc of demand.arcs) {
      if (arc.usedAt < 0 || arc.node === node) continue;
      const left = arc.flow > arc.base;
      const d = base - (arc.cost + arc.node.price + (left ? over : 0));
      const e = moves - (arc.node.moves + (left ? 1 : 0));
      if (!less(d, e, search.best, search.bestMoves) || !search.reaches(arc.node, d, e, arc, to)) continue;
      search.enqueue(arc.node);
    }
  }
}

/**
 * Takes some of the hungry slots of a node away, by filling them or by lowering prices until they need not be filled. False if patience
 * ran out first: the same call goes on from there.
 */
export function pullOnce(search: TickSearch, source: Node): boolean {
  const { state } = search;
  if (!search.goesOn(source)) {
    search.reaches(source, 0, 0, undefined, undefined);
    search.enqueue(source);
  }
  for (let node = search.settleNext(); node !== undefined; node = search.settleNext()) {
    const slots = node.load + node.hungry;
    if (slots > 0) {
      const d = node.distance + node.price - state.surchargeAt(node, slots - 1);
      const e = node.distanceMoves + node.moves;
      if (less(d, e, search.best, search.bestMoves)) {
        search.best = d;
        search.bestMoves = e;
        search.endNode = node;
        search.endDemand = undefined;
      }
    }
    expandBackwards(search, node);
    if (search.stops(source, node.arcs.length)) return false;
  }
  search.patience.end();
  for (const node of search.settled) {
    if (!less(node.distance, node.distanceMoves, search.best, search.bestMoves)) continue;
    state.setPrice(node, node.price - (search.best - node.distance), node.moves - (search.bestMoves - node.distanceMoves));
  }
  shift(search, source);
  return true;
}

function shift(search: TickSearch, source: Node): void {
  const { state, endDemand } = search;
  const end = search.endNode as Node;
  let units = source.hungry;
  if (endDemand !== undefined) {
    const left = endDemand.pooled > endDemand.pooledBase ? endDemand.pooled - endDemand.pooledBase : endDemand.pooled;
    units = Math.min(units, left, roomOf(search.endArc as Arc));
  } else {
    const slots = end.load + end.hungry;
    units = Math.min(units, slots - state.tierOf(end, slots - 1).begin);
  }
  const path: Node[] = [];
  for (let node = end; node !== source; node = (node.outward as Arc).node) {
    units = Math.min(units, movable(node.inward as Arc), roomOf(node.outward as Arc));
    path.push(node);
  }
  // From the hungry node outwards: no node ever holds more than its slots.
  for (let k = path.length - 1; k >= 0; k--) {
    state.take(path[k].inward as Arc, units);
    state.place(path[k].outward as Arc, units);
  }
  if (endDemand !== undefined) {
    state.pool(endDemand, -units);
    state.place(search.endArc as Arc, units);
  }
  source.hungry -= units;
}
