import { describe, expect, test } from 'vitest';
import { checkRequests } from '../../lib/network/check-requests.js';
import {
  buildProblem,
  checkNetwork,
  greedyCheapest,
  type InferenceRequest,
  leastLoaded,
  POLICIES,
  type PolicyResult,
  placementCost,
  policyRules,
  powerOfTwo,
  randomSticky,
  roundRobin,
} from '../../lib/network/index.js';
import { Problem } from '../../lib/problem.js';
import { oracle } from '../oracle/oracle.js';
import { draws, node, randomNetwork, request } from './small-network.js';

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
      for (const policy of [roundRobin, leastLoaded, powerOfTwo, greedyCheapest]) {
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
    expect(differs.slice(0, 4).filter((count) => count === 0)).toEqual([]);
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

test('round robin gives every node its turn, passes full ones over, and keeps a pointer for each pool', () => {
  const costs = Array.from({ length: 6 }, () => [1, 1, 1]);
  const turns = Array.from(roundRobin(square(costs, [9, 1, 9]), { seed: 3 }).assignment);
  const start = turns[0];
  // From the start on in a circle; node 1 has one slot and is left out after it.
  const circle = [0, 1, 2].map((k) => (start + k) % 3);
  expect(turns.slice(0, 3)).toEqual(circle);
  expect(turns.slice(3)).toEqual([...circle.filter((k) => k !== 1), circle.filter((k) => k !== 1)[0]]);
  const pooled = Array.from(roundRobin(square(costs, 9), { pools: ['a', 'b', 'a', 'b', 'a', 'b'] }).assignment);
  expect(new Set(pooled.filter((_, i) => i % 2 === 0))).toEqual(new Set([0, 1, 2]));
  expect(new Set(pooled.filter((_, i) => i % 2 === 1))).toEqual(new Set([0, 1, 2]));
});

test('power of two choices takes the less used of two different free nodes: with two nodes it is least loaded', () => {
  const costs = Array.from({ length: 40 }, () => [1, 90]);
  const { assignment } = powerOfTwo(square(costs, 20), { seed: 7 });
  for (let i = 0; i < 40; i += 2) expect([assignment[i], assignment[i + 1]].sort()).toEqual([0, 1]);
  // Among many nodes it spreads less evenly than least loaded and more evenly than one draw would.
  const many = square(
    Array.from({ length: 1000 }, () => Array.from({ length: 100 }, () => 1)),
    1000,
  );
  const most = (result: PolicyResult): number =>
    Math.max(...Array.from(result.assignment.reduce((c, j) => c.fill(c[j] + 1, j, j + 1), new Int32Array(100))));
  expect(most(leastLoaded(many))).toBe(10);
  expect(most(powerOfTwo(many))).toBeGreaterThan(10);
  expect(most(powerOfTwo(many))).toBeLessThan(15);
  expect(most(randomSticky(many))).toBeGreaterThanOrEqual(15);
});

test('no policy takes a slot that costs as much as leaving the request unserved', () => {
  // The second slot is held back: 90 extra.
  const tiers = { offsets: Int32Array.of(0, 2), slots: Int32Array.of(1, 1), surcharge: Float64Array.of(0, 90) };
  const held = (unservedCost: number[]) => Problem.dense([[10], [10]], { capacity: 2, unservedCost, tiers });
  for (const policy of POLICIES) {
    expect(policy(held([50, 100])).served).toBe(1);
    expect(policy(held([50, 101])).served).toBe(2);
    expect(policy(held([50, 101]), { order: [1, 0] }).served).toBe(1);
  }
});

describe('demands of several units', () => {
  test('go to distinct nodes, count each unit, and cost what the list of their nodes costs', () => {
    for (let seed = 0; seed < 60; seed++) {
      const draw = draws(seed);
      const [demands, nodes] = [1 + draw(6), 1 + draw(5)];
      const costs = Array.from({ length: demands }, () => Array.from({ length: nodes }, () => (draw(4) === 0 ? null : draw(50))));
      const units = costs.map(() => draw(4));
      const problem = Problem.dense(costs, { units, arcCapacity: 1, capacity: costs[0].map(() => draw(4)), unservedCost: 100 });
      const best = oracle(problem).objective;
      for (const policy of POLICIES) {
        const { arcs, assignment, served, unserved, cost } = policy(problem, { seed });
        const on = units.map((_, i) =>
          Array.from(
            arcs.filter((a) => a >= problem.rowStart(i) && a < problem.rowEnd(i)),
            (a) => problem.target(a),
          ),
        );
        on.forEach((list, i) => {
          expect(new Set(list).size).toBe(list.length);
          expect(list.length).toBeLessThanOrEqual(units[i]);
          expect(list.length === 0 ? assignment[i] === -1 : list.includes(assignment[i])).toBe(true);
        });
        expect([served, unserved]).toEqual([arcs.length, units.reduce((a, b) => a + b) - arcs.length]);
        expect(cost).toBe(placementCost(problem, on));
        expect(cost).toBeGreaterThanOrEqual(best);
      }
    }
  });

  test('are refused where a node may run two of them', () => {
    for (const policy of POLICIES)
      expect(() => policy(Problem.dense([[5]], { units: 2, capacity: 2 }))).toThrow(
        expect.objectContaining({ code: 'UNITS_INVALID', demand: 0 }),
      );
  });

  test('leave the node of a sticky client as it is', () => {
    const problem = Problem.dense(
      Array.from({ length: 12 }, () => [1, 1, 1, 1]),
      { units: Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? 1 : 3)), arcCapacity: 1, capacity: 100 },
    );
    for (let seed = 0; seed < 5; seed++)
      expect(new Set(randomSticky(problem, { seed, stickyKeys: Array.from({ length: 12 }, () => 'one') }).assignment).size).toBe(1);
  });
});

