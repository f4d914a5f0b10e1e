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

/**
 * A list of nodes says everything about a demand's units only where no node can hold two of them: every demand is one unit, or
 * each of its arcs carries one at most. Error: UNITS_INVALID naming the demand.
 */
export function requireDistinctUnits(problem: Problem): void {
  for (let i = 0; i < problem.demands; i++) {
    const units = problem.unitsOf(i);
    if (units <= 1) continue;
    for (let arc = problem.rowStart(i); arc < problem.rowEnd(i); arc++) {
      if (problem.forbidden(arc) || problem.arcCapacityOf(arc) <= 1) continue;
      throw new OutbidError(
        'UNITS_INVALID',
        `demand ${i} has ${units} units and node ${problem.target(arc)} may run several; units of one demand need arcs of capacity 1`,
        { demand: i, node: problem.target(arc), value: units },
      );
    }
  }
}

/** Node of each demand, -1 when unserved, or the nodes of each demand, all distinct. */
export type PlacementList = ArrayLike<number | ArrayLike<number>>;

/**
 * Total cost of a placement in the problem's units, unserved costs and surcharges included; total value when the problem
 * maximises. Infinity (-Infinity) when a unit that must be served is not. Throws SOLUTION_INVALID for a forbidden pair, a node
 * twice for one demand, more nodes than a demand has units or a node over capacity; UNITS_INVALID for a demand of several units
 * with an arc that may carry more than one.
 */
export function placementCost(problem: Problem, placement: PlacementList): number {
  requireDistinctUnits(problem);
  if (placement.length !== problem.demands) {
    throw new OutbidError('LENGTH_MISMATCH', `the placement has ${placement.length} entries, there are ${problem.demands} demands`, {
      argument: 'placement',
      value: placement.length,
    });
  }
  const load = new Load(problem);
  const arcs: number[] = [];
  for (let i = 0; i < problem.demands; i++) {
    const nodes = nodesOf(placement[i]);
    const wrong = (node: number, message: string): OutbidError => new OutbidError('SOLUTION_INVALID', message, { demand: i, node });
    for (let k = 0; k < nodes.length; k++) {
      const node = nodes[k];
      if (k === problem.unitsOf(i)) throw wrong(node, `demand ${i} is placed on ${nodes.length} nodes and has ${k} units`);
      for (let before = 0; before < k; before++)
        if (nodes[before] === node) throw wrong(node, `demand ${i} is placed on node ${node} twice`);
      let arc = problem.rowStart(i);
      while (arc < problem.rowEnd(i) && !(problem.target(arc) === node && load.allows(arc))) arc++;
      if (arc === problem.rowEnd(i)) throw wrong(node, `demand ${i} may not be placed on node ${node}`);
      if (load.free(node) === 0) throw wrong(node, `node ${node} has more demands than its ${problem.capacityOf(node)} slots`);
      arcs.push(arc);
      load.take(node);
    }
  }
  return costOfArcs(
    problem,
    arcs.sort((a, b) => a - b),
  );
}

function nodesOf(entry: number | ArrayLike<number>): ArrayLike<number> {
  return typeof entry !== 'number' ? entry : entry === -1 ? [] : [entry];
}

/** The same for the arcs that carry a unit each, ascending, which nothing is wrong with. */
export function costOfArcs(problem: Problem, arcs: ArrayLike<number>): number {
  const load = new Load(problem);
  let costs = 0;
  let paid = 0;
  let next = 0;
  for (let i = 0; i < problem.demands; i++) {
    let missing = problem.unitsOf(i);
    for (; next < arcs.length && arcs[next] < problem.rowEnd(i); next++) {
      const node = problem.target(arcs[next]);
      costs += problem.costs[arcs[next]];
      paid += load.nextSurcharge(node);
      load.take(node);
      missing--;
    }
    // Not a product alone: 0 units of a demand that must be served cost nothing.
    if (missing > 0) paid += missing * problem.unservedCostOf(i);
  }
  return problem.maximize ? costs - paid : costs + paid;
}
