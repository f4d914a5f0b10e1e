/** What the package shows to the outside, and which way its layers point. */
import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { filesUnder } from '../../.ci/stamp.mjs';
import { ROOT } from '../../.ci/toolchain.mjs';
import * as api from '../../lib/index.js';

const LIB = join(ROOT, 'lib');
const files = filesUnder(LIB).filter((file) => file.endsWith('.ts'));
const short = (file: string): string => relative(LIB, file).replaceAll('\\', '/');
const pkg = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** Every module a file imports at run time; `import type` is erased. */
function imports(file: string): string[] {
  const source = readFileSync(file, 'utf8');
  const found = [
    ...source.matchAll(/^(?:import|export)\s(?!type\s)[^;]*?from\s+'([^']+)'/gms),
    ...source.matchAll(/^import\s+'([^']+)'/gm),
    ...source.matchAll(/\bimport\('([^']+)'\)/g),
  ];
  return found.map((match) => match[1]);
}

/** Every `{ names } from` of a file, types included. */
function named(file: string): { from: string; names: string[] }[] {
  const clauses = readFileSync(file, 'utf8').matchAll(/^(?:import|export)\s+(?:type\s+)?\{([^}]*)\}\s+from\s+'([^']+)'/gm);
  return [...clauses].map(([, list, from]) => ({
    from,
    names: list.split(',').flatMap((item) => /^\s*(?:type\s+)?(\w+)/.exec(item)?.[1] ?? []),
  }));
}

/** The files reachable from some, and the packages they import. */
function reach(start: string[]): { files: Set<string>; packages: Map<string, string> } {
  const seen = new Set<string>();
  const packages = new Map<string, string>();
  const todo = [...start];
  for (let file = todo.pop(); file !== undefined; file = todo.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    for (const name of imports(file)) {
      if (name.startsWith('.')) todo.push(resolve(dirname(file), name.replace(/\.js$/, '.ts')));
      else packages.set(name, short(file));
    }
  }
  return { files: seen, packages };
}

test('the public names are exactly these', () => {
  expect(Object.keys(api).sort()).toEqual([
    'ERROR_CODES',
    'Matcher',
    'OutbidError',
    'Problem',
    'Solution',
    'UNAVAILABLE_CODES',
    'VIOLATION_CODES',
    'alternatives',
    'backends',
    'slotValues',
    'solve',
    'solveMany',
    'solveSync',
    'verify',
  ]);
});

test('the public names are listed one by one', () => {
  expect(readFileSync(join(LIB, 'index.ts'), 'utf8')).not.toMatch(/export \*/);
});

test('every file the package promises is in the build', () => {
  const promised = Object.values(pkg.exports).flatMap((entry) =>
    typeof entry === 'string' ? [entry] : Object.values(entry as Record<string, string>),
  );
  for (const file of [...promised, pkg.main, pkg.types, ...Object.values(pkg.bin as Record<string, string>)])
    expect([file, existsSync(join(ROOT, file))]).toEqual([file, true]);
});

test('the one run-time dependency is node-gyp-build', () => {
  expect(Object.keys(pkg.dependencies)).toEqual(['node-gyp-build']);
  const { packages } = reach(files);
  expect([...packages.keys()].filter((name) => !name.startsWith('node:'))).toEqual([]);
});

test('no file is named for holding odds and ends', () => {
  const named = [...files, ...filesUnder(join(ROOT, 'native')), ...filesUnder(join(ROOT, 'test'))].filter(
    (file) => !/[\\/]build/.test(file),
  );
  expect(
    named.filter(
      (file) => /^(utils?|common|helpers?|misc)\b/i.test(basename(file)) || /[\\/](utils?|common|helpers?|misc)[\\/]/i.test(file),
    ),
  ).toEqual([]);
});

describe('layers', () => {
  test.each(['reference', 'verify'])('lib/%s reaches no module of Node', (folder) => {
    const entries = files.filter((file) => short(file).startsWith(`${folder}/`));
    expect(entries.length).toBeGreaterThan(0);
    expect([...reach(entries).packages]).toEqual([]);
  });

  test('lib/verify shares no code with a solver', () => {
    const reached = reach(files.filter((file) => short(file).startsWith('verify/'))).files;
    expect([...reached].map(short).filter((file) => /^(reference|backend)\//.test(file))).toEqual([]);
  });

  // From the module that defines a name or from index.ts, as long as the name is public: the first pulls in less. nearest-name.ts
  // and known-options.ts know nothing of problems or solvers: they compare words.
  test.each(['network', 'simulate', 'report'])('lib/%s imports nothing of the rest of lib but public names', (folder) => {
    const published = new Set(named(join(LIB, 'index.ts')).flatMap(({ names }) => names));
    for (const file of files.filter((name) => short(name).startsWith(`${folder}/`))) {
      for (const { from, names } of named(file)) {
        const target = short(resolve(dirname(file), from));
        if (from.startsWith('.') && !/^(network|simulate|report)\/|^(nearest-name|known-options)\.js$/.test(target)) {
          expect([short(file), target, names.filter((name) => !published.has(name))]).toEqual([short(file), target, []]);
        }
      }
    }
  });

  test('no file outside lib/backend imports the addon or its loader', () => {
    const outside = files.filter(
      (file) => !short(file).startsWith('backend/') && imports(file).some((name) => /load-native|backend\/addon/.test(name)),
    );
    expect(outside.map(short)).toEqual([]);
  });
});
