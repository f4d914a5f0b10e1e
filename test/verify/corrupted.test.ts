import { describe, expect, it } from 'vitest';
import { Problem } from '../../lib/problem.js';
import { Solution } from '../../lib/solution.js';
import { type Certificate, VIOLATION_CODES, type ViolationCode, verify } from '../../lib/verify/index.js';
import { CASES, caseNamed } from './cases.js';
import { corruptions } from './corruptions.js';
import { claim, claimInfeasible } from './exact-claims.js';
import { nextDown, nextUp } from './ulp.js';

const codesOf = (certificate: Certificate): ViolationCode[] => certificate.violations.map((violation) => violation.code);
const reported = new Set<ViolationCode>();

describe('verify reports every corrupted answer', () => {
  describe.each(CASES)('$name', (base) => {
    const table = [...corruptions(base)];

    it('is accepted as it is', () => {
      expect(verify(base.problem, base.answer)).toMatchObject({ valid: true, violations: [] });
    });

    it(`is reported with the right code, one field at a time`, () => {
      expect(table.length).toBeGreaterThan(100);
      const missed: string[] = [];
      for (const { what, codes, spoilt } of table) {
        const certificate = verify(base.problem, spoilt);
        for (const code of codesOf(certificate)) reported.add(code);
        if (certificate.valid || !codes.some((code) => codesOf(certificate).includes(code)))
          missed.push(`${what}: wanted ${codes}, got ${codesOf(certificate)}`);
      }
      expect(missed).toEqual([]);
    });

    it('is reported for a price changed by a unit or by one in the last place, exactly if a claim becomes false by it', () => {
      if (base.answer.status === 'infeasible') return;
      let noticed = 0;
      for (let j = 0; j < base.problem.nodes; j++) {
        const p = base.answer.prices[j];
        for (const y of [nextUp(p), p + 1, ...(p > 0 ? [nextDown(p)] : []), ...(p >= 1 ? [p - 1] : [])]) {
          const prices = base.answer.prices.with(j, y);
          const { prices: _, tolerance: t, ...now } = claim(base.problem, base.answer.flow, prices);
          const { prices: __, tolerance, ...before } = base.answer;
          const stillTrue =
            JSON.stringify([now, ...now.values].map(plain)) === JSON.stringify([before, ...before.values].map(plain)) &&
            Math.abs(t - tolerance) <= t * 1e-6;
          expect(verify(base.problem, { ...base.answer, prices }).valid, `prices[${j}] ${p} -> ${y}`).toBe(stillTrue);
          if (!stillTrue) noticed++;
        }
      }
      expect(noticed).toBeGreaterThan(0);
    });

    it('is reported for every other problem', () => {
      for (const other of CASES) {
        if (other.problem.digest() !== base.problem.digest()) expect(verify(other.problem, base.answer).valid, other.name).toBe(false);
      }
    });
  });

  it('with every code there is', () => {
    const never = (Object.keys(VIOLATION_CODES) as ViolationCode[]).filter((code) => !reported.has(code));
    expect(never).toEqual([]);
  });

  it.each([null, undefined, 0, 'optimal', true, 5n, Symbol('x'), () => 1])('even if it is no object: %s', (value) => {
    expect(verify(CASES[0].problem, value)).toMatchObject({ valid: false, complete: false, violations: [{ code: 'SHAPE_INVALID' }] });
  });

  it.each([
    [[]],
    [{}],
    [new Map()],
    [
      new Proxy(
        {},
        {
          get: () => {
            throw new Error('no');
          },
        },
      ),
    ],
    [Object.create(null)],
  ])('even if it is the wrong object', (value) => {
    const certificate = verify(CASES[0].problem, value);
    expect(certificate.valid).toBe(false);
    expect(certificate.complete).toBe(false);
    expect(codesOf(certificate)).toContain('SHAPE_INVALID');
  });
});

/** JSON with the numbers it has no word for. */
function plain(value: unknown): unknown {
  return typeof value === 'number'
    ? String(value + 0)
    : JSON.parse(
        JSON.stringify(value, (_, x) =>
          typeof x === 'number' ? String(x + 0) : ArrayBuffer.isView(x) ? Array.from(x as Float64Array, String) : x,
        ),
      );
}

