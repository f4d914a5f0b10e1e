import { describe, expect, it } from 'vitest';
import type { Problem } from '../../lib/problem.js';
import { type Certificate, verify } from '../../lib/verify/index.js';
import { FAMILIES } from '../instances/families.js';
import { Random } from '../instances/random.js';
import { oracle } from '../oracle/oracle.js';
import { claim, claimInfeasible } from './exact-claims.js';

const SEEDS = Array.from({ length: 25 }, (_, k) => 5000 + k);

function expectAgreement(problem: Problem, claims: ReturnType<typeof claim>, certificate: Certificate, at: string): void {
  expect(certificate.violations, at).toEqual([]);
  expect(certificate.valid, at).toBe(true);
  expect(certificate.complete, at).toBe(claims.status !== 'stopped');
  expect(certificate.primal, at).toBe(claims.objective + 0);
  expect(certificate.dual, at).toBe(claims.bound + 0);
  expect(certificate.gap, at).toBe(claims.gap);
  expect(Math.abs(certificate.tolerance - claims.tolerance), at).toBeLessThanOrEqual(claims.tolerance * 1e-9);
  expect(certificate.digest, at).toBe(problem.digest());
}

/** Must-serve demands that prove infeasibility, found by looking at every set of them. */
function blockedDemands(problem: Problem): number[] {
  const must = Array.from({ length: problem.demands }, (_, i) => i).filter((i) => problem.unservedCostOf(i) === Number.POSITIVE_INFINITY);
  const proves = (set: number[]): boolean => {
    const { needed, available } = claimInfeasible(problem, set).witness ?? { needed: 0, available: 0 };
    return needed > available;
  };
  for (let bits = 1; bits < 2 ** must.length; bits++) {
    const set = must.filter((_, k) => (bits >> k) % 2 === 1);
    if (proves(set)) return set;
  }
  return [];
}

describe('verify agrees with the definitions, worked out in whole numbers of any size', () => {
  describe.each(FAMILIES)('$name', (family) => {
    it('on the optimum and its prices: valid, and gap 0 for integer data', () => {
      let seen = 0;
      for (const seed of SEEDS) {
        const problem = family.make(seed);
        const answer = oracle(problem);
        if (answer.status === 'infeasible') continue;
        const claims = claim(problem, answer.flow, answer.prices);
        if (problem.integer) expect(claims.status, `seed ${seed}`).toBe('optimal');
        expect(claims.objective, `seed ${seed}`).toBe(answer.objective + 0);
        expectAgreement(problem, claims, verify(problem, claims), `seed ${seed}`);
        seen++;
      }
      if (family.name !== 'infeasible') expect(seen).toBeGreaterThan(5);
    });

    it('on any prices and any flow within the capacities, complete or not', () => {
      for (const seed of SEEDS) {
        const problem = family.make(seed);
        const r = new Random(seed);
        const flow = new Int32Array(problem.arcs);
        const free = Array.from({ length: problem.nodes }, (_, j) => problem.capacityOf(j));
        for (let i = 0; i < problem.demands; i++) {
          let left = problem.unitsOf(i);
          for (let a = problem.rowStart(i); a < problem.rowEnd(i); a++) {
            if (problem.forbidden(a) || r.chance(0.3)) continue;
            const j = problem.target(a);
            flow[a] = r.whole(0, Math.min(left, free[j], problem.arcCapacityOf(a)));
            left -= flow[a];
            free[j] -= flow[a];
          }
        }
        const scale = problem.largestCost || 1;
        const prices = Float64Array.from({ length: problem.nodes }, () =>
          r.chance(0.3) ? 0 : r.pick([r.real() * scale, r.whole(0, 30), r.real() * 1e-9 * scale]),
        );
        const claims = claim(problem, flow, prices);
        expectAgreement(problem, claims, verify(problem, claims), `seed ${seed}`);
      }
    });

    it('on the witness of an infeasible one', () => {
      let seen = 0;
      for (const seed of SEEDS) {
        const problem = family.make(seed);
        if (oracle(problem).status !== 'infeasible') continue;
        const must = Array.from({ length: problem.demands }, (_, i) => i).filter(
          (i) => problem.unservedCostOf(i) === Number.POSITIVE_INFINITY,
        );
        if (must.length > 12) continue;
        const set = blockedDemands(problem);
        expect(set, `seed ${seed}`).not.toEqual([]);
        const certificate = verify(problem, claimInfeasible(problem, set));
        expect(certificate.violations, `seed ${seed}`).toEqual([]);
        expect(certificate, `seed ${seed}`).toMatchObject({ valid: true, complete: false, gap: Number.NaN });
        seen++;
      }
      if (family.name === 'infeasible') expect(seen).toBeGreaterThan(20);
    });
  });
});
