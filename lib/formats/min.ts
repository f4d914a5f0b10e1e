/**
 * DIMACS minimum-cost flow, `.min`, where it is bipartite:
 *
 *     p min VERTICES ARCS
 *     n VERTEX SUPPLY          a vertex without a line has supply 0
 *     a TAIL HEAD LOW HIGH COST
 *
 * Vertices of negative supply are the demands: |SUPPLY| units, served exactly. Vertices of positive supply are the nodes; the
 * supply is their capacity, and need not be used up. Arcs go from a source to a sink and carry at most HIGH units. Demands and
 * nodes are numbered from 0 in ascending order of their vertices. A network that moves flow through vertices of supply 0 is
 * another problem: NOT_BIPARTITE.
 */
import type { Problem } from '../problem.js';
import { ArcList, NO_BOUND } from './arc-list.js';
import { readDimacs } from './dimacs.js';
import { type FileText, Scanner } from './scanner.js';

/**
 * Reads a bipartite DIMACS minimum-cost flow file. `file` is the name errors carry.
 * Errors, each with its line: FILE_FORMAT, SIZE_INVALID, NOT_BIPARTITE, LOWER_BOUND, UNITS_INVALID, CAPACITY_INVALID,
 * ARC_CAPACITY_INVALID, DUPLICATE_ARC, COST_NOT_FINITE, COST_RANGE.
 */
export function parseMin(text: FileText, file?: string): Problem {
  const scanner = new Scanner(text, file);
  const arcs = new ArcList();
  let supply = new Int32Array(0);
  let place = new Int32Array(0);
  let numbered = false;
  let demands = 0;
  let nodes = 0;
  const number = (): void => {
    for (let v = 1; v < supply.length; v++) {
      if (supply[v] < 0) place[v] = demands++;
      else if (supply[v] > 0) place[v] = nodes++;
    }
    numbered = true;
  };
  readDimacs(scanner, {
    word: 'min',
    begin(vertices) {
      supply = new Int32Array(vertices + 1);
      place = new Int32Array(vertices + 1);
    },
    vertex(line, vertex) {
      const value = line.whole('the supply', Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY);
      if (Math.abs(value) > NO_BOUND) {
        throw line.error(value < 0 ? 'UNITS_INVALID' : 'CAPACITY_INVALID', `the supply of vertex ${vertex} is ${value}, beyond 2^31 - 1`, {
          value,
        });
      }
      supply[vertex] = value;
    },
    arc(line, tail, head) {
      if (!numbered) number();
      if (supply[tail] <= 0) {
        throw line.error(
          'NOT_BIPARTITE',
          `the arc leaves vertex ${tail}, whose supply is ${supply[tail]}: arcs must go from a source to a sink`,
          { value: tail },
        );
      }
      if (supply[head] >= 0) {
        throw line.error(
          'NOT_BIPARTITE',
          `the arc enters vertex ${head}, whose supply is ${supply[head]}: arcs must go from a source to a sink`,
          { value: head },
        );
      }
      const low = line.number('the lower bound');
      if (low !== 0)
        throw line.error('LOWER_BOUND', `the arc from ${tail} to ${head} has the lower bound ${low}; only 0 can be honoured`, {
          value: low,
        });
      const high = line.whole('the arc capacity', 0, Number.POSITIVE_INFINITY, 'ARC_CAPACITY_INVALID');
      arcs.add(place[head], place[tail], line.number('the cost'), Math.min(high, NO_BOUND), line.line);
    },
  });
  if (!numbered) number();
  const units = new Int32Array(demands);
  const capacity = new Int32Array(nodes);
  for (let v = 1; v < supply.length; v++) {
    if (supply[v] < 0) units[place[v]] = -supply[v];
    else if (supply[v] > 0) capacity[place[v]] = supply[v];
  }
  return arcs.problem(scanner, { demands, nodes, capacity, units });
}
