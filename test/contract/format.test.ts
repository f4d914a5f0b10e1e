/** Formatting and lint are settled by tools: `npm run format` puts right what fails here. */
import { expect, test } from 'vitest';
import { biome, clangFormat } from '../../.ci/format.mjs';

test('Biome finds nothing to change or to warn of in TypeScript, JavaScript and JSON', { timeout: 120_000 }, () => {
  const { ok, log } = biome(false);
  expect(ok ? '' : log).toBe('');
});

test('clang-format finds nothing to change in native/', { timeout: 120_000 }, () => {
  const { ok, log } = clangFormat(false);
  expect(ok ? '' : log).toBe('');
});
