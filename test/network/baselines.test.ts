import { describe, expect, test } from 'vitest';
import { buildProblem, greedyCheapest, leastLoaded, POLICIES, placementCost, randomSticky } from '../../lib/network/index.js';
import { Problem } from '../../lib/problem.js';
import { oracle } from '../oracle/oracle.js';
import { randomNetwork } from './small-network.js';

const square = (costs: (number | null)[][], capacity: number | number[] = 1, unservedCost = 100) =>
  Problem.dense(costs, { capacity, unservedCost });

describe('on random networks every policy', () => {
  const cases = Array.from({ length: 150 }, (_, seed) => {
    const { network, requests } = randomNetwork(seed);
    const built = buildProblem(network, requests);
    return { seed, built, stickyKeys: built.requests.map((q) => q.client) };
  });

  test('places only on arcs, within capacity, counts right, and costs what its placement costs', () => {
    let served = 0;
    for (const { seed, built, stickyKeys } of cases) {
      const { problem } = built;
      for (const policy of POLICIES) {
        const result = policy(problem, { seed, order: built.order, stickyKeys });
        const used = new Map<number, number>();
        let cost = 0;
        result.assignment.forEach((node, i) => {
          if (node < 0) {
            cost += problem.unservedCostOf(i);
            return;
          }
          const arc = Array.from({ length: problem.rowEnd(i) - problem.rowStart(i) }, (_, k) => problem.rowStart(i) + k).find(
            (a) => problem.target(a) === node,
          );
          expect(arc).toBeDefined();
          cost += problem.costs[arc as number];
          used.set(node, (used.get(node) ?? 0) + 1);
        });
        for (const [node, count] of used) expect(count).toBeLessThanOrEqual(problem.capacityOf(node));
        expect(result.cost).toBe(cost);
        expect(result.served).toBe(result.assignment.filter((node) => node >= 0).length);
        expect(result.served + result.unserved).toBe(problem.demands);
        served += result.served;
      }
    }
    expect(served).toBeGreaterThan(1000);
  });

  test('leaves no request unserved that has a free eligible node at its turn (random sticky may)', () => {
    for (const { seed, built } of cases) {
      const { problem, order } = built;
      for (const policy of [leastLoaded, greedyCheapest]) {
        const { assignment } = policy(problem, { seed, order });
        const used = new Int32Array(problem.nodes);
        for (const i of order) {
          if (assignment[i] >= 0) used[assignment[i]]++;
          else
            for (let a = problem.rowStart(i); a < problem.rowEnd(i); a++)
              expect(used[problem.target(a)]).toBe(problem.capacityOf(problem.target(a)));
        }
      }
    }
  });

  test('never costs less than the exact optimum, and some policy costs more on many of them', () => {
    let dearer = 0;
    for (const { seed, built, stickyKeys } of cases) {
      const best = oracle(built.problem).objective;
      const costs = POLICIES.map((policy) => policy(built.problem, { seed, order: built.order, stickyKeys }).cost);
      for (const cost of costs) expect(cost).toBeGreaterThanOrEqual(best);
      if (Math.max(...costs) > best) dearer++;
    }
    expect(dearer).toBeGreaterThan(50);
  });

  test('does the same again for the same seed, and can differ for another', () => {
    const differs = POLICIES.map(() => 0);
    for (const { seed, built, stickyKeys } of cases) {
      POLICIES.forEach((policy, k) => {
        const run = (s: number) => Array.from(policy(built.problem, { seed: s, order: built.order, stickyKeys }).assignment);
        expect(run(seed)).toEqual(run(seed));
        if (JSON.stringify(run(seed)) !== JSON.stringify(run(seed + 1))) differs[k]++;
      });
    }
    expect(differs[0]).toBeGreaterThan(0);
    expect(differs[1]).toBeGreaterThan(0);
  });
});

test('greedy takes the cheapest free node, in order of arrival', () => {
  const problem = square([
    [1, 2],
    [1, 50],
  ]);
  expect(Array.from(greedyCheapest(problem).assignment)).toEqual([0, 1]);
  expect(greedyCheapest(problem).cost).toBe(51);
  expect(Array.from(greedyCheapest(problem, { order: [1, 0] }).assignment)).toEqual([1, 0]);
  expect(greedyCheapest(problem, { order: [1, 0] }).cost).toBe(3);
});

