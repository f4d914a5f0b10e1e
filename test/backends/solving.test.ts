/** The calls over every backend: synchronous and not, one and many, with deadlines, progress and bad arguments. */
import { describe, expect, test, vi } from 'vitest';
import { Problem, type Progress, type Solution, slotValues, solve, solveMany, solveSync, verify } from '../../lib/index.js';
import { fleet } from '../node/fleet.mjs';
import { onBackend } from './every-backend.js';

const problems = Array.from({ length: 12 }, (_, seed) =>
  Problem.sparse(fleet({ demands: 300, nodes: 30, arcs: 5, seed, load: 0.8 + seed * 0.05 })),
);
const proven = (problem: Problem, solution: Solution): void => {
  expect(verify(problem, solution)).toMatchObject({
    valid: true,
    gap: solution.status === 'optimal' ? 0 : expect.any(Number),
    violations: [],
  });
};

describe.each([
  ['native', { demands: 150_000, nodes: 12_500 }],
  ['reference', { demands: 20_000, nodes: 1_500 }],
  ['cuda', { demands: 150_000, nodes: 12_500 }],
] as const)('%s', (backend, long) => {
  const needing = onBackend(backend);

  needing(`synchronous and asynchronous calls give the same answer, every time (${backend})`, {}, async () => {
    for (const problem of problems) {
      const [a, b, c] = [
        solveSync(problem, { backend, seed: 3 }),
        await solve(problem, { backend, seed: 3 }),
        await solve(problem, { backend, seed: 3, threads: 4 }),
      ];
      proven(problem, a);
      for (const other of [b, c]) {
        expect([other.status, other.objective, other.bound]).toEqual([a.status, a.objective, a.bound]);
        expect(other.assignment).toEqual(a.assignment);
        expect(other.prices).toEqual(a.prices);
      }
    }
  });

  needing(`seeds and warm prices never change the objective (${backend})`, {}, async () => {
    const [problem] = problems;
    const { objective, prices } = solveSync(problem, { backend });
    for (const options of [
      { seed: 1 },
      { seed: 2 ** 53 - 1 },
      { prices },
      { prices: prices.map((p) => p * 3 + 7) },
      { prices: new Array(30).fill(-1) },
      { prices: new Float64Array(30).fill(1e9) },
    ]) {
      const solution = await solve(problem, { ...options, backend });
      expect(solution.objective).toBe(objective);
      proven(problem, solution);
    }
  });

  needing(`solveMany answers in order, more problems than processors (${backend})`, {}, async () => {
    const reports: Progress[] = [];
    const many = await solveMany(problems, { backend, onProgress: (report) => reports.push(report) });
    expect(many.map(({ objective }) => objective)).toEqual(problems.map((problem) => solveSync(problem, { backend }).objective));
    for (let k = 1; k < reports.length; k++) expect(reports[k].fraction).toBeGreaterThanOrEqual(reports[k - 1].fraction);
    expect(await solveMany([], { backend })).toEqual([]);
    expect(await solveMany(new Set(problems.slice(0, 2)), { backend })).toHaveLength(2);
  });

  needing(`solveMany: the first error rejects and ends the rest; an abort ends all (${backend})`, {}, async () => {
    const input = fleet({ demands: 300, nodes: 30, arcs: 5 });
    const spoiled = Problem.sparse(input);
    input.targets[0] = -1;
    await expect(solveMany([...problems, spoiled], { backend })).rejects.toMatchObject({ code: 'PROBLEM_CHANGED' });
    await expect(solveMany(problems, { backend, signal: AbortSignal.abort('no') })).rejects.toBe('no');
    const controller = new AbortController();
    const running = solveMany(problems, { backend, signal: controller.signal });
    controller.abort('enough');
    await expect(running).rejects.toBe('enough');
  });

  needing(`a deadline of 0 still gives an answer whose claims hold (${backend})`, {}, async () => {
    const problem = Problem.sparse(fleet(long));
    for (const solution of [await solve(problem, { backend, deadlineMs: 0 }), solveSync(problem, { backend, deadlineMs: 0 })]) {
      expect(['feasible', 'optimal']).toContain(solution.status);
      expect(solution.gap).toBeGreaterThanOrEqual(0);
      proven(problem, solution);
    }
  });

  needing(`a deadline in the middle gives the best complete answer with its gap (${backend})`, {}, async () => {
    const problem = Problem.sparse(fleet(long));
    const solution = await solve(problem, { backend, deadlineMs: 30 });
    expect(['feasible', 'optimal']).toContain(solution.status);
    proven(problem, solution);
    console.log(`deadline 30 ms, ${backend}: ${solution.status}, gap ${solution.gap}, ${solution.stats.milliseconds.toFixed(0)} ms`);
  });

  needing(`progress comes with every field in range, its fraction never falls, and none comes after the end (${backend})`, {}, async () => {
    const problem = Problem.sparse(fleet(long));
    const reports: Progress[] = [];
    const solution = await solve(problem, { backend, onProgress: (report) => reports.push(report) });
    const count = reports.length;
    expect(count).toBeGreaterThan(0);
    let last = 0;
    for (const { phase, placed, units, fraction, milliseconds } of reports) {
      expect(['auction', 'finish', 'certificate']).toContain(phase);
      expect(units).toBe(long.demands);
      expect(placed).toBeGreaterThanOrEqual(0);
      expect(placed).toBeLessThanOrEqual(units);
      expect(fraction).toBeGreaterThanOrEqual(last);
      expect(fraction).toBeLessThanOrEqual(1);
      expect(milliseconds).toBeGreaterThan(0);
      last = fraction;
    }
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(reports).toHaveLength(count);
    proven(problem, solution);
  });

  needing(`an error thrown by onProgress ends the run and rejects with it (${backend})`, {}, async () => {
    const error = new Error('from the caller');
    const onProgress = vi.fn(() => {
      throw error;
    });
    await expect(solve(Problem.sparse(fleet(long)), { backend, onProgress })).rejects.toBe(error);
    await new Promise((resolve) => setTimeout(resolve, 120));
    expect(onProgress).toHaveBeenCalledTimes(1);
  });

  needing(`slotValues: one demand, one node, one slot: gain 0, loss the unserved cost (${backend})`, {}, () => {
    const problem = Problem.dense([[0]], { unservedCost: 10 });
    const { gain, loss } = slotValues(problem, solveSync(problem, { backend }));
    expect([[...gain], [...loss]]).toEqual([[0], [10]]);
  });
});

