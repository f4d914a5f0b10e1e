/** `outbid verify`: it believes nothing in the solution file. */

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { problemText, solutionText } from '../../lib/formats/index.js';
import { Problem } from '../../lib/problem.js';
import type { SolutionJSON } from '../../lib/solution.js';
import { solveSync } from '../../lib/solve.js';
import { Folder, outbid } from './run-cli.js';

const folder = new Folder();
afterAll(() => folder.remove());

const problem = Problem.dense([
  [1, 2],
  [3, 5],
]);
const floats = Problem.dense(
  [
    [0.1, 0.7],
    [0.3, 0.5],
  ],
  { capacity: [1, 2], unservedCost: 0.45 },
);
const problemFile = folder.file('problem.json', problemText(problem));
const floatFile = folder.file('floats.json', problemText(floats));
let solution: SolutionJSON;
let solutionFile = '';

beforeAll(() => {
  const text = solutionText(solveSync(problem, { backend: 'reference' }));
  solution = JSON.parse(text) as SolutionJSON;
  solutionFile = folder.file('solution.json', text);
});

function corrupted(change: Partial<Record<keyof SolutionJSON, unknown>>): string {
  return folder.file('corrupted.json', JSON.stringify({ ...solution, ...change }));
}

describe('outbid verify', () => {
  it('exits 0 for a valid optimum and prints its certificate', () => {
    const { code, stdout, stderr } = outbid(['verify', problemFile, solutionFile]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(/^certificate +valid$/m);
    expect(stdout).toMatch(/^primal +5$/m);
    expect(stdout).toMatch(/^dual +5$/m);
    expect(stdout).toMatch(/^violations +0$/m);
    expect(stdout).toContain(problem.digest());
  });

  it('--json prints the certificate as one object', () => {
    const { code, stdout } = outbid(['verify', problemFile, solutionFile, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toEqual({
      status: 'optimal',
      valid: true,
      complete: true,
      primal: 5,
      dual: 5,
      gap: 0,
      tolerance: 0,
      digest: problem.digest(),
      violations: [],
    });
  });

  it('accepts float solutions through their file, tolerance included', () => {
    const file = folder.file('float-solution.json', solutionText(solveSync(floats, { backend: 'reference' })));
    const { code, stdout } = outbid(['verify', floatFile, file, '--json']);
    expect(JSON.parse(stdout).violations).toEqual([]);
    expect(code).toBe(0);
  });

  it('reads either file from standard input, and packed', () => {
    const packed = folder.file('solution.json.gz', gzipSync(readFileSync(solutionFile)));
    expect(outbid(['verify', problemFile, packed]).code).toBe(0);
    expect(outbid(['verify', '-', solutionFile], readFileSync(problemFile)).code).toBe(0);
    expect(outbid(['verify', problemFile, '-'], readFileSync(solutionFile)).code).toBe(0);
    expect(outbid(['verify', '-', '-']).stderr).toMatch(/^outbid: USAGE: only one of PROBLEM and SOLUTION/);
  });

  it.each<[name: string, change: Partial<Record<keyof SolutionJSON, unknown>>, code: string]>([
    ['a better objective', { objective: 4 }, 'OBJECTIVE_MISMATCH'],
    ['a bound one unit in the last place off', { bound: 5.000000000000001 }, 'BOUND_MISMATCH'],
    ['a gap that is not', { gap: 1 }, 'GAP_MISMATCH'],
    ['a lesser status', { status: 'feasible' }, 'STATUS_MISMATCH'],
    ['a worse placement', { placedArcs: [0, 3] }, 'OBJECTIVE_MISMATCH'],
    ['a node used twice', { placedArcs: [0, 2] }, 'NODE_OVER_CAPACITY'],
    ['a price below 0', { prices: [-1, 0] }, 'PRICE_NEGATIVE'],
    ['a price that is null', { prices: [null, 0] }, 'PRICE_NOT_FINITE'],
  ])('exits 1 for %s, and names it', (_, change, violation) => {
    const file = corrupted(change);
    const { code, stdout, stderr } = outbid(['verify', problemFile, file]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/^certificate +INVALID$/m);
    expect(stdout).toContain(violation);
    const { valid, violations } = JSON.parse(outbid(['verify', problemFile, file, '--json']).stdout);
    expect(valid).toBe(false);
    expect(violations.map((found: { code: string }) => found.code)).toContain(violation);
  });

  it('a solution of another problem is not a solution of this one', () => {
    const other = folder.file(
      'other.json',
      problemText(
        Problem.dense([
          [1, 2],
          [3, 6],
        ]),
      ),
    );
    expect(outbid(['verify', other, solutionFile]).code).toBe(0);
    const priced = folder.file(
      'priced.json',
      problemText(
        Problem.dense([
          [1, 4],
          [3, 5],
        ]),
      ),
    );
    expect(outbid(['verify', priced, solutionFile]).code).toBe(1);
    const smaller = folder.file('smaller.json', problemText(Problem.dense([[1]])));
    const { code, stderr } = outbid(['verify', smaller, solutionFile]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^outbid: SOLUTION_INVALID: .*placedArcs/);
  });

  it.each<[name: string, content: string, message: RegExp]>([
    ['p.json', problemText(problem), /FILE_FORMAT: .*p\.json, line 2: this is a problem, not a solution\n$/],
    ['p.asn', 'p asn 2 1\nn 1\na 1 2 7\n', /FILE_FORMAT: .*p\.asn, line 1: this reads like a problem \(asn\), not like a solution\n$/],
    ['p.min', 'p min 2 1\nn 1 1\nn 2 -1\na 1 2 0 1 7\n', /FILE_FORMAT: .*this reads like a problem \(min\), not like a solution\n$/],
    ['p.txt', '2\n4 1\n2 9\n', /FILE_FORMAT: .*this reads like a problem \(orlib\), not like a solution\n$/],
  ])('a problem given as its own solution is called a problem: %s', (name, content, message) => {
    const file = folder.file(name, content);
    const { code, stdout, stderr } = outbid(['verify', file, file]);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('and a solution given as the problem is called a solution', () => {
    const { code, stderr } = outbid(['verify', solutionFile, problemFile]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/FILE_FORMAT: .*solution\.json, line 2: this is a solution, not a problem\n$/);
  });

  it.each<[name: string, text: string, code: string, line: number]>([
    ['text that is not JSON', '{\n"format": "outbid-solution",\n', 'FILE_FORMAT', 2],
    ['a problem in its place', problemText(problem), 'FILE_FORMAT', 2],
    [
      'placed arcs that do not ascend',
      '{"format":"outbid-solution","version":1,"status":"optimal","objective":5,"bound":5,"gap":0,"prices":[0,0],"values":[0,0],\n"placedArcs":[\n2,\n1],"placedUnits":[1,1]}',
      'SOLUTION_INVALID',
      4,
    ],
    [
      'a witness that is no object',
      '{"format":"outbid-solution","version":1,"status":"infeasible","objective":null,"bound":null,"gap":null,"prices":[],"values":[],"placedArcs":[],"placedUnits":[],\n"witness":null}',
      'SOLUTION_INVALID',
      2,
    ],
  ])('%s is an input error with its line', (_, text, code, line) => {
    const file = folder.file('bad.json', text);
    const run = outbid(['verify', problemFile, file, '--json']);
    expect(run.code).toBe(2);
    expect(JSON.parse(run.stdout).error).toMatchObject({ code, line, file: join(folder.path, 'bad.json') });
  });
});
