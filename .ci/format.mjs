// node .ci/format.mjs [--write]: Biome over TypeScript, JavaScript and JSON, clang-format over native/. Checks without --write.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesUnder } from './stamp.mjs';
import { ROOT } from './toolchain.mjs';

/** The C++ files of the checkout, builds left out. */
export function nativeFiles() {
  return ['core', 'node', 'backend', 'cuda', 'test']
    .flatMap((folder) => filesUnder(join(ROOT, 'native', folder)))
    .filter((file) => /\.(h|inc|cpp|cc|cu|cuh)$/.test(file));
}

export function biome(write) {
  return run(join('@biomejs', 'biome', 'bin', 'biome'), [
    'check',
    '--error-on-warnings',
    '--colors=off',
    ...(write ? ['--write'] : []),
    '.',
  ]);
}

export function clangFormat(write) {
  return run(join('clang-format', 'index.js'), [...(write ? ['-i'] : ['--dry-run', '-Werror']), '--style=file', ...nativeFiles()]);
}

function run(script, args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'node_modules', script), ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  return { ok: status === 0, log: `${stdout}${stderr}` };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const write = process.argv.includes('--write');
  const outcomes = [biome(write), clangFormat(write)];
  for (const { ok, log } of outcomes) if (!ok || log.includes('Fixed')) process.stdout.write(log);
  process.exit(outcomes.every(({ ok }) => ok) ? 0 : 1);
}
