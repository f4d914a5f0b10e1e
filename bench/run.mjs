/**
 * npm run bench [-- --quick] [--runs N] [--only TEXT] [--huge] [--no-rivals] [--limit SECONDS] [--out FOLDER]
 *
 * Times the native core beside its rivals, in one run, on the same seeded instances, each run of ours next to one of theirs. Every
 * answer's objective is compared, ours is checked by the independent verifier as well. Float costs: rivals that take whole ones alone are left
 * out, objectives of the others may differ by rounding.
 *
 * core      layout and solve inside the core, milliseconds
 * binding   what the call from JavaScript adds
 * pass      one native certificate pass over the caller's arrays: the floor of any exact solver, since even checking an optimum
 *           reads every arc once
 * passes    core / pass
 * bytes     what solveSync takes above the caller's arrays at its peak, per arc; instances of half a million arcs on, Linux only
 * rivals    their solving call alone, milliseconds; best / ours: how many times longer the best of them takes
 *
 * Medians. Pinned to one processor where taskset is installed. Writes bench.json, bench.md and one SVG per family to the folder.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HELP = `npm run bench [-- OPTIONS]

  --quick          a few small and middle instances
  --only TEXT      instances whose family or name contains TEXT
  --huge           the instances of a million demands too
  --runs N         runs of each, the median is shown (default 5)
  --no-rivals      ours alone
  --limit SECONDS  a rival's run longer than this is given up (default 60)
  --out FOLDER     where to write (default bench/out)`;

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean' },
    only: { type: 'string' },
    huge: { type: 'boolean' },
    runs: { type: 'string', default: '5' },
    rivals: { type: 'boolean', default: true },
    limit: { type: 'string', default: '60' },
    out: { type: 'string', default: fileURLToPath(new URL('./out', import.meta.url)) },
    help: { type: 'boolean' },
  },
  allowNegative: true,
});
if (options.help) {
  console.log(HELP);
  process.exit(0);
}
const runs = Number(options.runs);
const limitMs = 1000 * Number(options.limit);
if (!Number.isInteger(runs) || runs < 1 || !(limitMs > 0)) {
  console.error('outbid bench: --runs takes a whole number >= 1, --limit a number of seconds > 0');
  process.exit(2);
}
pinToOneProcessor();

const { addonProblem } = await import('../dist/backend/addon.js');
const { loadNative } = await import('../dist/backend/load-native.js');
const { solveSync, verify } = await import('../dist/index.js');
const { INSTANCES } = await import('./families.mjs');
const { writeInstance } = await import('./instance-file.mjs');
const { plot } = await import('./plot.mjs');
const { findRivals, runRival } = await import('./rivals.mjs');

const native = loadNative();
if (native.state !== 'loaded') {
  console.error(`outbid bench: the native core is not here: ${native.reason}`);
  process.exit(3);
}
const out = resolve(options.out);
mkdirSync(out, { recursive: true });
const rivals = options.rivals ? findRivals(out) : [];
const machine = `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, ${process.platform}-${process.arch}, Node ${process.version}`;
console.log(machine);
console.log(
  `one thread, cold, exact; medians of ${runs} runs${process.env.OUTBID_BENCH_PINNED === '1' ? ', pinned to one processor' : ''}`,
);
for (const { name, missing } of rivals) if (missing !== undefined) console.log(`skipped: ${name}: ${missing}`);
console.log();

// How far a rival's sum of doubles may be off, as a part of it.
const FLOAT_SUMS = 1e-9;
const median = (list) => [...list].sort((a, b) => a - b)[list.length >> 1];
const chosen = INSTANCES.filter(
  ({ family, name, quick, huge }) =>
    (!options.quick || quick) && (!huge || options.huge) && (options.only === undefined || `${family} ${name}`.includes(options.only)),
);
const rows = [];
for (const instance of chosen) {
  process.stderr.write(`${instance.family}, ${instance.name} ...\n`);
  rows.push(measure(instance));
}
report();

function measure(instance) {
  const { family, name, make } = instance;
  const problem = make();
  const file = join(out, 'instance.bin');
  const here = rivals.filter((rival) => rival.missing === undefined && rival.takes(problem));
  if (here.length > 0) writeInstance(problem, file);
  const ours = { core: [], binding: [], pass: [] };
  const theirs = here.map((rival) => ({ rival, milliseconds: [], failed: undefined }));
  const bytes = bytesPerArc(instance, problem.arcs);
  let solution;
  for (let run = 0; run < runs; run++) {
    const started = performance.now();
    solution = solveSync(problem, { backend: 'native' });
    const total = performance.now() - started;
    ours.core.push(solution.stats.milliseconds);
    ours.binding.push(total - solution.stats.milliseconds);
    ours.pass.push(certificatePass(problem, solution, name));
    for (const entry of theirs) {
      // What takes seconds is run once: its time does not hang on a millisecond of noise.
      if (entry.failed !== undefined || (entry.milliseconds[0] ?? 0) > 4_000) continue;
      const result = runRival(entry.rival, file, 1, limitMs);
      if (result.failed !== undefined) entry.failed = result.failed;
      else if (!problem.integer && Math.abs(result.objective - solution.objective) > FLOAT_SUMS * Math.abs(solution.objective))
        entry.failed = 'not optimal';
      else if (problem.integer && result.objective !== solution.objective)
        throw new Error(`${name}: ${entry.rival.name} finds ${result.objective}, ours is ${solution.objective}`);
      else entry.milliseconds.push(result.milliseconds[0]);
    }
  }
  if (here.length > 0) rmSync(file);
  const certificate = verify(problem, solution);
  if (!certificate.valid || certificate.gap > certificate.tolerance)
    throw new Error(`${name}: the verifier rejects the answer: ${JSON.stringify(certificate.violations.slice(0, 3))}`);
  const times = theirs.map(({ rival, milliseconds, failed }) => ({
    name: rival.name,
    ms: failed === undefined ? median(milliseconds) : undefined,
    failed,
  }));
  const best = times.filter(({ ms }) => ms !== undefined).sort((p, q) => p.ms - q.ms)[0];
  const core = median(ours.core);
  return {
    family,
    name,
    arcs: problem.arcs,
    classes: solution.stats.classes,
    objective: solution.objective,
    gap: solution.gap,
    core,
    binding: median(ours.binding),
    pass: median(ours.pass),
    passes: core / median(ours.pass),
    bytes,
    rivals: times,
    best: best?.name,
    ratio: best === undefined ? undefined : best.ms / core,
    runs: ours,
  };
}

/** See memory.mjs; undefined where it cannot be told or is too small to tell. */
function bytesPerArc(instance, arcs) {
  if (process.platform !== 'linux' || arcs < 500_000) return undefined;
  const script = fileURLToPath(new URL('./memory.mjs', import.meta.url));
  const { stdout, status } = spawnSync(process.execPath, ['--expose-gc', script, String(INSTANCES.indexOf(instance))], {
    encoding: 'utf8',
  });
  return status === 0 ? Number(stdout) : undefined;
}

