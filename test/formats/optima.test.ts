/** Published instances: every bipartite one is solved to its published optimum by every backend here; the others are refused. */
import { describe, expect, it } from 'vitest';
import { backends } from '../../lib/backend/choose.js';
import { readProblem } from '../../lib/formats/index.js';
import { Problem } from '../../lib/problem.js';
import type { Solution } from '../../lib/solution.js';
import { solveSync } from '../../lib/solve.js';
import { verify } from '../../lib/verify/index.js';
import { rejection } from './expect-error.js';
import { dataFile, dataJSON, dataPresent, NO_DATA } from './shared-data.js';

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

describe.skipIf(!dataPresent)(`published instances${dataPresent ? '' : ` (skipped: ${NO_DATA})`}`, () => {
  const optima: Optima = dataPresent ? (dataJSON('optima.json') as Optima) : { orlib: {}, dimacs: {} };
  const textbook: Textbook = dataPresent ? (dataJSON('textbook/textbook.json') as Textbook) : { transportation: [], assignment: [] };
  const packed = ['assign300', 'assign400', 'assignp800', 'assignp1500'];

  it('there are instances and backends to test', () => {
    expect(Object.keys(optima.orlib).length).toBeGreaterThanOrEqual(6);
    expect(textbook.transportation.length + textbook.assignment.length).toBeGreaterThanOrEqual(12);
    expect(names).toContain('reference');
  });

  for (const backend of names) {
    describe(backend, () => {
      it.each(Object.entries(optima.orlib))(
        'OR-Library %s: %d',
        async (name, optimum) => {
          const problem = await readProblem(dataFile(`orlib/${name}.txt${packed.includes(name) ? '.gz' : ''}`));
          expect(problem.dense).toBe(!name.startsWith('assignp'));
          expectOptimum(problem, optimum, backend);
        },
        60_000,
      );

      it('DIMACS dimacs.asn', async () => {
        expectOptimum(await readProblem(dataFile('dimacs/dimacs.asn')), optima.dimacs['dimacs.asn'], backend);
      });

      it.each(textbook.transportation.map((instance) => [instance.name, instance] as const))('transportation %s', (_, {
        supply,
        demand,
        cost,
        optimum,
      }) => {
        // The matrix has a row for each supply; here demands come first.
        const transposed = demand.map((__, i) => supply.map((___, j) => cost[j][i]));
        expectOptimum(Problem.dense(transposed, { units: demand, capacity: supply }), optimum, backend);
      });

      it.each(textbook.assignment.map((instance) => [instance.name, instance] as const))('assignment %s', (_, { cost, optimum }) => {
        const [rows, columns] = [cost.length, cost[0].length];
        // The smaller side is served; with more rows than columns that is the columns.
        const served = rows <= columns ? cost : cost[0].map((__, j) => cost.map((row) => row[j]));
        expectOptimum(Problem.dense(served), optimum, backend);
      });
    });
  }

  const networks = Object.keys(optima.dimacs).filter((name) => name.includes('.min'));

  it.each(networks)('%s moves flow through vertices of supply 0: refused with the line of the first such arc', async (name) => {
    const { readFileSync } = await import('node:fs');
    const { gunzipSync } = await import('node:zlib');
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
});
