// When is a build out of date? When the content of its sources, or the tools it would use, differ from those of the last one.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { nativeTool, ROOT } from './toolchain.mjs';

const FILE = join(ROOT, 'node_modules', '.cache', 'outbid', 'build.json');

export function readStamp() {
  try {
    return JSON.parse(readFileSync(FILE, 'utf8'));
  } catch {
    return {};
  }
}

export function writeStamp(part) {
  mkdirSync(dirname(FILE), { recursive: true });
  writeFileSync(FILE, JSON.stringify({ ...readStamp(), ...part }, undefined, 2));
}

export function typescriptKey() {
  return digest(['lib', 'tsconfig.json', 'package.json', 'package-lock.json', '.ci/build.mjs'], [process.version]);
}

export function nativeKey() {
  const tools = nativeTool();
  const sources = [
    'native/core',
    'native/backend',
    'native/node',
    'native/test/stub_plugin.cpp',
    'native/sources.gypi',
    'CMakeLists.txt',
    'binding.gyp',
    'package.json',
    '.ci/build.mjs',
  ];
  return digest(sources, [
    process.version,
    process.platform,
    process.arch,
    process.env.CXX ?? '',
    process.env.CXXFLAGS ?? '',
    JSON.stringify(tools),
  ]);
}

function digest(places, words) {
  const hash = createHash('sha256').update(JSON.stringify(words));
  for (const file of places.flatMap((place) => filesUnder(join(ROOT, place)))) {
    hash.update(`\n${relative(ROOT, file)}\n`).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** Every file under a folder, sorted; the file itself for a file, nothing for what is not there. */
export function filesUnder(place) {
  if (!existsSync(place)) return [];
  let entries;
  try {
    entries = readdirSync(place, { withFileTypes: true });
  } catch {
    return [place];
  }
  return entries
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? filesUnder(join(place, entry.name)) : entry.isFile() ? [join(place, entry.name)] : []));
}
