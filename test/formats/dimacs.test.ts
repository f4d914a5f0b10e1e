/** DIMACS files: what their lines mean, and that every wrong line is named. */
import { describe, expect, it } from 'vitest';
import { parseAsn, parseMin } from '../../lib/formats/index.js';
import { thrownBy } from './expect-error.js';

const lines = (...all: string[]): string => all.join('\n');

describe('.asn', () => {
  it('makes sources demands and all other vertices nodes of capacity 1, both in order of vertex', () => {
    const problem = parseAsn(lines('c a comment', 'p asn 5 4', 'n 4', 'n 2', '', 'a 4 1 7', 'a 2 5 -3', 'a 2 1 0', 'a 4 3 12'));
    expect(problem.demands).toBe(2);
    expect(problem.nodes).toBe(3);
    expect(problem.capacity).toBe(1);
    expect(problem.units).toBe(1);
    expect(problem.unservedCost).toBe(Number.POSITIVE_INFINITY);
    expect(problem.maximize).toBe(false);
    // Demand 0 is vertex 2, demand 1 vertex 4; nodes 0, 1, 2 are vertices 1, 3, 5. Arcs of a demand keep the order of the file.
    expect(Array.from(problem.offsets ?? [])).toEqual([0, 2, 4]);
    expect(Array.from(problem.targets ?? [])).toEqual([2, 0, 0, 1]);
    expect(Array.from(problem.costs)).toEqual([-3, 0, 7, 12]);
  });

  it('reads bytes, CRLF line ends, tabs, signs, decimals, a byte order mark and a file without a last line end alike', () => {
    const plain = parseAsn(lines('p asn 3 2', 'n 1', 'a 1 2 5', 'a 1 3 0.25'));
    for (const text of [
      'p asn 3 2\r\nn 1\r\na 1 2 5\r\na 1 3 0.25\r\n',
      'p\tasn  3 2\nn 1 \n a\t1 2 +5\na 1 3 2.5e-1\n\n',
      '\ufeffp asn 3 2\nn 1\na 1 2 5.0\na 1 3 .25',
    ]) {
      expect(parseAsn(text).digest()).toBe(plain.digest());
      expect(parseAsn(new TextEncoder().encode(text)).digest()).toBe(plain.digest());
    }
  });

  it('reads a cost of many digits as the nearest double', () => {
    const cost = (digits: string): number => parseAsn(lines('p asn 2 1', 'n 1', `a 1 2 ${digits}`)).costs[0];
    expect(cost('123456789012345')).toBe(123456789012345);
    expect(cost('-1234567890123456')).toBe(-1234567890123456);
    expect(cost('0.1000000000000000055511151231257827')).toBe(0.1);
    expect(Object.is(cost('-0'), 0)).toBe(true);
    // Summed digit by digit this one would come out as the double above it; it is refused for its size, with its value.
    expect(thrownBy(() => cost('5775869663234771663')).value).toBe(Number(5775869663234771663n));
    expect(cost('0000000000000000000000000000000000000012')).toBe(12);
  });

  it.each<[name: string, text: string, code: string, line: number]>([
    ['an empty file', '', 'FILE_FORMAT', 1],
    ['comments alone', 'c one\nc two\n', 'FILE_FORMAT', 2],
    ['the other problem word', 'p min 2 1', 'FILE_FORMAT', 1],
    ['a problem line cut short', 'p asn 2', 'FILE_FORMAT', 1],
    ['a second problem line', 'p asn 2 0\np asn 2 0', 'FILE_FORMAT', 2],
    ['a vertex before the problem line', 'n 1\np asn 2 0', 'FILE_FORMAT', 1],
    ['a vertex beyond the count', 'p asn 2 0\nn 3', 'FILE_FORMAT', 2],
    ['vertex 0', 'p asn 2 0\nn 0', 'FILE_FORMAT', 2],
    ['a source listed twice', 'p asn 3 0\nn 1\nn 1', 'FILE_FORMAT', 3],
    ['a source after an arc', 'p asn 3 1\nn 1\na 1 3 1\nn 2', 'FILE_FORMAT', 4],
    ['an unknown line', 'p asn 2 0\nx 1 2', 'FILE_FORMAT', 2],
    ['a word that starts like a line', 'p asn 2 1\nn 1\narc 1 2 3', 'FILE_FORMAT', 3],
    ['a missing cost', 'p asn 2 1\nn 1\na 1 2', 'FILE_FORMAT', 3],
    ['a word for a cost', 'p asn 2 1\nn 1\na 1 2 cheap', 'FILE_FORMAT', 3],
    ['NaN for a cost', 'p asn 2 1\nn 1\na 1 2 NaN', 'FILE_FORMAT', 3],
    ['hexadecimal', 'p asn 2 1\nn 1\na 1 2 0x10', 'FILE_FORMAT', 3],
    ['a cost of 1e999', 'p asn 2 1\nn 1\na 1 2 1e999', 'COST_NOT_FINITE', 3],
    ['a fourth number in an arc', 'p asn 2 1\nn 1\na 1 2 3 4', 'FILE_FORMAT', 3],
    ['a fractional vertex', 'p asn 2 1\nn 1\na 1.5 2 3', 'FILE_FORMAT', 3],
    ['fewer arcs than declared', 'p asn 3 2\nn 1\na 1 2 3\n\n', 'FILE_FORMAT', 3],
    ['more arcs than declared', 'p asn 3 1\nn 1\na 1 2 3\na 1 3 3', 'FILE_FORMAT', 4],
    ['an arc out of a node', 'p asn 3 1\nn 1\na 2 3 1', 'NOT_BIPARTITE', 3],
    ['an arc into a source', 'p asn 3 1\nn 1\nn 2\na 1 2 1', 'NOT_BIPARTITE', 4],
    ['an arc twice', 'p asn 4 4\nn 1\nn 2\na 1 3 1\na 2 3 1\na 1 4 1\na 1 3 9', 'DUPLICATE_ARC', 7],
    ['the first of two repeated arcs, by line', 'p asn 4 4\nn 1\nn 2\na 2 3 1\na 2 3 1\na 1 3 1\na 1 3 1', 'DUPLICATE_ARC', 5],
    ['the first of two repeated arcs, the other way about', 'p asn 4 4\nn 1\nn 2\na 1 3 1\na 1 3 1\na 2 3 1\na 2 3 1', 'DUPLICATE_ARC', 5],
    ['a cost beyond the exact range', 'p asn 4 3\nn 1\nn 2\na 1 3 1\na 2 3 9007199254740993\na 1 4 1', 'COST_RANGE', 5],
    ['a trillion vertices', 'p asn 1e12 1\nn 1', 'SIZE_INVALID', 1],
    ['two billion vertices in a small file', 'p asn 2000000000 1\nn 1\na 1 2 3', 'SIZE_INVALID', 1],
    ['two billion arcs in a small file', 'p asn 2 2000000000\nn 1\na 1 2 3', 'SIZE_INVALID', 1],
    ['a negative count', 'p asn -2 1', 'SIZE_INVALID', 1],
    ['binary in the middle', 'p asn 2 1\nn 1\na 1 \u0000\u0001\u0002 3', 'FILE_FORMAT', 3],
  ])('%s is an error with its line', (_, text, code, line) => {
    const error = thrownBy(() => parseAsn(text, 'some.asn'));
    expect({ code: error.code, line: error.line, file: error.file }).toEqual({ code, line, file: 'some.asn' });
    expect(error.message).toContain(`some.asn, line ${line}: `);
  });
});