describe('rules beyond the problem', () => {
  const nodes = ['a', 'b', 'c', 'd'].map((id, k) => node({ id, operator: k < 2 ? 'o' : 'p', region: k === 0 ? 'east' : 'west', slots: 5 }));
  const placedBy = (limits: object[], requests: InferenceRequest[]) => {
    const built = buildProblem(
      { nodes },
      requests.map(({ distinct: _, ...rest }) => rest),
    );
    const network = checkNetwork({ nodes, limits });
    return POLICIES.map((policy) => {
      const { arcs } = policy(built.plain, { rules: policyRules(network, checkRequests(requests).requests) });
      return Array.from(arcs, (arc) => {
        let demand = 0;
        while (arc >= built.plain.rowEnd(demand)) demand++;
        return { request: requests[demand], node: nodes[built.plain.target(arc)] };
      });
    });
  };

  test('caps of operators, regions and tenants bind every policy, and leave as much as they allow', () => {
    const requests = Array.from({ length: 20 }, (_, k) => request({ id: `q${k}`, tenant: k % 4 === 0 ? 't' : 'u' }));
    const free = placedBy([], requests);
    const bound = placedBy(
      [
        { operator: 'o', cap: 3 },
        { region: 'east', cap: 1 },
        { tenant: 't', cap: 2 },
      ],
      requests,
    );
    bound.forEach((list, k) => {
      const count = (is: (entry: (typeof list)[number]) => boolean): number => list.filter(is).length;
      expect(count((entry) => entry.node.operator === 'o')).toBeLessThanOrEqual(3);
      expect(count((entry) => entry.node.region === 'east')).toBeLessThanOrEqual(1);
      expect(count((entry) => entry.request.tenant === 't')).toBeLessThanOrEqual(2);
      expect(free[k].length).toBeGreaterThan(list.length);
      if (k > 0) expect(list.length).toBe(13);
    });
  });

  test('replicas on distinct operators stay apart', () => {
    for (const list of placedBy([], [request({ id: 'q', replicas: 4, distinct: 'operator' }), request({ id: 'r', replicas: 2 })])) {
      const operators = list.filter((entry) => entry.request.id === 'q').map((entry) => entry.node.operator);
      expect(new Set(operators)).toEqual(new Set(['o', 'p']));
      expect(operators.length).toBe(2);
    }
  });

  test('without caps and distinct operators there are none', () => {
    const requests = checkRequests([request({ id: 'q', replicas: 2 })]).requests;
    expect(policyRules(checkNetwork({ nodes, limits: [{ operator: 'o', floor: 1 }] }), requests)).toBeUndefined();
    expect(policyRules(checkNetwork({ nodes, limits: [{ operator: 'o', cap: 1 }] }), requests)).toBeDefined();
  });
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

  test('takes the nodes of demands of several units, all distinct', () => {
    const problem = Problem.dense(
      [
        [5, 1, 9],
        [6, 1, 2],
      ],
      { units: [3, 1], arcCapacity: 1, capacity: 2, unservedCost: 100 },
    );
    expect(placementCost(problem, [[0, 2], 1])).toBe(5 + 9 + 100 + 1);
    expect(placementCost(problem, [[], [2]])).toBe(300 + 2);
    for (const wrong of [
      [[0, 0], -1],
      [[0], [1, 2]],
      [[0, 3], -1],
    ])
      expect(() => placementCost(problem, wrong)).toThrow(expect.objectContaining({ code: 'SOLUTION_INVALID' }));
  });

  test('refuses demands of several units where a node may run two of them', () => {
    expect(() => placementCost(Problem.dense([[5]], { units: 2, capacity: 2 }), [0])).toThrow(
      expect.objectContaining({ code: 'UNITS_INVALID', demand: 0, node: 0 }),
    );
    expect(placementCost(Problem.dense([[5]], { units: 0, capacity: 2 }), [-1])).toBe(0);
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

test('round robin refuses pools of a wrong length by name', () => {
  expect(() => roundRobin(square([[1]]), { pools: [] })).toThrow(expect.objectContaining({ code: 'LENGTH_MISMATCH', option: 'pools' }));
});
