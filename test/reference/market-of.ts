/** A market of a problem as the solver builds it, and what its invariants say about it. */

import type { Problem } from '../../lib/problem.js';
import { type Classes, mergeClasses } from '../../lib/reference/classes.js';
import { firstLevel, type Level } from '../../lib/reference/grid.js';
import { Market } from '../../lib/reference/market.js';
import { type Nodes, readNodes } from '../../lib/reference/nodes.js';
import { Poll } from '../../lib/reference/poll.js';
import { Search } from '../../lib/reference/search.js';

export interface MarketOf {
  classes: Classes;
  nodes: Nodes;
  level: Level;
  market: Market;
  search: Search;
}

export function marketOf(problem: Problem, seed = 0): MarketOf {
  const classes = mergeClasses(problem, problem.maximize ? -1 : 1);
  const nodes = readNodes(problem);
  const level = firstLevel(classes, nodes, problem.integer);
  const market = new Market(classes, nodes, level, seed);
  return { classes, nodes, level, market, search: new Search(market) };
}

/** A poll nobody stops. */
export function quiet(): Poll {
  return new Poll({ mustStop: () => false, progress: () => {} }, Number.POSITIVE_INFINITY);
}

/** (I1): the most a unit pays above the least its class could pay over arcs with room and the pool. */
export function excessPay(market: Market): number {
  let excess = 0;
  for (let i = 0; i < market.classes; i++) {
    const least = market.leastPay(i);
    if (least === Number.POSITIVE_INFINITY) continue;
    if (market.unserved[i] > 0) excess = Math.max(excess, market.unservedCost[i] - least);
    for (let a = market.offset[i]; a < market.offset[i + 1]; a++) {
      if (market.flow[a] > 0) excess = Math.max(excess, market.pay(a) - least);
    }
  }
  return excess;
}

/** (I2): the most a price lies above the surcharge of a free slot, or below that of a used one. */
export function priceError(market: Market): number {
  let error = 0;
  for (let j = 0; j < market.nodes; j++) {
    if (market.capacity[j] === 0) continue;
    const next = market.nextSurcharge(j);
    if (next < Number.POSITIVE_INFINITY) error = Math.max(error, market.price[j] - next);
    if (market.load[j] > 0) error = Math.max(error, market.lastUsedSurcharge(j) - market.price[j]);
  }
  return error;
}

/** What the market's own bookkeeping says against itself; undefined when all of it agrees. */
export function bookkeepingFault(market: Market): string | undefined {
  const load = new Float64Array(market.nodes);
  for (let i = 0; i < market.classes; i++) {
    let units = market.unserved[i] + market.unplaced[i];
    let used = 0;
    for (let a = market.offset[i]; a < market.offset[i + 1]; a++) {
      units += market.flow[a];
      load[market.node[a]] += market.flow[a];
      if (market.flow[a] < 0 || market.room(a) < 0) return `arc ${a} carries ${market.flow[a]}`;
      const block = market.blockPlace[a];
      if (block >= 0 !== market.flow[a] > 0 || (block >= 0 && market.blockArc[block] !== a)) return `arc ${a} has block ${block}`;
      if (market.flow[a] > 0) used++;
    }
    if (units !== market.units[i]) return `class ${i} has ${units} of ${market.units[i]} units`;
    let linked = 0;
    for (let a = market.usedHead[i]; a >= 0; a = market.usedNext[a]) linked++;
    if (linked !== used || market.usedCount[i] !== used) return `class ${i} links ${linked} of ${used} used arcs`;
  }
  for (let j = 0; j < market.nodes; j++) {
    if (load[j] !== market.load[j] || load[j] > market.capacity[j]) return `node ${j} holds ${load[j]}, says ${market.load[j]}`;
    const lowest = market.lowestBid(j);
    let least = Number.POSITIVE_INFINITY;
    for (let k = market.inOffset[j]; k < market.inOffset[j] + market.blockCount[j]; k++) least = Math.min(least, market.blockBid[k]);
    if (market.blockCount[j] > 0 && market.blockBid[lowest] !== least)
      return `node ${j} takes ${market.blockBid[lowest]} for its lowest bid ${least}`;
  }
  return undefined;
}
