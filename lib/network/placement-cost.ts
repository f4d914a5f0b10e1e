/** What a placement costs, whoever made it: costs of its arcs, unserved costs, surcharges of the slots it fills. */
import { OutbidError } from '../errors.js';
import type { Problem } from '../problem.js';

/** Used slots by node, while a placement is being made. */
export class Load {
  readonly #problem: Problem;
  readonly #used: Int32Array;

  constructor(problem: Problem) {
    this.#problem = problem;
    this.#used = new Int32Array(problem.nodes);
  }

  /** Whether an arc may carry a unit at all. */
  allows(arc: number): boolean {
    return !this.#problem.forbidden(arc) && this.#problem.arcCapacityOf(arc) > 0;
  }

  free(node: number): number {
    return this.#problem.capacityOf(node) - this.#used[node];
  }

  /** Used share of the node's slots. */
  share(node: number): number {
    return this.#used[node] / this.#problem.capacityOf(node);
  }

  /** Surcharge of the slot that take() would fill. */
  nextSurcharge(node: number): number {
    const tiers = this.#problem.tiers;
    if (tiers === undefined) return 0;
    let before = this.#used[node];
    for (let k = tiers.offsets[node]; k < tiers.offsets[node + 1]; k++) {
      if (before < tiers.slots[k]) return tiers.surcharge[k];
      before -= tiers.slots[k];
    }
    return 0;
  }

  take(node: number): void {
    this.#used[node]++;
  }
}

/** Placements name one node per demand, which only says everything when every demand is one unit. */
export function requireUnitDemands(problem: Problem): void {
  for (let i = 0; i < problem.demands; i++) {
    if (problem.unitsOf(i) !== 1)
      throw new OutbidError('UNITS_INVALID', `demand ${i} has ${problem.unitsOf(i)} units; a placement of one node per demand needs 1`, {
        demand: i,
        value: problem.unitsOf(i),
      });
  }
}

/**
 * Total cost of a placement (node of each demand, -1 unserved) in the problem's units, unserved costs and surcharges included;
 * total value when the problem maximises. Infinity (-Infinity) when a must-serve demand is unserved. Throws SOLUTION_INVALID
 * for a forbidden pair or a node over capacity.
 */
export function placementCost(problem: Problem, assignment: ArrayLike<number>): number {
  requireUnitDemands(problem);
  if (assignment.length !== problem.demands) {
    throw new OutbidError('LENGTH_MISMATCH', `the assignment has ${assignment.length} entries, there are ${problem.demands} demands`, {
      argument: 'assignment',
      value: assignment.length,
    });
  }
  const load = new Load(problem);
  let paid = 0;
  let arcs = 0;
  for (let i = 0; i < problem.demands; i++) {
    const node = assignment[i];
    if (node === -1) {
      paid += problem.unservedCostOf(i);
      continue;
    }
    let arc = problem.rowStart(i);
    while (arc < problem.rowEnd(i) && !(problem.target(arc) === node && load.allows(arc))) arc++;
    if (arc === problem.rowEnd(i))
      throw new OutbidError('SOLUTION_INVALID', `demand ${i} may not be placed on node ${node}`, { demand: i, node });
    if (load.free(node) === 0)
      throw new OutbidError('SOLUTION_INVALID', `node ${node} has more demands than its ${problem.capacityOf(node)} slots`, {
        demand: i,
        node,
      });
    arcs += problem.costs[arc];
    paid += load.nextSurcharge(node);
    load.take(node);
  }
  return problem.maximize ? arcs - paid : arcs + paid;
}
