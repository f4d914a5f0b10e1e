/** Two build files, one addon: what each must say on its own agrees, and the one list of sources is complete. */
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesUnder } from '../../.ci/stamp.mjs';
import { ROOT } from '../../.ci/toolchain.mjs';

const read = (...path: string[]): string => readFileSync(join(ROOT, ...path), 'utf8');
const gyp = read('binding.gyp');
const cmake = read('CMakeLists.txt');
const pkg = JSON.parse(read('package.json'));

describe('the list of sources', () => {
  const { core_files: core, node_files: node } = JSON.parse(read('native', 'sources.gypi')).variables as Record<string, string[]>;

  test.each([
    ['core', core],
    ['node', node],
  ])('names every .cpp of native/%s, sorted, and nothing else', (folder, listed) => {
    const there = filesUnder(join(ROOT, 'native', folder))
      .map((file) => relative(join(ROOT, 'native'), file).replaceAll('\\', '/'))
      .filter((file) => file.endsWith('.cpp'));
    expect(listed).toEqual(there.sort());
  });

  test('is what both builds read', () => {
    expect(gyp).toContain('"includes": ["native/sources.gypi"]');
    expect(gyp).toContain('"sources": ["<@(core_files)", "<@(node_files)"]');
    expect(cmake).toContain('native/sources.gypi');
    expect(cmake).toContain('read_list(core_files CORE_FILES)');
    expect(cmake).toContain('read_list(node_files NODE_FILES)');
    expect(`${gyp}${cmake}`).not.toMatch(/native\/(core|node)\/\w+\.cpp/);
  });
});

describe('both builds', () => {
  test('compile C++20', () => {
    expect(cmake).toContain('set(CMAKE_CXX_STANDARD 20)');
    expect(cmake).toContain('set(CMAKE_CXX_EXTENSIONS OFF)');
    expect(gyp).toContain('"-std=c++20"');
    expect(gyp).toContain('"CLANG_CXX_LANGUAGE_STANDARD": "c++20"');
    expect(gyp).toContain('"/std:c++20"');
  });

  test('optimise alike, never fuse multiply and add, and never for one machine only', () => {
    for (const build of [gyp, cmake]) {
      expect(build).toContain('-O3');
      expect(build).toContain('-ffp-contract=off');
      expect(build).toContain('/fp:precise');
      expect(build).not.toMatch(/march|mtune|ffast-math|Ofast|funsafe/);
    }
  });

  test('hide every symbol but the entry', () => {
    expect(cmake).toContain('set(CMAKE_CXX_VISIBILITY_PRESET hidden)');
    expect(cmake).toContain('set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)');
    expect(gyp).toContain('"-fvisibility=hidden"');
    expect(gyp).toContain('"GCC_SYMBOLS_PRIVATE_EXTERN": "YES"');
  });

  test('leave every macro of Node-API to native/node/napi_setup.h, whose version package.json repeats', () => {
    const setup = read('native', 'node', 'napi_setup.h');
    const version = Number(/#define NAPI_VERSION (\d+)/.exec(setup)?.[1]);
    expect(pkg.binary.napi_versions).toEqual([version]);
    for (const build of [gyp, cmake])
      expect(build).not.toMatch(/NAPI_|NODE_ADDON_API|NODE_API_|"defines"|add_definitions|target_compile_definitions/);
    for (const macro of ['NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS', 'NODE_API_NO_EXTERNAL_BUFFERS_ALLOWED'])
      expect(setup).toContain(`#define ${macro}`);
  });
});

describe('layers of native/', () => {
  const sources = filesUnder(join(ROOT, 'native')).filter((file) => /native[\\/](core|node)[\\/].*\.(h|cpp)$/.test(file));

  test('only native/node/napi_setup.h includes napi.h', () => {
    const including = sources.filter((file) => /#include\s*[<"](napi|node_api)\.h[>"]/.test(readFileSync(file, 'utf8')));
    expect(including.map((file) => relative(ROOT, file).replaceAll('\\', '/'))).toEqual(['native/node/napi_setup.h']);
  });

  test('core includes nothing outside itself and the standard library', () => {
    for (const file of sources.filter((name) => /native[\\/]core[\\/]/.test(name))) {
      for (const [, included] of readFileSync(file, 'utf8').matchAll(/#include\s*"([^"]+)"/g))
        expect([file, included, relative(join(ROOT, 'native', 'core'), resolve(dirname(file), included))]).toEqual([
          file,
          included,
          expect.not.stringMatching(/^\.\./),
        ]);
    }
  });

  test('the binding is of the version of the package', () => {
    expect(read('native', 'node', 'version.h')).toContain(`kVersion[] = "${pkg.version}"`);
  });
});

test('install builds nothing: prebuilds or the reference serve a user', () => {
  expect(pkg.gypfile).toBe(false);
  for (const script of ['install', 'preinstall', 'postinstall', 'prepare']) expect(pkg.scripts).not.toHaveProperty(script);
});
