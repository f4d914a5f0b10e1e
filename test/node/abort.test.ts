/** An abort rejects at once with the signal's reason, wherever the run is, and leaves everything fit for the next solve. */
import { describe, expect } from 'vitest';
import { Problem, solve, solveSync } from '../../lib/index.js';
import { nativeMissing, requireTool } from '../skip.js';
import { fleet, LARGE } from './fleet.mjs';

const large = Problem.sparse(fleet(LARGE));
const small = Problem.sparse(fleet({ demands: 200, nodes: 20, arcs: 4 }));

const pause = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

const timed = (run: () => unknown): number => {
  const before = performance.now();
  run();
  return performance.now() - before;
};

describe.each([
  ['native', nativeMissing()],
  ['reference', undefined],
] as const)('%s', (backend, missing) => {
  requireTool(missing)(
    `an abort in the middle of a solve of 2.4 million arcs rejects with the reason at once (${backend})`,
    {},
    async () => {
      const reason = new Error('changed my mind');
      for (const delay of [0, 5, 40]) {
        const controller = new AbortController();
        let at = 0;
        const running = solve(large, { backend, signal: controller.signal }).then(
          () => ({ reason: 'it was solved before the abort' as unknown, took: 0 }),
          (error: unknown) => ({ reason: error, took: performance.now() - at }),
        );
        await pause(delay);
        at = performance.now();
        controller.abort(reason);
        const outcome = await running;
        expect(outcome.reason).toBe(reason);
        expect(outcome.took).toBeLessThan(1000);
        console.log(`abort after ${delay} ms, ${backend}: rejected in ${outcome.took.toFixed(2)} ms`);
      }
      // The aborted runs have really ended: they do not hold their places in the queue.
      const before = performance.now();
      expect((await solve(small, { backend })).status).toBe('optimal');
      const freed = performance.now() - before;
      const whole = backend === 'native' ? timed(() => solveSync(large, { backend })) : 2000;
      expect(freed).toBeLessThan(Math.max(150, whole / 2));
    },
  );

  requireTool(missing)(`a signal that is already aborted rejects without starting (${backend})`, {}, async () => {
    const before = performance.now();
    await expect(solve(large, { backend, signal: AbortSignal.abort('no') })).rejects.toBe('no');
    expect(performance.now() - before).toBeLessThan(1000);
  });

  requireTool(missing)(
    `an abort after the end changes nothing, and no listener stays on a signal that lives on (${backend})`,
    {},
    async () => {
      const controller = new AbortController();
      let listeners = 0;
      const { addEventListener, removeEventListener } = controller.signal;
      controller.signal.addEventListener = (...args: unknown[]) => {
        listeners++;
        Reflect.apply(addEventListener, controller.signal, args);
      };
      controller.signal.removeEventListener = (...args: unknown[]) => {
        listeners--;
        Reflect.apply(removeEventListener, controller.signal, args);
      };
      const solution = await solve(small, { backend, signal: controller.signal });
      await pause(0);
      expect(listeners).toBe(0);
      controller.abort();
      expect(solution.status).toBe('optimal');
    },
  );
});
