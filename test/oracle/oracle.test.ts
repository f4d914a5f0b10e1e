import { describe, expect, it } from 'vitest';
import { Problem } from '../../lib/problem.js';
import { FAMILIES } from '../instances/families.js';
import { market } from '../instances/market.js';
import { Random } from '../instances/random.js';
import { bruteForce } from './brute-force.js';
import { exact, nearestDouble } from './exact-number.js';
import { oracle } from './oracle.js';

/** A market small enough to look at every answer. */
function tiny(seed: number): Problem {
  const r = new Random(seed);
  const float = r.chance(0.3);
  const value = (low: number, high: number): number => (float ? low + (high - low) * r.real() : r.whole(low, high));
  const must = r.pick([0, 0.3, 1]);
  return market(r, {
    demands: r.whole(0, 4),
    nodes: r.whole(0, 3),
    cost: () => (r.chance(0.8) ? value(-6, 9) : undefined),
    units: () => r.whole(0, 3),
    capacity: () => r.whole(0, 4),
    unservedCost: () => (r.chance(must) ? Number.POSITIVE_INFINITY : value(-5, 9)),
    ...(r.chance(0.5) ? { arcCapacity: () => r.pick([0, 1, 2, Number.POSITIVE_INFINITY]) } : {}),
    ...(r.chance(0.5) ? { tierStep: () => value(0, 4) } : {}),
    maximize: r.chance(0.5),
  });
}

describe('oracle', () => {
  it('agrees with looking at every answer, on 1,500 tiny markets with every feature', () => {
    let infeasible = 0;
    for (let seed = 0; seed < 1500; seed++) {
      const problem = tiny(seed);
      const best = bruteForce(problem);
      const answer = oracle(problem);
      if (best === undefined) {
        infeasible++;
        expect(answer.status, `seed ${seed}`).toBe('infeasible');
      } else {
        expect(answer.status, `seed ${seed}`).toBe('optimal');
        expect(answer.objective, `seed ${seed}`).toBe(best + 0);
      }
    }
    expect(infeasible).toBeGreaterThan(100);
    expect(infeasible).toBeLessThan(1000);
  });

  it('finds the optima worked out by hand', () => {
    expect(
      oracle(
        Problem.dense([
          [4, 1, 3],
          [2, 0, 5],
          [3, 2, 2],
        ]),
      ).objective,
    ).toBe(5);
    expect(
      oracle(
        Problem.dense(
          [
            [4, 1, 3],
            [2, 0, 5],
            [3, 2, 2],
          ],
          { maximize: true },
        ),
      ).objective,
    ).toBe(11);
    expect(oracle(Problem.dense([[1], [1]])).status).toBe('infeasible');
    // One slot at 0 and one at a surcharge of 5: the second demand would rather stay unserved at 4.
    const tiers = { offsets: Int32Array.of(0, 2), slots: Int32Array.of(1, 1), surcharge: Float64Array.of(0, 5) };
    expect(oracle(Problem.dense([[0], [0]], { capacity: 2, tiers, unservedCost: 4 })).objective).toBe(4);
    expect(oracle(Problem.dense([[0], [0]], { capacity: 2, tiers, unservedCost: 6 })).objective).toBe(5);
  });

  it('adds doubles without rounding them: 2^60 and 1 and -2^60 make 1', () => {
    expect(
      oracle(
        Problem.dense([
          [2 ** 60, null, null],
          [null, 0.5, null],
          [null, null, -(2 ** 60)],
        ]),
      ).objective,
    ).toBe(0.5);
  });

  it('places 1e9 units as fast as one', () => {
    const problem = Problem.dense(
      [
        [1, 2],
        [2, 1],
      ],
      { units: 1e9, capacity: [1.5e9, 5e8] },
    );
    expect(oracle(problem).objective).toBe(1e9 + 5e8 + 2 * 5e8);
  });

  it('solves every family in milliseconds', () => {
    const started = performance.now();
    let count = 0;
    for (const family of FAMILIES) for (let seed = 1000; seed < 1010; seed++, count++) oracle(family.make(seed));
    expect((performance.now() - started) / count).toBeLessThan(100);
  });
});

describe('exact numbers', () => {
  it('come back as the same double', () => {
    const r = new Random(7);
    const some = [
      0,
      1,
      -1,
      0.1,
      5e-324,
      -5e-324,
      2 ** -1022,
      2 ** -1022 - 5e-324,
      Number.MAX_VALUE,
      -Number.MAX_VALUE,
      2 ** 53 - 1,
      1e-310,
    ];
    for (let k = 0; k < 1000; k++) some.push((r.real() - 0.5) * 2 ** r.whole(-1040, 1000));
    for (const x of some) expect(nearestDouble(exact(x))).toBe(x);
  });

  it('round once, ties to even, as the language does', () => {
    const r = new Random(8);
    for (let k = 0; k < 2000; k++) {
      const a = r.whole(-(2 ** 53), 2 ** 53) * 2 ** r.whole(-60, 4);
      const b = r.whole(-(2 ** 53), 2 ** 53) * 2 ** r.whole(-60, 4);
      expect(nearestDouble(exact(a) + exact(b))).toBe(a + b + 0);
    }
    expect(nearestDouble(exact(Number.MAX_VALUE) * 2n)).toBe(Number.POSITIVE_INFINITY);
  });
});
