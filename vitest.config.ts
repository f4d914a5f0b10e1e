import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: ['test/stress/**'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Solves are compute-bound and some tests build: more processes than processors only add waiting.
    pool: 'forks',
  },
});
