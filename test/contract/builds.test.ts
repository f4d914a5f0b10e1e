/** Two build files, one addon: what each must say on its own agrees, and the one list of sources is complete. */
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesUnder } from '../../.ci/stamp.mjs';
import { ROOT } from '../../.ci/toolchain.mjs';

const read = (...path: string[]): string => readFileSync(join(ROOT, ...path), 'utf8');
const gyp = read('binding.gyp');
const cmake = read('CMakeLists.txt');
const pkg = JSON.parse(read('package.json'));

describe('the list of sources', () => {
  const lists = JSON.parse(read('native', 'sources.gypi')).variables as Record<string, string[]>;
  const { core_files: core, backend_files: backend, node_files: node } = lists;

  test.each([
    ['core', core],
    ['backend', backend],
    ['node', node],
  ])('names every .cpp of native/%s, sorted, and nothing else', (folder, listed) => {
    const there = filesUnder(join(ROOT, 'native', folder))
      .map((file) => relative(join(ROOT, 'native'), file).replaceAll('\\', '/'))
      .filter((file) => file.endsWith('.cpp'));
    expect(listed).toEqual(there.sort());
  });

  test('is what both builds read', () => {
    expect(gyp).toContain('"includes": ["native/sources.gypi"]');
    expect(gyp).toContain('"sources": ["<@(core_files)", "<@(backend_files)", "<@(node_files)"]');
    expect(cmake).toContain('native/sources.gypi');
    expect(cmake).toContain('read_list(core_files CORE_FILES)');
    expect(cmake).toContain('read_list(backend_files BACKEND_FILES)');
    expect(cmake).toContain('read_list(node_files NODE_FILES)');
    expect(`${gyp}${cmake}`).not.toMatch(/native\/(core|backend|node)\/\w+\.cpp/);
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
  const sources = filesUnder(join(ROOT, 'native')).filter((file) => /native[\\/](core|backend|node)[\\/].*\.(h|cpp)$/.test(file));

  test('only native/node/napi_setup.h includes napi.h', () => {
    const including = sources.filter((file) => /#include\s*[<"](napi|node_api)\.h[>"]/.test(readFileSync(file, 'utf8')));
    expect(including.map((file) => relative(ROOT, file).replaceAll('\\', '/'))).toEqual(['native/node/napi_setup.h']);
  });

  // core <- backend <- node
  test.each([
    ['core', ['core']],
    ['backend', ['core', 'backend']],
    ['node', ['core', 'backend', 'node']],
  ])('%s includes files of %j and the standard library, nothing else', (folder, allowed) => {
    const own = sources.filter((name) => relative(join(ROOT, 'native'), name).startsWith(folder));
    expect(own.length).toBeGreaterThan(0);
    for (const file of own) {
      for (const [, included] of readFileSync(file, 'utf8').matchAll(/#include\s*"([^"]+)"/g)) {
        const [layer] = relative(join(ROOT, 'native'), resolve(dirname(file), included)).split(sep);
        expect([file, included, allowed]).toEqual([file, included, expect.arrayContaining([layer])]);
      }
    }
  });

  test('the contract with plug-ins is C, and needs nothing but the fixed-width integers', () => {
    const contract = read('native', 'backend', 'contract.h');
    expect([...contract.matchAll(/#include\s*(\S+)/g)].map(([, file]) => file)).toEqual(['<stdint.h>']);
    expect(contract).toContain('extern "C" {');
    expect(contract).toMatch(/typedef struct \{\s*uint32_t api_version;/);
  });

  test('the binding is of the version of the package', () => {
    expect(read('native', 'node', 'version.h')).toContain(`kVersion[] = "${pkg.version}"`);
  });
});

test('install builds nothing: prebuilds or the reference serve a user', () => {
  expect(pkg.gypfile).toBe(false);
  for (const script of ['install', 'preinstall', 'postinstall', 'prepare']) expect(pkg.scripts).not.toHaveProperty(script);
});
