/** The types of the package, of its tests and of the snippets of its pages check. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../.ci/toolchain.mjs';

test.each([
  ['lib', 'tsconfig.json'],
  ['test', 'test/tsconfig.json'],
])('%s type-checks', { timeout: 180_000 }, (_, project) => {
  expect(check(project)).toEqual({ status: 0, stdout: '' });
});

test('the snippets of the pages type-check as a user in strict mode would paste them', { timeout: 180_000 }, () => {
  const snippets = (page: string): string[] =>
    [...readFileSync(join(ROOT, page), 'utf8').matchAll(/```ts\n(.*?)```/gs)].map(([, code]) => code);
  const readme = snippets('README.md');
  const files = snippets('docs/formats.md');
  const network = snippets('docs/network.md');
  expect(Math.min(readme.length, files.length, network.length)).toBeGreaterThan(1);
  const folder = mkdtempSync(join(tmpdir(), 'outbid-snippets-'));
  try {
    // Those of docs/network.md make one program.
    [...readme, ...files, network.join('\n')].forEach((code, k) => {
      writeFileSync(join(folder, `snippet${k}.mts`), code);
    });
    const lib = (path: string): string[] => [join(ROOT, 'lib', path)];
    const paths = {
      outbid: lib('index.ts'),
      'outbid/formats': lib('formats/index.ts'),
      'outbid/network': lib('network/index.ts'),
      'outbid/network/opengradient': lib('network/opengradient/index.ts'),
    };
    const typeRoots = [join(ROOT, 'node_modules', '@types')];
    const compilerOptions = {
      paths,
      typeRoots,
      rootDir: '/',
      noUnusedLocals: false,
      noUnusedParameters: false,
      declaration: false,
      sourceMap: false,
    };
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ extends: join(ROOT, 'tsconfig.json'), compilerOptions, include: ['*.mts'] }),
    );
    expect(check(join(folder, 'tsconfig.json'))).toEqual({ status: 0, stdout: '' });
  } finally {
    rmSync(folder, { recursive: true });
  }
});

function check(project: string): { status: number | null; stdout: string } {
  const tsc = join(ROOT, 'node_modules', 'typescript', 'bin', 'tsc');
  const { status, stdout } = spawnSync(process.execPath, [tsc, '--noEmit', '--pretty', 'false', '-p', project], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  return { status, stdout };
}
