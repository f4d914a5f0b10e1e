import { describe, expect, test } from 'vitest';
import {
  buildProblem,
  cappedReason,
  type GroupLimit,
  type InferenceRequest,
  limitUse,
  matchBatch,
  type NetworkNode,
  Placed,
  slotWorth,
} from '../../lib/network/index.js';
import { Solution } from '../../lib/solution.js';
import { solveSync } from '../../lib/solve.js';
import { EXTRA_ONLY } from './limit-cases.js';
import { draws, node, request } from './small-network.js';

/** Requests of one micro-USD a step of their position, so that every case has one answer. */
const asks = (count: number, fields: Partial<InferenceRequest> = {}): InferenceRequest[] =>
  Array.from({ length: count }, (_, k) => request({ id: `q${k}`, unservedCost: (100 - k) / 1e6, ...fields }));

function solve(nodes: NetworkNode[], requests: InferenceRequest[], limits?: GroupLimit[]) {
  const built = buildProblem({ nodes, ...(limits ? { limits } : {}) }, requests, EXTRA_ONLY);
  const solution = solveSync(built.problem);
  const placed = Placed.read(built, solution);
  const used = limitUse(built, placed).map((use) => use.used);
  return { built, solution, placed, used, served: requests.flatMap(({ id }, i) => (placed.unitsOf(i) > 0 ? [id] : [])) };
}

describe('caps', () => {
  const nodes = [node({ id: 'a', operator: 'big', slots: 3 }), node({ id: 'b', operator: 'big', slots: 3 }), node({ id: 'c', slots: 1 })];

  test('of an operator: as many requests as it allows, those that cost most to leave', () => {
    expect(solve(nodes, asks(5)).served).toHaveLength(5);
    const { served, used } = solve(nodes, asks(5), [{ operator: 'big', cap: 2 }]);
    expect([served, used]).toEqual([['q0', 'q1', 'q2'], [2]]);
  });

  test('of 0: nobody', () => {
    expect(solve(nodes, asks(5), [{ operator: 'big', cap: 0 }]).served).toEqual(['q0']);
  });

  test('nested: an operator inside a region, and the region', () => {
    const limits = [
      { operator: 'big', cap: 3 },
      { region: 'here', cap: 2 },
    ];
    expect(solve(nodes, asks(5), limits).served).toHaveLength(2);
    const wide = [
      { operator: 'big', cap: 1 },
      { region: 'here', cap: 6 },
    ];
    expect(solve(nodes, asks(5), wide).used).toEqual([1, 2]);
  });

  test('with surcharges: blockers pay none, and take the dear slots', () => {
    const tiers = [
      { slots: 1, surcharge: 0 },
      { slots: 2, surcharge: 10 / 1e6 },
    ];
    const tiered = [node({ id: 'a', slots: 3, tiers }), node({ id: 'b', slots: 3, tiers })];
    const { built, solution, placed } = solve(tiered, asks(6), [{ operator: 'o', cap: 3 }]);
    expect([placed.usedOn(0), placed.usedOn(1)].sort()).toEqual([1, 2]);
    // Three are left, at 97, 96 and 95; one of the served is on a dear slot.
    expect(solution.objective + built.offset).toBe(97 + 96 + 95 + 10);
  });

  test('with surcharges: replicas still run on distinct nodes', () => {
    const tiers = [
      { slots: 1, surcharge: 0 },
      { slots: 3, surcharge: 1 / 1e6 },
    ];
    const tiered = [node({ id: 'a', slots: 4, tiers }), node({ id: 'b', slots: 4, tiers })];
    const { placed } = solve(tiered, asks(1, { replicas: 4 }), [{ operator: 'o', cap: 7 }]);
    expect(placed.on(0)).toEqual([0, 1]);
  });

  test('of a tenant: the others are served in its place', () => {
    const requests = asks(4).map((ask, k) => ({ ...ask, tenant: k < 3 ? 't' : 'u' }));
    const one = [node({ id: 'a', slots: 3 })];
    expect(solve(one, requests).served).toEqual(['q0', 'q1', 'q2']);
    expect(solve(one, requests, [{ tenant: 't', cap: 1 }]).served).toEqual(['q0', 'q3']);
    expect(solve(one, requests, [{ tenant: 't', cap: 0 }]).served).toEqual(['q3']);
  });
});

