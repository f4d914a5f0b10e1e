/**
 * The one pass over the arcs: what the flow costs, what the prices prove, and every rule a flow or a value can break.
 *
 *     primal   sum cost x + sum r y + sum g z
 *     dual     sum over demands of the cost of their cheapest units at these prices (see pay.ts)
 *              - sum over tiers c_jk max(0, p_j - g_jk)
 *
 * Both as exact sums, in the sense of a minimisation: a value v to maximise is a cost -v. For any prices >= 0 and any flow
 * within the capacities, dual <= primal (weak duality), whoever found them; so nothing here depends on a solver.
 */
import type { Problem } from '../problem.js';
import type { Numbers } from './claims.js';
import { ExactSum, restOfSum } from './exact-sum.js';
import { addCheapestUnits, type BoundedArc, isBelow } from './pay.js';
import { changed } from './unchanged.js';
import type { Findings } from './violations.js';

/** Prices beyond this are refused: the sums below it cannot overflow. */
export const PRICE_LIMIT = 2 ** 960;
const NO_BOUND = 2 ** 31 - 1;

export interface Claimed {
  flow: Numbers;
  prices: Numbers;
  unserved: Numbers | undefined;
  assignment: Numbers | undefined;
  /** undefined: not to be checked. */
  values: Numbers | undefined;
}

export interface Tally {
  primal: ExactSum;
  dual: ExactSum;
  dualFinite: boolean;
  /** Demands that must be served and are not, with the units that have no place. */
  unplaced: { demand: number; units: number }[];
  /** Sum of the sizes of all terms of both objectives, rounded. */
  size: number;
}

export function passOverArcs(problem: Problem, claimed: Claimed, findings: Findings): Tally {
  const { demands: n, nodes: m, dense, maximize, costs, targets, offsets } = problem;
  const { flow, prices } = claimed;
  const sign = maximize ? -1 : 1;
  const bounded = problem.arcCapacity !== undefined;
  const tally: Tally = { primal: new ExactSum(), dual: new ExactSum(), dualFinite: true, unplaced: [], size: 0 };
  const load = new Float64Array(m);
  const boundedArcs: BoundedArc[] = [];

  for (let i = 0; i < n; i++) {
    const units = problem.unitsOf(i);
    const unservedCost = problem.unservedCostOf(i);
    const start = offsets === undefined ? i * m : offsets[i];
    const end = offsets === undefined ? start + m : offsets[i + 1];
    if (!(start >= 0 && start <= end && end <= costs.length)) throw changed(`offsets of demand ${i}`);
    let placed = 0;
    let servedBy = -1;
    let least = Number.POSITIVE_INFINITY;
    let leastRest = 0;
    let leastWithRoom = Number.POSITIVE_INFINITY;
    boundedArcs.length = 0;
    for (let a = start; a < end; a++) {
      const j = targets === undefined ? a - start : targets[a];
      const cost = sign * costs[a];
      const x = flow[a];
      if (dense && cost === Number.POSITIVE_INFINITY) {
        if (x !== 0) findings.report('FORBIDDEN_ARC', x, { demand: i, node: j, arc: a });
        continue;
      }
      const pay = cost + prices[j];
      // False for a node that does not exist and for a cost that is no longer finite: both make pay NaN or infinite.
      if (!(Math.abs(pay) < Number.POSITIVE_INFINITY)) throw changed(`arc ${a} of demand ${i}`);
      let carried = x;
      if (x !== 0) {
        if (!(Number.isInteger(x) && x <= NO_BOUND && x >= -NO_BOUND)) {
          findings.report('FLOW_NOT_WHOLE', x, { demand: i, node: j, arc: a });
          carried = 0;
        } else if (x < 0) findings.report('FLOW_NEGATIVE', -x, { demand: i, node: j, arc: a });
        placed += carried;
        load[j] += carried;
        servedBy = j;
        tally.primal.addProduct(carried, cost);
        tally.size += Math.abs(carried * cost);
      }
      if (bounded) {
        const capacity = problem.arcCapacityOf(a);
        if (carried > capacity) findings.report('FLOW_OVER_ARC_CAPACITY', carried - capacity, { demand: i, node: j, arc: a });
        if ((carried < capacity || capacity >= NO_BOUND) && pay < leastWithRoom) leastWithRoom = pay;
        if (capacity < units) {
          if (capacity > 0) boundedArcs.push({ capacity, pay, rest: restOfSum(cost, prices[j], pay) });
          continue;
        }
      }
      if (pay <= least) {
        const rest = restOfSum(cost, prices[j], pay);
        if (pay < least || rest < leastRest) {
          least = pay;
          leastRest = rest;
        }
      }
    }

    const left = units - placed;
    checkUnits(i, units, placed, claimed.unserved, findings);
    if (claimed.assignment !== undefined && claimed.assignment[i] !== servedBy) {
      findings.report('ASSIGNMENT_MISMATCH', claimed.assignment[i], { demand: i });
    }
    if (left !== 0 && unservedCost === Number.POSITIVE_INFINITY) {
      if (left > 0) tally.unplaced.push({ demand: i, units: left });
    } else if (left !== 0) {
      tally.primal.addProduct(left, unservedCost);
      tally.size += Math.abs(left * unservedCost);
    }

    if (claimed.values !== undefined) {
      const value = sign * Math.min(unservedCost, bounded ? leastWithRoom : least);
      const claim = claimed.values[i];
      if (claim !== value) findings.report('VALUE_MISMATCH', Math.abs(claim - value), { demand: i });
    }

    if (units > 0) {
      if (boundedArcs.length > 0) {
        // The cheapest arc that may carry all units closes the list: beyond it nothing is needed.
        if (least < Number.POSITIVE_INFINITY) boundedArcs.push({ capacity: units, pay: least, rest: leastRest });
        const term = addCheapestUnits(tally.dual, units, boundedArcs, unservedCost);
        tally.dualFinite &&= term.finite;
        tally.size += term.size;
      } else if (isBelow(least, leastRest, unservedCost)) {
        tally.dual.addProduct(units, least).addProduct(units, leastRest);
        tally.size += units * Math.abs(least);
      } else if (unservedCost < Number.POSITIVE_INFINITY) {
        tally.dual.addProduct(units, unservedCost);
        tally.size += units * Math.abs(unservedCost);
      } else tally.dualFinite = false;
    }
  }

  for (let j = 0; j < m; j++) addNode(problem, j, load[j], prices[j], tally, findings);
  return tally;
}

