/** A matcher that is dropped gives its memory back, and V8 knows how much it holds. */
import { expect } from 'vitest';
import { nativeMissing, requireTool } from '../skip.js';
import { runChild } from './child.js';

requireTool(nativeMissing())('matchers nobody disposed of are freed by the finalizer', { timeout: 120_000 }, async () => {
  const { code, signal, stdout, stderr } = await runChild('node/matcher-gc.mjs', { flags: ['--expose-gc'], deadlineMs: 100_000 });
  expect({ code, signal, stderr }).toEqual({ code: 0, signal: null, stderr: '' });
  const { most, left, grown } = JSON.parse(stdout);
  // One holds several megabytes: 24 of them leaked would be far beyond these.
  expect(most).toBeGreaterThan(2 ** 20);
  expect(left).toBeLessThan(2 ** 20);
  expect(grown).toBeLessThan(60 * 2 ** 20);
});