describe('floors', () => {
  const nodes = [node({ id: 'a', operator: 'old', slots: 4 }), node({ id: 'b', operator: 'new', slots: 4 })];
  const dear = asks(3, { extraCost: { b: 50 / 1e6 } });

  test('of an operator: used although dearer, even beyond what leaving the request unserved costs', () => {
    expect(solve(nodes, dear).placed.usedOn(1)).toBe(0);
    const { placed, used } = solve(nodes, dear, [{ operator: 'new', floor: 2 }]);
    expect([placed.usedOn(0), used]).toEqual([1, [2]]);
    expect(solve(nodes, asks(3, { extraCost: { b: 500 / 1e6 } }), [{ operator: 'new', floor: 2 }]).used).toEqual([2]);
  });

  test('as far as demand and slots allow, and how far is told', () => {
    const { built, placed } = solve(nodes, dear, [
      { operator: 'new', floor: 9 },
      { operator: 'gone', floor: 1 },
    ]);
    expect(limitUse(built, placed)).toEqual([
      { limit: { operator: 'new', floor: 9 }, used: 3, missed: 6 },
      { limit: { operator: 'gone', floor: 1 }, used: 0, missed: 1 },
    ]);
  });

  test('inside a capped region: the floor comes out of the cap', () => {
    const { used } = solve(nodes, dear, [
      { operator: 'new', floor: 2 },
      { region: 'here', cap: 2 },
    ]);
    expect(used).toEqual([2, 2]);
  });

  test('of a tenant: served before those who pay more', () => {
    const requests = asks(4).map((ask, k) => ({ ...ask, tenant: k === 3 ? 'poor' : 'rich' }));
    expect(solve([node({ id: 'a', slots: 2 })], requests, [{ tenant: 'poor', floor: 1 }]).served).toEqual(['q0', 'q3']);
  });
});

describe('distinct operators', () => {
  const nodes = [
    node({ id: 'a', operator: 'one' }),
    node({ id: 'b', operator: 'one' }),
    node({ id: 'c', operator: 'two' }),
    node({ id: 'd', operator: 'two', slots: 0 }),
  ];

  test('no two replicas with one operator, whatever is saved', () => {
    const extraCost = { a: -30 / 1e6, b: -20 / 1e6, c: 40 / 1e6 };
    expect(solve(nodes, asks(1, { replicas: 2, extraCost })).placed.on(0)).toEqual([0, 1]);
    expect(solve(nodes, asks(1, { replicas: 2, extraCost, distinct: 'operator' })).placed.on(0)).toEqual([0, 2]);
    expect(solve(nodes, asks(1, { replicas: 3, extraCost, distinct: 'operator' })).placed.on(0)).toEqual([0, 2]);
  });

  test('a turnstile earns nothing by itself: credits are for requests that are served', () => {
    // The credit on b is worth more than c costs, so the request takes it; its turnstile alone must not.
    const { placed, solution, built } = solve(nodes, [
      ...asks(1, { replicas: 2, extraCost: { a: -30 / 1e6, b: -90 / 1e6 }, distinct: 'operator' }),
      request({ id: 'other', unservedCost: 1 / 1e6 }),
    ]);
    expect([placed.on(0), placed.on(1)]).toEqual([[1, 2], [0]]);
    expect(solution.objective + built.offset).toBe(-90);
  });

  test('one eligible node an operator needs no turnstile', () => {
    const built = buildProblem({ nodes }, asks(1, { replicas: 2, distinct: 'operator', deny: { nodes: ['a', 'd'] } }), EXTRA_ONLY);
    expect(built.problem).toBe(built.plain);
  });
});

test('nothing to hold: the problem is the plain one itself', () => {
  const nodes = [node({ id: 'a', slots: 2 })];
  const loose = [
    { operator: 'o', cap: 2 },
    { region: 'here', cap: 9 },
    { tenant: 't', cap: 3 },
  ];
  const { built } = solve(nodes, asks(3, { tenant: 't' }), loose);
  expect(built.problem).toBe(built.plain);
  expect(built.offset).toBe(0);
});

test('a cap that only just binds nothing: a slot more is still worth nothing under it', async () => {
  const { built, solution } = solve([node({ id: 'a', slots: 2 })], asks(3), [{ operator: 'o', cap: 2 }]);
  expect(built.problem).toBe(built.plain);
  expect(await slotWorth(built, solution)).toEqual({ gain: Float64Array.of(0), loss: Float64Array.of(99) });
  const free = solve([node({ id: 'a', slots: 2 })], asks(3));
  expect(await slotWorth(free.built, free.solution)).toEqual({ gain: Float64Array.of(98), loss: Float64Array.of(99) });
});

test('groups that cross are refused, both named; nested and apart ones are not', () => {
  const nodes = [
    node({ id: 'a', operator: 'x', region: 'r' }),
    node({ id: 'b', operator: 'x', region: 's', state: 'down' }),
    node({ id: 'c', operator: 'y', region: 'r' }),
  ];
  const build = (limits: GroupLimit[]) => buildProblem({ nodes, limits }, asks(2), EXTRA_ONLY);
  expect(() =>
    build([
      { operator: 'x', cap: 1 },
      { region: 'r', cap: 1 },
    ]),
  ).toThrow(expect.objectContaining({ code: 'GROUPS_CROSS', field: 'limits', message: expect.stringMatching(/operator x and region r/) }));
  const apart = [
    { operator: 'x', cap: 0 },
    { region: 's', cap: 1 },
    { operator: 'y', cap: 0 },
  ];
  expect(build(apart).problem.demands).toBe(4);
  // A limit that bounds nothing crosses nothing.
  expect(build([{ operator: 'x', cap: 0 }, { region: 'r' }]).problem.demands).toBe(3);
});

