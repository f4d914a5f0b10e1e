// What this machine has for building: looked up on PATH, nothing is run and nothing is downloaded.
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/** Full path of a program, or undefined. */
export function onPath(name) {
  const endings = process.platform === 'win32' ? (process.env.PATHEXT ?? '.EXE;.CMD').split(';') : [''];
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const ending of endings) {
      const file = join(folder || '.', name + ending);
      try {
        accessSync(file, constants.X_OK);
        return file;
      } catch {
        // Not here.
      }
    }
  }
  return undefined;
}

const first = (...names) => names.map(onPath).find((file) => file !== undefined);

/** The C++ compiler; on Windows the build tools find theirs by themselves. */
export function compiler() {
  if (process.platform === 'win32') return 'found by the build tool';
  const named = process.env.CXX?.split(' ')[0];
  if (named) return existsSync(named) ? named : onPath(named);
  return first('c++', 'g++', 'clang++');
}

/** The folder whose include/node holds the headers of the Node that runs, or undefined. */
export function nodeHeaders() {
  const beside = resolve(dirname(process.execPath), process.platform === 'win32' ? '.' : '..');
  const candidates = [process.env.npm_config_nodedir, process.env.npm_package_config_nodedir, beside];
  return candidates.find((folder) => folder && existsSync(join(folder, 'include', 'node', 'node_api.h')));
}

/** How the native core can be built here: { tool } or { tool: 'none', reason }, and `found`, all that was looked at. */
export function nativeTool() {
  const found = {
    compiler: compiler(),
    cmake: onPath('cmake'),
    maker: first('ninja', 'make'),
    make: onPath('make'),
    python: first('python3', 'python'),
    headers: nodeHeaders(),
  };
  const windows = process.platform === 'win32';
  if (found.compiler === undefined) return { tool: 'none', reason: 'there is no C++ compiler (g++ or clang++)', found };
  if (found.cmake !== undefined && (found.maker !== undefined || windows)) return { tool: 'cmake-js', found };
  const missing = [];
  if (found.python === undefined) missing.push('python3');
  if (found.make === undefined && !windows) missing.push('make');
  if (found.headers === undefined) missing.push(`the headers of Node (${join('include', 'node')} beside it, or the npm setting nodedir)`);
  if (missing.length === 0) return { tool: 'node-gyp', found };
  return {
    tool: 'none',
    reason: `there is no cmake, and for node-gyp ${missing.join(' and ')} ${missing.length > 1 ? 'are' : 'is'} missing`,
    found,
  };
}
