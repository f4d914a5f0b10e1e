import { expect, test } from 'vitest';
import { type BuiltProblem, buildProblem, slotWorth } from '../../lib/network/index.js';
import { Residual } from '../../lib/network/residual.js';
import { MOST_NODES } from '../../lib/network/residual-steps.js';
import { Problem } from '../../lib/problem.js';
import { solveSync } from '../../lib/solve.js';
import { largeNetwork } from './changing-network.js';
import { EXTRA_ONLY, limitCase } from './limit-cases.js';
import { draws } from './small-network.js';

/** The problem with some nodes that nobody reaches, units of a demand and slots of a node more or less. */
function changed(problem: Problem, { nodes = 0, demand = 0, node = 0, by = 0 }): Problem {
  const list = <T>(length: number, at: (k: number) => T): T[] => Array.from({ length }, (_, k) => at(k));
  const { tiers } = problem;
  const offsets = [0];
  const slots: number[] = [];
  const surcharge: number[] = [];
  for (let j = 0; j < problem.nodes; j++) {
    for (let k = tiers?.offsets[j] ?? 0; k < (tiers?.offsets[j + 1] ?? 0); k++) {
      slots.push(tiers?.slots[k] as number);
      surcharge.push(tiers?.surcharge[k] as number);
    }
    if (tiers === undefined && problem.capacityOf(j) > 0) {
      slots.push(problem.capacityOf(j));
      surcharge.push(0);
    }
    // A slot more costs nothing, so that it comes first; one less is a first one, which costs nothing in these cases.
    if (j === node && by === 1) {
      slots.splice(offsets[j], 0, 1);
      surcharge.splice(offsets[j], 0, 0);
    }
    offsets.push(slots.length);
  }
  for (let k = 0; k < nodes; k++) offsets.push(slots.length);
  return Problem.sparse({
    nodes: problem.nodes + nodes,
    capacity: list(problem.nodes + nodes, (j) => (j < problem.nodes ? problem.capacityOf(j) + (j === node ? by : 0) : 0)),
    offsets: Int32Array.from([...list(problem.demands, (i) => problem.rowStart(i)), problem.arcs]),
    targets: Int32Array.from(list(problem.arcs, (a) => problem.target(a))),
    costs: Float64Array.from(list(problem.arcs, (a) => problem.costs[a])),
    units: Int32Array.from(list(problem.demands, (i) => problem.unitsOf(i) + (i === demand ? by : 0))),
    unservedCost: Float64Array.from(list(problem.demands, (i) => problem.unservedCostOf(i))),
    arcCapacity: Int32Array.from(list(problem.arcs, (a) => Math.min(2 ** 31 - 1, problem.arcCapacityOf(a)))),
    tiers: { offsets: Int32Array.from(offsets), slots: Int32Array.from(slots), surcharge: Float64Array.from(surcharge) },
  });
}

test('a unit more of a demand with a slot more that costs nothing changes the optimum by the shortest path, however it is found', () => {
  let compared = 0;
  for (let seed = 0; seed < 40; seed++) {
    const { problem } = buildProblem(limitCase(seed).network, limitCase(seed).requests, EXTRA_ONLY);
    const solution = solveSync(problem);
    const large = changed(problem, { nodes: MOST_NODES });
    const [small, heap] = [new Residual(problem, solution), new Residual(large, solveSync(large))];
    const nodes = Array.from({ length: problem.nodes }, (_, j) => j);
    const draw = draws(seed);
    for (let k = 0; k < 6; k++) {
      const demand = draw(problem.demands);
      if (solution.values[demand] === Number.POSITIVE_INFINITY) continue;
      const more = small.more(demand, nodes);
      expect(heap.more(demand, nodes)).toEqual(more);
      expect(heap.less(demand, nodes)).toEqual(small.less(demand, nodes));
      const node = draw(problem.nodes);
      const other = solveSync(changed(problem, { demand, node, by: 1 }));
      if (other.status !== 'optimal') continue;
      expect(solution.objective + more[node], `seed ${seed}`).toBe(other.objective);
      compared++;
    }
  }
  expect(compared).toBeGreaterThan(100);
});

test('many groups at their caps: every gain and loss is that of the network solved again', async () => {
  const { network, requests } = largeNetwork(900, 60);
  const limits = Array.from({ length: 20 }, (_, k) => ({ operator: `o${k}`, cap: 20 }));
  const cost = (built: BuiltProblem): number => solveSync(built.problem).objective + built.offset;
  const built = buildProblem({ ...network, limits }, requests);
  const { gain, loss } = await slotWorth(built, solveSync(built.problem));
  const changedBy = (j: number, by: number): number =>
    cost(
      buildProblem(
        { ...network, limits, nodes: network.nodes.map((own, k) => (k === j ? { ...own, slots: own.slots + by } : own)) },
        requests,
      ),
    );
  const draw = draws(3);
  let worth = 0;
  for (let k = 0; k < 40; k++) {
    const j = draw(60);
    expect([j, gain[j], loss[j]]).toEqual([j, cost(built) - changedBy(j, 1), changedBy(j, -1) - cost(built)]);
    if (gain[j] > 0 || loss[j] > 0) worth++;
  }
  expect(worth).toBeGreaterThan(5);
});