describe('verify reports a lie that is told consistently, and nothing but the lie', () => {
  const expectOnly = (problem: Problem, answer: object, violations: object[]): void => {
    expect(verify(problem, answer).violations).toEqual(violations);
  };
  const two = Problem.dense(
    [
      [1, 5],
      [1, 6],
    ],
    { capacity: [1, 2] },
  );

  it('more units on a node than it has slots', () => {
    expectOnly(two, { ...claim(two, [1, 0, 1, 0], [0, 0]), status: 'optimal' }, [{ code: 'NODE_OVER_CAPACITY', node: 0, amount: 1 }]);
  });

  it('more units on an arc than its capacity', () => {
    const bounded = Problem.dense([[1, 5]], { units: 3, capacity: 9, arcCapacity: [2, 9] });
    const honest = claim(bounded, [3, 0], [0, 0]);
    expectOnly(bounded, honest, [{ code: 'FLOW_OVER_ARC_CAPACITY', demand: 0, node: 0, arc: 0, amount: 1 }]);
  });

  it('negative units that make room for others', () => {
    const flow = [-1, 2, 1, 0];
    const answer = claim(two, [0, 1, 1, 0], [0, 0]);
    const codes = codesOf(verify(two, { ...answer, flow: Int32Array.from(flow), objective: 10, gap: 3 }));
    expect(codes).toContain('FLOW_NEGATIVE');
  });

  it('a negative price, with the bound it would prove', () => {
    const problem = Problem.dense([[3]], { capacity: 2 });
    const honest = claim(problem, [1], [0]);
    const answer = { ...honest, prices: Float64Array.of(-1), values: Float64Array.of(2), bound: 2, gap: 1, status: 'feasible' };
    expectOnly(problem, answer, [{ code: 'PRICE_NEGATIVE', node: 0, amount: 1 }]);
    expect(verify(problem, answer)).toMatchObject({ valid: false, complete: true, primal: 3, dual: -Infinity, gap: Infinity });
  });

  it('an answer with a gap that says it is optimal, and one without that says it is not', () => {
    const { problem, answer } = caseNamed('a feasible answer');
    expectOnly(problem, { ...answer, status: 'optimal' }, [{ code: 'STATUS_MISMATCH', amount: answer.gap }]);
    const best = caseNamed('an assignment');
    expectOnly(best.problem, { ...best.answer, status: 'feasible' }, [{ code: 'STATUS_MISMATCH', amount: 0 }]);
  });

  it('a missing must-serve unit under a complete status', () => {
    const problem = Problem.dense([[1], [1]], { capacity: 2 });
    const stopped = claim(problem, [1, 0], [0]);
    expect(stopped.status).toBe('stopped');
    expectOnly(problem, { ...stopped, status: 'optimal' }, [
      { code: 'UNSERVED_MUST_SERVE', demand: 1, amount: 1 },
      { code: 'STATUS_MISMATCH', amount: Infinity },
    ]);
  });

  it('a witness whose numbers are right and prove nothing', () => {
    const problem = Problem.dense(
      [
        [1, null],
        [1, 1],
        [null, 1],
      ],
      { capacity: [1, 1] },
    );
    expect(verify(problem, claimInfeasible(problem, [0, 1, 2])).valid).toBe(true);
    for (const [set, amount] of [
      [[0], 0],
      [[0, 1], 0],
      [[1], -1],
      [[], 0],
    ] as const) {
      const certificate = verify(problem, claimInfeasible(problem, [...set]));
      expect(certificate.violations).toEqual([{ code: 'WITNESS_INVALID', field: 'witness', amount }]);
      expect(certificate.dual).toBe(-Infinity);
    }
  });

  it('a witness of demands that may be left unserved', () => {
    const problem = Problem.dense([[1], [1]], { unservedCost: [Infinity, 50] });
    expectOnly(problem, claimInfeasible(problem, [0, 1]), [
      { code: 'WITNESS_INVALID', field: 'witness.demands', demand: 1, amount: Number.NaN },
    ]);
  });
});

describe('verify survives', () => {
  it('a Solution made from nonsense', () => {
    const { problem } = CASES[1];
    const raw = {
      status: 'optimal' as const,
      objective: 1,
      bound: 1,
      gap: 0,
      tolerance: 0,
      prices: new Float64Array(3),
      values: new Float64Array(4),
      stats: { milliseconds: 0 },
    };
    for (const [arcs, units] of [
      [[99], [1]],
      [[-1], [1]],
      [
        [1, 1],
        [2, 2],
      ],
      [
        [3, 1],
        [1, 1],
      ],
      [[0, 1], [1]],
      [[0], [-5]],
    ]) {
      const solution = new Solution(
        problem,
        { ...raw, placedArcs: Int32Array.from(arcs), placedUnits: Int32Array.from(units) },
        { name: 'native', device: 'none', reason: 'a test' },
      );
      expect(verify(problem, solution).valid, `${arcs} ${units}`).toBe(false);
    }
  });

  it('a million wrong values, and keeps the first hundred', () => {
    const n = 1e6;
    const problem = Problem.sparse({ nodes: 1, capacity: 0, offsets: new Int32Array(n + 1), targets: [], costs: [], unservedCost: 1 });
    const answer = {
      status: 'optimal',
      objective: n,
      bound: n,
      gap: 0,
      tolerance: 0,
      prices: [0],
      values: new Float64Array(n),
      flow: [],
      unserved: new Int32Array(n).fill(1),
      assignment: new Int32Array(n).fill(-1),
    };
    expect(verify(problem, { ...answer, values: answer.values.map(() => 1) }).valid).toBe(true);
    const certificate = verify(problem, answer);
    expect(certificate.violations).toHaveLength(100);
    expect(certificate.violations[99]).toEqual({ code: 'VALUE_MISMATCH', demand: 99, amount: 1 });
  });

  it('a price nothing depends on, which no claim is made false by: a node without slots', () => {
    const problem = Problem.dense([[1, 2]], { capacity: [1, 0] });
    const answer = claim(problem, [1, 0], [0, 0]);
    for (const price of [0, 0.5, 7]) expect(verify(problem, { ...answer, prices: Float64Array.of(0, price) }).valid).toBe(true);
  });
});
