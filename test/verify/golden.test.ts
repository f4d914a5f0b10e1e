import { describe, expect, it } from 'vitest';
import { OutbidError } from '../../lib/errors.js';
import { Problem } from '../../lib/problem.js';
import { Solution } from '../../lib/solution.js';
import { type Certificate, verify } from '../../lib/verify/index.js';
import { claim, claimInfeasible, type PlainSolution } from './exact-claims.js';

/** Everything by hand: nothing here is computed by the tests' second opinion. */
function solution(fields: Partial<PlainSolution> & Pick<PlainSolution, 'prices' | 'values' | 'flow' | 'unserved'>): PlainSolution {
  return { status: 'optimal', objective: 0, bound: 0, gap: 0, tolerance: 0, assignment: undefined, witness: undefined, ...fields };
}

function expectValid(certificate: Certificate, fields: Partial<Certificate>): void {
  expect(certificate.violations).toEqual([]);
  expect(certificate).toMatchObject({ valid: true, ...fields });
}

describe('verify on cases worked out by hand', () => {
  it('accepts an assignment of three demands to three nodes, and says what it costs', () => {
    const problem = Problem.dense([
      [4, 1, 3],
      [2, 0, 5],
      [3, 2, 2],
    ]);
    const certificate = verify(
      problem,
      solution({
        objective: 5,
        bound: 5,
        prices: Float64Array.of(0, 2, 0),
        values: Float64Array.of(3, 2, 2),
        assignment: Int32Array.of(1, 0, 2),
        flow: Int32Array.of(0, 1, 0, 1, 0, 0, 0, 0, 1),
        unserved: Int32Array.of(0, 0, 0),
      }),
    );
    expectValid(certificate, { complete: true, primal: 5, dual: 5, gap: 0, tolerance: 0, digest: problem.digest() });
  });

  it('reads a maximising problem in the sense of its caller: the bound is above', () => {
    const problem = Problem.dense(
      [
        [7, 4],
        [5, 1],
      ],
      { maximize: true, unservedCost: 2 },
    );
    // Optimum: 4 + 5 = 9. At price 3 for node 0: values max(-2, 7 - 3, 4) = 4 and max(-2, 5 - 3, 1) = 2; bound 4 + 2 + 3 = 9.
    const good = { flow: Int32Array.of(0, 1, 1, 0), unserved: Int32Array.of(0, 0), assignment: Int32Array.of(1, 0) };
    expectValid(
      verify(problem, solution({ ...good, objective: 9, bound: 9, prices: Float64Array.of(3, 0), values: Float64Array.of(4, 2) })),
      { primal: 9, dual: 9 },
    );
    // At price 1 the bound is 6 + 4 + 1 = 11, proven and 2 above the objective.
    const loose = solution({
      ...good,
      status: 'feasible',
      objective: 9,
      bound: 11,
      gap: 2,
      prices: Float64Array.of(1, 0),
      values: Float64Array.of(6, 4),
    });
    expectValid(verify(problem, loose), { primal: 9, dual: 11, gap: 2 });
  });

  it('counts surcharges by tier, and the slots a price pays for', () => {
    // Three demands, one node, slots at 0, 5 and 9; leaving one out costs 7. Two served: 0 + 5 + 7 = 12.
    const tiers = { offsets: Int32Array.of(0, 3), slots: Int32Array.of(1, 1, 1), surcharge: Float64Array.of(0, 5, 9) };
    const problem = Problem.dense([[0], [0], [0]], { capacity: 3, tiers, unservedCost: 7 });
    const answer = solution({
      objective: 12,
      bound: 12,
      // 3 * 7 - 1 * 7 - 1 * (7 - 5)
      prices: Float64Array.of(7),
      values: Float64Array.of(7, 7, 7),
      assignment: Int32Array.of(0, -1, 0),
      flow: Int32Array.of(1, 0, 1),
      unserved: Int32Array.of(0, 1, 0),
    });
    expectValid(verify(problem, answer), { primal: 12, dual: 12 });
  });

  it('lets a full arc be cheaper than the value of its demand', () => {
    // Two units; node 0 costs 0 but carries one of them only, node 1 costs 10. A bound from the least pay would be 0.
    const problem = Problem.dense([[0, 10]], { units: 2, capacity: 2, arcCapacity: [1, 2] });
    const answer = solution({
      objective: 10,
      bound: 10,
      prices: Float64Array.of(0, 0),
      values: Float64Array.of(10),
      flow: Int32Array.of(1, 1),
      unserved: Int32Array.of(0),
    });
    expectValid(verify(problem, answer), { primal: 10, dual: 10, gap: 0 });
  });

  it('has infinite values, but no infinite bound, where every arc of a must-serve demand is full', () => {
    const problem = Problem.dense([[3, 4]], { units: 2, capacity: 5, arcCapacity: 1 });
    const answer = solution({
      objective: 7,
      bound: 7,
      prices: Float64Array.of(0, 0),
      values: Float64Array.of(Infinity),
      flow: Int32Array.of(1, 1),
      unserved: Int32Array.of(0),
    });
    expectValid(verify(problem, answer), { primal: 7, dual: 7, gap: 0 });
  });

  it('asks nothing of a demand without units, and still values it', () => {
    const problem = Problem.dense([[3, 4]], { units: 0 });
    const answer = solution({
      prices: Float64Array.of(0, 0),
      values: Float64Array.of(3),
      flow: Int32Array.of(0, 0),
      unserved: Int32Array.of(0),
    });
    expectValid(verify(problem, answer), { complete: true, primal: 0, dual: 0 });
  });

  it('asks nothing of a must-serve demand without units and without arcs either', () => {
    const problem = Problem.dense([[null]], { units: 0 });
    const answer = solution({
      prices: Float64Array.of(0),
      values: Float64Array.of(Infinity),
      flow: Int32Array.of(0),
      unserved: Int32Array.of(0),
    });
    expectValid(verify(problem, answer), { complete: true, primal: 0, dual: 0, gap: 0 });
  });

  it('takes an arc capacity of 2^31 - 1 for none: such an arc always has room', () => {
    const most = 2 ** 31 - 1;
    const problem = Problem.dense([[3, 4]], { units: most, capacity: most, arcCapacity: [most, 5] });
    const answer = solution({
      objective: 3 * most,
      bound: 3 * most,
      prices: Float64Array.of(0, 0),
      values: Float64Array.of(3),
      flow: Int32Array.of(most, 0),
      unserved: Int32Array.of(0),
    });
    expectValid(verify(problem, answer), { complete: true, gap: 0 });
  });

  it('accepts a stopped answer as valid and incomplete, with the bound its prices prove', () => {
    const problem = Problem.dense([[3], [4]], { capacity: 2 });
    const answer = solution({
      status: 'stopped',
      objective: Infinity,
      bound: 7,
      gap: Infinity,
      prices: Float64Array.of(0),
      values: Float64Array.of(3, 4),
      assignment: Int32Array.of(0, -1),
      flow: Int32Array.of(1, 0),
      unserved: Int32Array.of(0, 1),
    });
    expectValid(verify(problem, answer), { complete: false, primal: Infinity, dual: 7, gap: Infinity });
  });

  it('keeps an infinite bound apart from NaN: a demand whose arcs cannot hold its units, stopped before that was found', () => {
    for (const maximize of [false, true]) {
      const problem = Problem.dense([[3]], { units: 5, capacity: 9, arcCapacity: 2, maximize });
      const infinite = maximize ? -Infinity : Infinity;
      const answer = solution({
        status: 'stopped',
        objective: infinite,
        bound: infinite,
        gap: Infinity,
        prices: Float64Array.of(0),
        values: Float64Array.of(3),
        flow: Int32Array.of(1),
        unserved: Int32Array.of(4),
      });
      expectValid(verify(problem, answer), { complete: false, primal: infinite, dual: infinite, gap: Infinity });
    }
  });

  it('accepts a witness of infeasibility: two demands, one slot', () => {
    for (const maximize of [false, true]) {
      const infinite = maximize ? -Infinity : Infinity;
      const problem = Problem.dense([[1], [1]], { maximize });
      const answer: PlainSolution = {
        ...claimInfeasible(problem, []),
        witness: { demands: Int32Array.of(0, 1), nodes: Int32Array.of(0), needed: 2, available: 1 },
      };
      expectValid(verify(problem, answer), { complete: false, primal: infinite, dual: infinite, gap: Number.NaN });
    }
  });

  it('counts in a witness what the arcs may carry, and needs no node at all for a demand without arcs', () => {
    const bounded = Problem.dense([[1, 1]], { units: 5, capacity: [9, 1], arcCapacity: [2, 2] });
    expectValid(
      verify(bounded, { ...claimInfeasible(bounded, []), witness: { demands: [0], nodes: [1, 0], needed: 5, available: 3 } }),
      {},
    );
    const alone = Problem.dense([[null]]);
    expectValid(verify(alone, { ...claimInfeasible(alone, []), witness: { demands: [0], nodes: [], needed: 1, available: 0 } }), {});
  });

  it('accepts a class instance and plain arrays of numbers alike', () => {
    const problem = Problem.dense([[3, 1]]);
    const raw = {
      status: 'optimal' as const,
      objective: 1,
      bound: 1,
      gap: 0,
      tolerance: 0,
      prices: Float64Array.of(0, 0),
      values: Float64Array.of(1),
      placedArcs: Int32Array.of(1),
      placedUnits: Int32Array.of(1),
      stats: { milliseconds: 0 },
    };
    expectValid(verify(problem, new Solution(problem, raw, { name: 'reference', device: 'none', reason: 'a test' })), { primal: 1 });
    expectValid(
      verify(problem, {
        status: 'optimal',
        objective: 1,
        bound: 1,
        gap: 0,
        tolerance: 0,
        prices: [0, 0],
        values: [1],
        flow: [0, 1],
        unserved: [0],
        assignment: [1],
      }),
      { primal: 1 },
    );
  });

  it('accepts the empty problem', () => {
    const problem = Problem.sparse({ nodes: 0, capacity: [], offsets: [0], targets: [], costs: [] });
    const none = {
      prices: new Float64Array(0),
      values: new Float64Array(0),
      flow: new Int32Array(0),
      unserved: new Int32Array(0),
      assignment: new Int32Array(0),
    };
    expectValid(verify(problem, solution(none)), { complete: true, primal: 0, dual: 0, gap: 0 });
  });
});

