import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../lib/problem.js';
import { type BackendUsed, type RawSolution, Solution, type SolutionJSON } from '../../lib/solution.js';
import { verify } from '../../lib/verify/index.js';
import { FAMILIES } from '../instances/families.js';
import { oracle } from '../oracle/oracle.js';
import { type BadInput, expectRefusal } from '../problem/thrown.js';
import { claim, claimInfeasible, type PlainSolution } from '../verify/exact-claims.js';

const BACKEND: BackendUsed = { name: 'reference', device: 'a test', reason: 'a test' };

function solutionOf(problem: Problem, plain: PlainSolution): Solution {
  const placedArcs = Array.from(plain.flow.keys()).filter((a) => plain.flow[a] !== 0);
  const { status, objective, bound, gap, tolerance, prices, values, witness } = plain;
  const raw: RawSolution = {
    status,
    objective,
    bound,
    gap,
    tolerance,
    prices,
    values,
    ...(witness === undefined ? {} : { witness }),
    placedArcs: Int32Array.from(placedArcs),
    placedUnits: Int32Array.from(placedArcs, (a) => plain.flow[a]),
    stats: { milliseconds: 1 },
  };
  return new Solution(problem, raw, BACKEND);
}

const problem = Problem.sparse({
  nodes: 3,
  capacity: [2, 3, 0],
  offsets: [0, 2, 2, 4],
  targets: [1, 0, 0, 1],
  costs: [3, 1, 2, 5],
  units: [4, 1, 1],
  unservedCost: [9, 4, 9],
});
const plain = claim(problem, [2, 2, 0, 1], [1, 0, 0]);
const solution = solutionOf(problem, plain);

describe('a solution', () => {
  it('tells flow by arc, unserved units by demand, and placements in order', () => {
    expect(solution.flow).toEqual(Int32Array.of(2, 2, 0, 1));
    expect(solution.unserved).toEqual(Int32Array.of(0, 1, 0));
    expect([...solution.placements()]).toEqual([
      [0, 1, 2],
      [0, 0, 2],
      [2, 1, 1],
    ]);
  });

  it('indexes the flow of a matrix by demand * nodes + node', () => {
    const dense = Problem.dense([
      [1, 2, 3],
      [4, 5, 6],
    ]);
    const placed = solutionOf(dense, claim(dense, [0, 0, 1, 1, 0, 0], [0, 0, 0]));
    expect(placed.flow).toEqual(Int32Array.of(0, 0, 1, 1, 0, 0));
    expect([...placed.placements()]).toEqual([
      [0, 2, 1],
      [1, 0, 1],
    ]);
    expect(placed.assignment).toEqual(Int32Array.of(2, 0));
  });

  it('has an assignment, -1 for unserved, only where every demand has one unit', () => {
    expect(solution.assignment).toBeUndefined();
    const single = Problem.dense([[1], [2]], { unservedCost: 5 });
    expect(solutionOf(single, claim(single, [1, 0], [0])).assignment).toEqual(Int32Array.of(0, -1));
    const none = Problem.dense([], { nodes: 2, units: 3 });
    expect(solutionOf(none, claim(none, [], [0, 0])).assignment).toEqual(new Int32Array(0));
  });

  it('is empty where no answer exists', () => {
    const full = Problem.dense([[1], [1]]);
    const infeasible = solutionOf(full, claimInfeasible(full, [0, 1]));
    for (const list of [infeasible.flow, infeasible.unserved, infeasible.prices, infeasible.values, infeasible.assignment])
      expect(list).toHaveLength(0);
    expect([...infeasible.placements()]).toEqual([]);
    expect(verify(full, infeasible).violations).toEqual([]);
  });
});

