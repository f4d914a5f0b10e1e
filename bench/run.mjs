/**
 * npm run bench [-- --quick] [--runs N] [--json FILE]
 *
 * Times the native core on seeded instances and, in the same run, one certificate pass over the same arrays: the floor of any exact
 * solver, since even checking an optimum reads every arc once. Every answer is checked by the independent verifier.
 *
 * core      layout and solve inside the core, milliseconds, median of the runs
 * binding   what the call from JavaScript adds
 * pass      one native certificate pass over the caller's arrays, median
 * passes    core / pass
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { addonProblem } from '../dist/backend/addon.js';
import { loadNative } from '../dist/backend/load-native.js';
import { solveSync, verify } from '../dist/index.js';
import { fleet } from './instances.mjs';

const INSTANCES = [
  { name: 'fleet 150k x 12.5k, 16 arcs, load 0.90', quick: true, make: () => fleet({ demands: 150_000, nodes: 12_500 }) },
  {
    name: 'the same, 200 distinct demands, not merged',
    quick: true,
    make: () => fleet({ demands: 150_000, nodes: 12_500, distinct: 200 }),
  },
  { name: 'fleet 150k x 12.5k, load 0.50', make: () => fleet({ demands: 150_000, nodes: 12_500, load: 0.5 }) },
  { name: 'fleet 150k x 12.5k, load 0.99', make: () => fleet({ demands: 150_000, nodes: 12_500, load: 0.99 }) },
  { name: 'fleet 150k x 12.5k, load 1.20', make: () => fleet({ demands: 150_000, nodes: 12_500, load: 1.2 }) },
  {
    name: 'fleet 150k x 12.5k, load 1.00, must serve',
    make: () => fleet({ demands: 150_000, nodes: 12_500, load: 1, unservedCost: Number.POSITIVE_INFINITY, hidden: true }),
  },
  { name: 'fleet 10k x 500, load 0.90', quick: true, make: () => fleet({ demands: 10_000, nodes: 500 }) },
];

const { values: options } = parseArgs({
  options: { quick: { type: 'boolean' }, runs: { type: 'string' }, json: { type: 'string' }, help: { type: 'boolean' } },
});
if (options.help) {
  console.log(
    'npm run bench [-- --quick] [--runs N] [--json FILE]\n\n  --quick      three instances instead of seven\n  --runs N     runs of each, the median is shown (default 7)\n  --json FILE  write every figure there',
  );
  process.exit(0);
}
const runs = Number(options.runs ?? 7);
if (!Number.isInteger(runs) || runs < 1) {
  console.error('outbid bench: --runs must be a whole number >= 1');
  process.exit(2);
}
const native = loadNative();
if (native.state !== 'loaded') {
  console.error(`outbid bench: the native core is not here: ${native.reason}`);
  process.exit(3);
}

const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const machine = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}-${process.arch}, Node ${process.version}`;
console.log(machine);
console.log(`one thread, cold, exact; median of ${runs} runs\n`);
const header = ['instance', 'arcs', 'classes', 'core ms', 'binding ms', 'pass ms', 'passes', 'gap', 'objective'];
const rows = [];
for (const { name, quick, make } of INSTANCES) {
  if (options.quick && !quick) continue;
  process.stderr.write(`${name} ...\n`);
  const problem = make();
  const core = [];
  const binding = [];
  const pass = [];
  let solution;
  let placed;
  for (let run = 0; run < runs; run++) {
    const started = performance.now();
    solution = solveSync(problem, { backend: 'native' });
    const total = performance.now() - started;
    core.push(solution.stats.milliseconds);
    binding.push(total - solution.stats.milliseconds);
    placed ??= solution.toJSON();
    const check = native.addon.certificatePass(
      addonProblem(problem),
      solution.prices,
      Int32Array.from(placed.placedArcs),
      Int32Array.from(placed.placedUnits),
    );
    if (check.gap !== 0) throw new Error(`${name}: the certificate pass finds a gap of ${check.gap}`);
    pass.push(check.milliseconds);
  }
  const certificate = verify(problem, solution);
  if (!certificate.valid || certificate.gap !== 0)
    throw new Error(`${name}: the verifier rejects the answer: ${JSON.stringify(certificate.violations.slice(0, 3))}`);
  rows.push({
    instance: name,
    arcs: problem.arcs,
    classes: solution.stats.classes,
    core: median(core),
    binding: median(binding),
    pass: median(pass),
    passes: median(core) / median(pass),
    gap: solution.gap,
    objective: solution.objective,
    runs: { core, binding, pass },
  });
}
const cells = rows.map((r) =>
  [r.instance, r.arcs, r.classes, r.core.toFixed(1), r.binding.toFixed(1), r.pass.toFixed(2), r.passes.toFixed(0), r.gap, r.objective].map(
    String,
  ),
);
const widths = header.map((title, c) => Math.max(title.length, ...cells.map((row) => row[c].length)));
for (const row of [header, ...cells])
  console.log(row.map((cell, c) => (c === 0 ? cell.padEnd(widths[c]) : cell.padStart(widths[c]))).join('  '));
const file = options.json ?? fileURLToPath(new URL('./out/bench.json', import.meta.url));
mkdirSync(new URL('./out/', import.meta.url), { recursive: true });
writeFileSync(file, `${JSON.stringify({ machine, date: new Date().toISOString(), runs, rows }, null, 1)}\n`);
console.error(`\nwritten to ${file}`);