describe('verify is exact', () => {
  it('where a running sum loses the small term: 2^60 + 1/2 - 2^60', () => {
    const problem = Problem.dense([
      [2 ** 60, null, null],
      [null, 0.5, null],
      [null, null, -(2 ** 60)],
    ]);
    const answer = claim(problem, [1, 0, 0, 0, 1, 0, 0, 0, 1], [0, 0, 0]);
    expect(answer.objective).toBe(0.5);
    expectValid(verify(problem, answer), { primal: 0.5, dual: 0.5, gap: 0 });
  });

  it('on a pay that rounds to the unserved cost but lies below it', () => {
    // cost + price = 1 - 2^-55 exactly, 1 when rounded. The first unit pays that, the second 1: the bound sees the difference.
    const cost = 1 - 2 ** -53;
    const price = 0.75 * 2 ** -53;
    expect(cost + price).toBe(1);
    const problem = Problem.sparse({
      nodes: 1,
      capacity: 1,
      offsets: [0, 1],
      targets: [0],
      costs: [cost],
      units: 2,
      unservedCost: 1,
      arcCapacity: 1,
    });
    const answer = claim(problem, [1], [price]);
    expectValid(verify(problem, answer), { primal: answer.objective, dual: answer.bound, gap: 0 });
    // Three units at a bound of 1: two of them at 1.
    const three = Problem.sparse({
      nodes: 1,
      capacity: 1,
      offsets: [0, 1],
      targets: [0],
      costs: [cost],
      units: 3,
      unservedCost: 1,
      arcCapacity: 1,
    });
    expectValid(verify(three, claim(three, [1], [price])), { gap: 0 });
    // Without the arc bound both units pay the same; one slot is short, so the gap is the last 2^-55.
    const open = Problem.sparse({ nodes: 1, capacity: 1, offsets: [0, 1], targets: [0], costs: [cost], units: 2, unservedCost: 1 });
    expectValid(verify(open, claim(open, [1], [price])), { gap: 2 ** -55 });
  });

  it('on pays of one demand that round alike: the cheapest units are those with the least rest, not the first', () => {
    const problem = Problem.sparse({
      nodes: 3,
      capacity: 1,
      offsets: [0, 3],
      targets: [0, 1, 2],
      costs: [1, 1, 1 - 2 ** -53],
      units: 2,
      unservedCost: 5,
      arcCapacity: 1,
    });
    const answer = claim(problem, [1, 0, 1], [0, 0, 0.75 * 2 ** -53]);
    expectValid(verify(problem, answer), { gap: 0, dual: answer.bound });
  });

  it('on units and costs whose products exceed 2^53', () => {
    const problem = Problem.sparse({
      nodes: 2,
      capacity: [2 ** 31 - 1, 2 ** 31 - 1],
      offsets: [0, 2],
      targets: [0, 1],
      costs: [0.1, 0.3],
      units: 2 ** 31 - 1,
    });
    const answer = claim(problem, [2 ** 31 - 2, 1], [0.2, 0]);
    expectValid(verify(problem, answer), { primal: answer.objective, dual: answer.bound, gap: answer.gap });
  });

  it('on costs at both ends of the range of doubles', () => {
    const problem = Problem.dense(
      [
        [5e-324, 1e280],
        [-1e280, 3e-310],
      ],
      { unservedCost: 2e280 },
    );
    for (const flow of [
      [1, 0, 0, 1],
      [0, 1, 1, 0],
      [0, 0, 0, 0],
    ]) {
      const answer = claim(problem, flow, [5e-324, 1e279]);
      expectValid(verify(problem, answer), { primal: answer.objective, dual: answer.bound, gap: answer.gap });
    }
  });
});

