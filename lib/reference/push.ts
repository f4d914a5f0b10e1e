/**
 * PUSH: place unplaced units of a class by one shortest augmenting path.
 *
 * Dijkstra over nodes. Moving a unit of class c from node v to node k costs pay(c, k) - pay(c, v) >= 0, because at epsilon 0 every
 * unit pays the least over arcs with room. The search ends at the cheapest of: a hungry slot (no cost), a free slot of a dearer
 * tier (its surcharge less the price), the pool (r - pay). Prices of settled nodes rise by the distance they fall short of the
 * end's, which keeps every residual cost >= 0 and makes the path tight; then as many units as fit move along it. A class is
 * expanded again only at a smaller distance, so no shortest path enters a class twice.
 *
 * A price rises to at most the surcharge of the next slot of load + hungry slots, so I2 holds for that pseudo-load throughout.
 */
import type { Market } from './market.js';
import type { Search } from './search.js';

/** Between two nodes at the same distance the hash of the class that is pushed decides. */
function winsTie(market: Market, search: Search, j: number): boolean {
  return search.endNode >= 0 && market.tie(search.source, j) < market.tie(search.source, search.endNode);
}

/** Relaxes the arcs of class i, one of whose units leaves arc `from` (-1: an unplaced unit) at distance `base`. */
function expand(market: Market, search: Search, i: number, base: number, from: number): void {
  if (!search.entersClass(i, base)) return;
  const { cost, node, price, capacity, hungry, load } = market;
  for (let a = market.offset[i]; a < market.offset[i + 1]; a++) {
    const j = node[a];
    const d = base + cost[a] + price[j];
    if (d > search.best || !(market.room(a) > 0)) continue;
    let end = Number.POSITIVE_INFINITY;
    if (hungry[j] > 0) end = d;
    else if (load[j] < capacity[j]) end = d + (market.nextSurcharge(j) - price[j]);
    const best = end < search.best || (end === search.best && winsTie(market, search, j));
    if ((d === search.best && !best) || !search.reaches(j, d)) continue;
    search.inward[j] = a;
    search.outward[j] = from;
    if (best) {
      search.best = end;
      search.endNode = j;
      search.found = true;
    }
    if (end > d) search.heap.push(j, d);
  }
  const pool = base + market.unservedCost[i];
  if (pool < search.best) {
    search.best = pool;
    search.endNode = -1;
    search.endClass = i;
    search.endArc = from;
    search.found = true;
  }
}

/** Moves units of class i, which has unplaced ones, along one shortest path. False if there is none: not all can be placed. */
export function push(market: Market, search: Search, i: number): boolean {
  const { cost, price, flow, node } = market;
  search.begin(i);
  expand(market, search, i, 0, -1);
  const { heap } = search;
  while (heap.length > 0) {
    const d = heap.key[heap.top()];
    if (d >= search.best) break;
    const j = heap.pop();
    search.settle(j);
    const end = market.inOffset[j] + market.blockCount[j];
    for (let k = market.inOffset[j]; k < end; k++) {
      const arc = market.blockArc[k];
      expand(market, search, market.arcClass[arc], d - (cost[arc] + price[j]), arc);
    }
  }
  if (!search.found) return false;
  for (let k = 0; k < search.settledCount; k++) {
    const j = search.settled[k];
    price[j] += search.best - search.distance[j];
  }
  const sink = search.endNode;
  let units = market.unplaced[i];
  if (sink >= 0) {
    const slots = market.hungry[sink] > 0 ? market.hungry[sink] : market.slotsToTierEnd(sink, market.load[sink]);
    units = Math.min(units, slots, market.room(search.inward[sink]));
  }
  const first = sink < 0 ? search.endArc : search.outward[sink];
  for (let from = first; from >= 0; from = search.outward[node[from]]) {
    units = Math.min(units, flow[from], market.room(search.inward[node[from]]));
  }
  if (sink < 0) market.unserved[search.endClass] += units;
  else {
    if (market.hungry[sink] > 0) market.hungry[sink] -= units;
    market.place(search.inward[sink], units, 0);
  }
  // From the end back to the source: a node gives up units before it takes new ones.
  for (let from = first; from >= 0; ) {
    const j = node[from];
    const onward = search.outward[j];
    market.take(from, units);
    market.place(search.inward[j], units, 0);
    from = onward;
  }
  market.unplaced[i] -= units;
  return true;
}
