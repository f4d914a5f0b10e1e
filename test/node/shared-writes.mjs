// Solves, synchronously and not, while another thread writes rubbish into the arrays. Any answer or error code will do.
import { Worker } from 'node:worker_threads';
import { Problem, solve, solveSync } from '../../dist/index.js';
import { fleet } from './fleet.mjs';

const backend = process.argv[2];
const outcomes = {};
for (let seed = 1; seed <= Number(process.argv[3]); seed++) {
  const input = fleet({ demands: 3000, nodes: 200, arcs: 8, seed, shared: true });
  const problem = Problem.sparse(input);
  const control = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(new URL('./spoiler.mjs', import.meta.url), {
    workerData: { offsets: input.offsets, targets: input.targets, costs: input.costs, control, seed },
  });
  await new Promise((resolve) => worker.once('online', resolve));
  while (Atomics.load(control, 1) === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  for (const call of [() => solveSync(problem, { backend }), () => solve(problem, { backend })]) {
    let outcome;
    try {
      outcome = (await call()).status;
    } catch (error) {
      outcome = error.code ?? String(error.stack);
    }
    outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
  }
  Atomics.store(control, 0, 1);
  await new Promise((resolve) => worker.once('exit', resolve));
}
console.log(JSON.stringify(outcomes));
