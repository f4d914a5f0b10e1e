// Runs before `npm start` and `npm test`: makes a fresh clone, or a stale one, ready, and says nothing when it already is.
// Uses only what Node brings, and writes to stderr only, so that the output of the command behind it stays clean.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const say = (line) => process.stderr.write(`outbid: ${line}\n`);
const readJson = (...path) => JSON.parse(readFileSync(join(ROOT, ...path), 'utf8'));

checkNode();
if (!installed()) install();
await build();

function checkNode() {
  const wanted = readJson('package.json').engines.node.replace('>=', '').split('.').map(Number);
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > wanted[0] || (major === wanted[0] && minor >= (wanted[1] ?? 0))) return;
  say(`this is Node ${process.versions.node}; Node ${wanted.join('.')} or newer is needed (https://nodejs.org).`);
  process.exit(1);
}

/** Whether node_modules holds what package-lock.json says, development tools included. */
function installed() {
  let there;
  try {
    there = readJson('node_modules', '.package-lock.json').packages;
  } catch {
    return false;
  }
  return Object.entries(readJson('package-lock.json').packages).every(([path, wanted]) => {
    if (path === '') return true;
    // Optional packages are for other machines.
    if (there[path] === undefined) return wanted.optional === true;
    return there[path].version === wanted.version && existsSync(join(ROOT, path, 'package.json'));
  });
}

function install() {
  say('installing packages (npm ci) ...');
  const npm = process.env.npm_execpath;
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const options = { cwd: ROOT, stdio: ['ignore', 2, 2] };
  const { status, error } =
    npm?.endsWith('.js') && existsSync(npm)
      ? spawnSync(process.execPath, [npm, ...args], options)
      : spawnSync('npm', args, { ...options, shell: process.platform === 'win32' });
  if (status === 0) return;
  say(`npm ci failed${error === undefined ? '' : `: ${error.message}`}.`);
  process.exit(1);
}

async function build() {
  const { nativeKey, readStamp, typescriptKey } = await import('./stamp.mjs');
  const { BINARY, buildNative, buildTypeScript, strict } = await import('./build.mjs');
  const stamp = readStamp();
  if (stamp.typescript !== typescriptKey() || !existsSync(join(ROOT, 'dist', 'index.js'))) {
    if (!buildTypeScript()) process.exit(1);
  }
  const tool = stamp.outcome?.tool;
  const gone = tool in BINARY && !existsSync(BINARY[tool]);
  if (stamp.native !== nativeKey() || gone || (tool === 'none' && strict())) {
    if (!buildNative({ quiet: !strict() })) process.exit(1);
  }
}
