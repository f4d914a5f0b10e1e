/**
 * DIMACS assignment, `.asn`:
 *
 *     p asn VERTICES ARCS
 *     n SOURCE                 one line for every source
 *     a SOURCE SINK COST
 *
 * The sources are the demands, every one of which must be served; all other vertices are nodes of capacity 1. Demands and
 * nodes are numbered from 0 in ascending order of their vertices. Costs are minimised.
 */
import type { Problem } from '../problem.js';
import { ArcList, NO_BOUND } from './arc-list.js';
import { readDimacs } from './dimacs.js';
import { type FileText, Scanner } from './scanner.js';

/**
 * Reads a DIMACS assignment file. `file` is the name errors carry.
 * Errors, each with its line: FILE_FORMAT, SIZE_INVALID, NOT_BIPARTITE, DUPLICATE_ARC, COST_NOT_FINITE, COST_RANGE.
 */
export function parseAsn(text: FileText, file?: string): Problem {
  const scanner = new Scanner(text, file);
  const arcs = new ArcList();
  let isSource = new Uint8Array(0);
  /** Number of each vertex among the demands or among the nodes; filled when the first arc comes, as sources are known then. */
  let place = new Int32Array(0);
  let demands = 0;
  let nodes = 0;
  let numbered = false;
  const number = (): void => {
    for (let v = 1; v < isSource.length; v++) place[v] = isSource[v] === 1 ? demands++ : nodes++;
    numbered = true;
  };
  readDimacs(scanner, {
    word: 'asn',
    begin(vertices) {
      isSource = new Uint8Array(vertices + 1);
      place = new Int32Array(vertices + 1);
    },
    vertex(_, vertex) {
      isSource[vertex] = 1;
    },
    arc(line, tail, head) {
      if (!numbered) number();
      if (isSource[tail] === 0)
        throw line.error('NOT_BIPARTITE', `the arc leaves vertex ${tail}, which no n line lists as a source`, { value: tail });
      if (isSource[head] === 1) throw line.error('NOT_BIPARTITE', `the arc enters vertex ${head}, which is a source`, { value: head });
      arcs.add(place[tail], place[head], line.number('the cost'), NO_BOUND, line.line);
    },
  });
  if (!numbered) number();
  return arcs.problem(scanner, { demands, nodes, capacity: 1, units: 1 });
}
