/** The CUDA plug-in compiles without warnings, needs no CUDA library to load, and its kernels take what the committed report says. */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { buildCuda, COMMITTED, cudaMissing, nvccVersion, PLUGIN, REPORT, resourceReport } from '../../.ci/build-cuda.mjs';
import { optionalTool, programMissing } from '../skip.js';

const committed = readFileSync(COMMITTED, 'utf8');

test('a report names kernel, architecture and what they take, and no time', () => {
  const log = [
    "ptxas info    : Compiling entry function '_ZN6outbid4cuda41_GLOBAL__N__bf9a_9_device_cu_a5613auctionKernelILi32EEEvNS0_5BoardE' for 'sm_90'",
    'ptxas info    : Function properties for _ZN6outbid',
    '    48 bytes stack frame, 4 bytes spill stores, 8 bytes spill loads',
    'ptxas info    : Used 90 registers, used 1 barriers, 48 bytes cumulative stack size, 352 bytes smem, 472 bytes cmem[0]',
    'ptxas info    : Compile time = 22351.066 ms',
  ].join('\n');
  expect(resourceReport(log)?.split('\n').slice(1)).toEqual([
    'sm_90  auctionKernel<32> registers 90, stack 48, spill stores 4, spill loads 8, shared 352',
    '',
  ]);
  expect(resourceReport('nothing was compiled')).toBeUndefined();
});

test('the committed report covers every kernel on every architecture', () => {
  const rows = committed.trimEnd().split('\n').slice(1);
  const named = rows.map((row) => row.split(/\s+/).slice(0, 2).join(' '));
  const kernels = ['auctionKernel<32>', 'auctionKernel<8>', 'batchKernel<32>', 'batchKernel<8>', 'proveKernel<32>', 'proveKernel<8>'];
  expect(named.sort()).toEqual(['sm_100', 'sm_80', 'sm_90'].flatMap((arch) => kernels.map((kernel) => `${arch} ${kernel}`)).sort());
});

// Only with the compiler the report was made with: another one's numbers are its own.
function compilerMissing(): string | undefined {
  const missing = cudaMissing();
  if (missing !== undefined) return missing;
  const made = /^nvcc ([^;]+);/.exec(committed)?.[1];
  return nvccVersion() === made ? undefined : `the report is of nvcc ${made}, here is ${nvccVersion()}`;
}

optionalTool(cudaMissing())('the plug-in builds for every architecture without a warning', { timeout: 1_800_000 }, () => {
  const { ok, log } = buildCuda({ architectures: '80-real;90-real;100' });
  expect(ok ? 'builds' : log.split('\n').slice(-40).join('\n')).toBe('builds');
  expect(existsSync(PLUGIN)).toBe(true);
});

optionalTool(compilerMissing())('its kernels take what native/cuda/resources.txt says', { timeout: 60_000 }, () => {
  const hint = '`npm run build:cuda -- --renew` writes the new numbers, if they are meant';
  expect({ hint, report: readFileSync(REPORT, 'utf8') }).toEqual({ hint, report: committed });
});

optionalTool(cudaMissing() ?? programMissing('ldd'))('it loads without the driver and without a CUDA library', { timeout: 60_000 }, () => {
  const { stdout } = spawnSync('ldd', [PLUGIN], { encoding: 'utf8' });
  expect(stdout).toMatch(/libc\.so/);
  expect(stdout).not.toMatch(/libcuda|nvidia|not found/);
});
