/** The lockfile works with any mirror of the registry. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../.ci/toolchain.mjs';

const lock = readFileSync(join(ROOT, 'package-lock.json'), 'utf8');

test('package-lock.json names no host to download from', () => {
  expect(lock).not.toContain('"resolved"');
  expect(readFileSync(join(ROOT, '.npmrc'), 'utf8')).toContain('omit-lockfile-registry-resolved=true');
});

test('package-lock.json pins every package by its hash', () => {
  const { packages } = JSON.parse(lock) as { packages: Record<string, { integrity?: string; link?: boolean; inBundle?: boolean }> };
  const loose = Object.entries(packages).filter(
    ([path, entry]) => path !== '' && entry.integrity === undefined && !entry.link && !entry.inBundle,
  );
  expect(loose.map(([path]) => path)).toEqual([]);
});

test('package-lock.json has an entry for every package that another one names, those of other platforms included', () => {
  const { packages } = JSON.parse(lock) as {
    packages: Record<string, { optionalDependencies?: Record<string, string>; dependencies?: Record<string, string> }>;
  };
  const names = new Set(Object.keys(packages).map((path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)));
  const missing = Object.values(packages).flatMap((entry) =>
    Object.keys({ ...entry.dependencies, ...entry.optionalDependencies }).filter((name) => !names.has(name)),
  );
  // npm ci refuses a lock without them.
  expect(missing).toEqual([]);
});