describe('verify throws only for the problem', () => {
  const code = (call: () => unknown): string | undefined => {
    try {
      call();
    } catch (error) {
      return error instanceof OutbidError ? error.code : String(error);
    }
    return undefined;
  };

  it('TYPE_INVALID if it is none', () => {
    expect(code(() => verify({} as Problem, {}))).toBe('TYPE_INVALID');
  });

  it('PROBLEM_CHANGED if its arrays were detached, or written to so that they make no sense', () => {
    const make = () => ({ offsets: Int32Array.of(0, 1), targets: Int32Array.of(0), costs: Float64Array.of(1) });
    const answer = (problem: Problem): PlainSolution => claim(problem, [1], [0]);
    const spoil: ((arrays: ReturnType<typeof make>) => void)[] = [
      (arrays) => structuredClone(arrays.costs, { transfer: [arrays.costs.buffer] }),
      (arrays) => structuredClone(arrays.targets, { transfer: [arrays.targets.buffer] }),
      (arrays) => arrays.targets.fill(7),
      (arrays) => arrays.targets.fill(-1),
      (arrays) => arrays.costs.fill(Number.NaN),
      (arrays) => arrays.costs.fill(Infinity),
      (arrays) => arrays.offsets.fill(2 ** 30),
      (arrays) => arrays.offsets.fill(-3),
    ];
    for (const change of spoil) {
      const arrays = make();
      const problem = Problem.sparse({ nodes: 1, capacity: 1, ...arrays });
      const good = answer(problem);
      expect(verify(problem, good).valid).toBe(true);
      change(arrays);
      expect(
        code(() => verify(problem, good)),
        String(change),
      ).toBe('PROBLEM_CHANGED');
    }
  });

  it('PROBLEM_CHANGED if quantities were detached, for an infeasible answer too', () => {
    for (const field of ['units', 'unservedCost', 'capacity', 'arcCapacity'] as const) {
      const arrays = {
        units: Int32Array.of(1),
        unservedCost: Float64Array.of(Infinity),
        capacity: Int32Array.of(0),
        arcCapacity: Int32Array.of(1),
      };
      const problem = Problem.dense(Float64Array.of(1), { demands: 1, nodes: 1, ...arrays });
      const infeasible = claimInfeasible(problem, [0]);
      expect(verify(problem, infeasible).valid).toBe(true);
      structuredClone(arrays[field], { transfer: [arrays[field].buffer] });
      expect(
        code(() => verify(problem, infeasible)),
        field,
      ).toBe('PROBLEM_CHANGED');
      expect(
        code(() => verify(problem, null)),
        field,
      ).toBe('PROBLEM_CHANGED');
    }
  });
});
