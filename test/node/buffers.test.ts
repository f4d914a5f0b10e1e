/** A Problem's arrays stay in the caller's hands. Whatever happens to them, an error says so or an answer comes; nothing crashes. */
import { describe, expect, test } from 'vitest';
import { addonProblem, addonRequest } from '../../lib/backend/addon.js';
import { loadNative } from '../../lib/backend/load-native.js';
import { Problem, slotValues, solve, solveSync, verify } from '../../lib/index.js';
import { nativeMissing, requireTool } from '../skip.js';
import { runChild } from './child.js';
import { fleet } from './fleet.mjs';

const size = { demands: 500, nodes: 40, arcs: 6 };

function resizable(bytes: number, most: number): ArrayBuffer {
  return Reflect.construct(ArrayBuffer, [bytes, { maxByteLength: most }]) as ArrayBuffer;
}

describe.each([
  ['native', nativeMissing()],
  ['reference', undefined],
] as const)('%s', (backend, missing) => {
  const needing = requireTool(missing);

  needing(`arrays on shared memory solve like any other (${backend})`, {}, async () => {
    const shared = Problem.sparse(fleet({ ...size, shared: true }));
    const plain = Problem.sparse(fleet(size));
    const answer = await solve(shared, { backend });
    expect(verify(shared, answer)).toMatchObject({ valid: true, gap: 0 });
    expect(answer.objective).toBe(solveSync(plain, { backend }).objective);
    expect(solveSync(shared, { backend }).assignment).toEqual(answer.assignment);
  });

  for (const name of ['offsets', 'targets', 'costs'] as const) {
    needing(`${name} detached after the Problem was built: BUFFER_DETACHED naming it (${backend})`, {}, async () => {
      const input = fleet(size);
      const problem = Problem.sparse(input);
      structuredClone(input[name].buffer, { transfer: [input[name].buffer as ArrayBuffer] });
      expect(() => solveSync(problem, { backend })).toThrowError(expect.objectContaining({ code: 'BUFFER_DETACHED', argument: name }));
      await expect(solve(problem, { backend })).rejects.toMatchObject({ code: 'BUFFER_DETACHED', argument: name });
    });
  }

  needing(`costs on a buffer that shrank or grew: BUFFER_DETACHED naming them (${backend})`, {}, async () => {
    for (const bytes of [8, 0, 500 * 6 * 8 + 800]) {
      const input = fleet(size);
      const buffer = resizable(input.costs.byteLength, input.costs.byteLength + 800);
      const costs = new Float64Array(buffer);
      costs.set(input.costs);
      const problem = Problem.sparse({ ...input, costs });
      (buffer as ArrayBuffer & { resize(bytes: number): void }).resize(bytes);
      expect(() => solveSync(problem, { backend })).toThrowError(expect.objectContaining({ code: 'BUFFER_DETACHED', argument: 'costs' }));
      await expect(solve(problem, { backend })).rejects.toMatchObject({ code: 'BUFFER_DETACHED', argument: 'costs' });
    }
  });

  const spoiled: [string, (input: ReturnType<typeof fleet>) => void][] = [
    ['a target beyond the nodes', ({ targets }) => targets.fill(40, 7, 8)],
    ['a negative target', ({ targets }) => targets.fill(-1, 7, 8)],
    ['a target far out', ({ targets }) => targets.fill(2 ** 31 - 1, 2999, 3000)],
    ['a descending offset', ({ offsets }) => offsets.fill(0, 10, 11)],
    ['an offset beyond the arcs', ({ offsets }) => offsets.fill(2 ** 31 - 1, 10, 11)],
    ['a negative offset', ({ offsets }) => offsets.fill(-5, 10, 11)],
    ['a last offset short of the arcs', ({ offsets }) => offsets.fill(2990, 500, 501)],
    ['a first offset beyond 0', ({ offsets }) => offsets.fill(3, 0, 1)],
    ['a cost that is no number', ({ costs }) => costs.fill(Number.NaN, 2999, 3000)],
    ['an infinite cost', ({ costs }) => costs.fill(Number.POSITIVE_INFINITY, 0, 1)],
  ];
  needing(`contents spoiled after the Problem was built: PROBLEM_CHANGED, synchronous or not (${backend})`, {}, async () => {
    for (const [what, spoil] of spoiled) {
      const input = fleet(size);
      const problem = Problem.sparse(input);
      spoil(input);
      const code = async (run: () => unknown): Promise<unknown> => {
        try {
          await run();
          return 'no error';
        } catch (error) {
          return (error as { code?: string }).code ?? error;
        }
      };
      expect([what, await code(() => solveSync(problem, { backend }))]).toEqual([what, 'PROBLEM_CHANGED']);
      expect([what, await code(() => solve(problem, { backend }))]).toEqual([what, 'PROBLEM_CHANGED']);
    }
  });

  needing(`writes after an asynchronous solve has begun do not reach it (${backend})`, {}, async () => {
    const input = fleet(size);
    const problem = Problem.sparse(input);
    const expected = solveSync(problem, { backend });
    const running = solve(problem, { backend });
    await Promise.resolve();
    input.costs.fill(Number.NaN);
    input.targets.fill(2 ** 31 - 1);
    input.offsets.fill(-7);
    expect((await running).objective).toBe(expected.objective);
  });

  needing(
    `shared memory written to by another thread all the while: an answer or an error, never a crash or a hang (${backend})`,
    { timeout: 120_000 },
    async () => {
      const { code, signal, stdout, stderr } = await runChild('node/shared-writes.mjs', {
        args: [backend, backend === 'native' ? '25' : '6'],
        deadlineMs: 100_000,
      });
      expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' });
      const known = ['optimal', 'feasible', 'infeasible', 'PROBLEM_CHANGED', 'COST_RANGE', 'CERTIFICATE_FAILED'];
      expect(Object.keys(JSON.parse(stdout)).filter((outcome) => !known.includes(outcome))).toEqual([]);
      console.log(`shared writes, ${backend}: ${stdout.trim()}`);
    },
  );

  needing(`slotValues on a detached problem: BUFFER_DETACHED (${backend})`, {}, () => {
    const input = fleet(size);
    const problem = Problem.sparse(input);
    const solution = solveSync(problem, { backend });
    structuredClone(input.costs.buffer, { transfer: [input.costs.buffer as ArrayBuffer] });
    expect(() => slotValues(problem, solution)).toThrowError(expect.objectContaining({ code: 'BUFFER_DETACHED', argument: 'costs' }));
  });
});

