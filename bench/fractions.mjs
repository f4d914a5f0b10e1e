/** The same problem with a seeded fraction in [0, 1) added to every cost: doubles, no two alike. */
import { Problem } from '../dist/index.js';
import { random } from './random.mjs';

export function fractions(problem, seed = 1) {
  const next = random(seed);
  const costs = Float64Array.from(problem.costs, (cost) => cost + next());
  const { demands, nodes, capacity, offsets, targets, unservedCost } = problem;
  if (problem.dense) return Problem.dense(costs, { demands, nodes, capacity, unservedCost });
  return Problem.sparse({ nodes, capacity, offsets, targets, costs, unservedCost });
}
