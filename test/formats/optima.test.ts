/** Published instances: every bipartite one is solved to its published optimum by every backend here; the others are refused. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect } from 'vitest';
import { backends } from '../../lib/backend/choose.js';
import { readProblem } from '../../lib/formats/index.js';
import { Problem } from '../../lib/problem.js';
import type { Solution } from '../../lib/solution.js';
import { solveSync } from '../../lib/solve.js';
import { verify } from '../../lib/verify/index.js';
import { requireTool } from '../skip.js';
import { rejection } from './expect-error.js';
import { dataFile, dataJSON, dataMissing } from './shared-data.js';

interface Optima {
  orlib: Record<string, number>;
  dimacs: Record<string, number>;
}

interface Textbook {
  transportation: { name: string; supply: number[]; demand: number[]; cost: number[][]; optimum: number }[];
  assignment: { name: string; cost: (number | null)[][]; optimum: number }[];
}

const names = backends()
  .filter((backend) => backend.usable)
  .map((backend) => backend.name);

function expectOptimum(problem: Problem, optimum: number, backend: (typeof names)[number]): Solution {
  const solution = solveSync(problem, { backend });
  expect(solution.status).toBe('optimal');
  if (problem.integer) {
    expect(solution.objective).toBe(optimum);
    expect(solution.bound).toBe(optimum);
    expect(solution.gap).toBe(0);
  } else {
    // The published optimum is itself rounded to a decimal number.
    expect(Math.abs(solution.objective - optimum)).toBeLessThanOrEqual(1e-9 * Math.abs(optimum));
    expect(solution.gap).toBeLessThanOrEqual(solution.tolerance);
  }
  const certificate = verify(problem, solution);
  expect(certificate.violations).toEqual([]);
  expect(certificate.complete).toBe(true);
  return solution;
}

const instanceTest = requireTool(dataMissing);
const optima = dataJSON<Optima>('optima.json', { orlib: {}, dimacs: {} });
const textbook = dataJSON<Textbook>('textbook/textbook.json', { transportation: [], assignment: [] });
const packed = ['assign300', 'assign400', 'assignp800', 'assignp1500'];

// The instances are named by their list: without it, this one test stands for all of them.
instanceTest('there are published instances and backends to test', {}, () => {
  expect(Object.keys(optima.orlib).length).toBeGreaterThanOrEqual(6);
  expect(textbook.transportation.length + textbook.assignment.length).toBeGreaterThanOrEqual(12);
  expect(names).toContain('reference');
});

describe.each(names)('published instances, %s', (backend) => {
  for (const [name, optimum] of Object.entries(optima.orlib)) {
    instanceTest(`OR-Library ${name}: ${optimum}`, { timeout: 60_000 }, async () => {
      const problem = await readProblem(dataFile(`orlib/${name}.txt${packed.includes(name) ? '.gz' : ''}`));
      expect(problem.dense).toBe(!name.startsWith('assignp'));
      expectOptimum(problem, optimum, backend);
    });
  }

  instanceTest('DIMACS dimacs.asn', {}, async () => {
    expectOptimum(await readProblem(dataFile('dimacs/dimacs.asn')), optima.dimacs['dimacs.asn'], backend);
  });

  for (const { name, supply, demand, cost, optimum } of textbook.transportation) {
    instanceTest(`transportation ${name}`, {}, () => {
      // The matrix has a row for each supply; here demands come first.
      const transposed = demand.map((_, i) => supply.map((__, j) => cost[j][i]));
      expectOptimum(Problem.dense(transposed, { units: demand, capacity: supply }), optimum, backend);
    });
  }

  for (const { name, cost, optimum } of textbook.assignment) {
    instanceTest(`assignment ${name}`, {}, () => {
      const [rows, columns] = [cost.length, cost[0].length];
      // The smaller side is served; with more rows than columns that is the columns.
      const served = rows <= columns ? cost : cost[0].map((_, j) => cost.map((row) => row[j]));
      expectOptimum(Problem.dense(served), optimum, backend);
    });
  }
});

for (const name of Object.keys(optima.dimacs).filter((file) => file.includes('.min'))) {
  instanceTest(`${name} moves flow through vertices of supply 0: refused with the line of the first such arc`, {}, async () => {
    const raw = readFileSync(dataFile(`dimacs/${name}`));
    const lines = (name.endsWith('.gz') ? gunzipSync(raw) : raw).toString('latin1').split('\n');
    const supply = new Map<string, number>();
    let expected = 0;
    for (const [k, line] of lines.entries()) {
      const words = line.trim().split(/\s+/);
      if (words[0] === 'n') supply.set(words[1], Number(words[2]));
      if (words[0] !== 'a') continue;
      if ((supply.get(words[1]) ?? 0) > 0 && (supply.get(words[2]) ?? 0) < 0) continue;
      expected = k + 1;
      break;
    }
    expect(expected).toBeGreaterThan(0);
    const error = await rejection(readProblem(dataFile(`dimacs/${name}`)));
    expect([error.code, error.line, error.file]).toEqual(['NOT_BIPARTITE', expected, dataFile(`dimacs/${name}`)]);
  });
}
