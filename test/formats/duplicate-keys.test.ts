/** A key that stands twice in an object is refused wherever it stands, and nothing else is. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { refuseDuplicateKeys } from '../../lib/formats/duplicate-keys.js';
import { parseProblemJSON, parseSolutionJSON, problemText, solutionText } from '../../lib/formats/index.js';
import { Problem } from '../../lib/problem.js';
import { solveSync } from '../../lib/solve.js';
import { thrownBy } from './expect-error.js';

/** JSON as it is written: an object is its entries, in order, whatever their keys. */
type Written = null | number | string | Written[] | { entries: [string, Written][] };

const KEYS = ['a', 'b', '', '__proto__', 'toString', '0', '1', 'q"', '\\', '":', '{', 'é\u2028', 'a.b'];
const { tree } = fc.letrec<{ tree: Written }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 4 },
    fc.constantFrom<Written>(null, 0, -1.5e3, '', ':', '{"a":1,"a":2}', '\\"', '"', '\\', ', "a":'),
    fc.array(tie('tree'), { maxLength: 4 }),
    fc.array(fc.tuple(fc.constantFrom(...KEYS), tie('tree')), { maxLength: 5 }).map((entries) => ({ entries })),
  ),
}));

/** Writes one line a step, so that a line tells the place; keys in either of two spellings. */
function textOf(value: Written): string {
  const spelt = (key: string, k: number): string =>
    k % 2 === 0 ? JSON.stringify(key) : `"${[...key].map((char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')}"`;
  if (Array.isArray(value)) return `[\n${value.map(textOf).join(',\r\n')}\t]`;
  if (typeof value === 'object' && value !== null)
    return `{ ${value.entries.map(([key, inner], k) => `\n${spelt(key, k)} \n: ${textOf(inner)}`).join(' ,')}}`;
  return JSON.stringify(value);
}

/** The path of the first key, in the order of the text, that its object has already. */
function firstTwice(value: Written): (string | number)[] | undefined {
  const seen = new Set<string>();
  const inner: [string | number, Written][] = Array.isArray(value)
    ? [...value.entries()]
    : typeof value === 'object' && value !== null
      ? value.entries
      : [];
  for (const [at, one] of inner) {
    if (typeof at === 'string' && seen.has(at)) return [at];
    if (typeof at === 'string') seen.add(at);
    const below = firstTwice(one);
    if (below !== undefined) return [at, ...below];
  }
  return undefined;
}

it('whatever the keys, spellings and strings around: the first key twice in its object is named, and no other text is refused', () => {
  let [refused, passed] = [0, 0];
  const property = fc.property(tree, (value) => {
    const text = textOf(value);
    const expected = firstTwice(value);
    const check = (): void => refuseDuplicateKeys(text, JSON.parse(text));
    if (expected === undefined) {
      check();
      passed++;
      return;
    }
    refused++;
    const error = thrownBy(check);
    const field = expected.map((step, k) => (typeof step === 'number' ? `[${step}]` : k === 0 ? step : `.${step}`)).join('');
    expect(error).toMatchObject({ code: 'DUPLICATE_KEY', field, value: expected.at(-1) });
  });
  fc.assert(property, { seed: 11, numRuns: 2000 });
  expect(Math.min(refused, passed)).toBeGreaterThan(300);
});

describe('the error', () => {
  const check = (text: string, place = {}) => thrownBy(() => refuseDuplicateKeys(text, JSON.parse(text), place));

  it('names file, line, path and key, and the line of the first', () => {
    const error = check('{\n "nodes": [\n  {},\n  {\n   "slots": 1,\n   "price": 2,\n   "slots": 3\n  }\n ]\n}', { file: 'net.json' });
    expect(error).toMatchObject({ code: 'DUPLICATE_KEY', file: 'net.json', line: 7, field: 'nodes[1].slots', value: 'slots' });
    expect(error.message).toBe('DUPLICATE_KEY: net.json, line 7: nodes[1] has the key "slots" twice, first on line 5');
  });

  it('of an object on one line, of the outermost one, and of a text within a file', () => {
    expect(check('{"a":1,"a":2}').message).toBe('DUPLICATE_KEY: line 1: the object has the key "a" twice');
    const inside = check('{"id":"q",\n"id":"r"}', { file: 'f', line: 5, path: ['requests', 3] });
    expect(inside.message).toBe('DUPLICATE_KEY: f, line 6: requests[3] has the key "id" twice, first on line 5');
    expect(inside.field).toBe('requests[3].id');
  });

  it('quotes no more of a key than a line holds, and no control code', () => {
    const key = `\u009b31m\u007f${'k'.repeat(100_000)}`;
    const { message } = check(`{${JSON.stringify(key)}:1,${JSON.stringify(key)}:2}`);
    expect(message.length).toBeLessThan(200);
    expect(message).not.toMatch(/\p{Cc}/u);
  });
});

it('is found in lists and objects nested as deep as JSON can be read, and in time that grows with the text', () => {
  const deep = `${'['.repeat(5000)}{"a":1,"a":1}${']'.repeat(5000)}`;
  expect(thrownBy(() => refuseDuplicateKeys(deep, JSON.parse(deep))).code).toBe('DUPLICATE_KEY');
  const wide = `[${Array.from({ length: 20_000 }, (_, k) => `{"id":"q${k}\\\\","text":"${'\\"'.repeat(20)}"}`).join(',')}]`;
  const started = performance.now();
  refuseDuplicateKeys(wide, JSON.parse(wide));
  const twice = `${wide.slice(0, -1)},{"id":1,"id":2}]`;
  expect(thrownBy(() => refuseDuplicateKeys(twice, JSON.parse(twice))).field).toBe('[20000].id');
  expect(performance.now() - started).toBeLessThan(2000);
});

describe('problems and solutions', () => {
  const problem = Problem.dense([[1, 2]], { nodes: 2 });

  it('a problem with a field twice is refused with the line of the second', () => {
    const text = problemText(problem).replace('"capacity"', '"nodes": 3,\n  "capacity"');
    expect(thrownBy(() => parseProblemJSON(text, 'p.json'))).toMatchObject({
      code: 'DUPLICATE_KEY',
      file: 'p.json',
      line: 6,
      field: 'nodes',
    });
    expect(parseProblemJSON(problemText(problem)).nodes).toBe(2);
  });

  it('a key twice inside a field, too', () => {
    const tiers = '{"offsets":[0,1,2],"slots":[1,1],"surcharge":[0,0],"slots":[1,1]}';
    const text = `{"format":"outbid-problem","version":1,"demands":1,"nodes":2,"capacity":1,"costs":[[1,2]],\n"tiers":${tiers}}`;
    expect(thrownBy(() => parseProblemJSON(text))).toMatchObject({ code: 'DUPLICATE_KEY', line: 2, field: 'tiers.slots' });
  });

  it('a solution with a field twice is refused', () => {
    const text = solutionText(solveSync(problem));
    const again = text.replace('"prices"', '"objective": 0,\n  "prices"');
    expect(thrownBy(() => parseSolutionJSON(again, problem, 's.json'))).toMatchObject({ code: 'DUPLICATE_KEY', field: 'objective' });
    expect(parseSolutionJSON(text, problem).objective).toBe(1);
  });
});
