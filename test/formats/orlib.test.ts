/** OR-Library files: dense or sparse, told apart by their numbers. */
import { describe, expect, it } from 'vitest';
import { parseOrLibrary } from '../../lib/formats/index.js';
import { thrownBy } from './expect-error.js';

describe('OR-Library', () => {
  it('reads n*n numbers as a matrix, wherever its lines break', () => {
    const problem = parseOrLibrary(' 2\n 10 20\n\n 30\n 40\n');
    expect(problem.dense).toBe(true);
    expect([problem.demands, problem.nodes, problem.capacity]).toEqual([2, 2, 1]);
    expect(Array.from(problem.costs)).toEqual([10, 20, 30, 40]);
    expect(parseOrLibrary('2 10 20 30 40').digest()).toBe(problem.digest());
  });

  it('reads another count of numbers as triples, 1-based', () => {
    const problem = parseOrLibrary('3\n1 1 5\n1 3 6\n2 2 7\n3 3\n8');
    expect(problem.dense).toBe(false);
    expect([problem.demands, problem.nodes, problem.arcs]).toEqual([3, 3, 4]);
    expect(Array.from(problem.offsets ?? [])).toEqual([0, 2, 3, 4]);
    expect(Array.from(problem.targets ?? [])).toEqual([0, 2, 1, 2]);
    expect(Array.from(problem.costs)).toEqual([5, 6, 7, 8]);
  });

  const both = '3\n1 1 9\n2 2 9\n3 3 9\n';

  it('asks which it is when both readings fit, and obeys the answer', () => {
    const error = thrownBy(() => parseOrLibrary(both, undefined, 'both.txt'));
    expect([error.code, error.line, error.file]).toEqual(['FORMAT_AMBIGUOUS', 1, 'both.txt']);
    expect(error.message).toContain('--format');
    expect(parseOrLibrary(both, 'dense').dense).toBe(true);
    expect(parseOrLibrary(both, 'sparse').arcs).toBe(3);
  });

  it('does not ask when the triples would repeat a pair: they fit no sparse file', () => {
    const problem = parseOrLibrary('3\n1 1 9\n2 2 9\n1 1 9\n');
    expect(problem.dense).toBe(true);
    expect(thrownBy(() => parseOrLibrary('3\n1 1 9\n2 2 9\n1 1 9\n', 'sparse')).line).toBe(4);
  });

  it.each<[name: string, text: string, layout: 'dense' | 'sparse' | undefined, code: string, line: number]>([
    ['nothing', '', undefined, 'FILE_FORMAT', 1],
    ['n alone', '\n100\n', undefined, 'FILE_FORMAT', 2],
    ['n = 0', '0', undefined, 'SIZE_INVALID', 1],
    ['a fractional n', '2.5 1 2 3', undefined, 'SIZE_INVALID', 1],
    ['a trillion', '1000000000000\n1 1 1', undefined, 'SIZE_INVALID', 1],
    ['two billion in a small file', '2000000000\n1 1 1', undefined, 'SIZE_INVALID', 1],
    ['a word among the numbers', '2\n1 2\n3 four', undefined, 'FILE_FORMAT', 3],
    ['a matrix cut short', '2\n7 8\n9\n\n', 'dense', 'FILE_FORMAT', 3],
    ['a matrix too long', '2\n1 2 3 4\n5', 'dense', 'FILE_FORMAT', 3],
    ['triples cut short', '4\n1 1 5\n2 2', undefined, 'FILE_FORMAT', 3],
    ['demand 0', '4\n1 1 5\n0 2 6', undefined, 'FILE_FORMAT', 3],
    ['a node beyond n', '4\n1 1 5\n2\n5 6', undefined, 'FILE_FORMAT', 4],
    ['a fractional node', '4\n1 1.5 5', undefined, 'FILE_FORMAT', 2],
    ['an arc twice', '4\n1 1 5\n2 2 5\n1 1 6', undefined, 'DUPLICATE_ARC', 4],
    ['a dense cost beyond the exact range', '2\n1 2\n3 -1e16', undefined, 'COST_RANGE', 3],
    ['a sparse cost beyond the exact range', '4\n2 2 1\n1 1 1e16', undefined, 'COST_RANGE', 3],
    ['a cost that is no double', '2\n1 2\n3 1e999', undefined, 'COST_NOT_FINITE', 3],
  ])('%s is an error with its line', (_, text, layout, code, line) => {
    const error = thrownBy(() => parseOrLibrary(text, layout, 'some.txt'));
    expect({ code: error.code, line: error.line, file: error.file }).toEqual({ code, line, file: 'some.txt' });
  });

  it('says why a matrix cut short by three numbers is read as triples', () => {
    const numbers = Array.from({ length: 9 * 9 - 3 }, (_, k) => 50 + k).join(' ');
    const error = thrownBy(() => parseOrLibrary(`9\n${numbers}`));
    expect(error.code).toBe('FILE_FORMAT');
    expect(error.message).toContain('78 numbers are not 9 x 9 costs');
  });
});
