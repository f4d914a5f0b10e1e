/** The snippets of docs/network.md, run as the one program that they are, print what stands beside them. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ROOT } from '../../.ci/toolchain.mjs';

/** A line that tells a value: an expression, and the value as Node prints it, which more text may follow. */
const TOLD = /^(?!const |let |import |for )(\S.*?);\s+\/\/ (['[\d].*)$/;

test('every snippet runs, and gives the values it tells', () => {
  const page = readFileSync(join(ROOT, 'docs', 'network.md'), 'utf8');
  const lines = [...page.matchAll(/```ts\n(.*?)```/gs)].flatMap(([, block]) => block.split('\n'));
  const told: string[] = [];
  const program = lines.map((line) => {
    const [, expression, value] = TOLD.exec(line) ?? [];
    if (expression === undefined) return line;
    told.push(value);
    return `console.log(inspect(${expression}, { breakLength: Infinity }));`;
  });
  expect(told.length).toBeGreaterThan(8);
  const source = `import { inspect } from 'node:util';\n${program.join('\n')}`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', source], { cwd: ROOT, encoding: 'utf8' });
  expect([stderr, status]).toEqual(['', 0]);
  const printed = stdout.trimEnd().split('\n');
  expect(printed.length).toBe(told.length);
  told.forEach((value, k) => {
    // A text may be told by its start.
    const [start] = value.split(' ...');
    expect(value.includes(' ...') ? printed[k].startsWith(start) : value === printed[k] || value.startsWith(`${printed[k]}:`)).toBe(true);
  });
});