function checkUnits(demand: number, units: number, placed: number, unserved: Numbers | undefined, findings: Findings): void {
  const left = unserved === undefined ? Math.max(0, units - placed) : unserved[demand];
  if (!(Number.isInteger(left) && left >= 0)) findings.report('UNSERVED_INVALID', left, { demand });
  if (placed + left !== units) findings.report('UNITS_MISMATCH', placed + left - units, { demand });
}

/** Slots fill from the first tier on, so that z follows from the load; the dual pays for every slot its price exceeds. */
function addNode(problem: Problem, node: number, load: number, price: number, tally: Tally, findings: Findings): void {
  const { tiers } = problem;
  const capacity = problem.capacityOf(node);
  if (load > capacity) findings.report('NODE_OVER_CAPACITY', load - capacity, { node });
  const first = tiers === undefined ? 0 : tiers.offsets[node];
  const end = tiers === undefined ? 0 : tiers.offsets[node + 1];
  const count = Math.max(1, end - first);
  let left = load;
  for (let k = first; k < first + count; k++) {
    const slots = end > first && tiers !== undefined ? tiers.slots[k] : capacity;
    const surcharge = end > first && tiers !== undefined ? tiers.surcharge[k] : 0;
    if (left > 0 && surcharge !== 0) {
      const used = Math.min(left, slots);
      tally.primal.addProduct(used, surcharge);
      tally.size += used * surcharge;
    }
    left -= slots;
    if (price > surcharge && slots > 0) {
      const over = price - surcharge;
      tally.dual.addProduct(-slots, over).addProduct(-slots, restOfSum(price, -surcharge, over));
      tally.size += slots * over;
    }
  }
}
