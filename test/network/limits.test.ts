import { createRequire } from 'node:module';
import type { Highs } from 'highs';
import { describe, expect, test } from 'vitest';
import {
  type BuiltProblem,
  buildProblem,
  type CheckedRequest,
  type GroupLimit,
  type InferenceRequest,
  limitUse,
  matchBatch,
  Placed,
  slotWorth,
} from '../../lib/network/index.js';
import { slotValues } from '../../lib/slot-values.js';
import type { Solution } from '../../lib/solution.js';
import { solveSync } from '../../lib/solve.js';
import { verify } from '../../lib/verify/index.js';
import { EXTRA_ONLY, type LimitCase, limitCase, optimumByProgramming, withSlots } from './limit-cases.js';
import { draws, randomNetwork } from './small-network.js';

/** The package is CommonJS; its types speak of an ES module. */
const highs = await (createRequire(import.meta.url)('highs') as () => Promise<Highs>)();

function costOf(built: BuiltProblem, placed: Placed): number {
  let cost = 0;
  built.requests.forEach(({ replicas }, i) => {
    cost += (replicas - placed.unitsOf(i)) * built.plain.unservedCostOf(i);
    for (const j of placed.on(i)) cost += Object.values(built.terms(i, j)).reduce((sum, term) => sum + term, 0);
  });
  built.blocks.forEach((blocks, j) => {
    let used = placed.usedOn(j);
    for (const { slots, surcharge } of blocks) {
      cost += Math.min(used, slots) * surcharge;
      used -= Math.min(used, slots);
    }
  });
  return cost;
}

/** Every rule a placement must hold, floors aside. */
function violations(built: BuiltProblem, placed: Placed): string[] {
  const { network, requests, blocks } = built;
  const wrong: string[] = [];
  const counts = (limit: GroupLimit): number =>
    requests.reduce((sum, { tenant }, i) => {
      if (limit.tenant !== undefined) return sum + (tenant === limit.tenant ? placed.unitsOf(i) : 0);
      const inside = placed.on(i).filter((j) => network.nodes[j].operator === limit.operator || network.nodes[j].region === limit.region);
      return sum + inside.length;
    }, 0);
  for (const limit of network.limits)
    if (counts(limit) > (limit.cap ?? Number.POSITIVE_INFINITY)) wrong.push(`above the cap of ${JSON.stringify(limit)}`);
  requests.forEach(({ id, replicas, distinct, deny }: CheckedRequest, i) => {
    const on = placed.on(i).map((j) => network.nodes[j]);
    if (on.length > replicas) wrong.push(`${id} has too many units`);
    if (new Set(on).size < on.length) wrong.push(`${id} has a node twice`);
    if (distinct === 'operator' && new Set(on.map(({ operator }) => operator)).size < on.length) wrong.push(`${id} has an operator twice`);
    if (on.some((n) => deny?.nodes?.includes(n.id))) wrong.push(`${id} is on a node it denies`);
  });
  blocks.forEach((list, j) => {
    if (placed.usedOn(j) > list.reduce((sum, { slots }) => sum + slots, 0)) wrong.push(`node ${j} is over capacity`);
  });
  return wrong;
}

function solved({ network, requests }: LimitCase): { built: BuiltProblem; solution: Solution; placed: Placed; missed: number } {
  const built = buildProblem(network, requests, EXTRA_ONLY);
  const solution = solveSync(built.problem);
  expect(solution.status).toBe('optimal');
  expect(verify(built.problem, solution)).toMatchObject({ valid: true, gap: 0 });
  const placed = Placed.read(built, solution);
  return { built, solution, placed, missed: limitUse(built, placed).reduce((sum, use) => sum + use.missed, 0) };
}