describe('bad calls', () => {
  const [problem] = problems;

  test.each([
    [undefined],
    [null],
    [{}],
    [Object.create(Problem.prototype) as Problem & { x: 1 }],
  ])('solve(%o): an error with a code, by rejection', async (value) => {
    const promise = solve(value as Problem);
    await expect(promise).rejects.toMatchObject({ name: 'OutbidError' });
    expect(() => solveSync(value as Problem)).toThrowError(expect.objectContaining({ name: 'OutbidError' }));
  });

  test('options are checked before anything runs, and a misspelt one is named', async () => {
    await expect(solve(problem, { dedline: 3 } as never)).rejects.toMatchObject({ code: 'UNKNOWN_OPTION', option: 'dedline' });
    await expect(solveMany([problem], { gap: -1 })).rejects.toMatchObject({ code: 'OPTION_INVALID', option: 'gap' });
    await expect(solveMany([], { gap: -1 })).rejects.toMatchObject({ code: 'OPTION_INVALID', option: 'gap' });
  });

  test('signal and onProgress have no meaning in a synchronous call', () => {
    for (const [option, value] of [
      ['signal', new AbortController().signal],
      ['onProgress', () => {}],
    ] as const) {
      expect(() => solveSync(problem, { [option]: value })).toThrowError(expect.objectContaining({ code: 'OPTION_UNSUPPORTED', option }));
    }
  });

  test('solveMany names the entry that is no Problem', async () => {
    await expect(solveMany([problem, {} as Problem])).rejects.toMatchObject({ code: 'TYPE_INVALID', argument: 'problems', index: 1 });
    await expect(solveMany(7 as never)).rejects.toMatchObject({ code: 'TYPE_INVALID', argument: 'problems' });
  });

  test('slotValues wants an optimal solution of this problem', () => {
    const solution = solveSync(problem, { backend: 'reference' });
    expect(() => slotValues(Problem.dense([[1]]), solution)).toThrowError(expect.objectContaining({ code: 'SOLUTION_INVALID' }));
    expect(() => slotValues(problem, {} as Solution)).toThrowError(expect.objectContaining({ code: 'TYPE_INVALID', argument: 'solution' }));
    const impossible = Problem.dense([[1], [1]]);
    expect(() => slotValues(impossible, solveSync(impossible, { backend: 'reference' }))).toThrowError(
      expect.objectContaining({ code: 'SOLUTION_NOT_OPTIMAL', value: 'infeasible' }),
    );
  });
});
