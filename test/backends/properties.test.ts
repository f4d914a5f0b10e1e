/**
 * Every backend on every family of random problems: status and objective as the oracle has them, every claim as the verifier
 * checks it, and the backends agree - bit for bit on whole numbers, within the tolerances on floats.
 *
 * 23 families x 140 seeds drawn by fast-check from a fixed seed: the same 3,220 problems on every machine.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Problem } from '../../lib/problem.js';
import { slotValues } from '../../lib/slot-values.js';
import type { Solution } from '../../lib/solution.js';
import { solveSync } from '../../lib/solve.js';
import { verify } from '../../lib/verify/index.js';
import { FAMILIES } from '../instances/families.js';
import { oracle } from '../oracle/oracle.js';
import { nativeMissing, requireTool } from '../skip.js';
import { BACKENDS, onBackend, unlessLacking } from './every-backend.js';
import { stubMissing } from './stub-plugin.js';

const RUNS = 140;
const seeds = fc.integer({ min: 1, max: 2 ** 31 - 1 });

requireTool(nativeMissing())('the native backend is among those tested', {}, () => {
  expect(BACKENDS).toContain('native');
});

requireTool(stubMissing())('so is cuda: a plug-in that is installed, or the stub', {}, () => {
  expect(BACKENDS).toContain('cuda');
});

function check(problem: Problem, solution: Solution): void {
  const expected = oracle(problem);
  const certificate = verify(problem, solution);
  expect(certificate.violations).toEqual([]);
  expect(certificate.valid).toBe(true);
  expect(solution.status).toBe(expected.status);
  if (expected.status === 'infeasible') {
    expect(solution.witness?.needed).toBeGreaterThan(solution.witness?.available ?? Number.POSITIVE_INFINITY);
    return;
  }
  expect(certificate.complete).toBe(true);
  if (solution.assignment !== undefined) {
    const placed = new Int32Array(problem.demands).fill(-1);
    for (const [demand, node] of solution.placements()) placed[demand] = node;
    expect(solution.assignment).toEqual(placed);
  }
  expect(certificate.gap).toBeLessThanOrEqual(certificate.tolerance);
  if (problem.integer) {
    expect(solution.gap).toBe(0);
    expect(solution.objective).toBe(expected.objective);
    expect(solution.bound).toBe(expected.objective);
  } else {
    expect(Math.abs(solution.objective - expected.objective)).toBeLessThanOrEqual(certificate.tolerance);
  }
}

describe.each(FAMILIES)('$name', ({ make }) => {
  test('every backend proves the optimum', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const problem = make(seed);
        const answers = BACKENDS.flatMap((backend) => unlessLacking(backend, () => solveSync(problem, { backend, seed })) ?? []);
        for (const solution of answers) check(problem, solution);
        if (problem.integer) {
          for (const { status, objective, bound } of answers)
            expect({ status, objective, bound }).toEqual({
              status: answers[0].status,
              objective: answers[0].objective,
              bound: answers[0].bound,
            });
        }
      }),
      { numRuns: RUNS, seed: 20 },
    );
  });

  test('warm prices and seeds change no objective, and no run differs from the next', () => {
    fc.assert(
      fc.property(seeds, fc.array(fc.double({ min: -10, max: 1e6, noNaN: true }), { minLength: 30, maxLength: 30 }), (seed, wild) => {
        const problem = make(seed);
        const prices = Float64Array.from({ length: problem.nodes }, (_, j) => wild[j % wild.length]);
        for (const backend of BACKENDS) {
          const first = unlessLacking(backend, () => solveSync(problem, { backend, seed, deterministic: true }));
          if (first === undefined) continue;
          const again = solveSync(problem, { backend, seed, deterministic: true });
          expect(again.toJSON().placedArcs).toEqual(first.toJSON().placedArcs);
          expect(again.toJSON().placedUnits).toEqual(first.toJSON().placedUnits);
          expect(again.prices).toEqual(first.prices);
          const warm = unlessLacking(backend, () => solveSync(problem, { backend, seed: seed + 1, prices }));
          if (warm !== undefined) check(problem, warm);
        }
      }),
      { numRuns: 20, seed: 21 },
    );
  });

  test('a slot more saves its gain and a slot less costs its loss', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const problem = make(seed);
        const expected = oracle(problem);
        if (expected.status === 'infeasible' || problem.nodes === 0 || !problem.integer) return;
        const j = seed % problem.nodes;
        for (const backend of BACKENDS) {
          const solution = unlessLacking(backend, () => solveSync(problem, { backend }));
          if (solution === undefined) continue;
          const { gain, loss } = slotValues(problem, solution);
          const better = problem.maximize ? -1 : 1;
          const more = oracle(withCapacity(problem, j, 1));
          expect(gain[j]).toBe(better * (expected.objective - more.objective) + 0);
          if (problem.capacityOf(j) === 0) {
            expect(loss[j]).toBeNaN();
            continue;
          }
          const less = oracle(withCapacity(problem, j, -1));
          expect(loss[j]).toBe(
            less.status === 'infeasible' ? Number.POSITIVE_INFINITY : better * (less.objective - expected.objective) + 0,
          );
        }
      }),
      { numRuns: 20, seed: 22 },
    );
  });
});

/** The problem with one slot more in, or less of, a node's last tier. */
function withCapacity(problem: Problem, node: number, change: 1 | -1): Problem {
  const json = problem.toJSON();
  json.capacity = Array.from({ length: problem.nodes }, (_, j) => problem.capacityOf(j) + (j === node ? change : 0));
  if (json.tiers !== undefined) {
    let tier = json.tiers.offsets[node + 1] - 1;
    while (change < 0 && json.tiers.slots[tier] === 0) tier--;
    if (tier >= json.tiers.offsets[node]) json.tiers.slots[tier] += change;
  }
  return Problem.fromJSON(json);
}

describe.each(BACKENDS)('%s', (backend) => {
  const on = onBackend(backend);

  on('among equal nodes none is favoured by its index', {}, () => {
    // Eight equal nodes with a slot each, one demand: over 400 seeds each is taken about 50 times.
    const problem = Problem.dense([[7, 7, 7, 7, 7, 7, 7, 7]]);
    const taken = new Array(8).fill(0);
    for (let seed = 0; seed < 400; seed++) taken[solveSync(problem, { backend, seed }).assignment?.[0] ?? -1]++;
    for (const times of taken) expect(Math.abs(times - 50)).toBeLessThan(35);
    // And in one batch: 400 demands with 400 free choices among eight nodes of ample room spread out.
    const crowd = Problem.dense(new Float64Array(3200).fill(3), {
      demands: 400,
      nodes: 8,
      capacity: 400,
      units: 1,
      unservedCost: Float64Array.from({ length: 400 }, (_, i) => 10 + i),
    });
    const load = new Array(8).fill(0);
    for (const node of solveSync(crowd, { backend }).assignment ?? []) load[node]++;
    for (const times of load) expect(Math.abs(times - 50)).toBeLessThan(35);
  });

  on('costs without a common scale are refined, or refused as out of range', {}, () => {
    const spread = Problem.dense(
      [
        [1e-200, 3e180],
        [2.5e-200, 1e180],
      ],
      { unservedCost: 1e200 },
    );
    check(spread, solveSync(spread, { backend }));
  });
});