describe('the binding on its own trusts nothing it is handed', () => {
  const binary = loadNative();
  const good = addonProblem(Problem.sparse(fleet(size)));
  const tiers = { tierOffsets: new Int32Array(41), tierSlots: new Int32Array(0), tierSurcharge: new Float64Array(0) };
  const request = addonRequest({
    gap: 0,
    deadline: Number.POSITIVE_INFINITY,
    prices: undefined,
    seed: 0,
    threads: 1,
    deterministic: false,
  });
  const cases: [string, object, string][] = [
    ['offsets too short', { offsets: new Int32Array(500) }, 'offsets'],
    ['offsets of another type', { offsets: new Float64Array(501) }, 'offsets'],
    ['targets too short', { targets: new Int32Array(2999) }, 'targets'],
    ['targets missing', { targets: undefined }, 'targets'],
    ['costs too short', { costs: new Float64Array(1) }, 'costs'],
    ['costs of 64-bit integers', { costs: new BigInt64Array(3000) }, 'costs'],
    ['costs in a plain array', { costs: new Array(3000).fill(1) }, 'costs'],
    ['arcs that are not demands x nodes in a dense problem', { offsets: undefined, targets: undefined }, 'costs'],
    ['a negative count of demands', { demands: -1 }, 'demands'],
    ['a fractional count of nodes', { nodes: 1.5 }, 'nodes'],
    ['a count of arcs beyond 2^31', { arcs: 2 ** 40 }, 'arcs'],
    ['units too long', { units: new Int32Array(501) }, 'units'],
    ['a negative unit', { units: -1 }, 'units'],
    ['an unserved cost that is no number', { unservedCost: Number.NaN }, 'unservedCost'],
    ['capacity of another type', { capacity: new Uint32Array(40) }, 'capacity'],
    ['arc capacities too short', { arcCapacity: new Int32Array(3) }, 'arcCapacity'],
    ['tier offsets too short', { ...tiers, tierOffsets: new Int32Array(40) }, 'tiers.offsets'],
    ['tier surcharges of another length', { ...tiers, tierSurcharge: new Float64Array(1) }, 'tiers.surcharge'],
  ];

  for (const [what, change, argument] of cases) {
    requireTool(nativeMissing())(`${what}: PROBLEM_CHANGED naming ${argument}`, {}, () => {
      if (binary.state !== 'loaded') throw new Error(binary.reason);
      const problem = { ...good, ...change } as typeof good;
      const fault = { fault: 'PROBLEM_CHANGED', argument };
      expect(binary.addon.solveSync(problem, request)).toEqual(fault);
      expect(binary.addon.startSolve(problem, request, () => {}, undefined)).toEqual(fault);
      expect(binary.addon.certificatePass(problem, new Float64Array(40), new Int32Array(0), new Int32Array(0))).toEqual(fault);
    });
  }

  requireTool(nativeMissing())('placements and prices of the wrong length or type are refused', {}, () => {
    if (binary.state !== 'loaded') throw new Error(binary.reason);
    const { addon } = binary;
    const none = new Int32Array(0);
    expect(addon.slotValues(good, new Float64Array(39), none, none)).toEqual({ fault: 'PROBLEM_CHANGED', argument: 'prices' });
    expect(addon.slotValues(good, new Float64Array(40), Int32Array.of(1), none)).toEqual({
      fault: 'PROBLEM_CHANGED',
      argument: 'placedUnits',
    });
    expect(addon.slotValues(good, new Float64Array(40), new Float64Array(0) as never, none)).toEqual({
      fault: 'PROBLEM_CHANGED',
      argument: 'placedArcs',
    });
    for (const arcs of [Int32Array.of(-1), Int32Array.of(3000), Int32Array.of(2 ** 31 - 1)]) {
      const outcome = addon.slotValues(good, new Float64Array(40), arcs, Int32Array.of(2 ** 31 - 1));
      expect(outcome).toMatchObject({ fault: 'PROBLEM_CHANGED' });
    }
  });

  test('the shapes it takes are those lib hands it', () => {
    expect(Object.keys(good).sort()).toEqual(
      [
        'arcCapacity',
        'arcs',
        'capacity',
        'costs',
        'demands',
        'integer',
        'maximize',
        'nodes',
        'offsets',
        'targets',
        'tierOffsets',
        'tierSlots',
        'tierSurcharge',
        'units',
        'unservedCost',
      ].sort(),
    );
  });
});
