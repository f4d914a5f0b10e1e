/** The examples of docs/formats.md are what they say they are. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { outcomeOf } from '../../lib/cli/outcome.js';
import { FORMATS, parseProblem, parseProblemJSON, parseSolutionJSON } from '../../lib/formats/index.js';
import { Problem } from '../../lib/problem.js';
import { solveSync } from '../../lib/solve.js';
import { verify } from '../../lib/verify/index.js';

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

/** The fields in the first column of the table after some words. */
function fieldsAfter(words: string): string[] {
  const [, table] = text.slice(text.indexOf(words)).split(/\n\|[-|]+\|\n/);
  const rows = table.slice(0, table.indexOf('\n\n')).split('\n');
  return rows.flatMap((row) => [...row.split('|')[1].matchAll(/`(\w+)`/g)].map(([, field]) => field));
}

it('says where each unit went, dense and sparse, as placements() does', () => {
  const dense = parseProblemJSON(fenced[1]);
  const answer = parseSolutionJSON(fenced[2], dense);
  const { placedArcs, placedUnits } = answer.toJSON();
  expect(placedArcs.map((a, k) => [Math.floor(a / dense.nodes), a % dense.nodes, placedUnits[k]])).toEqual([...answer.placements()]);
  expect([...answer.placements()]).toEqual([
    [0, 0, 1],
    [1, 1, 1],
  ]);
  const { offsets, targets } = JSON.parse(fenced[0]) as { offsets: number[]; targets: number[] };
  const sparse = solveSync(parseProblemJSON(fenced[0]), { backend: 'reference' });
  const json = sparse.toJSON();
  const demandOf = (a: number): number => offsets.findIndex((first, i) => first <= a && a < offsets[i + 1]);
  expect(json.placedArcs.length).toBeGreaterThan(0);
  expect(json.placedArcs.map((a, k) => [demandOf(a), targets[a], json.placedUnits[k]])).toEqual([...sparse.placements()]);
});

it('lists every field that solve and verify print with --json, and no other', () => {
  const crowded = Problem.dense([[1], [2]]);
  const answer = solveSync(crowded, { backend: 'reference' });
  const certificate = verify(crowded, answer);
  const outcome = outcomeOf(crowded, answer, certificate, { read: 0, solve: 0, verify: 0 });
  expect(fieldsAfter('`outbid solve FILE --json`').sort()).toEqual(Object.keys(outcome).sort());
  expect(fieldsAfter('`outbid verify PROBLEM SOLUTION --json`').sort()).toEqual(['status', ...Object.keys(certificate)].sort());
});
