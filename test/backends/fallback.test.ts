/** Without a native build everything runs on the reference, says so once, and tells "there is none" from "it is broken". */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { loadFrom } from '../../lib/backend/load-native.js';
import { runChild } from '../node/child.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'outbid-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Neither a local build nor a prebuild can be found: OUTBID_PREBUILD is where node-gyp-build looks for the package's own. */
const hidden = (): Record<string, string> => ({ PREBUILDS_ONLY: '1', OUTBID_PREBUILD: folder });

test('no native build: the reference runs, the reason says so, one warning with code OUTBID_REFERENCE', async () => {
  const { code, stdout, stderr } = await runChild('backends/fallback.mjs', { env: hidden() });
  expect(code).toBe(0);
  const { used, objectives, native, named } = JSON.parse(stdout);
  expect(objectives).toEqual([3, 3, 3]);
  for (const backend of used) {
    expect(backend.name).toBe('reference');
    expect(backend.reason).toMatch(/^auto: native cannot be used: there is no native build for .*PREBUILDS_ONLY/);
  }
  expect(native).toMatchObject({ usable: false, chosen: false });
  expect(native).not.toHaveProperty('file');
  expect(named.code).toBe('BACKEND_UNAVAILABLE');
  expect(named.message).toContain('there is no native build');
  expect(stderr.match(/\[OUTBID_REFERENCE\]/g)).toHaveLength(1);
});

test('a native build that does not load: the reference runs, one warning names file and cause', async () => {
  const place = join(folder, 'prebuilds', `${process.platform}-${process.arch}`);
  mkdirSync(place, { recursive: true });
  const file = join(place, 'outbid.node');
  writeFileSync(file, 'this is no shared library');
  const { code, stdout, stderr } = await runChild('backends/fallback.mjs', { env: hidden() });
  expect(code).toBe(0);
  const { used, native } = JSON.parse(stdout);
  expect(used[0]).toMatchObject({ name: 'reference', reason: expect.stringContaining(`the native build ${file} does not load`) });
  expect(native).toMatchObject({ usable: false, file });
  expect(stderr.match(/\[OUTBID_NATIVE_BROKEN\]/g)).toHaveLength(1);
  expect(stderr).toContain(file);
});

test('an addon of another version is broken, not used', () => {
  mkdirSync(join(folder, 'build', 'Release'), { recursive: true });
  const file = join(folder, 'build', 'Release', 'outbid.node');
  writeFileSync(file, '');
  const binary = loadFrom([join(folder, 'nothing-here'), folder]);
  expect(binary).toMatchObject({ state: 'broken', file });
  expect(loadFrom([join(folder, 'nothing-here')])).toMatchObject({ state: 'none' });
});
