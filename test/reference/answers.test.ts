import { describe, expect, it, vi } from 'vitest';
import { Problem, slotValues, solveSync, verify } from '../../lib/reference/index.js';
import { FAMILIES } from '../instances/families.js';
import { oracle } from '../oracle/oracle.js';
import { anyProblem } from './any-problem.js';

vi.setConfig({ testTimeout: 60_000 });

/** Status and objective as the oracle has them, and every claim as the verifier finds it. */
function expectRight(problem: Problem, name: string, options: Parameters<typeof solveSync>[1] = {}): void {
  const solution = solveSync(problem, options);
  const right = oracle(problem);
  expect(solution.status, name).toBe(right.status);
  if (problem.integer || right.status === 'infeasible') expect(solution.objective, name).toBe(right.objective);
  else expect(Math.abs(solution.objective - right.objective), name).toBeLessThanOrEqual(solution.tolerance);
  if (right.status === 'optimal') expect(solution.gap, name).toBeLessThanOrEqual(problem.integer ? 0 : solution.tolerance);
  expect(verify(problem, solution).violations, name).toEqual([]);
}

describe('the reference agrees with the oracle and the verifier', () => {
  it('on 1,200 problems with all features at once, whole costs', () => {
    for (let seed = 0; seed < 1200; seed++) expectRight(anyProblem(seed), `seed ${seed}`);
  });

  it('on 600 such problems with float costs over up to nine decades', () => {
    for (let seed = 0; seed < 600; seed++) expectRight(anyProblem(seed, true), `seed ${seed}`);
  });

  for (const family of FAMILIES) {
    it(`on 30 problems: ${family.name}`, () => {
      for (let seed = 1000; seed < 1030; seed++) expectRight(family.make(seed), `${family.name} ${seed}`);
    });
  }

  it('whatever prices it starts from (contract 14)', () => {
    for (let seed = 0; seed < 400; seed++) {
      const problem = anyProblem(seed, seed % 4 === 0);
      const wild = [0, 3, 1e3, 1e9, 1e300, -5, 0.1];
      const prices = Float64Array.from({ length: problem.nodes }, (_, j) => wild[(seed * 31 + j * 17) % wild.length]);
      expectRight(problem, `seed ${seed}`, { prices });
    }
  });

  it('whatever the seed (contract 15)', () => {
    for (let seed = 0; seed < 300; seed++) expectRight(anyProblem(seed), `seed ${seed}`, { seed: 2 ** 40 + seed * 7919 });
  });

  it('with costs at the very end of the exact range, where no bid has headroom', () => {
    // 2 C (min(n, m) + 1) = 2^53 exactly: C = 2^50 with three demands and nodes.
    const C = 2 ** 50;
    const costs = Float64Array.of(-C, C, 0, C, -C, 1, C, C, -C + 1);
    expectRight(Problem.dense(costs, { demands: 3, nodes: 3 }), 'square');
    expectRight(
      Problem.dense(costs, { demands: 3, nodes: 3, capacity: Int32Array.of(3, 0, 1), unservedCost: C, maximize: true }),
      'closed node',
      { prices: [2 ** 53, 0, 2 ** 60] },
    );
  });
});

describe('nothing at all', () => {
  const none = new Int32Array(0);
  it('0 demands: objective 0, nothing placed', () => {
    expectRight(
      Problem.sparse({ nodes: 3, capacity: 2, offsets: Int32Array.of(0), targets: none, costs: new Float64Array(0) }),
      'no demands',
    );
  });
  it('0 nodes: served by nobody, or infeasible', () => {
    const fields = { nodes: 0, capacity: 1, offsets: Int32Array.of(0, 0), targets: none, costs: new Float64Array(0) };
    expectRight(Problem.sparse({ ...fields, unservedCost: 4 }), 'unserved');
    expectRight(Problem.sparse(fields), 'must serve');
    expectRight(Problem.sparse({ ...fields, units: 0 }), 'no units');
  });
});

