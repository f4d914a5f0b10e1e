import { describe, expect, it, vi } from 'vitest';
import { Problem, slotValues, solveSync } from '../../lib/reference/index.js';
import { oracle } from '../oracle/oracle.js';
import { anyProblem } from './any-problem.js';

vi.setConfig({ testTimeout: 60_000 });

const valuesOf = (problem: Problem): { gain: number[]; loss: number[] } => {
  const { gain, loss } = slotValues(problem, solveSync(problem));
  return { gain: [...gain], loss: [...loss] };
};
const oneNode = (demands: number, capacity: number, unservedCost: number): Problem =>
  Problem.dense(new Float64Array(demands), { demands, nodes: 1, capacity, unservedCost });

describe('one node, cost 0 (contract 10)', () => {
  it('one demand with unserved cost 10, one slot: gain 0, loss 10', () =>
    expect(valuesOf(oneNode(1, 1, 10))).toEqual({ gain: [0], loss: [10] }));
  it('two such demands: gain 10, loss 10', () => expect(valuesOf(oneNode(2, 1, 10))).toEqual({ gain: [10], loss: [10] }));
  it('must be served: gain 0, loss Infinity', () =>
    expect(valuesOf(oneNode(1, 1, Number.POSITIVE_INFINITY))).toEqual({ gain: [0], loss: [Number.POSITIVE_INFINITY] }));
  it('capacity 0: gain 10, loss NaN', () => expect(valuesOf(oneNode(1, 0, 10))).toEqual({ gain: [10], loss: [Number.NaN] }));
  it('a free slot, at whatever surcharge: gain 0, loss 0', () => {
    const tiers = { offsets: Int32Array.of(0, 2), slots: Int32Array.of(1, 1), surcharge: Float64Array.of(0, 4) };
    expect(valuesOf(Problem.dense([[0]], { capacity: 2, unservedCost: 10, tiers }))).toEqual({ gain: [0], loss: [0] });
  });
});

/** The problem with one slot of a node more or less, at the end of its last tier (with slots, for less). */
function withSlot(problem: Problem, node: number, change: 1 | -1): Problem {
  const capacity = Int32Array.from({ length: problem.nodes }, (_, j) => problem.capacityOf(j) + (j === node ? change : 0));
  const slots = problem.tiers?.slots.slice();
  if (problem.tiers !== undefined && slots !== undefined) {
    let t = problem.tiers.offsets[node + 1] - 1;
    while (change < 0 && slots[t] === 0) t--;
    if (t >= problem.tiers.offsets[node]) slots[t] += change;
  }
  const { offsets, targets, costs, units, unservedCost, arcCapacity, maximize, nodes } = problem;
  const tiers = problem.tiers === undefined || slots === undefined ? undefined : { ...problem.tiers, slots };
  return Problem.sparse({
    nodes,
    offsets: offsets as Int32Array,
    targets: targets as Int32Array,
    costs,
    units,
    unservedCost,
    arcCapacity,
    maximize,
    capacity,
    tiers,
  });
}

it.each([false, true])('are what solving again with one slot more or less shows (float costs: %s)', (float) => {
  let checked = 0;
  for (let seed = 0; seed < 400; seed++) {
    const problem = anyProblem(seed, float);
    const solution = solveSync(problem);
    if (solution.status !== 'optimal') continue;
    const { gain, loss } = slotValues(problem, solution);
    const before = oracle(problem).objective;
    // Rounding of the float objectives and of the path sums; 0 for whole numbers.
    const near = float ? 8 * solution.tolerance + 1e-12 * problem.largestCost : 0;
    for (let j = 0; j < problem.nodes; j++) {
      const more = oracle(withSlot(problem, j, 1)).objective;
      expect(Math.abs(gain[j] - Math.abs(more - before)), `gain of node ${j}, seed ${seed}`).toBeLessThanOrEqual(near);
      checked++;
      if (problem.capacityOf(j) === 0) {
        expect(loss[j]).toBeNaN();
        continue;
      }
      const less = Math.abs(oracle(withSlot(problem, j, -1)).objective - before);
      if (less === Number.POSITIVE_INFINITY) expect(loss[j], `loss of node ${j}, seed ${seed}`).toBe(less);
      else expect(Math.abs(loss[j] - less), `loss of node ${j}, seed ${seed}`).toBeLessThanOrEqual(near);
    }
  }
  expect(checked).toBeGreaterThan(500);
});
