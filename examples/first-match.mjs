// Three requests, two nodes, and the proof. Run it with: node examples/first-match.mjs (after npm run build).
import { Problem, slotValues, solve, verify } from 'outbid';

// [request, node, cost]. Node 0 has one slot, node 1 has two.
const problem = Problem.fromArcs({
  demands: 3,
  nodes: 2,
  capacity: [1, 2],
  arcs: [
    [0, 0, 4],
    [0, 1, 7],
    [1, 0, 2],
    [1, 1, 9],
    [2, 1, 3],
  ],
  unservedCost: 20,
});
const solution = await solve(problem);
console.log(solution.status, solution.objective, solution.assignment);
console.log(slotValues(problem, solution).gain);
console.log(verify(problem, solution).gap);
