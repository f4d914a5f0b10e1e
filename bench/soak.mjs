/**
 * npm run soak [-- ARRIVALS]: a million demands arrive at and leave one market, with nodes that come and go, commits and updates, and the
 * process ends as large as it was after a tenth of them, within 5 %. Exits with 1 if it does not. The size of V8's young generation is
 * fixed: it grows in steps of megabytes of its own accord.
 */

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

if (typeof globalThis.gc !== 'function') {
  const { status } = spawnSync(
    process.execPath,
    ['--expose-gc', '--max-semi-space-size=2', fileURLToPath(import.meta.url), ...process.argv.slice(2)],
    { stdio: 'inherit' },
  );
  process.exit(status ?? 1);
}

const { Matcher, verify } = await import('../dist/index.js');
const { random } = await import('./random.mjs');

const arrivals = Number(process.argv[2] ?? 1_000_000);
const next = random(3);
const whole = (low, high) => low + Math.floor(next() * (high - low + 1));
const matcher = new Matcher({ capacity: Array.from({ length: 64 }, () => 8) });
const nodes = Array.from({ length: 64 }, (_, j) => j);
const live = [];
let arrived = 0;
let mark;

function sizes() {
  for (let k = 0; k < 3; k++) globalThis.gc();
  const { rss, heapTotal, heapUsed, external } = process.memoryUsage();
  return { rss, heapTotal, heapUsed, external };
}

function tick() {
  const count = 100;
  const offsets = new Int32Array(count + 1);
  const targets = [];
  const costs = [];
  for (let k = 0; k < count; k++) {
    const row = new Set(Array.from({ length: whole(1, 16) }, () => nodes[whole(0, nodes.length - 1)]));
    for (const j of row) {
      targets.push(j);
      costs.push(whole(0, 1000));
    }
    offsets[k + 1] = targets.length;
  }
  live.push(...matcher.addMany({ offsets, targets, costs, unservedCost: 2000 }));
  arrived += count;
  const { changes } = matcher.update();
  for (const { id, to } of changes) if (to >= 0 && next() < 0.5 && matcher.placements(id).length > 0) matcher.commit(id);
  if (live.length > 480) matcher.removeMany(live.splice(0, live.length - 480));
  if (next() < 0.1) {
    matcher.removeNode(nodes.splice(whole(0, nodes.length - 1), 1)[0]);
    nodes.push(matcher.addNode({ capacity: whole(4, 12) }));
  }
}

while (arrived < arrivals) {
  tick();
  if (arrived % (arrivals / 10) !== 0) continue;
  const now = sizes();
  mark ??= now;
  console.log(
    `${arrived} arrivals: resident ${(now.rss / 2 ** 20).toFixed(1)} MiB (${((100 * now.rss) / mark.rss - 100).toFixed(1)} %), heap ${(now.heapUsed / 2 ** 20).toFixed(1)} of ${(now.heapTotal / 2 ** 20).toFixed(1)}, external ${(now.external / 2 ** 20).toFixed(1)}`,
  );
}
matcher.update({ deadlineMs: Infinity });
const { valid, gap } = verify(matcher.problem(), matcher.solution());
const growth = sizes().rss / mark.rss - 1;
console.log(`certificate ${valid}, gap ${gap}; resident size changed by ${(100 * growth).toFixed(1)} % since the first tenth`);
process.exit(valid && gap === 0 && growth <= 0.05 ? 0 : 1);
