// Worker: solves the fleet it is given on the backend it is given, and says so when it begins and when it is done.
import { parentPort, workerData } from 'node:worker_threads';
import { Problem, solve } from '../../dist/index.js';
import { fleet } from './fleet.mjs';

const problem = Problem.sparse(fleet(workerData.size));
const answer = solve(problem, { backend: workerData.backend });
// The native thread is started by a microtask of this turn; a timer runs after it.
setTimeout(() => parentPort.postMessage({ kind: 'started' }));
const { objective, bound, status, assignment } = await answer;
parentPort.postMessage({ kind: 'done', objective, bound, status, assignment });