function certificatePass(problem, solution, name) {
  const { placedArcs, placedUnits } = solution.toJSON();
  const check = native.addon.certificatePass(
    addonProblem(problem),
    solution.prices,
    Int32Array.from(placedArcs),
    Int32Array.from(placedUnits),
  );
  if (check.gap > solution.tolerance) throw new Error(`${name}: the certificate pass finds a gap of ${check.gap}`);
  return check.milliseconds;
}

function report() {
  const digits = (ms) => (ms >= 100 ? ms.toFixed(0) : ms >= 10 ? ms.toFixed(1) : ms.toFixed(2));
  const header = ['instance', 'arcs', 'core ms', 'binding ms', 'pass ms', 'passes', 'bytes / arc', 'rivals, ms', 'best / ours'];
  const cells = rows.map((row) => [
    `${row.family}, ${row.name}`,
    row.arcs.toLocaleString('en'),
    digits(row.core),
    digits(row.binding),
    digits(row.pass),
    row.passes.toFixed(0),
    row.bytes === undefined ? '-' : row.bytes.toFixed(1),
    row.rivals.map(({ name, ms, failed }) => `${name} ${failed ?? digits(ms)}`).join(', ') || '-',
    row.ratio === undefined ? '-' : `${digits(row.ratio)} x ${row.best}`,
  ]);
  const widths = header.map((title, c) => Math.max(title.length, ...cells.map((row) => row[c].length)));
  for (const row of [header, ...cells])
    console.log(
      row
        .map((cell, c) => (c === 0 || c >= 7 ? cell.padEnd(widths[c]) : cell.padStart(widths[c])))
        .join('  ')
        .trimEnd(),
    );
  const table = [header, header.map((_, c) => (c === 0 || c >= 7 ? '---' : '---:')), ...cells]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n');
  writeFileSync(join(out, 'bench.json'), `${JSON.stringify({ machine, date: new Date().toISOString(), runs, rows }, null, 1)}\n`);
  writeFileSync(join(out, 'bench.md'), `${machine}\n\n${table}\n`);
  for (const family of new Set(rows.map((row) => row.family))) {
    const members = rows.filter((row) => row.family === family);
    if (new Set(members.map((row) => row.arcs)).size < 2) continue;
    const names = [...new Set(members.flatMap((row) => row.rivals.map(({ name }) => name)))];
    const series = [
      { name: 'outbid', points: members.map((row) => ({ size: row.arcs, ms: row.core })) },
      ...names.map((name) => ({
        name,
        points: members.flatMap((row) =>
          row.rivals.filter((r) => r.name === name && r.ms !== undefined).map(({ ms }) => ({ size: row.arcs, ms })),
        ),
      })),
    ];
    writeFileSync(
      join(out, `${family.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase()}.svg`),
      plot(
        family,
        series.filter(({ points }) => points.length > 0),
      ),
    );
  }
  console.error(`\nwritten to ${out}`);
}

function pinToOneProcessor() {
  if (process.env.OUTBID_BENCH_PINNED !== undefined || process.platform !== 'linux') return;
  if (spawnSync('taskset', ['--version']).status !== 0) return;
  const last = String(cpus().length - 1);
  const { status } = spawnSync('taskset', ['-c', last, process.execPath, ...process.execArgv, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, OUTBID_BENCH_PINNED: '1' },
  });
  process.exit(status ?? 1);
}
