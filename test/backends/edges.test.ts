/** Answers at the edges: of the exact range, of double precision, of early ends and of what the caller may hand in. */
import { Buffer } from 'node:buffer';
import { describe, expect, test } from 'vitest';
import { Problem } from '../../lib/problem.js';
import { slotValues } from '../../lib/slot-values.js';
import { solve, solveSync } from '../../lib/solve.js';
import { verify } from '../../lib/verify/index.js';
import { BACKENDS, onBackend } from './every-backend.js';

describe.each(BACKENDS)('%s', (backend) => {
  const on = onBackend(backend);

  on('threads change nothing: groups without an arc between them are solved apart on any number of them', {}, () => {
    const n = 6_000;
    const groups = 7;
    const offsets = Int32Array.from({ length: n + 1 }, (_, i) => 4 * i);
    const targets = Int32Array.from({ length: 4 * n }, (_, a) => ((a * 7919) % 60) * groups + (((a >> 2) * 31) % groups));
    const costs = Int32Array.from({ length: 4 * n }, (_, a) => (a * 104_729) % 1_009);
    const problem = Problem.sparse({ nodes: 60 * groups, offsets, targets, costs, capacity: 12, unservedCost: 700 });
    const one = solveSync(problem, { backend, threads: 1 });
    expect(verify(problem, one).violations).toEqual([]);
    expect(one.status).toBe('optimal');
    for (const threads of [2, 5]) {
      const many = solveSync(problem, { backend, threads });
      expect([many.objective, many.assignment, many.prices]).toEqual([one.objective, one.assignment, one.prices]);
    }
  });

  on('sums of exactly 2^53 + 1 are not rounded away in a proof', {}, () => {
    const problem = Problem.fromArcs({ demands: 1, nodes: 1, capacity: 3, units: 3, arcs: [[0, 0, 1]] });
    for (const price of [3002399751580326, 3002399751580327, 3002399751580328]) {
      const solution = solveSync(problem, { backend, prices: [price] });
      expect(solution.objective).toBe(3);
      expect(verify(problem, solution).violations).toEqual([]);
    }
  });

  on('an early end at the edge of the exact range leaves prices that are exact as doubles', {}, () => {
    const problem = Problem.dense(Float64Array.of(2238246719324160, -2080774034554880, 1799473610096640, -244774626918400), {
      demands: 1,
      nodes: 4,
      capacity: [1, 0, 1, 0],
      units: 2,
    });
    for (const gap of [0, 1e12, Number.POSITIVE_INFINITY]) {
      const solution = solveSync(problem, { backend, gap });
      expect(verify(problem, solution).violations).toEqual([]);
      expect(Math.max(...solution.prices)).toBeLessThanOrEqual(2 ** 53 + 2 ** 52);
    }
  });

  on('the gap asked for is that of the caller, not of the grid', {}, () => {
    const problem = Problem.dense(Float64Array.of(9.5, 0.5, 1e25), { demands: 1, nodes: 3, capacity: 2 });
    const solution = solveSync(problem, { backend, gap: 1e-3 });
    expect(solution.objective).toBe(0.5);
    expect(verify(problem, solution).violations).toEqual([]);
  });

  on('one huge cost that nobody needs does not blur the small ones', {}, () => {
    for (const huge of [1e15, 1e22, 1e25, 1e60]) {
      const problem = Problem.dense(Float64Array.of(2.15, 5.85, 5.05, 7.35, 0.45, 5.55, 0.65, 2.75, huge), { demands: 3, nodes: 3 });
      const solution = solveSync(problem, { backend });
      expect(solution.objective).toBeCloseTo(6.15, 12);
      expect(Math.max(...solution.prices)).toBeLessThan(100);
      expect(verify(problem, solution).violations).toEqual([]);
    }
  });

  on('an arc without bound is never full, however many units it carries', {}, () => {
    const problem = Problem.fromArcs({
      demands: 1,
      nodes: 1,
      units: 2147483647,
      capacity: 2147483647,
      arcs: [[0, 0, 1, Number.POSITIVE_INFINITY]],
    });
    const solution = solveSync(problem, { backend });
    expect(solution.values[0]).toBe(1 + solution.prices[0]);
    expect(verify(problem, solution).violations).toEqual([]);
  });

  on("a Buffer of costs is still the caller's after an asynchronous solve", {}, async () => {
    const costs = Buffer.from([4, 2, 3, 1]);
    const problem = Problem.dense(costs, { demands: 2, nodes: 2 });
    const solution = await solve(problem, { backend });
    expect([...costs]).toEqual([4, 2, 3, 1]);
    expect(solution.objective).toBe(5);
    expect(verify(problem, solution).valid).toBe(true);
  });

  on('a class with very many arcs is placed without walking them once for each', {}, () => {
    // One demand that fills 4,000 nodes, bounded and not: quadratic work would take minutes at ten times the size.
    const nodes = 4_000;
    const arcs = Array.from({ length: nodes }, (_, j): [number, number, number] => [0, j, j % 97]);
    for (const arcCapacity of [undefined, 490]) {
      const problem = Problem.fromArcs({ demands: 1, nodes, capacity: 500, units: 490 * nodes - 7, arcs, arcCapacity });
      const solution = solveSync(problem, { backend });
      expect(verify(problem, solution)).toMatchObject({ valid: true, gap: 0 });
    }
  });

  on('a matrix and the same arcs as a list have the same answer, ties, unserved demands and all', {}, () => {
    // Rows longer than a hundred nodes, where a matrix is scanned by code of its own.
    for (let seed = 1; seed <= 12; seed++) {
      const n = 60 + seed;
      const m = 120;
      const range = seed % 3 === 0 ? 3 : seed % 3 === 1 ? 40 : 100_000;
      const costs = Float64Array.from({ length: n * m }, (_, a) => ((a * 7919 + seed * 104_729) ** 2 % 1_000_003) % range);
      const rest = {
        capacity: Int32Array.from({ length: m }, (_, j) => (j % 5 === 0 ? 0 : 1)),
        unservedCost: seed % 2 === 0 ? range / 2 - (range % 2) / 2 : Number.POSITIVE_INFINITY,
        units: seed % 4 === 0 ? Int32Array.from({ length: n }, (_, i) => i % 3) : 1,
      };
      const dense = Problem.dense(costs, { demands: n, nodes: m, ...rest });
      const sparse = Problem.sparse({
        nodes: m,
        offsets: Int32Array.from({ length: n + 1 }, (_, i) => i * m),
        targets: Int32Array.from({ length: n * m }, (_, a) => a % m),
        costs,
        ...rest,
      });
      const a = solveSync(dense, { backend, seed });
      const b = solveSync(sparse, { backend, seed });
      expect(verify(dense, a).violations).toEqual([]);
      expect([a.status, a.objective]).toEqual([b.status, b.objective]);
    }
  });

  on('slot values hold for nodes nobody uses and nodes that cannot be used', {}, () => {
    const problem = Problem.fromArcs({
      demands: 2,
      nodes: 3,
      capacity: [1, 0, 5],
      arcs: [
        [0, 0, 1],
        [0, 1, 0],
        [1, 0, 2],
      ],
      unservedCost: 10,
    });
    const solution = solveSync(problem, { backend });
    const { gain, loss } = slotValues(problem, solution);
    expect([...gain]).toEqual([8, 9, 0]);
    expect([...loss]).toEqual([9, Number.NaN, 0]);
  });
});

test('the verifier accepts no wrong optimum at the edge of the exact range', () => {
  const problem = Problem.dense(Float64Array.of(0, 1, 0, 0), { demands: 2, nodes: 2, units: [4, 1], capacity: [3, 2] });
  const P = 3002399751580331;
  const wrong = {
    status: 'optimal',
    objective: 2,
    bound: 2,
    gap: 0,
    tolerance: 0,
    prices: Float64Array.of(P, P - 1),
    values: Float64Array.of(P, P - 1),
    assignment: undefined,
    flow: Int32Array.of(2, 2, 1, 0),
    unserved: Int32Array.of(0, 0),
  };
  const certificate = verify(problem, wrong);
  expect(certificate.valid).toBe(false);
  expect(certificate.dual).not.toBe(2);
});
