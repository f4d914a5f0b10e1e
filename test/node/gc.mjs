// Starts many solves, drops every handle and aborts half of them, with collections in between; run with --expose-gc. Prints the
// outcomes and how far the memory of native allocations grew between two equal rounds.
import { Problem, solve } from '../../dist/index.js';
import { fleet } from './fleet.mjs';

const problem = Problem.sparse(fleet({ demands: 20_000, nodes: 1500 }));

async function round(count) {
  let solved = 0;
  let aborted = 0;
  const runs = [];
  for (let k = 0; k < count; k++) {
    const controller = new AbortController();
    runs.push(
      solve(problem, { backend: 'native', signal: controller.signal, seed: k }).then(
        () => solved++,
        () => aborted++,
      ),
    );
    if (k % 2 === 1) setTimeout(() => controller.abort(), k);
    globalThis.gc();
  }
  await Promise.all(runs);
  globalThis.gc();
  await new Promise((resolve) => setTimeout(resolve, 100));
  globalThis.gc();
  return { solved, aborted, rss: process.memoryUsage().rss };
}

await round(16);
const first = await round(16);
await round(16);
const last = await round(16);
console.log(JSON.stringify({ settled: last.solved + last.aborted, solved: last.solved, grown: last.rss - first.rss }));