describe('a solution in JSON', () => {
  it('comes back the same, through text, and verifies as before: every family and status', () => {
    fc.assert(
      fc.property(fc.constantFrom(...FAMILIES), fc.nat(5000), fc.boolean(), (family, seed, stopped) => {
        const p = family.make(seed);
        const answer = oracle(p);
        if (answer.status === 'infeasible') return;
        const before = solutionOf(p, claim(p, stopped ? new Int32Array(p.arcs) : answer.flow, answer.prices));
        const back = Solution.fromJSON(p, JSON.parse(JSON.stringify(before)));
        expect(verify(p, before).violations).toEqual([]);
        expect(verify(p, back)).toEqual(verify(p, before));
        expect(back.toJSON()).toEqual(before.toJSON());
        for (const field of [
          'status',
          'objective',
          'bound',
          'gap',
          'tolerance',
          'prices',
          'values',
          'assignment',
          'flow',
          'unserved',
          'backend',
          'stats',
        ] as const) {
          expect(back[field], field).toEqual(before[field]);
        }
      }),
      { seed: 5, numRuns: 400 },
    );
  });

  it('writes null for what JSON has no number for, and reads it back in the sense of the problem', () => {
    for (const maximize of [false, true]) {
      const full = Problem.dense([[1], [1]], { maximize });
      const infeasible = solutionOf(full, claimInfeasible(full, [0, 1]));
      const json = infeasible.toJSON();
      expect(json).toMatchObject({
        status: 'infeasible',
        objective: null,
        bound: null,
        gap: null,
        witness: { demands: [0, 1], nodes: [0], needed: 2, available: 1 },
      });
      const back = Solution.fromJSON(full, JSON.parse(JSON.stringify(json)));
      expect([back.objective, back.bound, back.gap]).toEqual(
        maximize ? [-Infinity, -Infinity, Number.NaN] : [Infinity, Infinity, Number.NaN],
      );
      expect(verify(full, back).valid).toBe(true);
    }
  });

  const json = (fields: Partial<Record<keyof SolutionJSON, unknown>> & Record<string, unknown>) => () =>
    Solution.fromJSON(problem, { ...solution.toJSON(), ...fields });
  const table: BadInput[] = [
    ['null', () => Solution.fromJSON(problem, null), { code: 'TYPE_INVALID' }],
    ['another format', json({ format: 'outbid-problem' }), { code: 'FILE_FORMAT', field: 'format' }],
    ['a later version', json({ version: 2 }), { code: 'FILE_FORMAT', field: 'version', value: 2 }],
    ['an unknown field', json({ price: [] }), { code: 'FIELD_UNKNOWN', field: 'price', nearest: 'prices' }],
    ['an unknown status', json({ status: 'solved' }), { code: 'SOLUTION_INVALID', field: 'status', value: 'solved' }],
    ['no status', json({ status: undefined }), { code: 'SOLUTION_INVALID', field: 'status' }],
    ['an objective in words', json({ objective: '12' }), { code: 'SOLUTION_INVALID', field: 'objective' }],
    ['no bound', json({ bound: undefined }), { code: 'SOLUTION_INVALID', field: 'bound' }],
    ['a gap in words', json({ gap: '0' }), { code: 'SOLUTION_INVALID', field: 'gap' }],
    ['prices that are no list', json({ prices: 5 }), { code: 'SOLUTION_INVALID', field: 'prices' }],
    ['values in words', json({ values: ['1', '2', '3'] }), { code: 'SOLUTION_INVALID', field: 'values' }],
    ['an arc that does not exist', json({ placedArcs: [0, 1, 4] }), { code: 'SOLUTION_INVALID', field: 'placedArcs' }],
    ['a negative arc', json({ placedArcs: [-1, 1, 3] }), { code: 'SOLUTION_INVALID', field: 'placedArcs' }],
    ['arcs that do not ascend', json({ placedArcs: [1, 0, 3] }), { code: 'SOLUTION_INVALID', field: 'placedArcs', index: 1 }],
    ['an arc twice', json({ placedArcs: [0, 0, 3] }), { code: 'SOLUTION_INVALID', field: 'placedArcs', index: 1 }],
    ['fewer units than arcs', json({ placedUnits: [2, 2] }), { code: 'SOLUTION_INVALID', field: 'placedUnits' }],
    ['fractional units', json({ placedUnits: [2, 0.5, 1] }), { code: 'SOLUTION_INVALID', field: 'placedUnits' }],
    ['a witness that is null', json({ witness: null }), { code: 'SOLUTION_INVALID', field: 'witness' }],
    [
      'a witness of demands that do not exist',
      json({ witness: { demands: [3], nodes: [], needed: 1, available: 0 } }),
      { code: 'SOLUTION_INVALID', field: 'witness.demands' },
    ],
  ];
  it.each(table)('is refused: %s', (_, call, error) => expectRefusal(call, error));
});
