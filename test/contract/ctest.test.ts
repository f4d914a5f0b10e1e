/**
 * The native core's own tests, built by CMake alone in a folder of their own: no Node in sight. Beside them it builds the CUDA plug-in with
 * processor threads in a device's place, over which the suites of the backends then run.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect } from 'vitest';
import { dropForeignCache } from '../../.ci/build.mjs';
import { ROOT } from '../../.ci/toolchain.mjs';
import { cmakeMissing, nativeMissing, requireTool } from '../skip.js';

const BUILD = join(ROOT, 'native', 'build-test');
const ON_THREADS = join(BUILD, 'cuda_on_threads.so');

function run(command: string[], env: NodeJS.ProcessEnv = process.env): string {
  const [program, ...args] = command;
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: ROOT, encoding: 'utf8', env });
  const log = `${stdout}${stderr}`.trimEnd().split('\n');
  expect(error ?? (status === 0 ? 'passes' : log.slice(-60).join('\n'))).toBe('passes');
  return log.join('\n');
}

const SUITES = ['edges', 'properties', 'solving'].map((name) => `test/backends/${name}.test.ts`);

requireTool(cmakeMissing())('the core builds without warnings and passes its tests', { timeout: 600_000 }, () => {
  dropForeignCache(BUILD);
  run(['cmake', '-S', ROOT, '-B', BUILD, '-DCMAKE_BUILD_TYPE=Release']);
  run(['cmake', '--build', BUILD, '--config', 'Release', '--parallel', '2']);
  const log = run(['ctest', '--test-dir', BUILD, '--build-config', 'Release', '--output-on-failure', '--no-tests=error']);
  expect(log).toMatch(/100% tests passed/);
});

/** What keeps the plug-in on threads from being built and loaded here, or undefined. */
const threadsMissing = cmakeMissing() ?? nativeMissing() ?? (process.platform === 'win32' ? 'there is none on Windows' : undefined);

requireTool(threadsMissing)('the CUDA plug-in on processor threads passes the suites of the backends', { timeout: 300_000 }, () => {
  const vitest = join(ROOT, 'node_modules', 'vitest', 'vitest.mjs');
  const log = run([process.execPath, vitest, 'run', ...SUITES], { ...process.env, OUTBID_CUDA_PLUGIN: ON_THREADS, NO_COLOR: '1' });
  expect(log).toMatch(/Tests {2}[0-9]+ passed/);
});
