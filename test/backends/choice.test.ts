/** Which backend runs: by name, by the environment, by itself; and never another one in silence. */
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { backends, Problem, solve, solveSync } from '../../lib/index.js';
import { nativeMissing, requireTool } from '../skip.js';

const problem = Problem.dense([
  [4, 1],
  [2, 3],
]);

// No plug-in, whatever this machine has.
beforeEach(() => {
  vi.stubEnv('OUTBID_CUDA_PLUGIN', '/nowhere/outbid_cuda.so');
});
afterEach(() => vi.unstubAllEnvs());

const NO_PLUGIN = nativeMissing() === undefined ? 'PLUGIN_NOT_INSTALLED' : 'NATIVE_NOT_BUILT';

test('backends() lists all three, with the reason for each, and marks at most one as chosen', () => {
  const list = backends();
  expect(list.map(({ name }) => name)).toEqual(['cuda', 'native', 'reference']);
  for (const { why, device } of list) expect([typeof why, why.length > 10, device.length > 0]).toEqual(['string', true, true]);
  expect(list.filter(({ chosen }) => chosen)).toHaveLength(1);
  expect(list.find(({ name }) => name === 'cuda')).toMatchObject({ usable: false, chosen: false, code: NO_PLUGIN });
  expect(list.find(({ name }) => name === 'reference')).toMatchObject({ usable: true });
});

requireTool(nativeMissing())("'auto' takes native where it is usable, and says so", {}, () => {
  vi.stubEnv('OUTBID_BACKEND', '');
  expect(backends().find(({ chosen }) => chosen)?.name).toBe('native');
  const { backend } = solveSync(problem);
  expect(backend).toMatchObject({ name: 'native', reason: 'auto: the fastest usable backend' });
  expect(backend.file).toMatch(/\.node$/);
});

test('a backend asked for by name runs, and the answer says why', () => {
  expect(solveSync(problem, { backend: 'reference' }).backend).toMatchObject({
    name: 'reference',
    reason: "asked for by name: 'reference'",
  });
});

test('a backend asked for by name that cannot be used is an error with the reason, never a substitute', async () => {
  const error = { code: 'BACKEND_UNAVAILABLE', backend: 'cuda', reason: NO_PLUGIN, message: expect.stringContaining(NO_PLUGIN) };
  expect(() => solveSync(problem, { backend: 'cuda' })).toThrowError(expect.objectContaining(error));
  await expect(solve(problem, { backend: 'cuda' })).rejects.toMatchObject(error);
});

describe('OUTBID_BACKEND', () => {
  test("stands in for 'auto'", async () => {
    vi.stubEnv('OUTBID_BACKEND', 'reference');
    expect(backends().find(({ chosen }) => chosen)?.name).toBe('reference');
    expect((await solve(problem)).backend).toMatchObject({ name: 'reference', reason: 'OUTBID_BACKEND=reference' });
    expect(solveSync(problem, { backend: 'auto' }).backend.name).toBe('reference');
  });

  requireTool(nativeMissing())('does not touch a choice by name', {}, () => {
    vi.stubEnv('OUTBID_BACKEND', 'reference');
    expect(solveSync(problem, { backend: 'native' }).backend.name).toBe('native');
  });

  test('naming one that cannot be used is an error, and backends() then has none chosen', () => {
    vi.stubEnv('OUTBID_BACKEND', 'cuda');
    expect(() => solveSync(problem)).toThrowError(
      expect.objectContaining({ code: 'BACKEND_UNAVAILABLE', message: expect.stringContaining('OUTBID_BACKEND=cuda') }),
    );
    expect(backends().some(({ chosen }) => chosen)).toBe(false);
    expect(solveSync(problem, { backend: 'reference' }).objective).toBe(3);
  });

  test('with an unknown value is an error that names the value and the nearest known one', () => {
    vi.stubEnv('OUTBID_BACKEND', 'nativ');
    expect(() => solveSync(problem)).toThrowError(
      expect.objectContaining({ code: 'OPTION_INVALID', option: 'OUTBID_BACKEND', value: 'nativ', nearest: 'native' }),
    );
  });
});
