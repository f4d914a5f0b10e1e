// Makes matchers and drops them without dispose; run with --expose-gc. Prints how much memory V8 was told of, and what is left of it.
import { Matcher, Problem } from '../../dist/index.js';
import { fleet } from './fleet.mjs';

const problem = Problem.sparse(fleet({ demands: 20_000, nodes: 1500 }));
const external = () => process.memoryUsage().external;
const before = external();

function held(count) {
  const list = Array.from({ length: count }, () => Matcher.from(problem, { backend: 'native' }));
  for (const matcher of list) matcher.update();
  return external() - before + 0 * list.length;
}

async function collect() {
  for (let k = 0; k < 5; k++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const most = held(4);
await collect();
const rss = process.memoryUsage().rss;
for (let round = 0; round < 6; round++) {
  held(4);
  await collect();
}
console.log(JSON.stringify({ most, left: external() - before, grown: process.memoryUsage().rss - rss }));
