/**
 * What one slot more saves and one slot less costs, for every node, exactly: two shortest-path passes over the residual graph of
 * an optimal solution.
 *
 *     in(j)    least cost change of bringing a unit to a free slot of node j: from a used node v (its own unit leaves a slot free,
 *              at p_v - s_v(L_v - 1)) or from a class with unserved units (-r)
 *     out(j)   least cost change of sending a unit of node j elsewhere: to a node v with a free slot (s_v(L_v) - p_v) or out of
 *              service (r)
 *     gain_j   0 if node j has a free slot or in(j) is infinite, else p_j - g_j - in(j)     g_j: surcharge of the last tier
 *     loss_j   NaN at capacity 0; 0 if node j has a free slot; Infinity if out(j) is infinite, else p_j - t_j + out(j)
 *              t_j: surcharge of the last slot
 *
 * One slot changes the optimum by one shortest augmentation, so both are exact. Residual costs are >= 0 for whole numbers; with
 * other costs a rounding error may make one smaller, so distances never fall along a path and each node is settled once.
 */
import type { SlotValues } from '../backend/backend.js';
import type { Problem } from '../problem.js';
import { mergeClasses } from './classes.js';
import type { Level } from './grid.js';
import { KeyHeap } from './key-heap.js';
import { Market } from './market.js';
import { readNodes } from './nodes.js';

class Pass {
  readonly distance: Float64Array;
  readonly settled: Uint8Array;
  readonly classDistance: Float64Array;
  readonly heap: KeyHeap;

  constructor(market: Market) {
    this.distance = new Float64Array(market.nodes).fill(Number.POSITIVE_INFINITY);
    this.settled = new Uint8Array(market.nodes);
    this.classDistance = new Float64Array(market.classes).fill(Number.POSITIVE_INFINITY);
    this.heap = new KeyHeap(market.nodes);
  }

  reach(j: number, distance: number): void {
    if (this.settled[j] !== 0 || !(distance < this.distance[j])) return;
    this.distance[j] = distance;
    this.heap.push(j, distance);
  }

  entersClass(i: number, distance: number): boolean {
    if (!(distance < this.classDistance[i])) return false;
    this.classDistance[i] = distance;
    return true;
  }
}

/** A unit of class i becomes free at distance `base`, having left a node settled at `least`: where could it go? */
function expandIn(market: Market, pass: Pass, i: number, base: number, least: number): void {
  if (!pass.entersClass(i, base)) return;
  for (let a = market.offset[i]; a < market.offset[i + 1]; a++) {
    if (market.room(a) > 0) pass.reach(market.node[a], Math.max(least, base + market.pay(a)));
  }
}

/** A unit of class i may be placed at `base`: from where could it come? */
function expandOut(market: Market, pass: Pass, i: number, base: number, least: number): void {
  if (!pass.entersClass(i, base)) return;
  for (let a = market.usedHead[i]; a >= 0; a = market.usedNext[a]) pass.reach(market.node[a], Math.max(least, base - market.pay(a)));
}

function distancesIn(market: Market): Float64Array {
  const pass = new Pass(market);
  for (let j = 0; j < market.nodes; j++) if (market.load[j] > 0) pass.reach(j, Math.max(0, market.price[j] - market.lastUsedSurcharge(j)));
  for (let i = 0; i < market.classes; i++) if (market.unserved[i] > 0) expandIn(market, pass, i, -market.unservedCost[i], 0);
  while (pass.heap.length > 0) {
    const v = pass.heap.pop();
    pass.settled[v] = 1;
    const end = market.inOffset[v] + market.blockCount[v];
    for (let k = market.inOffset[v]; k < end; k++) {
      const arc = market.blockArc[k];
      expandIn(market, pass, market.arcClass[arc], pass.distance[v] - market.pay(arc), pass.distance[v]);
    }
  }
  return pass.distance;
}

function distancesOut(market: Market): Float64Array {
  const pass = new Pass(market);
  for (let j = 0; j < market.nodes; j++) {
    if (market.load[j] < market.capacity[j]) pass.reach(j, Math.max(0, market.nextSurcharge(j) - market.price[j]));
  }
  for (let i = 0; i < market.classes; i++)
    if (market.unservedCost[i] < Number.POSITIVE_INFINITY) expandOut(market, pass, i, market.unservedCost[i], 0);
  while (pass.heap.length > 0) {
    const v = pass.heap.pop();
    pass.settled[v] = 1;
    if (market.capacity[v] === 0) continue;
    for (let k = market.inOffset[v]; k < market.inOffset[v + 1]; k++) {
      const arc = market.inArc[k];
      if (market.room(arc) > 0) expandOut(market, pass, market.arcClass[arc], pass.distance[v] + market.pay(arc), pass.distance[v]);
    }
  }
  return pass.distance;
}

/**
 * Gain and loss of every node, in cost units (value units when maximising). `prices` and the placements are those of an
 * optimal solution: placedArcs ascending, placedUnits beside it.
 */
export function slotValuesReference(problem: Problem, prices: Float64Array, placedArcs: Int32Array, placedUnits: Int32Array): SlotValues {
  const classes = mergeClasses(problem, problem.maximize ? -1 : 1);
  const nodes = readNodes(problem);
  const level: Level = {
    cost: classes.cost,
    unservedCost: classes.unservedCost,
    surcharge: nodes.tierSurcharge,
    exponent: 0,
    exact: true,
    largest: 0,
    ceiling: 0,
  };
  const market = new Market(classes, nodes, level, 0);
  let demand = 0;
  for (let k = 0; k < placedArcs.length; k++) {
    while (placedArcs[k] >= problem.rowEnd(demand)) demand++;
    const i = classes.classOf[demand];
    market.place(classArc(problem, classes.offset[i], market.node, demand, placedArcs[k]), placedUnits[k], 0);
    market.unplaced[i] -= placedUnits[k];
  }
  market.price.set(prices);
  market.unserved.set(market.unplaced);
  const inward = distancesIn(market);
  const outward = distancesOut(market);
  const gain = new Float64Array(nodes.count);
  const loss = new Float64Array(nodes.count);
  for (let j = 0; j < nodes.count; j++) {
    const full = market.load[j] >= market.capacity[j];
    const price = market.price[j];
    if (full && inward[j] < Number.POSITIVE_INFINITY) gain[j] = Math.max(0, price - market.lastTierSurcharge(j) - inward[j]);
    if (market.capacity[j] === 0) loss[j] = Number.NaN;
    else if (full) loss[j] = Math.max(0, price - market.surchargeAt(j, market.capacity[j] - 1) + outward[j]);
  }
  return { gain, loss };
}

/** The class arc of one of a member's arcs. Forbidden pairs of a dense row are not among the class's arcs. */
function classArc(problem: Problem, begin: number, node: Int32Array, demand: number, arc: number): number {
  if (!problem.dense) return begin + arc - problem.rowStart(demand);
  const target = problem.target(arc);
  let at = begin;
  while (node[at] !== target) at++;
  return at;
}
