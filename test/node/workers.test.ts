/** Several worker threads solve at once, each with its own instance of the addon, and answer as the main thread does. */
import { Worker } from 'node:worker_threads';
import { describe, expect } from 'vitest';
import { Problem, solveSync } from '../../lib/index.js';
import { nativeMissing, requireTool } from '../skip.js';
import { type FleetSize, fleet } from './fleet.mjs';

interface Done {
  kind: 'done';
  objective: number;
  status: string;
  assignment: Int32Array;
}

function inWorker(size: FleetSize, backend: string): Promise<Done> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./solve-worker.mjs', import.meta.url), { workerData: { size, backend }, execArgv: [] });
    worker.on('message', (message) => {
      if (message.kind === 'done') resolve(message);
    });
    worker.on('error', reject);
  });
}

describe.each([
  ['native', nativeMissing(), 8],
  ['reference', undefined, 3],
] as const)('%s', (backend, missing, count) => {
  requireTool(missing)(`${count} workers solving at once agree with the main thread (${backend})`, {}, async () => {
    const sizes = Array.from({ length: count }, (_, seed) => ({ demands: 2000, nodes: 150, arcs: 8, seed }));
    const answers = await Promise.all(sizes.map((size) => inWorker(size, backend)));
    sizes.forEach((size, k) => {
      const here = solveSync(Problem.sparse(fleet(size)), { backend });
      expect([answers[k].status, answers[k].objective]).toEqual(['optimal', here.objective]);
      expect(answers[k].assignment).toEqual(here.assignment);
    });
  });
});