test('greedy counts the surcharge of the next slot, and takes the best value when maximising', () => {
  const tiers = { offsets: Int32Array.of(0, 2, 3), slots: Int32Array.of(1, 1, 2), surcharge: Float64Array.of(0, 10, 0) };
  const loaded = Problem.dense(
    [
      [1, 5],
      [1, 5],
    ],
    { capacity: 2, unservedCost: 100, tiers },
  );
  expect(Array.from(greedyCheapest(loaded).assignment)).toEqual([0, 1]);
  const values = Problem.dense([[1, 5]], { maximize: true, unservedCost: 2 });
  expect(greedyCheapest(values)).toMatchObject({ served: 1, cost: 5 });
  expect(Array.from(greedyCheapest(values).assignment)).toEqual([1]);
});

test('least loaded evens out used shares and never looks at the cost', () => {
  const problem = square(
    [
      [1, 90],
      [1, 90],
      [1, 90],
      [1, 90],
    ],
    [3, 1],
  );
  const { assignment } = leastLoaded(problem);
  expect(assignment.filter((node) => node === 0).length).toBe(3);
  const even = square(
    Array.from({ length: 4 }, () => [1, 90]),
    [2, 2],
  );
  const first = Array.from(leastLoaded(even).assignment.slice(0, 2)).sort();
  expect(first).toEqual([0, 1]);
});

test('random sticky keeps a client on its node while there is room, and moves it when there is none', () => {
  const costs = Array.from({ length: 30 }, () => Array.from({ length: 10 }, () => 1));
  const roomy = randomSticky(square(costs, 30), { seed: 5, stickyKeys: costs.map((_, i) => i % 3) });
  for (let client = 0; client < 3; client++) expect(new Set(roomy.assignment.filter((_, i) => i % 3 === client)).size).toBe(1);
  const tight = randomSticky(square(costs, 3), { seed: 5, stickyKeys: costs.map(() => 'one') });
  expect(new Set(tight.assignment).size).toBeGreaterThan(3);
});

test('random sticky gives up after its attempts, even where a slot is free', () => {
  // One client after another; 1 of 50 nodes has a slot left, so 1 attempt mostly misses it and 10,000 never do.
  const costs = Array.from({ length: 50 }, () => Array.from({ length: 50 }, () => 1));
  expect(randomSticky(square(costs), { seed: 1, attempts: 1 }).unserved).toBeGreaterThan(10);
  expect(randomSticky(square(costs), { seed: 1, attempts: 10_000 }).unserved).toBe(0);
});

describe('placementCost', () => {
  test('adds arcs, unserved costs and the surcharges of the slots filled', () => {
    const tiers = { offsets: Int32Array.of(0, 2, 3), slots: Int32Array.of(1, 2, 1), surcharge: Float64Array.of(1, 10, 0) };
    const problem = Problem.dense(
      [
        [5, 1],
        [6, 1],
        [7, 1],
      ],
      { capacity: [3, 1], unservedCost: [100, 200, 400], tiers },
    );
    expect(placementCost(problem, [0, 0, 1])).toBe(5 + 1 + 6 + 10 + 1);
    expect(placementCost(problem, [0, -1, 0])).toBe(5 + 1 + 200 + 7 + 10);
  });

  test('is a total value when the problem maximises', () => {
    expect(placementCost(Problem.dense([[5], [6]], { maximize: true, unservedCost: 2 }), [0, -1])).toBe(3);
  });

  test.each([
    ['a forbidden pair', [1, -1], 'SOLUTION_INVALID'],
    ['a node beyond the last', [7, -1], 'SOLUTION_INVALID'],
    ['a node over capacity', [0, 0], 'SOLUTION_INVALID'],
    ['a wrong length', [0], 'LENGTH_MISMATCH'],
  ])('refuses %s', (_, assignment, code) => {
    const problem = Problem.dense(
      [
        [5, null],
        [6, 1],
      ],
      { unservedCost: 9 },
    );
    expect(() => placementCost(problem, assignment)).toThrow(expect.objectContaining({ code }));
  });

  test('refuses demands of more than one unit', () => {
    expect(() => placementCost(Problem.dense([[5]], { units: 2, capacity: 2 }), [0])).toThrow(
      expect.objectContaining({ code: 'UNITS_INVALID', demand: 0 }),
    );
  });
});

test.each([
  [{ order: [0] }, 'LENGTH_MISMATCH', 'order'],
  [{ order: [0, 0] }, 'OPTION_INVALID', 'order'],
  [{ order: [0, 2] }, 'OPTION_INVALID', 'order'],
  [{ seed: -1 }, 'OPTION_INVALID', 'seed'],
  [{ stickyKeys: ['a'] }, 'LENGTH_MISMATCH', 'stickyKeys'],
  [{ attempts: 0 }, 'OPTION_INVALID', 'attempts'],
])('bad policy options %j are refused by name', (options, code, option) => {
  expect(() =>
    randomSticky(
      square([
        [1, 2],
        [3, 4],
      ]),
      options,
    ),
  ).toThrow(expect.objectContaining({ code, option }));
});
