/** The types of the package and of its tests check. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../.ci/toolchain.mjs';

test.each([
  ['lib', 'tsconfig.json'],
  ['test', 'test/tsconfig.json'],
])('%s type-checks', { timeout: 180_000 }, (_, project) => {
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '--noEmit', '--pretty', 'false', '-p', project], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect(stdout).toBe('');
  expect(status).toBe(0);
});