describe('.min', () => {
  it('makes sinks demands served exactly and sources nodes of that capacity', () => {
    const problem = parseMin(
      lines('p min 5 4', 'n 5 -3', 'n 1 4', 'n 2 -1', 'n 4 2', 'a 1 5 0 2 7', 'a 4 5 0 9 1', 'a 1 2 0 1 3', 'a 4 2 0 0 -8'),
    );
    expect(problem.demands).toBe(2);
    expect(problem.nodes).toBe(2);
    expect(Array.from(problem.units as Int32Array)).toEqual([1, 3]);
    expect(Array.from(problem.capacity as Int32Array)).toEqual([4, 2]);
    expect(problem.unservedCost).toBe(Number.POSITIVE_INFINITY);
    expect(Array.from(problem.offsets ?? [])).toEqual([0, 2, 4]);
    expect(Array.from(problem.targets ?? [])).toEqual([0, 1, 0, 1]);
    expect(Array.from(problem.costs)).toEqual([3, -8, 7, 1]);
    expect(Array.from(problem.arcCapacity as Int32Array)).toEqual([1, 0, 2, 9]);
  });

  it('takes a capacity of 2^31 - 1 and more for none', () => {
    const problem = parseMin(lines('p min 2 1', 'n 1 4', 'n 2 -1', 'a 1 2 0 99999999999 7'));
    expect(problem.arcCapacity).toBeUndefined();
    const mixed = parseMin(lines('p min 3 2', 'n 1 4', 'n 2 -1', 'n 3 -1', 'a 1 2 0 2147483648 7', 'a 1 3 0 2147483646 7'));
    expect(Array.from(mixed.arcCapacity as Int32Array)).toEqual([2 ** 31 - 1, 2 ** 31 - 2]);
  });

  it('lets a vertex of supply 0 stand alone', () => {
    const problem = parseMin(lines('p min 4 1', 'n 1 4', 'n 2 -1', 'n 3 0', 'a 1 2 0 5 7'));
    expect([problem.demands, problem.nodes]).toEqual([1, 1]);
  });

  it.each<[name: string, text: string, code: string, line: number]>([
    ['an arc into a vertex of supply 0', 'p min 3 1\nn 1 1\nn 3 -1\na 1 2 0 1 1', 'NOT_BIPARTITE', 4],
    ['an arc out of a vertex of supply 0', 'p min 3 1\nn 1 1\nn 2 0\nn 3 -1\na 2 3 0 1 1', 'NOT_BIPARTITE', 5],
    ['an arc from sink to source', 'p min 2 1\nn 1 1\nn 2 -1\na 2 1 0 1 1', 'NOT_BIPARTITE', 4],
    ['an arc from source to source', 'p min 3 1\nn 1 1\nn 2 1\nn 3 -1\na 1 2 0 1 1', 'NOT_BIPARTITE', 5],
    ['a lower bound', 'p min 2 1\nn 1 1\nn 2 -1\na 1 2 1 1 1', 'LOWER_BOUND', 4],
    ['a negative lower bound', 'p min 2 1\nn 1 1\nn 2 -1\na 1 2 -1 1 1', 'LOWER_BOUND', 4],
    ['a negative arc capacity', 'p min 2 1\nn 1 1\nn 2 -1\na 1 2 0 -1 1', 'ARC_CAPACITY_INVALID', 4],
    ['a fractional arc capacity', 'p min 2 1\nn 1 1\nn 2 -1\na 1 2 0 0.5 1', 'ARC_CAPACITY_INVALID', 4],
    ['a supply beyond 2^31 - 1', 'p min 2 1\nn 1 2147483648', 'CAPACITY_INVALID', 2],
    ['a demand beyond 2^31 - 1', 'p min 2 1\nn 1 -2147483648', 'UNITS_INVALID', 2],
    ['a fractional supply', 'p min 2 1\nn 1 1.5', 'FILE_FORMAT', 2],
    ['a missing supply', 'p min 2 1\nn 1', 'FILE_FORMAT', 2],
    ['an arc cut short', 'p min 2 1\nn 1 1\nn 2 -1\na 1 2 0', 'FILE_FORMAT', 4],
    ['a parallel arc', 'p min 2 2\nn 1 1\nn 2 -1\na 1 2 0 1 1\na 1 2 0 1 2', 'DUPLICATE_ARC', 5],
    ['units times cost beyond the exact range', 'p min 2 1\nn 1 2000000000\nn 2 -2000000000\na 1 2 0 2000000000 9000000', 'COST_RANGE', 4],
    ['fewer arcs than declared', 'p min 2 2\nn 1 1\nn 2 -1\na 1 2 0 1 1', 'FILE_FORMAT', 4],
    ['the problem line of .asn', 'c\np asn 2 1', 'FILE_FORMAT', 2],
  ])('%s is an error with its line', (_, text, code, line) => {
    const error = thrownBy(() => parseMin(text, 'some.min'));
    expect({ code: error.code, line: error.line, file: error.file }).toEqual({ code, line, file: 'some.min' });
  });
});

describe('both', () => {
  it('read two million arcs in seconds and without a table of declared size', () => {
    const demands = 100_000;
    const arcs = 20;
    const rows = [`p asn ${2 * demands} ${demands * arcs}`];
    for (let i = 1; i <= demands; i++) rows.push(`n ${i}`);
    for (let i = 1; i <= demands; i++)
      for (let k = 0; k < arcs; k++) rows.push(`a ${i} ${demands + 1 + ((i + 17 * k) % demands)} ${(i * 31 + k * 17) % 1000}`);
    const bytes = new TextEncoder().encode(rows.join('\n'));
    const started = performance.now();
    const problem = parseAsn(bytes);
    const seconds = (performance.now() - started) / 1000;
    expect(problem.arcs).toBe(demands * arcs);
    // About one second on a slow core; ten tell a slip into quadratic time from a busy machine.
    expect(seconds).toBeLessThan(10);
  });
});
