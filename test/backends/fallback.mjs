// Solves three times on what 'auto' takes and prints which backend that was; warnings go to stderr as Node prints them.
import { backends, Problem, solve, solveSync } from '../../dist/index.js';

const problem = Problem.dense([
  [4, 1],
  [2, 3],
]);
const solutions = [solveSync(problem), await solve(problem), solveSync(problem)];
let named;
try {
  solveSync(problem, { backend: 'native' });
} catch (error) {
  named = { code: error.code, message: error.message };
}
console.log(
  JSON.stringify({
    used: solutions.map(({ backend }) => backend),
    objectives: solutions.map(({ objective }) => objective),
    native: backends().find(({ name }) => name === 'native'),
    named,
  }),
);
