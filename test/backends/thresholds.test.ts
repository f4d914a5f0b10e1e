/** When 'auto' takes cuda: never without a measurement, never below it, and never at the price of an answer. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { ROOT } from '../../.ci/toolchain.mjs';
import type { Threshold } from '../../lib/backend/thresholds.js';
import { backends, Problem, type Progress, solve, solveMany, solveSync, verify } from '../../lib/index.js';
import { requireTool } from '../skip.js';
import { STUB, stubMissing, stubNamed } from './stub-plugin.js';

// The table that a measurement would make, in place of the empty one.
const measured = vi.hoisted(() => [] as Threshold[]);
vi.mock(import('../../lib/backend/thresholds.js'), async (original) => {
  const real = await original();
  return { ...real, thresholdReached: (work) => real.thresholdReached(work, measured) };
});
const { THRESHOLDS, thresholdReached, workOf } =
  await vi.importActual<typeof import('../../lib/backend/thresholds.js')>('../../lib/backend/thresholds.js');

const small = Problem.dense([[1]]);
const large = Problem.dense([
  [4, 1, 9],
  [2, 3, 9],
  [9, 9, 5],
]);
const needing = requireTool(stubMissing());

beforeEach(() => {
  vi.stubEnv('OUTBID_BACKEND', '');
  vi.stubEnv('OUTBID_CUDA_PLUGIN', STUB);
  measured.push({ dense: true, problems: 1, demands: 3, arcs: 9, measurement: 'bench/results/stub.json' });
});
afterEach(() => {
  vi.unstubAllEnvs();
  measured.length = 0;
});

test('every threshold names a measurement that is in the repository and speaks of a device', () => {
  for (const { measurement } of THRESHOLDS) {
    expect([measurement, existsSync(join(ROOT, measurement))]).toEqual([measurement, true]);
    expect(readFileSync(join(ROOT, measurement), 'utf8')).toMatch(/NVIDIA/);
  }
});

test('a threshold is reached where every count of it is', () => {
  const line: Threshold = { dense: false, problems: 2, demands: 10, arcs: 100, measurement: '' };
  const work = { problems: 2, demands: 10, arcs: 100, dense: false };
  expect(thresholdReached(work, [line])).toBe(line);
  for (const less of [{ problems: 1 }, { demands: 9 }, { arcs: 99 }, { dense: true }])
    expect(thresholdReached({ ...work, ...less }, [line])).toBeUndefined();
  expect(workOf([small, large])).toEqual({ problems: 2, demands: 4, arcs: 10, dense: true });
});

describe("'auto'", () => {
  needing('takes cuda from the threshold on, native below it, and says which measurement', {}, async () => {
    for (const solution of [solveSync(large), await solve(large)]) {
      expect(solution.backend).toMatchObject({
        name: 'cuda',
        device: 'stub device 0',
        reason: 'auto: the fastest at this size (bench/results/stub.json)',
      });
    }
    for (const solution of [solveSync(small), await solve(small)])
      expect(solution.backend).toMatchObject({ name: 'native', reason: 'auto: the fastest usable backend' });
    expect(backends().find(({ chosen }) => chosen)?.name).toBe('native');
  });

  needing('takes a batch to cuda by the sums of its problems', {}, async () => {
    const [one] = await solveMany([small, small, small], {});
    expect(one.backend.name).toBe('native');
    measured[0] = { ...measured[0], problems: 3, demands: 3, arcs: 3 };
    for (const { backend } of await solveMany([small, small, small], {}))
      expect(backend).toMatchObject({ name: 'cuda', device: 'stub device 0, in a batch' });
  });

  needing('takes native and says why where cuda cannot be used', {}, () => {
    vi.stubEnv('OUTBID_CUDA_PLUGIN', stubNamed('no-device'));
    const { backend } = solveSync(large);
    expect(backend.name).toBe('native');
    expect(backend.reason).toBe('auto: cuda would be faster at this size and cannot be used: NO_DEVICE: the stub has no device');
  });

  const refusals: [string, string][] = [
    ['device-memory', 'DEVICE_OUT_OF_MEMORY'],
    ['failed-device', 'DEVICE_FAILED'],
    ['refuses', 'BACKEND_UNSUPPORTED'],
    ['lost-driver', 'BACKEND_UNAVAILABLE'],
  ];
  for (const [name, code] of refusals) {
    needing(`returns to native and says so where the device will not: ${code}`, {}, async () => {
      vi.stubEnv('OUTBID_CUDA_PLUGIN', stubNamed(name));
      const reports: Progress[] = [];
      const solutions = [
        solveSync(large),
        await solve(large, { onProgress: (report) => reports.push(report) }),
        ...(await solveMany([large, large])),
      ];
      for (const solution of solutions) {
        expect(verify(large, solution)).toMatchObject({ valid: true, gap: 0 });
        expect(solution.backend.name).toBe('native');
        expect(solution.backend.reason).toMatch(new RegExp(`^auto: cuda did not run it: ${code}: `));
      }
      await expect(solve(large, { backend: 'cuda' })).rejects.toMatchObject({ code });
    });
  }

  needing('does not hide a wrong answer', {}, async () => {
    vi.stubEnv('OUTBID_CUDA_PLUGIN', stubNamed('wrong-objective'));
    await expect(solve(large)).rejects.toMatchObject({ code: 'CERTIFICATE_FAILED', backend: 'cuda' });
    expect(() => solveSync(large)).toThrowError(expect.objectContaining({ code: 'CERTIFICATE_FAILED' }));
    await expect(solveMany([large])).rejects.toMatchObject({ code: 'CERTIFICATE_FAILED' });
  });
});
