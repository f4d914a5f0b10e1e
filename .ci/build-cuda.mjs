// npm run build:cuda: the plug-in for NVIDIA devices, in native/build-cuda, and what its kernels take, in resources.txt beside it. Where
// there is no nvcc this says so and succeeds: nothing needs the plug-in.
//
// --architectures=90-real builds for one device alone, in a fraction of the time.
import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { dropForeignCache } from './build.mjs';
import { onPath, ROOT } from './toolchain.mjs';

export const BUILD = join(ROOT, 'native', 'build-cuda');
export const PLUGIN = join(BUILD, 'outbid_cuda.so');
export const REPORT = join(BUILD, 'resources.txt');
/** The report that is part of the repository: a change of it is a change to look at. */
export const COMMITTED = join(ROOT, 'native', 'cuda', 'resources.txt');

/** Why the plug-in cannot be built here, or undefined. */
export function cudaMissing() {
  if (process.platform !== 'linux') return `the plug-in is built on Linux, this is ${process.platform}`;
  if (onPath('cmake') === undefined) return 'there is no cmake on PATH';
  if (nvcc() === undefined) return 'there is no nvcc on PATH, and CUDACXX does not name one';
  return undefined;
}

function nvcc() {
  return process.env.CUDACXX ? onPath(process.env.CUDACXX) : onPath('nvcc');
}

/** { ok, log }: builds the plug-in and the check program; what is up to date is left alone. */
export function buildCuda({ architectures, targets = ['outbid_cuda', 'gpu_check'] } = {}) {
  dropForeignCache(BUILD);
  // Without a choice the default, not what the last build of this folder chose.
  const chosen = architectures === undefined ? ['-U', 'OUTBID_CUDA_ARCHITECTURES'] : [`-DOUTBID_CUDA_ARCHITECTURES=${architectures}`];
  const configured = run('cmake', [
    '-S',
    ROOT,
    '-B',
    BUILD,
    '-DOUTBID_CUDA=ON',
    '-DCMAKE_BUILD_TYPE=Release',
    `-DCMAKE_CUDA_COMPILER=${nvcc()}`,
    ...chosen,
  ]);
  if (!configured.ok) return configured;
  const jobs = process.env.CMAKE_BUILD_PARALLEL_LEVEL ?? String(cpus().length);
  const built = run('cmake', ['--build', BUILD, '--parallel', jobs, '--target', ...targets]);
  const report = resourceReport(built.log);
  if (report !== undefined) writeFileSync(REPORT, report);
  return built;
}

/** What ptxas says of each kernel for each architecture, times left out; undefined where it was not asked to compile. */
export function resourceReport(log) {
  const lines = [];
  let kernel;
  let stack = '';
  for (const line of log.split('\n')) {
    const entry = /Compiling entry function '\w*?\d+([a-z]+Kernel)ILi(\d+)E\w*' for '(sm_\w+)'/.exec(line);
    if (entry !== null) kernel = `${entry[3].padEnd(6)} ${`${entry[1]}<${entry[2]}>`.padEnd(17)}`;
    const frame = /(\d+) bytes stack frame, (\d+) bytes spill stores, (\d+) bytes spill loads/.exec(line);
    if (frame !== null) stack = `stack ${frame[1]}, spill stores ${frame[2]}, spill loads ${frame[3]}`;
    const used = /Used (\d+) registers/.exec(line);
    if (used === null || kernel === undefined) continue;
    lines.push(`${kernel} registers ${used[1]}, ${stack}, shared ${/(\d+) bytes smem/.exec(line)?.[1] ?? 0}`);
    kernel = undefined;
  }
  if (lines.length === 0) return undefined;
  return `nvcc ${nvccVersion()}; bytes a thread, shared memory a block\n${lines.sort().join('\n')}\n`;
}

export function nvccVersion() {
  return /release (\S+?),/.exec(run(nvcc(), ['--version']).log)?.[1] ?? 'unknown';
}

function run(program, args) {
  const { status, stdout, stderr, error } = spawnSync(program, args, { cwd: ROOT, encoding: 'utf8', maxBuffer: 2 ** 28 });
  return { ok: status === 0, log: `${stdout ?? ''}${stderr ?? ''}${error === undefined ? '' : error.message}` };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const say = (line) => process.stderr.write(`outbid: ${line}\n`);
  const missing = cudaMissing();
  if (missing !== undefined) {
    say(`the CUDA plug-in is not built: ${missing}. Nothing else needs it.`);
    process.exit(0);
  }
  say('building the CUDA plug-in (some minutes where all architectures are compiled) ...');
  const architectures = process.argv.find((word) => word.startsWith('--architectures='))?.split('=')[1];
  const { ok, log } = buildCuda({ architectures });
  if (!ok) process.stderr.write(`${log.trimEnd().split('\n').slice(-40).join('\n')}\n`);
  else if (process.argv.includes('--renew')) writeFileSync(COMMITTED, readFileSync(REPORT));
  say(ok ? `built ${PLUGIN}` : 'the CUDA plug-in did not build (the end of its log is above)');
  process.exit(ok ? 0 : 1);
}