describe.each([0, 100, 200])('cases %i and up', (first) => {
  const seeds = Array.from({ length: 100 }, (_, k) => first + k);

  test('nested caps, floors, tenants, replicas and operators together: the optimum of the integer program, and no rule broken', () => {
    for (const seed of seeds) {
      const batch = limitCase(seed);
      const { built, placed, missed } = solved(batch);
      expect(violations(built, placed), `seed ${seed}`).toEqual([]);
      expect({ missed, cost: costOf(built, placed) }, `seed ${seed}`).toEqual(optimumByProgramming(highs, batch));
    }
  });

  test('objective and offset are the cost of the placements by term, and the weight of what floors could have and lack', () => {
    for (const seed of seeds) {
      const { built, solution, placed } = solved(limitCase(seed));
      const { groups, counts, tenants, weight } = built.limits;
      const lacking = (floor: number, used: number): number => Math.max(0, floor - used);
      let missed = 0;
      groups.list.forEach(({ nodes }, g) => {
        missed += lacking(
          counts[g].floor,
          nodes.reduce((sum, j) => sum + placed.usedOn(j), 0),
        );
      });
      for (const { floor, requests } of tenants)
        missed += lacking(
          floor,
          requests.reduce((sum, i) => sum + placed.unitsOf(i), 0),
        );
      expect(solution.objective + built.offset, `seed ${seed}`).toBe(costOf(built, placed) + weight * missed);
    }
  });

  test('a slot more and a slot less are worth what the network solved again says, groups at a limit included', async () => {
    let tight = 0;
    for (const seed of seeds) {
      const batch = limitCase(seed);
      const { built, solution, placed } = solved(batch);
      const cost = costOf(built, placed);
      const { gain, loss } = await slotWorth(built, solution);
      const plain = slotValues(built.problem, solution);
      for (let j = 0; j < built.plain.nodes; j++) {
        const more = solved(withSlots(batch, j, 1));
        expect(gain[j], `seed ${seed}, gain of node ${j}`).toBe(cost - costOf(more.built, more.placed));
        if (gain[j] !== plain.gain[j]) tight++;
        if (built.plain.capacityOf(j) === 0) {
          expect(loss[j]).toBeNaN();
          continue;
        }
        const less = solved(withSlots(batch, j, -1));
        expect(loss[j], `seed ${seed}, loss of node ${j}`).toBe(costOf(less.built, less.placed) - cost);
      }
    }
    expect(tight).toBeGreaterThan(20);
  });
});

test('no rule is broken on larger networks either, and slots are worth what re-solves say', async () => {
  for (let seed = 0; seed < 60; seed++) {
    const { network, requests } = randomNetwork(seed);
    const draw = draws(seed + 99);
    const nodes = network.nodes.map((own) => ({ ...own, operator: `${own.region}-${draw(2)}` }));
    const limits = [
      ...['r0-0', 'r1-0', 'r2-1'].map((operator) => ({ operator, cap: draw(6) })),
      { region: 'r0', cap: draw(8) },
      { region: 'r1', floor: draw(4) },
      { tenant: 't', cap: draw(9) },
    ];
    const asked = requests.map((own): InferenceRequest => {
      const replicas = draw(4) === 0 ? { replicas: 3, distinct: 'operator' as const } : {};
      return { ...own, ...replicas, ...(draw(2) === 0 ? { tenant: 't' } : {}) };
    });
    const built = buildProblem({ ...network, nodes, limits }, asked);
    const solution = solveSync(built.problem);
    expect(verify(built.problem, solution)).toMatchObject({ valid: true, gap: 0 });
    const placed = Placed.read(built, solution);
    expect(violations(built, placed), `seed ${seed}`).toEqual([]);
    const { gain } = await slotWorth(built, solution);
    const j = draw(nodes.length);
    const more = nodes.map((own, k) => (k === j ? { ...own, slots: own.slots + 1 } : own));
    const other = buildProblem({ ...network, nodes: more, limits }, asked);
    expect(gain[j], `seed ${seed}`).toBe(costOf(built, placed) - costOf(other, Placed.read(other, solveSync(other.problem))));
  }
});

test('nearest arcs alone, then those that help: the same optimum under limits', async () => {
  let added = 0;
  for (let seed = 0; seed < 150; seed++) {
    const { network, requests } = limitCase(seed);
    const options = { ...EXTRA_ONLY, baselines: false };
    const all = await matchBatch(network, requests, options);
    const nearest = await matchBatch(network, requests, { ...options, nearest: 1 });
    added += nearest.arcsAdded;
    expect(nearest.cost.total, `seed ${seed}`).toBe(all.cost.total);
  }
  expect(added).toBeGreaterThan(50);
});
