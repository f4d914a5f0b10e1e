/** Handles that are dropped while their solve runs neither end it nor leak it. */
import { expect } from 'vitest';
import { nativeMissing, requireTool } from '../skip.js';
import { runChild } from './child.js';

requireTool(nativeMissing())(
  'solves whose handles are collected run on, settle, and give their memory back',
  { timeout: 120_000 },
  async () => {
    const { code, signal, stdout, stderr } = await runChild('node/gc.mjs', { flags: ['--expose-gc'], deadlineMs: 100_000 });
    expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' });
    const { settled, solved, grown } = JSON.parse(stdout);
    expect(settled).toBe(16);
    expect(solved).toBeGreaterThanOrEqual(8);
    // One job of this size holds several megabytes; 32 of them leaked would be far beyond this.
    expect(grown).toBeLessThan(60 * 2 ** 20);
  },
);
