// npm run build: TypeScript to dist/, then the native core. Where the core cannot be built, everything runs on the TypeScript
// reference, and this says why. Nothing is downloaded: cmake-js uses the headers of the package node-api-headers, node-gyp
// those installed beside Node.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { filesUnder, nativeKey, typescriptKey, writeStamp } from './stamp.mjs';
import { nativeTool, ROOT } from './toolchain.mjs';

const LOG_LINES = 40;
// Where each tool leaves the addon; the loader looks in this order.
export const BINARY = {
  'cmake-js': join(ROOT, 'native', 'build', 'Release', 'outbid.node'),
  'node-gyp': join(ROOT, 'build', 'Release', 'outbid.node'),
};

const say = (line) => process.stderr.write(`outbid: ${line}\n`);
export const strict = () => process.env.OUTBID_FORBID_SKIPS === '1';

/** True when dist/ was written. */
export function buildTypeScript() {
  say('building TypeScript ...');
  const key = typescriptKey();
  const { ok, log } = run('typescript/bin/tsc', ['-p', 'tsconfig.json', '--pretty', 'false', '--listEmittedFiles']);
  const emitted = new Set(
    log.split(/\r?\n/).flatMap((line) => (line.startsWith('TSFILE: ') ? [resolve(line.slice('TSFILE: '.length))] : [])),
  );
  // dist/ is never empty in between, for what may be running from it; what no source makes any more goes last.
  if (ok) for (const file of filesUnder(join(ROOT, 'dist'))) if (!emitted.has(resolve(file))) rmSync(file);
  if (ok) writeStamp({ typescript: key });
  else process.stderr.write(`${log.replaceAll(/^TSFILE: .*\r?\n/gm, '')}\n`);
  return ok;
}

/** True unless skips are forbidden and there is no native core at the end. `quiet`: whoever runs next says that there is none. */
export function buildNative({ quiet = false } = {}) {
  const key = nativeKey();
  const { tool, reason, found } = nativeTool();
  const done = (outcome) => {
    writeStamp({ native: key, outcome });
    return outcome.tool !== 'none' || !strict();
  };
  if (tool === 'none') {
    if (!quiet) say(`the native core is not built: ${reason}. Everything runs on the TypeScript reference.`);
    removeBinaries();
    return done({ tool: 'none', reason });
  }
  say(`building the native core with ${tool}, which takes a minute or more ...`);
  dropForeignCache(join(ROOT, 'native', 'build'));
  const { ok, log } =
    tool === 'cmake-js'
      ? run('cmake-js/bin/cmake-js', ['compile', '-O', join('native', 'build'), '--config', 'Release', '--parallel', String(cpus().length)])
      : run('node-gyp/bin/node-gyp.js', ['rebuild', `--nodedir=${found.headers}`, '--jobs=max']);
  if (ok && existsSync(BINARY[tool])) {
    // The other tool's binary would be of older sources.
    removeBinaries(tool);
    return done({ tool });
  }
  process.stderr.write(`${log.trimEnd().split('\n').slice(-LOG_LINES).join('\n')}\n`);
  say(`the native core did not build with ${tool} (the end of its log is above). Everything runs on the TypeScript reference.`);
  removeBinaries();
  return done({ tool: 'none', reason: `it did not build with ${tool}` });
}

/** CMake refuses a build folder that was configured at another path: a checkout that was moved or copied starts anew. */
export function dropForeignCache(folder) {
  const cache = join(folder, 'CMakeCache.txt');
  if (!existsSync(cache)) return;
  const [, home] = /^CMAKE_CACHEFILE_DIR:INTERNAL=(.*)$/m.exec(readFileSync(cache, 'utf8')) ?? [];
  if (home === undefined || resolve(home) !== resolve(folder)) rmSync(folder, { recursive: true, force: true });
}

/** A binary of older sources must not be loaded in place of the one that is missing. */
function removeBinaries(except) {
  for (const [tool, file] of Object.entries(BINARY)) if (tool !== except) rmSync(file, { force: true });
}

function run(script, args) {
  const entry = join(ROOT, 'node_modules', ...script.split('/'));
  const { status, stdout, stderr, error } = spawnSync(process.execPath, [entry, ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  return { ok: status === 0, log: `${stdout ?? ''}${stderr ?? ''}${error === undefined ? '' : error.message}` };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const built = buildTypeScript() && buildNative();
  if (built) say('built.');
  process.exit(built ? 0 : 1);
}
