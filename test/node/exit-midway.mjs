// Leaves the process with exit code 7 while solves run.
import { Problem, solve } from '../../dist/index.js';
import { fleet, LARGE } from './fleet.mjs';

const problem = Problem.sparse(fleet(LARGE));
const backend = process.argv[2];
let ended = 0;
for (let seed = 0; seed < 3; seed++) {
  solve(problem, { backend, seed }).then(() => {
    ended++;
  });
}
setTimeout(() => {
  console.log(JSON.stringify({ ended, at: Date.now() }));
  process.exit(7);
}, 20);
