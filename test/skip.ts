/**
 * Tests that need something a machine may lack skip by name and print why. With OUTBID_FORBID_SKIPS=1, as on the machine that
 * judges a change, a missing tool fails the test instead: nothing passes there by not having run.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, type TestOptions, test } from 'vitest';
import { nativeTool, onPath, ROOT } from '../.ci/toolchain.mjs';
import { loadNative } from '../lib/backend/load-native.js';

export const skipsForbidden = process.env.OUTBID_FORBID_SKIPS === '1';

export type NeedingTest = (name: string, options: TestOptions, body: (context: TestContext) => void | Promise<void>) => void;

/** `test` when nothing is missing; otherwise a skip, or a failure where skips are forbidden. `missing` says what and why. */
export function requireTool(missing: string | undefined): NeedingTest {
  if (missing === undefined) return (name, options, body) => test(name, options, body);
  if (skipsForbidden) {
    return (name, options) =>
      test(name, options, () => {
        throw new Error(`${missing}, and OUTBID_FORBID_SKIPS forbids to skip`);
      });
  }
  return (name, options, body) => {
    console.warn(`skipped: ${name}: ${missing}`);
    test.skip(name, options, body);
  };
}

/** The same for a tool that `.ci/run` cannot install, as no package repository has it: its absence skips there, too, and says so. */
export function optionalTool(missing: string | undefined): NeedingTest {
  if (missing === undefined || !skipsForbidden) return requireTool(missing);
  return (name, options, body) => {
    console.warn(`skipped: ${name}: ${missing}`);
    test.skip(name, options, body);
  };
}

/** What keeps the native backend from running here, or undefined. */
export function nativeMissing(): string | undefined {
  const binary = loadNative();
  return binary.state === 'loaded' ? undefined : binary.reason;
}

/** What keeps CMake from building the native tests here, or undefined. */
export function cmakeMissing(): string | undefined {
  const { tool, reason } = nativeTool();
  if (tool === 'cmake-js') return undefined;
  return reason ?? 'there is no cmake, or nothing for it to drive (make or ninja)';
}

export function programMissing(name: string): string | undefined {
  return onPath(name) === undefined ? `there is no ${name} on PATH` : undefined;
}

export function fileMissing(...path: string[]): string | undefined {
  return existsSync(join(ROOT, ...path)) ? undefined : `${join(...path)} does not exist`;
}
