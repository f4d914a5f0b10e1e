/** The worth of slots: what one more, or one less, on each node would change the optimum by. */
import type { SlotValues } from './backend/backend.js';
import { chooseLike } from './backend/choose.js';
import { OutbidError } from './errors.js';
import { Problem } from './problem.js';
import { Solution } from './solution.js';

/**
 * Exact, for every node at once, from the residual graph of an optimal solution; nothing is solved again.
 *
 * `gain[j]`: what one slot more on node j, at the surcharge of its last tier, would save: at most the price, 0 where a slot
 * is free. `loss[j]`: what one slot less would cost: Infinity where a must-serve unit would fail, NaN at capacity 0.
 * SOLUTION_NOT_OPTIMAL for any other solution, SOLUTION_INVALID for one of another problem.
 */
export function slotValues(problem: Problem, solution: Solution): SlotValues {
  if (!(problem instanceof Problem)) throw new OutbidError('TYPE_INVALID', 'problem must be a Problem', { argument: 'problem' });
  if (!(solution instanceof Solution))
    throw new OutbidError('TYPE_INVALID', 'solution must be a Solution of this problem', { argument: 'solution' });
  if (solution.status !== 'optimal') {
    throw new OutbidError('SOLUTION_NOT_OPTIMAL', `slots have a worth at an optimum only; this solution is '${solution.status}'`, {
      argument: 'solution',
      value: solution.status,
    });
  }
  const { arcs, units } = placedArcs(problem, solution);
  return chooseLike(solution.backend.name).slotValues(problem, solution.prices, arcs, units);
}

/** Placements name demand and node; within a demand they stand in the order of its arcs, so one scan finds every arc. */
function placedArcs(problem: Problem, solution: Solution): { arcs: Int32Array; units: Int32Array } {
  const arcs: number[] = [];
  const units: number[] = [];
  if (solution.prices.length !== problem.nodes) {
    throw new OutbidError('SOLUTION_INVALID', `the solution has ${solution.prices.length} prices, the problem ${problem.nodes} nodes`, {
      argument: 'solution',
    });
  }
  let at = 0;
  for (const [demand, node, count] of solution.placements()) {
    if (demand >= problem.demands) throw foreign(demand, node);
    const end = problem.rowEnd(demand);
    if (problem.dense) at = demand * problem.nodes + node;
    else {
      at = Math.max(at, problem.rowStart(demand));
      while (at < end && problem.target(at) !== node) at++;
    }
    if (at >= end) throw foreign(demand, node);
    arcs.push(at++);
    units.push(count);
  }
  return { arcs: Int32Array.from(arcs), units: Int32Array.from(units) };
}

function foreign(demand: number, node: number): OutbidError {
  return new OutbidError('SOLUTION_INVALID', `the solution places demand ${demand} on node ${node}, the problem has no such arc`, {
    argument: 'solution',
    demand,
    node,
  });
}
