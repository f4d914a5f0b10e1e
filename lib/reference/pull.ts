/**
 * PULL: fill a hungry slot by one shortest path, walked backwards.
 *
 * Dijkstra from the hungry node over its incoming arcs: a class with room to node v gives up a unit at node w for
 * pay(c, v) - pay(c, w), or one from the pool for pay(c, v) - r. A node may also give up a slot instead: its price then falls to
 * the surcharge of the last slot of its pseudo-load, not to 0, for that slot is the one that goes unused. Prices of settled nodes
 * fall by the distance they fall short of the end's.
 *
 * The moves are made from the hungry node outwards, so no node ever holds more than its capacity.
 */
import type { Market } from './market.js';
import type { Search } from './search.js';

/** Relaxes the units that could come to node v, settled at distance d. */
function expandBackwards(market: Market, search: Search, v: number, d: number): void {
  const { cost, node, price } = market;
  for (let k = market.inOffset[v]; k < market.inOffset[v + 1]; k++) {
    const to = market.inArc[k];
    const i = market.arcClass[to];
    if ((market.usedHead[i] < 0 && market.unserved[i] === 0) || !(market.room(to) > 0)) continue;
    const base = d + cost[to] + price[v];
    if (!search.entersClass(i, base)) continue;
    if (market.unserved[i] > 0 && base - market.unservedCost[i] < search.best) {
      search.best = base - market.unservedCost[i];
      search.endNode = v;
      search.endClass = i;
      search.endArc = to;
    }
    for (let a = market.usedHead[i]; a >= 0; a = market.usedNext[a]) {
      const w = node[a];
      const reach = base - (cost[a] + price[w]);
      if (w === v || reach >= search.best || !search.reaches(w, reach)) continue;
      search.inward[w] = a;
      search.outward[w] = to;
      search.heap.push(w, reach);
    }
  }
}

/** Takes some of the hungry slots of node `source` away, by filling them or by lowering prices until they need not be filled. */
export function pull(market: Market, search: Search, source: number): void {
  const { price, load, hungry, flow, node } = market;
  const { heap } = search;
  search.begin(source);
  search.reaches(source, 0);
  heap.push(source, 0);
  while (heap.length > 0) {
    const d = heap.key[heap.top()];
    if (d >= search.best) break;
    const v = heap.pop();
    search.settle(v);
    const slots = load[v] + hungry[v];
    if (slots > 0) {
      const exit = d + price[v] - market.surchargeAt(v, slots - 1);
      if (exit < search.best) {
        search.best = exit;
        search.endNode = v;
        search.endClass = -1;
      }
    }
    expandBackwards(market, search, v, d);
  }
  for (let k = 0; k < search.settledCount; k++) {
    const v = search.settled[k];
    if (search.distance[v] < search.best) price[v] -= search.best - search.distance[v];
  }
  const end = search.endNode;
  let units = hungry[source];
  if (search.endClass >= 0) units = Math.min(units, market.unserved[search.endClass], market.room(search.endArc));
  else units = Math.min(units, market.slotsFromTierStart(end, load[end] + hungry[end] - 1));
  let hops = 0;
  for (let v = end; v !== source; v = node[search.outward[v]]) {
    units = Math.min(units, flow[search.inward[v]], market.room(search.outward[v]));
    search.path[hops++] = v;
  }
  while (hops > 0) {
    const v = search.path[--hops];
    const to = search.outward[v];
    market.take(search.inward[v], units);
    market.place(to, units, 0);
  }
  if (search.endClass >= 0) {
    market.unserved[search.endClass] -= units;
    market.place(search.endArc, units, 0);
  }
  hungry[source] -= units;
}
