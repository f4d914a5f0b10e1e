import { describe, expect, it } from 'vitest';
import { alternatives } from '../../lib/alternatives.js';
import { OutbidError } from '../../lib/errors.js';
import { Problem } from '../../lib/problem.js';
import { FAMILIES } from '../instances/families.js';
import { oracle } from '../oracle/oracle.js';
import { claim, claimInfeasible } from '../verify/exact-claims.js';

function thrown(call: () => unknown): Partial<OutbidError> | undefined {
  try {
    call();
  } catch (error) {
    if (error instanceof OutbidError) return error;
    throw error;
  }
  return undefined;
}

describe('alternatives', () => {
  const problem = Problem.dense(
    [
      [4, 1, 3, 9],
      [2, 0, 5, 9],
      [3, 2, 2, null],
    ],
    { capacity: [1, 1, 1, 0] },
  );
  const solution = claim(problem, [0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0], [0, 2, 0, 0]);

  it('are the other nodes, best first, with what a unit pays there and how much dearer that is', () => {
    expect(solution.values).toEqual(Float64Array.of(3, 2, 2));
    expect(alternatives(problem, solution, 0, 5)).toEqual([
      { node: 2, arc: 2, cost: 3, pay: 3, reducedCost: 0 },
      { node: 0, arc: 0, cost: 4, pay: 4, reducedCost: 1 },
    ]);
  });

  it('leave out the node a demand is on, forbidden pairs, nodes without slots and arcs of capacity 0', () => {
    expect(alternatives(problem, solution, 2, 5).map((a) => a.node)).toEqual([0, 1]);
    const closed = Problem.dense([[1, 2, 3]], { arcCapacity: [1, 0, 1] });
    expect(alternatives(closed, claim(closed, [1, 0, 0], [0, 0, 0]), 0, 5).map((a) => a.node)).toEqual([2]);
  });

  it('are the k best, equal ones by node, whatever the order of the arcs', () => {
    const ties = Problem.sparse({ nodes: 4, capacity: 1, offsets: [0, 4], targets: [3, 1, 2, 0], costs: [5, 7, 5, 1] });
    const placed = claim(ties, [0, 0, 0, 1], [0, 0, 0, 0]);
    expect(alternatives(ties, placed, 0, 9).map((a) => a.node)).toEqual([2, 3, 1]);
    expect(alternatives(ties, placed, 0, 2).map((a) => a.node)).toEqual([2, 3]);
    expect(alternatives(ties, placed, 0, 0)).toEqual([]);
  });

  it('when maximising are those that keep the most, and are worse by a number >= 0', () => {
    const values = Problem.dense(
      [
        [9, 7, 4],
        [9, 1, 1],
      ],
      { maximize: true },
    );
    const best = claim(values, [0, 1, 0, 1, 0, 0], [2, 0, 0]);
    expect(alternatives(values, best, 0, 3)).toEqual([
      { node: 0, arc: 0, cost: 9, pay: 7, reducedCost: 0 },
      { node: 2, arc: 2, cost: 4, pay: 4, reducedCost: 3 },
    ]);
  });

  it('of an unserved demand are all nodes it has an arc to, none cheaper than staying unserved', () => {
    const crowded = Problem.dense([[1], [3]], { unservedCost: 5 });
    const best = claim(crowded, [1, 0], [4]);
    expect(best.status).toBe('optimal');
    expect(alternatives(crowded, best, 1, 9)).toEqual([{ node: 0, arc: 1, cost: 3, pay: 7, reducedCost: 2 }]);
  });

  it('never have a negative reduced cost, and come sorted, on every family', () => {
    let seen = 0;
    for (const family of FAMILIES) {
      for (let seed = 0; seed < 10; seed++) {
        const p = family.make(seed);
        const answer = oracle(p);
        if (answer.status === 'infeasible') continue;
        const best = claim(p, answer.flow, answer.prices);
        for (let i = 0; i < p.demands; i++) {
          const list = alternatives(p, best, i, Number.MAX_SAFE_INTEGER);
          for (const [at, { arc, node, reducedCost }] of list.entries()) {
            expect(reducedCost, family.name).toBeGreaterThanOrEqual(at === 0 ? 0 : list[at - 1].reducedCost);
            expect([p.target(arc), best.flow[arc]]).toEqual([node, 0]);
            seen++;
          }
        }
      }
    }
    expect(seen).toBeGreaterThan(1000);
  });

  it('name a demand that does not exist, a k that is no count, and a solution without prices', () => {
    for (const demand of [-1, 3, 0.5, Number.NaN, '0'])
      expect(thrown(() => alternatives(problem, solution, demand as number, 1))).toMatchObject({
        code: 'DEMAND_OUT_OF_RANGE',
        argument: 'demand',
        value: demand,
      });
    for (const k of [-1, 1.5, Number.NaN, Infinity, '1', undefined])
      expect(thrown(() => alternatives(problem, solution, 0, k as number))?.code).toBe('OPTION_INVALID');
    expect(thrown(() => alternatives(problem, solution, 0, -1))).toMatchObject({ option: 'k', value: -1 });
    const infeasible = Problem.dense([[1], [1]]);
    expect(thrown(() => alternatives(infeasible, claimInfeasible(infeasible, [0, 1]), 0, 1))).toMatchObject({
      code: 'SOLUTION_INVALID',
      field: 'prices',
    });
    expect(thrown(() => alternatives(infeasible, solution, 0, 1))).toMatchObject({ code: 'SOLUTION_INVALID', field: 'prices' });
    expect(thrown(() => alternatives(problem, undefined as never, 0, 1))?.code).toBe('SOLUTION_INVALID');
  });
});
