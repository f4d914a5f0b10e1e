/**
 * The cuda backend without a device: a stub plug-in behind the same C contract. Every way a plug-in can be missing, unfit or wrong has
 * its code, in backends() and in the error; none of them crashes, and no wrong answer gets through.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { loadNative } from '../../lib/backend/load-native.js';
import { backends, Matcher, Problem, type Progress, slotValues, solve, solveMany, solveSync, verify } from '../../lib/index.js';
import { fleet } from '../node/fleet.mjs';
import { requireTool } from '../skip.js';
import { STUB, stubFolder, stubMissing, stubNamed } from './stub-plugin.js';

const needing = requireTool(stubMissing());
const problem = Problem.dense([
  [4, 1],
  [2, 3],
]);
const fleetProblem = Problem.sparse(fleet({ demands: 300, nodes: 30, arcs: 5, load: 0.9 }));
const cuda = 'cuda' as const;

const install = (file: string): void => {
  vi.stubEnv('OUTBID_CUDA_PLUGIN', file);
};
const cudaInfo = () => backends().find(({ name }) => name === cuda);
const expectCode = async (code: string, more: object = {}): Promise<void> => {
  const expected = { name: 'OutbidError', code, backend: cuda, ...more };
  expect(() => solveSync(problem, { backend: cuda })).toThrowError(expect.objectContaining(expected));
  await expect(solve(problem, { backend: cuda })).rejects.toMatchObject(expected);
  await expect(solveMany([problem, problem, problem], { backend: cuda })).rejects.toMatchObject(expected);
};

afterEach(() => vi.unstubAllEnvs());

describe('a plug-in that cannot be used says why by a code', () => {
  test('PLUGIN_NOT_INSTALLED: a file that is not there is named', () => {
    if (loadNative().state !== 'loaded') return expect(cudaInfo()).toMatchObject({ usable: false, code: 'NATIVE_NOT_BUILT' });
    install('/nowhere/plugin.so');
    expect(cudaInfo()).toMatchObject({
      usable: false,
      chosen: false,
      code: 'PLUGIN_NOT_INSTALLED',
      why: 'OUTBID_CUDA_PLUGIN names /nowhere/plugin.so, which does not exist',
    });
  });

  const unfit: [string, string, () => string, string?][] = [
    ['PLUGIN_UNREADABLE', 'text instead of a library', () => written('text.so', 'no library at all')],
    ['PLUGIN_UNREADABLE', 'an empty file', () => written('empty.so', '')],
    ['PLUGIN_UNREADABLE', 'a library cut in two', () => written('half.so', readFileSync(STUB).subarray(0, 5000))],
    ['PLUGIN_UNREADABLE', 'a folder', () => folderNamed('folder.so')],
    ['PLUGIN_SYMBOL_MISSING', 'a library that is no plug-in', () => (loadNative() as { file: string }).file, 'outbid_backend_entry'],
    ['PLUGIN_API_MISMATCH', 'another version of the contract', () => stubNamed('other-version'), 'version 2 of the contract'],
    ['PLUGIN_API_MISMATCH', 'a structure that is too short', () => stubNamed('short-entry')],
    ['PLUGIN_API_MISMATCH', 'a function left out', () => stubNamed('no-solve')],
    ['PLUGIN_API_MISMATCH', 'no structure at all', () => stubNamed('no-entry')],
    ['DRIVER_NOT_FOUND', 'no driver', () => stubNamed('no-driver'), 'the stub has no driver'],
    ['DRIVER_TOO_OLD', 'an old driver', () => stubNamed('old-driver'), 'from 1999'],
    ['NO_DEVICE', 'no device', () => stubNamed('no-device')],
    ['NO_DEVICE', 'words without an end', () => stubNamed('endless-text'), 'x'.repeat(512)],
    ['ARCH_UNSUPPORTED', 'no code for the device', () => stubNamed('no-arch')],
    ['DEVICE_FAILED', 'a device that fails', () => stubNamed('broken-device'), 'fell off the bus'],
    ['INTERNAL', 'a code nobody knows', () => stubNamed('unknown-code'), '4711'],
  ];
  for (const [code, what, file, words] of unfit) {
    needing(`${code}: ${what}`, {}, async () => {
      install(file());
      const found = cudaInfo();
      expect(found).toMatchObject({ usable: false, chosen: false, code, file: process.env.OUTBID_CUDA_PLUGIN });
      expect(found?.why.length).toBeGreaterThan(3);
      if (words !== undefined) expect(found?.why).toContain(words);
      await expectCode('BACKEND_UNAVAILABLE', { reason: code, message: expect.stringContaining(code) });
      expect(solveSync(problem).objective).toBe(3);
    });
  }
});

describe('a plug-in that fails during a run', () => {
  const failing: [string, string, object?][] = [
    ['device-memory', 'DEVICE_OUT_OF_MEMORY', { message: expect.stringContaining('0 bytes left') }],
    ['host-memory', 'OUT_OF_MEMORY'],
    ['failed-device', 'DEVICE_FAILED', { message: expect.stringContaining('fell off the bus') }],
    ['own-check', 'CERTIFICATE_FAILED'],
    ['refuses', 'BACKEND_UNSUPPORTED', { lacks: 'odd numbers' }],
    ['unknown-solve-code', 'INTERNAL', { message: expect.stringContaining('4711') }],
    ['stops-by-itself', 'INTERNAL'],
    ['no-answer', 'INTERNAL'],
    ['lost-driver', 'BACKEND_UNAVAILABLE', { reason: 'DRIVER_NOT_FOUND' }],
  ];
  for (const [name, code, more] of failing) {
    needing(`${name}: ${code}, from every call`, {}, async () => {
      install(stubNamed(name));
      expect(cudaInfo()).toMatchObject({ usable: true });
      await expectCode(code, more);
    });
  }

  needing('half a batch: the failure is the answer, and nothing leaks or crashes', {}, async () => {
    install(stubNamed('half-a-batch'));
    await expect(solveMany(new Array(9).fill(fleetProblem), { backend: cuda })).rejects.toMatchObject({ code: 'DEVICE_OUT_OF_MEMORY' });
  });
});

describe('a wrong answer is withheld: CERTIFICATE_FAILED', () => {
  const wrong = [
    ...['wrong-objective', 'wrong-bound', 'wrong-gap', 'wrong-status', 'wrong-tolerance', 'wrong-price', 'negative-price'],
    ...['price-not-a-number', 'wrong-value', 'wrong-assignment', 'assignment-out-of-range', 'unit-lost', 'negative-units', 'many-units'],
    ...['arc-out-of-range', 'arc-negative', 'arcs-out-of-order', 'arc-twice', 'few-prices', 'many-values', 'negative-count', 'many-arcs'],
    ...['null-arrays', 'unknown-status', 'short-answer', 'false-infeasible'],
  ];
  for (const name of wrong) {
    needing(name, {}, async () => {
      install(stubNamed(name));
      await expectCode('CERTIFICATE_FAILED', { message: expect.stringMatching(/withheld: \S/) });
      await expect(solve(fleetProblem, { backend: cuda })).rejects.toMatchObject({ code: 'CERTIFICATE_FAILED' });
    });
  }

  needing('one that proves less than was asked for', {}, async () => {
    install(stubNamed('stops-short'));
    const hard = Problem.sparse(fleet({ demands: 2000, nodes: 150, arcs: 8, load: 1 }));
    await expect(solve(hard, { backend: cuda })).rejects.toMatchObject({
      code: 'CERTIFICATE_FAILED',
      message: expect.stringContaining('proves less than was asked for'),
    });
    const early = await solve(hard, { backend: cuda, gap: Number.POSITIVE_INFINITY });
    expect(verify(hard, early)).toMatchObject({ valid: true });
    expect(early.status).toBe('feasible');
  });
});

describe('a good plug-in', () => {
  needing('runs, and every result says on which device', {}, async () => {
    install(STUB);
    const found = cudaInfo();
    expect(found).toMatchObject({ usable: true, file: STUB, device: 'stub device 0, 128 GiB (compute capability 9.0)', chosen: false });
    for (const solution of [solveSync(problem, { backend: cuda }), await solve(problem, { backend: cuda })]) {
      expect(solution.objective).toBe(3);
      expect(solution.backend).toEqual({ name: cuda, device: 'stub device 0', file: STUB, reason: "asked for by name: 'cuda'" });
      expect(solution.stats.uploadMilliseconds).toBe(0.5);
    }
    vi.stubEnv('OUTBID_BACKEND', cuda);
    expect(solveSync(problem).backend).toMatchObject({ name: cuda, reason: 'OUTBID_BACKEND=cuda' });
  });

  needing('more devices than there is room for are no harm', {}, () => {
    install(stubNamed('many-devices'));
    expect(cudaInfo()?.device.split('; ')).toHaveLength(64);
  });

  needing('takes a batch in one call, or one after the other where it has no batches', {}, async () => {
    const list = Array.from({ length: 20 }, (_, seed) => Problem.sparse(fleet({ demands: 40, nodes: 8, arcs: 3, seed, load: 0.9 })));
    const expected = list.map((one) => solveSync(one, { backend: 'reference' }).objective);
    for (const [name, device] of [
      ['whole', 'stub device 0, in a batch'],
      ['one-at-a-time', 'stub device 0'],
    ]) {
      install(stubNamed(name));
      const reports: Progress[] = [];
      const solutions = await solveMany(list, { backend: cuda, onProgress: (report) => reports.push(report) });
      expect(solutions.map(({ objective }) => objective)).toEqual(expected);
      for (const [k, solution] of solutions.entries()) {
        expect(verify(list[k], solution)).toMatchObject({ valid: true });
        expect(solution.backend.device).toBe(device);
      }
    }
  });

  needing('values its slots and finds alternatives like any other', {}, () => {
    install(STUB);
    const solution = solveSync(fleetProblem, { backend: cuda });
    expect(slotValues(fleetProblem, solution)).toEqual(slotValues(fleetProblem, solveSync(fleetProblem, { backend: 'native' })));
  });

  needing('has no warm market: a Matcher on it is BACKEND_UNSUPPORTED', {}, () => {
    install(STUB);
    expect(() => new Matcher({ capacity: [1], backend: cuda })).toThrowError(expect.objectContaining({ code: 'BACKEND_UNSUPPORTED' }));
  });

  needing('ends within moments of an abort, however slow it is', {}, async () => {
    install(stubNamed('slow'));
    const controller = new AbortController();
    const running = solve(problem, { backend: cuda, signal: controller.signal });
    const batch = solveMany([problem, problem], { backend: cuda, signal: controller.signal });
    setTimeout(() => controller.abort('enough'), 30);
    const started = performance.now();
    await expect(running).rejects.toBe('enough');
    await expect(batch).rejects.toBe('enough');
    expect(performance.now() - started).toBeLessThan(2000);
  });

  needing('progress out of any range is brought into it', {}, async () => {
    install(stubNamed('wild-progress'));
    const reports: Progress[] = [];
    await solve(problem, { backend: cuda, onProgress: (report) => reports.push(report) });
    expect(reports.length).toBeGreaterThan(0);
    for (const { phase, placed, units, fraction } of reports) {
      expect(['auction', 'finish', 'certificate']).toContain(phase);
      expect([placed >= 0 && placed <= units, fraction >= 0 && fraction <= 1]).toEqual([true, true]);
    }
  });

  needing('is shown memory that nobody writes to: shared and changed arrays are no harm', {}, async () => {
    install(STUB);
    const costs = new Float64Array(new SharedArrayBuffer(32));
    costs.set([4, 1, 2, 3]);
    const shared = Problem.dense(costs, { demands: 2, nodes: 2 });
    expect(solveSync(shared, { backend: cuda }).objective).toBe(3);
    const running = solve(shared, { backend: cuda });
    costs.fill(Number.NaN);
    expect((await running).objective).toBe(3);
    expect(() => solveSync(shared, { backend: cuda })).toThrowError(expect.objectContaining({ code: 'PROBLEM_CHANGED' }));
  });
});

describe('a feature or a size the plug-in lacks is BACKEND_UNSUPPORTED, by name', () => {
  const units = Problem.dense([[1, 2]], { units: 2, capacity: [1, 1] });
  const lacking: [string, Problem, object?][] = [
    ['demands of other than one unit', units],
    ['nodes of more than one slot', Problem.dense([[1]], { capacity: 2 })],
    ['costs that are not whole numbers', Problem.dense([[0.5]])],
    ['arc capacities', Problem.fromArcs({ demands: 1, nodes: 1, arcs: [[0, 0, 1]], arcCapacity: 1 })],
    ['unserved costs', Problem.dense([[1]], { unservedCost: 3 })],
    ['maximising', Problem.dense([[1]], { maximize: true })],
    ['tiers', tiered()],
    ['warm prices', problem, { prices: [0, 0] }],
    ['deterministic assignments', problem, { deterministic: true }],
    ['deadlines', problem, { deadlineMs: 1000 }],
    ['5 nodes; it takes 4', Problem.dense([[1, 2, 3, 4, 5]])],
  ];
  for (const [lacks, hard, options] of lacking) {
    needing(lacks, {}, async () => {
      install(stubNamed('plain'));
      const expected = { code: 'BACKEND_UNSUPPORTED', backend: cuda, lacks, message: expect.stringContaining(lacks) };
      expect(() => solveSync(hard, { ...options, backend: cuda })).toThrowError(expect.objectContaining(expected));
      await expect(solve(hard, { ...options, backend: cuda })).rejects.toMatchObject(expected);
      expect(solveSync(problem, { backend: cuda }).objective).toBe(3);
    });
  }

  needing('but a gap asked for only asks for less than the optimum, which any plug-in gives', {}, () => {
    install(stubNamed('plain'));
    expect(solveSync(problem, { backend: cuda, gap: 5 })).toMatchObject({ status: 'optimal', objective: 3 });
  });
});

requireTool(stubMissing() ?? (process.platform === 'linux' ? undefined : 'loaded libraries are listed on Linux only'))(
  'nothing is loaded before somebody asks for it',
  {},
  () => {
    const file = stubNamed('lazy');
    install(file);
    const loaded = (): boolean => readFileSync('/proc/self/maps', 'utf8').includes(file);
    expect(solveSync(problem).backend.name).toBe('native');
    expect(loaded()).toBe(false);
    backends();
    expect(loaded()).toBe(true);
  },
);

function written(name: string, content: string | Uint8Array): string {
  const file = join(stubFolder(), name);
  writeFileSync(file, content);
  return file;
}

function folderNamed(name: string): string {
  const folder = join(stubFolder(), name);
  mkdirSync(folder);
  return folder;
}

function tiered(): Problem {
  const tiers = { offsets: Int32Array.of(0, 1), slots: Int32Array.of(1), surcharge: Float64Array.of(2) };
  return Problem.sparse({
    nodes: 1,
    capacity: 1,
    offsets: Int32Array.of(0, 1),
    targets: Int32Array.of(0),
    costs: Int32Array.of(1),
    tiers,
  });
}
