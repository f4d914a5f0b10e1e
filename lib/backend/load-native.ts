/**
 * Finds and loads the native addon. Two places, in this order: native/ (where cmake-js leaves a build of this checkout) and
 * the package root (a build by node-gyp, and the prebuilds a published package carries). node-gyp-build knows the layout of
 * both and honours PREBUILDS_ONLY.
 *
 * "None" and "broken" are kept apart: no file is the normal state of a machine without a compiler; a file that is there but
 * does not load, or is of another version, is a fault its owner wants to hear about.
 */
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { Addon } from './addon.js';

export type NativeBinary =
  | { state: 'loaded'; addon: Addon; file: string }
  | { state: 'none'; reason: string }
  | { state: 'broken'; file: string; reason: string; cause: unknown };

interface Resolver {
  resolve(directory: string): string;
}

const require = createRequire(import.meta.url);
// lib/ and dist/ stand at the same depth, so this is the package root from either.
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const NATIVE = fileURLToPath(new URL('../../native/', import.meta.url));

let found: NativeBinary | undefined;

/** Loads once for each thread; later calls answer from memory. */
export function loadNative(): NativeBinary {
  found ??= loadFrom([NATIVE, ROOT]);
  return found;
}

export function loadFrom(directories: readonly string[]): NativeBinary {
  let resolver: Resolver;
  let version: string;
  try {
    resolver = require('node-gyp-build') as Resolver;
    version = (require('../../package.json') as { version: string }).version;
  } catch (cause) {
    return { state: 'none', reason: `the loader of native builds is missing: ${message(cause)}` };
  }
  let broken: NativeBinary | undefined;
  for (const directory of directories) {
    let file: string;
    try {
      file = resolver.resolve(directory);
    } catch {
      continue;
    }
    try {
      const addon = require(file) as Addon;
      if (addon.version !== version)
        throw new Error(`it is of version ${addon.version}, this package is ${version}; build again (npm run build)`);
      return { state: 'loaded', addon, file };
    } catch (cause) {
      broken ??= { state: 'broken', file, reason: `the native build ${file} does not load: ${message(cause)}`, cause };
    }
  }
  const only = process.env.PREBUILDS_ONLY ? ' (PREBUILDS_ONLY is set: local builds are not looked at)' : '';
  return broken ?? { state: 'none', reason: `there is no native build for ${process.platform}-${process.arch}${hint()}${only}` };
}

/** In a checkout, what would make one. A published package has no sources to build. */
function hint(): string {
  return existsSync(`${ROOT}CMakeLists.txt`) ? ' (npm run build makes one where there is a C++ compiler, or says what is missing)' : '';
}

function message(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}
