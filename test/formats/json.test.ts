/** The package's own files: round trips, and errors with lines. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseProblemJSON, problemText } from '../../lib/formats/index.js';
import { lineOfPath, placeOfSyntaxError } from '../../lib/formats/json-place.js';
import { Problem } from '../../lib/problem.js';
import { thrownBy } from './expect-error.js';

const HEAD = '{\n "format": "outbid-problem", "version": 1,\n';

describe('problems in JSON', () => {
  it('round-trip: the text of a problem reads back as the same problem', () => {
    const whole = fc.integer({ min: 0, max: 2 ** 31 - 1 });
    const arcs = fc.uniqueArray(fc.tuple(fc.nat(4), fc.nat(3), fc.double({ noNaN: true, min: -1e6, max: 1e6 })), {
      selector: ([i, j]) => i * 4 + j,
      maxLength: 20,
    });
    const property = fc.property(
      arcs,
      fc.array(whole, { minLength: 5, maxLength: 5 }),
      fc.array(whole, { minLength: 4, maxLength: 4 }),
      fc.array(fc.oneof(fc.constant(Number.POSITIVE_INFINITY), fc.double({ min: 0, max: 1e9, noNaN: true })), {
        minLength: 5,
        maxLength: 5,
      }),
      fc.boolean(),
      (list, units, capacity, unservedCost, maximize) => {
        const problem = Problem.fromArcs({ demands: 5, nodes: 4, arcs: list, units, capacity, unservedCost, maximize });
        expect(parseProblemJSON(problemText(problem)).digest()).toBe(problem.digest());
      },
    );
    fc.assert(property, { seed: 7, numRuns: 200 });
  });

  it('round-trip with tiers, arc capacities and forbidden pairs of a matrix', () => {
    const tiers = { offsets: Int32Array.of(0, 2, 3), slots: Int32Array.of(1, 2, 4), surcharge: Float64Array.of(0, 2.5, 1) };
    const problem = Problem.dense(
      [
        [1, null],
        [0.5, 3],
      ],
      { capacity: [3, 4], tiers, arcCapacity: [1, 0, 2, 3], units: 2 },
    );
    expect(parseProblemJSON(problemText(problem)).digest()).toBe(problem.digest());
    expect(parseProblemJSON(new TextEncoder().encode(`\ufeff${problemText(problem)}`)).digest()).toBe(problem.digest());
  });

  it.each<[name: string, text: string, code: string, line: number]>([
    ['nothing', '', 'FILE_FORMAT', 1],
    ['a text cut short', `${HEAD} "nodes": 2,\n "costs": [[1, 2],\n`, 'FILE_FORMAT', 4],
    ['a stray word', `${HEAD} "nodes": two\n}`, 'FILE_FORMAT', 3],
    ['a trailing comma', `${HEAD} "nodes": 2,\n}`, 'FILE_FORMAT', 4],
    ['NaN', `${HEAD} "nodes": 1,\n "costs": [[NaN]]}`, 'FILE_FORMAT', 4],
    ['text after the end', `${HEAD} "nodes": 1\n}\n}`, 'FILE_FORMAT', 5],
    ['an unescaped line end in a string', '{"format": "outbid\n-problem"}', 'FILE_FORMAT', 1],
    ['a list', '[]', 'FILE_FORMAT', 1],
    ['a number', '5', 'FILE_FORMAT', 1],
    ['another format', '{\n"format": "outbid-solution",\n"version": 1}', 'FILE_FORMAT', 2],
    [
      'a row that claims a length',
      '{"format": "outbid-problem", "version": 1, "costs": [\n[1],\n{"length": 2000000000}]}',
      'TYPE_INVALID',
      3,
    ],
    ['a row that is a string', '{"format": "outbid-problem", "version": 1, "costs": [\n"xy"]}', 'TYPE_INVALID', 2],
    ['another version', '{\n"format": "outbid-problem",\n"version": 2}', 'FILE_FORMAT', 3],
    ['an unknown field', `${HEAD} "nodes": 1,\n "kosts": [[1]]}`, 'FIELD_UNKNOWN', 4],
    ['no arcs at all', `${HEAD} "nodes": 1}`, 'FILE_FORMAT', 1],
    ['a row of another length', `${HEAD} "nodes": 2, "costs": [\n[1, 2],\n[1]\n]}`, 'LENGTH_MISMATCH', 5],
    ['a word in a row', `${HEAD} "nodes": 2, "costs": [\n[1, 2],\n[1,\n"2"]\n]}`, 'TYPE_INVALID', 6],
    ['a cost beyond double', `${HEAD} "nodes": 2, "costs": [\n[1, 2],\n[-1e999, 3]\n]}`, 'COST_NOT_FINITE', 5],
    [
      'a target out of range',
      `${HEAD} "nodes": 2, "capacity": 1, "offsets": [0, 2],\n"targets": [\n0,\n2], "costs": [1, 2]}`,
      'TARGET_OUT_OF_RANGE',
      6,
    ],
    [
      'a duplicate arc',
      `${HEAD} "nodes": 2, "capacity": 1, "offsets": [0, 2],\n"targets": [\n1,\n1], "costs": [1, 2]}`,
      'DUPLICATE_ARC',
      6,
    ],
    ['a negative capacity', `${HEAD} "nodes": 2, "capacity": [1,\n-1], "costs": [[1, 2]]}`, 'CAPACITY_INVALID', 4],
    [
      'two billion nodes in a small file',
      `${HEAD} "nodes": 2000000000,\n"capacity": 1, "offsets": [0], "targets": [], "costs": []}`,
      'SIZE_INVALID',
      3,
    ],
    ['a matrix declared wider than it is', `${HEAD} "nodes": 1000000,\n"costs": [[1], [2]]}`, 'LENGTH_MISMATCH', 4],
  ])('%s is an error with its line', (_, text, code, line) => {
    const error = thrownBy(() => parseProblemJSON(text, 'some.json'));
    expect({ code: error.code, line: error.line, file: error.file }).toEqual({ code, line, file: 'some.json' });
  });

  it.each([
    ['format', '{"version": 1, "costs": [[1]]}'],
    ['version', '{"format": "outbid-problem", "costs": [[1]]}'],
  ])('a %s that is not there is called missing', (field, text) => {
    expect(thrownBy(() => parseProblemJSON(text))).toMatchObject({
      code: 'FILE_FORMAT',
      field,
      message: expect.stringContaining('not missing'),
    });
  });

  it('survives nesting of any depth', () => {
    const deep = '['.repeat(200_000);
    expect(thrownBy(() => parseProblemJSON(deep)).code).toBe('FILE_FORMAT');
    expect(thrownBy(() => parseProblemJSON(`{"costs":${deep}${']'.repeat(200_000)}}`)).code).toBe('FILE_FORMAT');
  });
});

describe('places in JSON text', () => {
  it('agrees with JSON.parse on what is JSON: any cut of a text is found wrong within it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), fc.nat(), (value, cut) => {
        const spread = JSON.stringify(value, null, 1);
        const short = spread.slice(0, cut % (spread.length + 1));
        const lines = spread.split('\n').length;
        let broken = false;
        try {
          JSON.parse(short);
        } catch {
          broken = true;
        }
        const { line, early } = placeOfSyntaxError(short);
        expect(line).toBeGreaterThanOrEqual(1);
        expect(line).toBeLessThanOrEqual(lines);
        if (broken) expect(line).toBe(Math.max(1, short.trimEnd().split('\n').length));
        if (broken && /[,:[{]\s*$/.test(short)) expect(early).toBe(true);
      }),
      { seed: 11, numRuns: 500 },
    );
  });

  it.each(['id,model\nq1,m\n', '{"a": 1,}', '{} x', '[1 2]', "['a']"])('%j goes wrong before it ends', (text) => {
    expect(placeOfSyntaxError(text).early).toBe(false);
  });

  it('finds the line of a value by its path, or of the nearest part that exists', () => {
    const text = '{\n"a": 1,\n"b": [\n10,\n{"c": [\ntrue,\n"x]}"]}],\n"d": null}';
    expect(lineOfPath(text, ['a'])).toBe(2);
    expect(lineOfPath(text, ['b', 0])).toBe(4);
    expect(lineOfPath(text, ['b', 1, 'c', 1])).toBe(7);
    expect(lineOfPath(text, ['d'])).toBe(8);
    expect(lineOfPath(text, ['b', 9])).toBe(3);
    expect(lineOfPath(text, ['nowhere'])).toBe(1);
  });
});
