/**
 * The stub plug-in of native/test/stub_plugin.cpp: the core behind the C contract. Loaded from a file NAME.so it goes wrong in the way
 * its table says; each name is a copy of its own, as the system's loader would take a link for the same library.
 */
import { copyFileSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { ROOT } from '../../.ci/toolchain.mjs';
import { nativeMissing } from '../skip.js';

export const STUB = join(ROOT, 'native', 'build', 'Release', 'stub_plugin.so');

/** What keeps the stub from running here, or undefined. */
export function stubMissing(): string | undefined {
  const missing = nativeMissing();
  if (missing !== undefined) return missing;
  return existsSync(STUB) ? undefined : 'there is no stub plug-in: only CMake builds it, beside the native core';
}

let folder: string | undefined;

/** A folder of this test file's own, removed at its end. */
export function stubFolder(): string {
  if (folder === undefined) {
    const made = mkdtempSync(join(tmpdir(), 'outbid-plugin-'));
    folder = made;
    afterAll(() => rmSync(made, { recursive: true, force: true }));
  }
  return folder;
}

/** The stub under the name that says what it does. */
export function stubNamed(name: string): string {
  const file = join(stubFolder(), `${name}.so`);
  if (!existsSync(file)) copyFileSync(STUB, file);
  return file;
}
