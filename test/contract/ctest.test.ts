/** The native core's own tests, built by CMake alone in a folder of their own: no Node in sight. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'vitest';
import { dropForeignCache } from '../../.ci/build.mjs';
import { ROOT } from '../../.ci/toolchain.mjs';
import { cmakeMissing, requireTool } from '../skip.js';

const BUILD = join(ROOT, 'native', 'build-test');

function run(...command: string[]): string {
  const [program, ...args] = command;
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: ROOT, encoding: 'utf8' });
  const log = `${stdout}${stderr}`.trimEnd().split('\n');
  expect(error ?? (status === 0 ? 'passes' : log.slice(-60).join('\n'))).toBe('passes');
  return log.join('\n');
}

requireTool(cmakeMissing())('the core builds without warnings and passes its tests', { timeout: 600_000 }, () => {
  dropForeignCache(BUILD);
  run('cmake', '-S', ROOT, '-B', BUILD, '-DCMAKE_BUILD_TYPE=Release');
  run('cmake', '--build', BUILD, '--config', 'Release', '--parallel', '2');
  const log = run('ctest', '--test-dir', BUILD, '--build-config', 'Release', '--output-on-failure', '--no-tests=error');
  expect(log).toMatch(/100% tests passed/);
});