test('floors whose weight leaves the range of exact numbers are refused', () => {
  const requests = asks(300, { unservedCost: 9e6 });
  expect(() => buildProblem({ nodes: [node({ id: 'a', slots: 3 })], limits: [{ operator: 'o', floor: 1 }] }, requests)).toThrow(
    expect.objectContaining({ code: 'COST_RANGE', field: 'limits' }),
  );
});

describe('capped', () => {
  const nodes = [node({ id: 'a', operator: 'x', slots: 2 }), node({ id: 'b', operator: 'y' })];
  const reasons = (limits: GroupLimit[], requests: InferenceRequest[]) => {
    const { built, placed } = solve(nodes, requests, limits);
    return requests.map((_, i) => (placed.unitsOf(i) > 0 ? 'served' : cappedReason(built, placed, i)));
  };

  test('by an operator with a free slot; by nobody where every slot is taken, or serving costs too much', () => {
    const cap = { operator: 'x', cap: 1 };
    expect(reasons([cap], asks(3))).toEqual(['served', 'served', cap]);
    expect(reasons([{ operator: 'x', cap: 2 }], asks(4))).toEqual(['served', 'served', 'served', undefined]);
    const surcharge = [...asks(2), request({ id: 'cheap', unservedCost: 0 })];
    expect(reasons([cap], surcharge)).toEqual(['served', 'served', undefined]);
    expect(reasons([cap], [...asks(2), request({ id: 'bound', pinned: 'b' })])).not.toContain('bound');
  });

  test('by the cap of its tenant', () => {
    const quota = { tenant: 't', cap: 1 };
    expect(reasons([quota], asks(2, { tenant: 't' }))).toEqual(['served', quota]);
  });
});

test('an answer that is not optimal yet keeps every cap', () => {
  const nodes = [node({ id: 'a', operator: 'x', slots: 3 })];
  const limits = [
    { operator: 'x', cap: 2 },
    { tenant: 't', cap: 1 },
  ];
  const { built, solution } = solve(nodes, asks(3, { tenant: 't' }), limits);
  // As a deadline may leave it: requests placed, blockers and unserved units not.
  const json = solution.toJSON();
  const early = Solution.fromJSON(built.problem, {
    ...json,
    status: 'stopped',
    objective: null,
    placedArcs: [0, 1, 2].map((i) => built.problem.rowStart(i)),
    placedUnits: [1, 1, 1],
  });
  expect([...early.placements()]).toHaveLength(3);
  expect([...built.placements(early)]).toEqual([[0, 0, 1]]);
});

test('a turnstile that is left empty passes nobody on, be it out of its own place', () => {
  const nodes = [node({ id: 'a', operator: 'x' }), node({ id: 'b', operator: 'x' })];
  const { built, solution } = solve(nodes, asks(1, { replicas: 2, distinct: 'operator' }));
  const { problem } = built;
  const turnstile = 1;
  const out = Array.from({ length: problem.rowEnd(turnstile) - problem.rowStart(turnstile) }, (_, k) => problem.rowStart(turnstile) + k);
  const early = Solution.fromJSON(problem, {
    ...solution.toJSON(),
    status: 'feasible',
    placedArcs: [out.find((a) => problem.target(a) < nodes.length)],
    placedUnits: [1],
  });
  expect([...early.placements()]).toHaveLength(1);
  expect([...built.placements(early)]).toEqual([]);
});

test('one blocker for a cap, whatever the number of requests', () => {
  const draw = draws(7);
  const nodes = Array.from({ length: 300 }, (_, k) => node({ id: `n${k}`, region: `r${k % 3}`, slots: 1000 }));
  const requests = Array.from({ length: 2000 }, (_, k) => request({ id: `q${k}`, unservedCost: draw(100) }));
  const built = buildProblem({ nodes, limits: [{ region: 'r0', cap: 500 }] }, requests);
  expect(built.problem.demands).toBe(requests.length + 1);
  expect(built.problem.nodes).toBe(nodes.length);
  expect(built.problem.arcs).toBe(built.plain.arcs + 100);
});

test('matchBatch holds limits from end to end', async () => {
  const network = { nodes: [node({ id: 'a', slots: 5 }), node({ id: 'b', operator: 'p', slots: 5 })], limits: [{ operator: 'o', cap: 2 }] };
  const result = await matchBatch(network, asks(9), { baselines: false });
  expect(result.status).toBe('optimal');
  expect(result.certificate).toMatchObject({ valid: true, gap: 0 });
  expect(result.nodes.map(({ used }) => used)).toEqual([0, 0]);
  const paid = await matchBatch(network, asks(9, { unservedCost: 1 }), { baselines: false });
  expect(paid.nodes.map(({ used }) => used)).toEqual([2, 5]);
});
