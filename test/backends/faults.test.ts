/** What the addon reports becomes an OutbidError with words, place and, for a failed certificate, a problem to replay. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { Addon, AddonFault } from '../../lib/backend/addon.js';
import { NativeBackend } from '../../lib/backend/native.js';
import { type ErrorCode, Problem, solveSync, verify } from '../../lib/index.js';

const problem = Problem.dense(
  [
    [4, 1],
    [2, 3],
  ],
  { unservedCost: 9 },
);
const request = { gap: 0, deadline: Number.POSITIVE_INFINITY, prices: Float64Array.of(1, 0), seed: 7, threads: 1, deterministic: false };
const control = { signal: undefined, onProgress: undefined };

/** A native backend whose addon fails in the way given: when it starts, or when it is done. */
function failing(fault: AddonFault, late = false): NativeBackend {
  const addon: Addon = {
    NativeMatcher: class {} as unknown as Addon['NativeMatcher'],
    version: '',
    solveSync: () => fault,
    startSolve: (_problem, _request, done) => {
      if (!late) return fault;
      setImmediate(() => done(fault));
      return { stop() {} };
    },
    startSolveMany: () => fault,
    openPlugin: () => fault,
    slotValues: () => fault,
    certificatePass: () => fault,
  };
  return new NativeBackend(() => ({ state: 'loaded', addon, file: 'fake.node' }));
}

const codes: ErrorCode[] = ['PROBLEM_CHANGED', 'COST_RANGE', 'OUT_OF_MEMORY', 'CERTIFICATE_FAILED', 'INTERNAL'];

describe.each(codes)('%s', (fault) => {
  test('is raised by every call of the backend', async () => {
    const expected = { code: fault, backend: 'native', argument: 'costs' };
    const early = failing({ fault, argument: 'costs' });
    expect(() => early.solveSync(problem, request)).toThrowError(expect.objectContaining(expected));
    expect(() => early.slotValues(problem, new Float64Array(2), new Int32Array(0), new Int32Array(0))).toThrowError(
      expect.objectContaining(expected),
    );
    await expect(early.solve(problem, request, control)).rejects.toMatchObject(expected);
    await expect(failing({ fault, argument: 'costs' }, true).solve(problem, request, control)).rejects.toMatchObject(expected);
  });
});

describe('the dump of a problem whose certificate failed', () => {
  const failed = failing({ fault: 'CERTIFICATE_FAILED' });
  const folder = mkdtempSync(join(tmpdir(), 'outbid-'));
  afterEach(() => vi.unstubAllEnvs());

  const caught = (): Error & { dump?: string } => {
    try {
      failed.solveSync(problem, request);
    } catch (error) {
      return error as Error;
    }
    throw new Error('nothing was thrown');
  };

  test('is written where OUTBID_DUMP_DIR says, named by the error, and replays', () => {
    vi.stubEnv('OUTBID_DUMP_DIR', join(folder, 'new'));
    const { dump, message } = caught();
    expect(message).toContain(dump);
    const replayed = Problem.fromJSON(JSON.parse(readFileSync(dump as string, 'utf8')));
    expect(replayed.digest()).toBe(problem.digest());
    expect(verify(replayed, solveSync(replayed, { backend: 'reference' })).valid).toBe(true);
    expect(JSON.parse(readFileSync((dump as string).replace('.problem.', '.request.'), 'utf8'))).toEqual({
      gap: 0,
      seed: 7,
      prices: [1, 0],
    });
    rmSync(folder, { recursive: true, force: true });
  });

  test('is not written without it, and the message says how to have it', () => {
    vi.stubEnv('OUTBID_DUMP_DIR', '');
    const error = caught();
    expect(error).not.toHaveProperty('dump');
    expect(error.message).toContain('OUTBID_DUMP_DIR');
  });
});
