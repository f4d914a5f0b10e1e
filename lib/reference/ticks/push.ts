/**
 * PUSH in a warm market: as push.ts of the solver tells it, with distances that count moves, and a pool where must-serve units
 * cost MUST_SERVE, so that every push finds an end.
 */
import type { TickSearch } from './search.js';
import { type Arc, type Demand, less, movable, roomOf } from './state.js';

/** Relaxes the arcs of a demand, one of whose units leaves arc `from` (undefined: an unplaced unit) at this distance. */
function expand(search: TickSearch, source: Demand, demand: Demand, base: number, moves: number, from: Arc | undefined): void {
  if (!search.enters(demand, base, moves)) return;
  const { state } = search;
  const over = state.over(demand);
  for (const arc of demand.arcs) {
    const { node } = arc;
    if (node.slots === 0 || arc.flow >= arc.bound) continue;
    const beyond = arc.flow >= arc.base;
    const d = base + arc.cost + node.price + (beyond ? over : 0);
    const e = moves + node.moves + (beyond ? 1 : 0);
    if (less(search.best, search.bestMoves, d, e)) continue;
    let end = Number.POSITIVE_INFINITY;
    let endMoves = 0;
    if (node.hungry > 0) {
      end = d;
      endMoves = e;
    } else if (node.load < node.slots) {
      end = d + (state.surchargeAt(node, node.load) - node.price);
      endMoves = e - node.moves;
    }
    const equal = end === search.best && endMoves === search.bestMoves;
    const wins = equal && search.endNode !== undefined && search.tie(source, node) < search.tie(source, search.endNode);
    const best = less(end, endMoves, search.best, search.bestMoves) || wins;
    if (!best && !less(d, e, search.best, search.bestMoves)) continue;
    if (!search.reaches(node, d, e, arc, from)) continue;
    if (best) {
      search.best = end;
      search.bestMoves = endMoves;
      search.endNode = node;
      search.endDemand = undefined;
    }
    if (less(d, e, end, endMoves)) search.enqueue(node);
  }
  const beyond = demand.pooled >= demand.pooledBase;
  const pool = base + state.poolCost(demand) + (beyond ? over : 0);
  const poolMoves = moves + (beyond ? 1 : 0);
  if (less(pool, poolMoves, search.best, search.bestMoves)) {
    search.best = pool;
    search.bestMoves = poolMoves;
    search.endNode = undefined;
    search.endDemand = demand;
    search.endArc = from;
  }
}

/** Moves some unplaced units of a demand along one shortest path. False if patience ran out first: the same call goes on from there. */
export function pushOnce(search: TickSearch, source: Demand): boolean {
  const { state } = search;
  if (!search.goesOn(source)) expand(search, source, source, 0, 0, undefined);
  for (let node = search.settleNext(); node !== undefined; node = search.settleNext()) {
    let entries = 0;
    for (const arc of node.used) {
      const { demand } = arc;
      entries += demand.arcs.length;
      const beyond = arc.flow > arc.base;
      const d = node.distance - (arc.cost + node.price + (beyond ? state.over(demand) : 0));
      expand(search, source, demand, d, node.distanceMoves - (node.moves + (beyond ? 1 : 0)), arc);
    }
    if (search.stops(source, entries)) return false;
  }
  search.patience.end();
  for (const node of search.settled) {
    state.setPrice(node, node.price + (search.best - node.distance), node.moves + (search.bestMoves - node.distanceMoves));
  }
  shift(search, source);
  return true;
}

function shift(search: TickSearch, source: Demand): void {
  const { state, endNode, endDemand } = search;
  let units = source.unplaced;
  if (endNode !== undefined) {
    const slots = endNode.hungry > 0 ? endNode.hungry : state.tierOf(endNode, endNode.load).end - endNode.load;
    units = Math.min(units, slots, roomOf(endNode.inward as Arc));
  } else if (endDemand !== undefined && endDemand.pooled < endDemand.pooledBase) {
    units = Math.min(units, endDemand.pooledBase - endDemand.pooled);
  }
  const first = endNode === undefined ? search.endArc : endNode.outward;
  for (let from = first; from !== undefined; from = from.node.outward) {
    units = Math.min(units, movable(from), roomOf(from.node.inward as Arc));
  }
  if (endNode !== undefined) {
    if (endNode.hungry > 0) endNode.hungry -= units;
    state.place(endNode.inward as Arc, units);
  } else if (endDemand !== undefined) state.pool(endDemand, units);
  // From the end back to the source: a node gives up units before it takes new ones.
  for (let from = first; from !== undefined; ) {
    const onward: Arc | undefined = from.node.outward;
    const inward = from.node.inward as Arc;
    state.take(from, units);
    state.place(inward, units);
    from = onward;
  }
  state.unplace(source, -units);
}
