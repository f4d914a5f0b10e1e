import { describe, expect, it, vi } from 'vitest';
import { Auction, forward } from '../../lib/reference/bid.js';
import { Problem, solveSync } from '../../lib/reference/index.js';
import { anyProblem } from './any-problem.js';
import { marketOf, quiet } from './market-of.js';

vi.setConfig({ testTimeout: 60_000 });

/** Needed and available units recomputed from the problem, for must-serve demands only. */
function recount(problem: Problem, demands: Int32Array): { nodes: number[]; needed: number; available: number } {
  const into = new Map<number, number>();
  let needed = 0;
  for (const i of demands) {
    expect(problem.unservedCostOf(i)).toBe(Number.POSITIVE_INFINITY);
    needed += problem.unitsOf(i);
    for (let a = problem.rowStart(i); a < problem.rowEnd(i); a++)
      into.set(problem.target(a), (into.get(problem.target(a)) ?? 0) + problem.arcCapacityOf(a));
  }
  const nodes = [...into.keys()].sort((a, b) => a - b);
  return { nodes, needed, available: nodes.reduce((sum, j) => sum + Math.min(problem.capacityOf(j), into.get(j) as number), 0) };
}

describe('an infeasible problem', () => {
  it('comes back with a witness whose demands need more than all their nodes may give', () => {
    let found = 0;
    for (let seed = 0; seed < 1500; seed++) {
      const problem = anyProblem(seed);
      const { status, witness, objective, bound, gap, prices, values } = solveSync(problem);
      if (status !== 'infeasible' || witness === undefined) continue;
      found++;
      expect(witness.needed).toBeGreaterThan(witness.available);
      expect(recount(problem, witness.demands)).toEqual({
        nodes: [...witness.nodes],
        needed: witness.needed,
        available: witness.available,
      });
      const worst = problem.maximize ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
      expect({ objective, bound, gap, prices: prices.length, values: values.length }).toEqual({
        objective: worst,
        bound: worst,
        gap: Number.NaN,
        prices: 0,
        values: 0,
      });
    }
    expect(found).toBeGreaterThan(250);
  });

  it('is found by a price war, before prices climb', () => {
    // 40 different demands want the same 39 slots.
    const arcs: [number, number, number][] = [];
    for (let i = 0; i < 40; i++) for (let j = 0; j < 39; j++) arcs.push([i, j, (i * 7 + j * 13) % 41]);
    const { market, level } = marketOf(Problem.fromArcs({ demands: 40, nodes: 39, arcs }));
    const auction = new Auction(market, level);
    expect(forward(auction, 120, 20_000, quiet())).toBe('infeasible');
    expect(auction.bids).toBeLessThanOrEqual(240);
    expect(auction.witness?.length).toBe(40);
  });

  it('is seen before anything starts when a demand alone cannot be served', () => {
    const problem = Problem.fromArcs({
      demands: 2,
      nodes: 2,
      capacity: [5, 1],
      units: [1, 4],
      arcs: [
        [0, 0, 1, 9],
        [1, 0, 1, 2],
        [1, 1, 1, 9],
      ],
    });
    const solution = solveSync(problem);
    expect(solution.stats.bids).toBe(0);
    expect(solution.witness).toEqual({ demands: Int32Array.of(1), nodes: Int32Array.of(0, 1), needed: 4, available: 3 });
  });
});
