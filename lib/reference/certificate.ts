/**
 * The certificate: both objectives and the gap between them, from the placements and the prices alone.
 *
 *     primal   sum cost x + sum r y + sum g z
 *     dual     sum_i D_i - sum over tiers c_jk max(0, p_j - g_jk)
 *     D_i      max over u <= r_i of  d_i u - sum a_ij max(0, u - pay_ij)  =  pays of the d_i cheapest units: arcs, each up to its
 *              bound, and the pool at r_i
 *     gap      sum x (pay - u)+ + sum (a - x)(u - pay)+ + sum y (r - u) + sum over tiers [ used (g - p)+ + free (p - g)+ ]
 *
 * with u_i the pay of the last of those d_i units. Every term of the gap is >= 0 and the sum is primal - dual, term for term.
 * Everything is decided and summed exactly on the doubles given and rounded once. It reads no state of the search.
 */
import type { Classes } from './classes.js';
import { ExactSum } from './exact-sum.js';
import type { Nodes } from './nodes.js';
import { roundingError } from './pays.js';

export interface Proof {
  /** What is wrong with the flow or the prices, in words; undefined when nothing is. */
  fault: string | undefined;
  /** Every must-serve unit has a place. */
  complete: boolean;
  /** Infinity when not complete. */
  primal: number;
  dual: number;
  /** primal - dual; Infinity when not complete. */
  gap: number;
  /** Largest gap that counts as optimal: 0 for integer data, else 4 * 2^-53 * the sum of the absolute values of all terms. */
  tolerance: number;
}

/** A flow by class; unserved and unplaced units by class. */
export interface ClassFlow {
  flow: Float64Array;
  unserved: Float64Array;
  unplaced: Float64Array;
}

/** A state that left the market, its prices in the caller's units, with their proof. */
export interface Answer extends ClassFlow {
  prices: Float64Array;
  proof: Proof;
}

/** Sums on the way to a proof. */
class Pass {
  readonly primal = new ExactSum();
  readonly dual = new ExactSum();
  readonly gap = new ExactSum();
  terms = 0;
  fault: string | undefined = undefined;
  /** u of the class at hand as cost + price (cost r, price 0 for the pool), and its value rounded. */
  uCost = 0;
  uPrice = 0;
  u = 0;
  /** Arcs of a bounded class in order of pay. */
  order: number[] = [];
}

/** Sign of (cost + price) - (cost' + price'), exactly. */
function comparePays(cost: number, price: number, otherCost: number, otherPrice: number): number {
  const difference = cost + price - (otherCost + otherPrice);
  return difference !== 0 ? difference : roundingError(cost, price) - roundingError(otherCost, otherPrice);
}

/** Finds u_i of a class and adds D_i to the dual. False when there is none: d_i units cannot be paid for. */
function bestLevel(pass: Pass, classes: Classes, prices: Float64Array, i: number): boolean {
  const { node, cost, bound } = classes;
  const begin = classes.offset[i];
  const end = classes.offset[i + 1];
  pass.uCost = classes.unservedCost[i];
  pass.uPrice = 0;
  let left = classes.units[i];
  if (bound !== undefined && classes.bounded[i] !== 0) {
    pass.order.length = 0;
    for (let a = begin; a < end; a++) {
      if (comparePays(cost[a], prices[node[a]], pass.uCost, 0) < 0) pass.order.push(a);
    }
    pass.order.sort((a, b) => comparePays(cost[a], prices[node[a]], cost[b], prices[node[b]]));
    for (const a of pass.order) {
      const k = Math.min(left, bound[a]);
      pass.dual.addProduct(k, cost[a]);
      pass.dual.addProduct(k, prices[node[a]]);
      left -= k;
      if (left > 0) continue;
      pass.uCost = cost[a];
      pass.uPrice = prices[node[a]];
      break;
    }
  } else {
    for (let a = begin; a < end; a++) {
      const price = prices[node[a]];
      if (cost[a] + price > pass.uCost + pass.uPrice || comparePays(cost[a], price, pass.uCost, pass.uPrice) >= 0) continue;
      pass.uCost = cost[a];
      pass.uPrice = price;
    }
  }
  pass.u = pass.uCost + pass.uPrice;
  if (pass.u === Number.POSITIVE_INFINITY) return false;
  pass.dual.addProduct(left, pass.uCost);
  pass.dual.addProduct(left, pass.uPrice);
  pass.terms += Math.abs(classes.units[i] * pass.u);
  return true;
}

