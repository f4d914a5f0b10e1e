/**
 * OR-Library assignment files: the number n of demands and of nodes, then, over lines of any length,
 *
 *     dense    n*n costs, row by row, a row for each demand
 *     sparse   triples i j cost, 1-based; a pair that is not listed is forbidden
 *
 * Every demand must be served, every node has capacity 1. Nothing in the file says which of the two it is: n*n numbers are
 * dense, another count is sparse, and numbers that can be read both ways need to be told.
 */
import { Problem } from '../problem.js';
import { ArcList, located, NO_BOUND } from './arc-list.js';
import { type FileText, Scanner } from './scanner.js';

export type OrLibraryLayout = 'dense' | 'sparse';

/** The numbers after n, with their lines. */
interface Numbers {
  count: number;
  values: Float64Array;
  lines: Int32Array;
}

/**
 * Reads an OR-Library assignment file. `file` is the name errors carry.
 * Errors, each with its line: FILE_FORMAT, SIZE_INVALID, FORMAT_AMBIGUOUS, DUPLICATE_ARC, COST_NOT_FINITE, COST_RANGE.
 */
export function parseOrLibrary(text: FileText, layout?: OrLibraryLayout, file?: string): Problem {
  const scanner = new Scanner(text, file);
  if (scanner.textEnded()) throw scanner.error('FILE_FORMAT', 'the file is empty', { line: 1 });
  const first = scanner.line;
  const n = scanner.declared('demands');
  if (n === 0) throw scanner.error('SIZE_INVALID', 'the number of demands is 0', { value: n });
  const numbers = readNumbers(scanner);
  if (numbers.count === 0) throw scanner.error('FILE_FORMAT', `the file ends after n = ${n}`, { line: scanner.lastLine });
  const isDense = numbers.count === n * n;
  if (layout === undefined && isDense && fitsTriples(n, numbers)) {
    throw scanner.error(
      'FORMAT_AMBIGUOUS',
      `${numbers.count} numbers can be ${n} x ${n} costs or ${numbers.count / 3} arcs; say --format orlib-dense or --format orlib-sparse`,
      { line: first },
    );
  }
  if (layout === 'dense' && !isDense) {
    throw scanner.error('FILE_FORMAT', `${n} x ${n} costs are ${n * n} numbers, the file has ${numbers.count}`, {
      line: scanner.lastLine,
      value: numbers.count,
    });
  }
  return layout === 'dense' || (layout === undefined && isDense) ? dense(scanner, n, numbers) : sparse(scanner, n, numbers, layout);
}

function readNumbers(scanner: Scanner): Numbers {
  let values = new Float64Array(4096);
  let lines = new Int32Array(4096);
  let count = 0;
  while (!scanner.textEnded()) {
    if (count === values.length) {
      const moreValues = new Float64Array(2 * count);
      moreValues.set(values);
      values = moreValues;
      const moreLines = new Int32Array(2 * count);
      moreLines.set(lines);
      lines = moreLines;
    }
    lines[count] = scanner.line;
    values[count++] = scanner.number('a number');
  }
  return { count, values, lines };
}

function isIndex(value: number, n: number): boolean {
  return Number.isInteger(value) && value >= 1 && value <= n;
}

/** Whether the numbers are triples of valid indices and no pair twice. Called for n*n numbers, so the table is no larger. */
function fitsTriples(n: number, { count, values }: Numbers): boolean {
  if (count % 3 !== 0) return false;
  for (let k = 0; k < count; k += 3) if (!isIndex(values[k], n) || !isIndex(values[k + 1], n)) return false;
  const seen = new Uint8Array(n * n);
  for (let k = 0; k < count; k += 3) {
    const pair = (values[k] - 1) * n + values[k + 1] - 1;
    if (seen[pair] !== 0) return false;
    seen[pair] = 1;
  }
  return true;
}

function dense(scanner: Scanner, n: number, { count, values, lines }: Numbers): Problem {
  try {
    return Problem.dense(values.slice(0, count), { demands: n, nodes: n });
  } catch (error) {
    throw located(error, scanner, (index) => lines[index]);
  }
}

function sparse(scanner: Scanner, n: number, { count, values, lines }: Numbers, layout: OrLibraryLayout | undefined): Problem {
  // A dense file cut short lands here: say why it is read as triples at all.
  const why = layout === undefined ? ` (read as triples, for ${count} numbers are not ${n} x ${n} costs)` : '';
  if (count % 3 !== 0)
    throw scanner.error('FILE_FORMAT', `the file ends within a triple i j cost${why}`, { line: scanner.lastLine, value: count });
  const arcs = new ArcList();
  for (let k = 0; k < count; k += 3) {
    for (let part = 0; part < 2; part++) {
      if (!isIndex(values[k + part], n)) {
        throw scanner.error(
          'FILE_FORMAT',
          `arc ${k / 3 + 1} names ${part === 0 ? 'demand' : 'node'} ${values[k + part]}, expected 1 to ${n}${why}`,
          { line: lines[k + part], value: values[k + part] },
        );
      }
    }
    arcs.add(values[k] - 1, values[k + 1] - 1, values[k + 2], NO_BOUND, lines[k]);
  }
  return arcs.problem(scanner, { demands: n, nodes: n, capacity: 1, units: 1 });
}
