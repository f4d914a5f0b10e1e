// node .ci/docs.mjs [--check]: writes docs/errors.md from the lists of error and violation codes. Needs a build: it reads dist/.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from './toolchain.mjs';

export const ERRORS_PAGE = join(ROOT, 'docs', 'errors.md');

export function errorsPage(codes, violations, unavailable) {
  const whys = Object.entries(unavailable).map(([code, meaning]) => `| \`${code}\` | ${meaning.replaceAll('|', '\\|')} |`);
  const meanings = Object.entries(violations).map(([code, meaning]) => `| \`${code}\` | ${meaning.replaceAll('|', '\\|')} |`);
  const rows = Object.entries(codes).map(([code, { exit, meaning }]) => `| \`${code}\` | ${exit} | ${meaning.replaceAll('|', '\\|')} |`);
  return [
    '# Errors',
    '',
    'Every error outbid raises is an `OutbidError` with a stable `code` and the fields that say where: `argument`, `option`, `demand`, `node`, `id`, `index`,',
    '`tier`, `line`, `file`, `field`, `value`, `nearest`, `backend`, `reason`, `lacks`, `dump`, each where it applies. The message starts with the code;',
    'in what the command line prints with `--json` the code is a field of its own, and the message goes without it.',
    '',
    'The command line exits with 0 for an optimal or feasible answer, 1 for an infeasible or stopped one or an invalid certificate, 130 when interrupted,',
    'and for an error with the code in the second column.',
    '',
    '| code | exit | meaning |',
    '| --- | --- | --- |',
    ...rows,
    '',
    '## Why a backend cannot be used',
    '',
    'The `code` of an entry of `backends()` that is not usable, and the `reason` of an error `BACKEND_UNAVAILABLE`. The table is exported as',
    '`UNAVAILABLE_CODES`.',
    '',
    '| code | meaning |',
    '| --- | --- |',
    ...whys,
    '',
    '## Violations',
    '',
    'What `verify` reports of a solution whose claims do not all hold: `{ code, field?, demand?, node?, arc?, amount }`. The table is exported as',
    '`VIOLATION_CODES`, the first of this page as `ERROR_CODES`.',
    '',
    '| code | meaning |',
    '| --- | --- |',
    ...meanings,
    '',
    'This page is generated from `lib/errors.ts`, `lib/backend/unavailable.ts` and `lib/verify/violations.ts` by `node .ci/docs.mjs`.',
    '',
  ].join('\n');
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { ERROR_CODES, UNAVAILABLE_CODES, VIOLATION_CODES } = await import('../dist/index.js');
  const page = errorsPage(ERROR_CODES, VIOLATION_CODES, UNAVAILABLE_CODES);
  const current = existsSync(ERRORS_PAGE) ? readFileSync(ERRORS_PAGE, 'utf8') : '';
  if (process.argv.includes('--check')) {
    if (current !== page) process.stderr.write('docs/errors.md does not match lib/errors.ts; run node .ci/docs.mjs\n');
    process.exit(current === page ? 0 : 1);
  }
  mkdirSync(join(ROOT, 'docs'), { recursive: true });
  writeFileSync(ERRORS_PAGE, page);
}