describe('the same input gives the same answer', () => {
  it('run after run, prices and placements included', () => {
    for (let seed = 0; seed < 100; seed++) {
      const [one, other] = [solveSync(anyProblem(seed), { seed: 5 }), solveSync(anyProblem(seed), { seed: 5 })];
      expect({ ...other.toJSON(), stats: 0 }).toEqual({ ...one.toJSON(), stats: 0 });
    }
  });

  it('and the seed, not the index, decides between equal nodes', () => {
    const problem = Problem.dense(new Float64Array(8).fill(3), { demands: 1, nodes: 8 });
    const chosen = new Set(Array.from({ length: 64 }, (_, seed) => solveSync(problem, { seed }).assignment?.[0]));
    expect(chosen.size).toBe(8);
  });
});

describe('what it refuses', () => {
  /** The large costs only forbid; the small ones decide. */
  const farApart = (large: number, small: number): Problem =>
    Problem.dense(
      [
        [large, 2, 1.5],
        [3, large, 5],
        [2.5, 7, large],
        [1.25, 1.75, large],
      ].map((row) => row.map((x) => (x === large ? x : x * small))),
      { capacity: 2 },
    );

  it('float costs too far apart to prove anything: COST_RANGE; those 500 decades apart are still proven', () => {
    const problem = farApart(1e250, 1e-250);
    const solution = solveSync(problem);
    expect(solution.status).toBe('optimal');
    expect(solution.objective).toBeCloseTo(8.75e-250, 260);
    expect([...(solution.assignment as Int32Array)]).toEqual([2, 0, 0, 1]);
    expect(verify(problem, solution).violations).toEqual([]);
    expect(() => solveSync(farApart(1e280, 1e-300))).toThrow(/COST_RANGE/);
  });

  it('a backend it is not', () => {
    expect(() => solveSync(Problem.dense([[1]]), { backend: 'native' })).toThrow(/BACKEND_UNAVAILABLE/);
  });

  it('slot values of an answer that is not optimal', () => {
    const problem = Problem.dense([[1], [2]]);
    expect(() => slotValues(problem, solveSync(problem))).toThrow(/SOLUTION_NOT_OPTIMAL/);
  });
});

describe('size', () => {
  it('memory does not depend on units: a million and a billion units on two nodes', () => {
    for (const units of [10 ** 6, 10 ** 9]) {
      const problem = Problem.dense(
        [
          [1, 4],
          [2, 3],
        ],
        { units, capacity: Int32Array.of(units, units), unservedCost: 100 },
      );
      const solution = solveSync(problem);
      expect(solution.objective).toBe(4 * units);
      expect([...solution.placements()]).toEqual([
        [0, 0, units],
        [1, 1, units],
      ]);
    }
  });

  it('10,000 demands x 500 nodes x 16 arcs at 90% load within seconds, certified', () => {
    const problem = FLEET();
    const solution = solveSync(problem);
    expect(solution.status).toBe('optimal');
    expect(verify(problem, solution).violations).toEqual([]);
    expect(solution.stats.milliseconds).toBeLessThan(5000);
  });
});

function FLEET(): Problem {
  const [n, m, k] = [10_000, 500, 16];
  let state = 99;
  const next = (below: number): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return Math.floor(((state >>> 0) / 2 ** 32) * below);
  };
  const targets = new Int32Array(n * k);
  const costs = new Int32Array(n * k);
  for (let i = 0; i < n; i++) {
    // 16 nodes at one random stride from a random start: distinct, as the stride is prime to 500.
    const start = next(m);
    const stride = [1, 3, 7, 9, 11, 13, 17, 19][next(8)];
    for (let t = 0; t < k; t++) {
      targets[i * k + t] = (start + t * stride) % m;
      costs[i * k + t] = next(10_000);
    }
  }
  return Problem.sparse({
    nodes: m,
    capacity: 22,
    offsets: Int32Array.from({ length: n + 1 }, (_, i) => i * k),
    targets,
    costs,
    unservedCost: 30_000,
  });
}
