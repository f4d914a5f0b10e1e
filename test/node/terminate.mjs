// Terminates a worker in the middle of a solve; prints how long that took, how long the whole solve takes, and whether it had
// ended by then.
import { Worker } from 'node:worker_threads';
import { Problem, solveSync } from '../../dist/index.js';
import { fleet, LARGE } from './fleet.mjs';

const backend = process.argv[2];
const size = backend === 'native' ? LARGE : { demands: 30_000, nodes: 2500 };
const problem = Problem.sparse(fleet(size));
const start = performance.now();
solveSync(problem, { backend });
const whole = performance.now() - start;
const worker = new Worker(new URL('./solve-worker.mjs', import.meta.url), { workerData: { size, backend } });
let ended = false;
worker.on('message', async ({ kind }) => {
  if (kind === 'done') ended = true;
  if (kind !== 'started') return;
  await new Promise((resolve) => setTimeout(resolve, 20));
  const before = performance.now();
  const code = await worker.terminate();
  console.log(JSON.stringify({ ended, code, whole, milliseconds: performance.now() - before }));
});
