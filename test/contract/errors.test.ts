/** One list of error codes: the page for users is generated from it, and every code is raised somewhere. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ERRORS_PAGE, errorsPage } from '../../.ci/docs.mjs';
import { filesUnder } from '../../.ci/stamp.mjs';
import { ROOT } from '../../.ci/toolchain.mjs';
import { UNAVAILABLE_CODES } from '../../lib/backend/unavailable.js';
import { ERROR_CODES, OutbidError } from '../../lib/errors.js';
import { VIOLATION_CODES } from '../../lib/verify/index.js';

test('docs/errors.md is the tables of lib/errors.ts, lib/backend/unavailable.ts and lib/verify/violations.ts (node .ci/docs.mjs writes it)', () => {
  expect(existsSync(ERRORS_PAGE) ? readFileSync(ERRORS_PAGE, 'utf8') : '').toBe(
    errorsPage(ERROR_CODES, VIOLATION_CODES, UNAVAILABLE_CODES),
  );
});

test('every code exits with 2 (the input or the call) or 3 (a backend), and says what it means', () => {
  for (const { exit, meaning } of Object.values(ERROR_CODES)) {
    expect([2, 3]).toContain(exit);
    expect(meaning).toMatch(/^[A-Z].*\.$|^[a-z]\w+ (must|needs).*\.$/s);
  }
});

test('every code but those of features to come is raised by some file of lib', () => {
  const all = filesUnder(join(ROOT, 'lib'))
    .filter((file) => file.endsWith('.ts') && !file.endsWith('errors.ts'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  const unused = Object.keys(ERROR_CODES).filter((code) => !all.includes(`'${code}'`));
  expect(unused.filter((code) => code !== 'BACKEND_UNSUPPORTED')).toEqual([]);
});

test('every reason why a backend cannot be used is given by some file of lib or of native', () => {
  const all = [...filesUnder(join(ROOT, 'lib', 'backend')), ...filesUnder(join(ROOT, 'native', 'backend'))]
    .filter((file) => !file.endsWith('unavailable.ts'))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  for (const [code, meaning] of Object.entries(UNAVAILABLE_CODES)) {
    expect([code, new RegExp(`['"]${code}['"]`).test(all)]).toEqual([code, true]);
    expect(meaning).toMatch(/^[A-Z].*\.$/);
  }
});

test('an OutbidError carries its code, its place and its cause', () => {
  const cause = new Error('why');
  const error = new OutbidError('DUPLICATE_ARC', 'twice', { demand: 3, node: 4, cause });
  expect(error).toMatchObject({ name: 'OutbidError', code: 'DUPLICATE_ARC', message: 'DUPLICATE_ARC: twice', demand: 3, node: 4, cause });
});
