/** An environment may end in the middle of a solve: a worker is terminated, a process exits. Neither may crash, hang or wait. */
import { describe, expect } from 'vitest';
import { nativeMissing, requireTool } from '../skip.js';
import { runChild } from './child.js';

const BACKENDS = [
  ['native', nativeMissing()],
  ['reference', undefined],
] as const;

describe.each(BACKENDS)('%s', (backend, missing) => {
  requireTool(missing)(`worker.terminate() in the middle of a solve returns at once (${backend})`, {}, async () => {
    for (let round = 0; round < 3; round++) {
      const { code, signal, stdout, stderr } = await runChild('node/terminate.mjs', { args: [backend], deadlineMs: 30_000 });
      expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' });
      const { ended, whole, milliseconds } = JSON.parse(stdout);
      expect(ended).toBe(false);
      // Far from waiting for the solve to end.
      expect(milliseconds).toBeLessThan(Math.max(150, whole / 2));
      console.log(`terminate, ${backend}: ${milliseconds.toFixed(1)} ms, the whole solve ${whole.toFixed(0)} ms`);
    }
  });

  requireTool(missing)(`process.exit() with solves in flight leaves at once with its code (${backend})`, {}, async () => {
    for (let round = 0; round < 3; round++) {
      const { code, signal, stdout, stderr } = await runChild('node/exit-midway.mjs', { args: [backend], deadlineMs: 30_000 });
      expect({ code, signal, stderr }).toEqual({ code: 7, signal: null, stderr: '' });
      const { ended, at } = JSON.parse(stdout);
      expect(ended).toBe(0);
      expect(Date.now() - at).toBeLessThan(3000);
      console.log(`exit, ${backend}: ${Date.now() - at} ms`);
    }
  });
});
