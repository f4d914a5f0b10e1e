/** Problems with answers that verify accepts, one for each kind of problem and each status; corrupted.test.ts spoils them. */
import { Problem } from '../../lib/problem.js';
import { oracle } from '../oracle/oracle.js';
import { claim, claimInfeasible, type PlainSolution } from './exact-claims.js';

export interface Case {
  name: string;
  problem: Problem;
  answer: PlainSolution;
}

function optimum(name: string, problem: Problem): Case {
  const { flow, prices } = oracle(problem);
  return { name, problem, answer: claim(problem, flow, prices) };
}

const TIERS = { offsets: Int32Array.of(0, 2, 2, 5), slots: Int32Array.of(2, 2, 1, 1, 2), surcharge: Float64Array.of(0, 3, 1, 4, 6) };

const assignment = Problem.dense([
  [14, 5, 8, 7],
  [2, 12, 6, 5],
  [7, 8, 3, 9],
  [2, 4, 6, 10],
]);

const everything = Problem.fromArcs({
  demands: 4,
  nodes: 3,
  capacity: [4, 3, 4],
  units: [3, 4, 2, 5],
  unservedCost: [20, Infinity, 9, 15],
  tiers: TIERS,
  arcs: [
    [0, 0, 2, 2],
    [0, 1, 5, 3],
    [0, 2, 7, 9],
    [1, 0, 3, 9],
    [1, 2, 4, 2],
    [2, 1, -6, 1],
    [2, 2, 11, 9],
    [3, 0, 6, 1],
    [3, 1, 8, 9],
    [3, 2, 10, 4],
  ],
});

const floats = Problem.fromArcs({
  demands: 4,
  nodes: 3,
  capacity: [2, 3, 2],
  units: [2, 1, 3, 2],
  unservedCost: [9.75, Infinity, 6.1, 0.3],
  arcs: [
    [0, 0, 0.1],
    [0, 1, 1e-3],
    [1, 0, 3.3],
    [1, 2, 7.7e5],
    [2, 1, 0.7],
    [2, 2, 5.9],
    [3, 0, 0.25],
    [3, 1, 0.2],
    [3, 2, 1e6],
  ],
});

const maximise = Problem.dense(
  [
    [9, 4, null],
    [7, 7, 2],
    [8, 1, 6],
    [5, 3, 3],
  ],
  { maximize: true, unservedCost: [1, 2, 0, -4], capacity: [1, 2, 1] },
);

const maximiseFloats = Problem.dense(
  [
    [9.1, 4.2, null],
    [7.3, 7.4, 2.5],
    [8.6, 1.7, 6.8],
  ],
  { maximize: true, units: [2, 1, 2], capacity: [2, 2, 2], unservedCost: [0.1, 0.2, 0.3] },
);

const forbidden = Problem.dense(
  [
    [3, null, 8],
    [null, 2, 4],
    [6, 9, null],
  ],
  { unservedCost: [30, 30, 30] },
);

const scarce = Problem.dense(
  [
    [1, 2],
    [3, 1],
    [2, null],
    [5, 4],
  ],
  { units: [2, 1, 3, 1], capacity: [4, 1], unservedCost: [Infinity, 6, Infinity, Infinity], arcCapacity: [9, 1, 9, 9, 2, 9, 9, 9] },
);

export const CASES: Case[] = [
  optimum('an assignment', assignment),
  optimum('units, tiers, arc capacities, unserved and must-serve demands', everything),
  optimum('float costs', floats),
  optimum('values to maximise', maximise),
  optimum('float values to maximise', maximiseFloats),
  optimum('forbidden pairs', forbidden),
  {
    name: 'a feasible answer',
    problem: assignment,
    answer: claim(assignment, [0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1], [1, 2, 0, 0]),
  },
  { name: 'a feasible answer in floats', problem: floats, answer: claim(floats, [0, 2, 1, 0, 0, 2, 0, 1, 0], [0.3, 0.1, 0.2]) },
  {
    name: 'a stopped answer',
    problem: assignment,
    answer: claim(assignment, [0, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], [1, 2, 0, 3]),
  },
  {
    name: 'a stopped answer when maximising',
    problem: Problem.dense(
      [
        [5.5, 2],
        [4, 1],
      ],
      { maximize: true },
    ),
    answer: claim(
      Problem.dense(
        [
          [5.5, 2],
          [4, 1],
        ],
        { maximize: true },
      ),
      [1, 0, 0, 0],
      [1, 0.5],
    ),
  },
  { name: 'an infeasible problem', problem: scarce, answer: claimInfeasible(scarce, [0, 2, 3]) },
  {
    name: 'an infeasible problem when maximising',
    problem: Problem.dense(
      [
        [5, null],
        [4, null],
        [3, 2],
      ],
      { maximize: true },
    ),
    answer: claimInfeasible(
      Problem.dense(
        [
          [5, null],
          [4, null],
          [3, 2],
        ],
        { maximize: true },
      ),
      [0, 1],
    ),
  },
];

export function caseNamed(name: string): Case {
  const found = CASES.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no case '${name}'`);
  return found;
}
