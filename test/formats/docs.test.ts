/** The examples of docs/formats.md are what they say they are. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { FORMATS, parseProblem, parseProblemJSON, parseSolutionJSON } from '../../lib/formats/index.js';
import { Problem } from '../../lib/problem.js';

const text = readFileSync(new URL('../../docs/formats.md', import.meta.url), 'utf8');
const indented = [...text.matchAll(/(?:^ {4}.*\n)+/gm)].map(([block]) => block.replace(/^ {4}/gm, ''));
const fenced = [...text.matchAll(/```json\n([\s\S]*?)```/g)].map(([, block]) => block);

it('reads the text examples as the problems described', () => {
  const [asn, min, dense, sparse] = indented.map((block) => parseProblem(block));
  expect([asn.demands, asn.nodes, asn.arcs]).toEqual([2, 3, 4]);
  expect([min.demands, min.nodes, Array.from(min.capacity as Int32Array), Array.from(min.units as Int32Array)]).toEqual([
    2,
    2,
    [3, 2],
    [1, 2],
  ]);
  expect([dense.dense, dense.nodes]).toEqual([true, 3]);
  expect([sparse.dense, sparse.arcs]).toEqual([false, 4]);
  expect(indented).toHaveLength(4);
});

it('reads the JSON examples: a sparse problem with everything, a dense one, and a solution', () => {
  expect(fenced).toHaveLength(3);
  const sparse = parseProblemJSON(fenced[0]);
  expect([sparse.demands, sparse.nodes, sparse.arcs, sparse.tiers?.slots.length]).toEqual([3, 2, 5, 3]);
  const dense = parseProblemJSON(fenced[1]);
  expect([dense.forbidden(2), dense.forbidden(3)]).toEqual([true, false]);
  expect(parseSolutionJSON(fenced[2], dense).objective).toBe(7);
  expect(dense).toBeInstanceOf(Problem);
});

it('lists every format', () => {
  for (const format of FORMATS) expect(text).toMatch(new RegExp(`^\\| \`${format}\``, 'm'));
});
