/**
 * Where the shared library of the cuda plug-in lies. In this order:
 *
 *   1. the environment variable OUTBID_CUDA_PLUGIN, a path; nothing else is looked at where it is set
 *   2. the optional package outbid-cuda-<platform>-<arch>, whose main file is the library
 *   3. native/build-cuda/, where `npm run build:cuda` leaves it in a checkout
 *
 * Only file names are looked at here; nothing is loaded.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export type PluginPlace = { file: string } | { reason: string };

const require = createRequire(import.meta.url);
export const CUDA_PACKAGE = `outbid-cuda-${process.platform}-${process.arch}`;
// lib/ and dist/ stand at the same depth, so this is the package root from either.
export const CUDA_BUILD = fileURLToPath(new URL('../../native/build-cuda/outbid_cuda.so', import.meta.url));

export function cudaPlugin(): PluginPlace {
  const named = process.env.OUTBID_CUDA_PLUGIN;
  if (named !== undefined && named !== '') {
    const file = resolve(named);
    return existsSync(file) ? { file } : { reason: `OUTBID_CUDA_PLUGIN names ${file}, which does not exist` };
  }
  try {
    return { file: require.resolve(CUDA_PACKAGE) };
  } catch {
    // Not installed: the normal state of a machine without a device.
  }
  if (existsSync(CUDA_BUILD)) return { file: CUDA_BUILD };
  return { reason: `the package ${CUDA_PACKAGE} is not installed, and OUTBID_CUDA_PLUGIN names no file` };
}
