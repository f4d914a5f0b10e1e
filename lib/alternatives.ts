/** Where else a demand could go, and how much dearer that would be at the prices of a solution. */
import { OutbidError } from './errors.js';
import type { Problem } from './problem.js';
import type { Solution } from './solution.js';

export interface Alternative {
  node: number;
  /** Index of the arc in the problem. */
  arc: number;
  /** Cost per unit of the arc (value, when maximising). */
  cost: number;
  /** cost + price of the node: what a unit pays there (value - price, when maximising: what it keeps). */
  pay: number;
  /**
   * How much worse than the demand's value a unit does there: pay - values[demand] (values[demand] - pay, when maximising).
   * Never negative; 0 where it would do just as well. The node's slots may all be taken: the price is what makes room.
   */
  reducedCost: number;
}

/**
 * The `k` next-best nodes of a demand, best first, equal ones by node: every arc that carries no unit of the demand but could,
 * so arcs of capacity 0 and nodes without slots are left out. Fewer than `k` where there are fewer.
 *
 * @param solution any solution of this problem but an infeasible one; only prices, values and flow are read.
 * @throws OutbidError DEMAND_OUT_OF_RANGE; OPTION_INVALID if k is no whole number >= 0; SOLUTION_INVALID if the solution has no
 *   prices, or is one of another problem.
 */
export function alternatives(
  problem: Problem,
  solution: Pick<Solution, 'prices' | 'values' | 'flow'>,
  demand: number,
  k: number,
): Alternative[] {
  if (!Number.isInteger(demand) || demand < 0 || demand >= problem.demands) {
    throw new OutbidError('DEMAND_OUT_OF_RANGE', `there is no demand ${String(demand)}, there are ${problem.demands}`, {
      argument: 'demand',
      value: demand,
    });
  }
  if (!Number.isInteger(k) || k < 0)
    throw new OutbidError('OPTION_INVALID', `k must be a whole number >= 0, not ${String(k)}`, { option: 'k', value: k });
  const lengths = { prices: problem.nodes, values: problem.demands, flow: problem.arcs };
  for (const field of ['prices', 'values', 'flow'] as const) {
    const length: unknown = solution?.[field]?.length;
    if (length !== lengths[field])
      throw new OutbidError('SOLUTION_INVALID', `${field} has ${String(length)} entries, the problem calls for ${lengths[field]}`, {
        field,
        value: length,
      });
  }
  const { prices, values, flow } = solution;
  const sign = problem.maximize ? -1 : 1;
  const list: Alternative[] = [];
  for (let arc = problem.rowStart(demand); arc < problem.rowEnd(demand); arc++) {
    const node = problem.target(arc);
    if (flow[arc] !== 0 || problem.forbidden(arc) || problem.arcCapacityOf(arc) === 0 || problem.capacityOf(node) === 0) continue;
    const cost = problem.costs[arc];
    const pay = cost + sign * prices[node];
    list.push({ node, arc, cost, pay, reducedCost: sign * (pay - values[demand]) + 0 });
  }
  list.sort((a, b) => sign * (a.pay - b.pay) || a.node - b.node);
  return list.slice(0, k);
}