/** Adds units * (cost + price - u) to the gap, the difference being of the sign of units. */
function addSlack(pass: Pass, units: number, cost: number, price: number): void {
  pass.gap.addProduct(units, cost);
  pass.gap.addProduct(units, price);
  pass.gap.addProduct(-units, pass.uCost);
  pass.gap.addProduct(-units, pass.uPrice);
}

function addClass(pass: Pass, classes: Classes, state: ClassFlow, prices: Float64Array, load: Float64Array, i: number): void {
  const { node, cost, bound } = classes;
  const unserved = state.unserved[i];
  const pool = classes.unservedCost[i];
  if (!(unserved >= 0) || (unserved > 0 && pool === Number.POSITIVE_INFINITY))
    pass.fault ??= `class ${i} leaves ${unserved} units unserved`;
  let placed = unserved + state.unplaced[i];
  const solvable = classes.units[i] > 0 && bestLevel(pass, classes, prices, i);
  const bounded = bound !== undefined && classes.bounded[i] !== 0;
  for (let a = classes.offset[i]; a < classes.offset[i + 1]; a++) {
    const x = state.flow[a];
    if (x !== 0) {
      if (!(x > 0) || !Number.isInteger(x) || (bound !== undefined && x > bound[a]))
        pass.fault ??= `arc ${a} of class ${i} carries ${x} units`;
      placed += x;
      load[node[a]] += x;
      pass.primal.addProduct(x, cost[a]);
      pass.terms += Math.abs(x * cost[a]);
    }
    if (!solvable || (x === 0 && !bounded)) continue;
    const price = prices[node[a]];
    const slack = comparePays(cost[a], price, pass.uCost, pass.uPrice);
    if (slack > 0) {
      if (x > 0) addSlack(pass, x, cost[a], price);
    } else if (slack < 0 && bounded) {
      addSlack(pass, x - bound[a], cost[a], price);
      pass.terms += bound[a] * (pass.u - (cost[a] + price));
    }
  }
  if (unserved > 0) {
    pass.primal.addProduct(unserved, pool);
    pass.terms += Math.abs(unserved * pool);
    if (solvable) addSlack(pass, unserved, pool, 0);
  }
  if (placed !== classes.units[i]) pass.fault ??= `class ${i} has ${placed} of ${classes.units[i]} units`;
}

function addNode(pass: Pass, nodes: Nodes, price: number, load: number, j: number): void {
  if (!(price >= 0) || price === Number.POSITIVE_INFINITY) pass.fault ??= `node ${j} has price ${price}`;
  if (load > nodes.capacity[j]) pass.fault ??= `node ${j} holds ${load} units, its capacity is ${nodes.capacity[j]}`;
  let left = load;
  for (let t = nodes.tierOffset[j]; t < nodes.tierOffset[j + 1]; t++) {
    const slots = nodes.tierSlots[t];
    const surcharge = nodes.tierSurcharge[t];
    const used = Math.min(left, slots);
    left -= used;
    if (used > 0 && surcharge > 0) {
      pass.primal.addProduct(used, surcharge);
      pass.terms += used * surcharge;
    }
    if (price > surcharge) {
      pass.dual.addProduct(-slots, price);
      pass.dual.addProduct(slots, surcharge);
      pass.terms += slots * (price - surcharge);
      pass.gap.addProduct(slots - used, price);
      pass.gap.addProduct(used - slots, surcharge);
    } else if (used > 0) {
      pass.gap.addProduct(used, surcharge);
      pass.gap.addProduct(-used, price);
    }
  }
}

/** Checks a flow by class against prices. `integer` data has tolerance 0. */
export function certify(classes: Classes, nodes: Nodes, state: ClassFlow, prices: Float64Array, integer: boolean): Proof {
  const pass = new Pass();
  const load = new Float64Array(nodes.count);
  let missing = 0;
  for (let i = 0; i < classes.count; i++) {
    addClass(pass, classes, state, prices, load, i);
    missing += state.unplaced[i];
  }
  for (let j = 0; j < nodes.count; j++) addNode(pass, nodes, prices[j], load[j], j);
  const complete = missing === 0;
  return {
    fault: pass.fault,
    complete,
    primal: complete ? pass.primal.value() : Number.POSITIVE_INFINITY,
    dual: pass.dual.value(),
    gap: complete ? pass.gap.value() : Number.POSITIVE_INFINITY,
    tolerance: integer ? 0 : 2 ** -51 * pass.terms,
  };
}
