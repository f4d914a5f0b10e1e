/**
 * npm run bench:ticks [-- --quick]
 *
 * What a tick of a warm market costs, beside a cold solve and a certificate pass over the same arrays in the same run.
 *
 * churn     a share of the demands leaves and as many arrive, then one update to the end; exact, checked against a cold solve
 *           calls = removeMany + addMany, from JavaScript; update = the repair, changes listed; passes = (calls + update) / pass
 * place     one demand at a time on a market with room: place, and the oldest removed; once more in the core alone
 * fill      everything arrives at once; updates with the default deadline until one is complete: how long each took
 * tick      new demands in one addMany, those of four ticks ago removed in one removeMany, one update: all of it from JavaScript. Once
 *           with every placed demand committed in the same tick, one call each, as a scheduler would; once with nobody committed, so that
 *           four ticks of demands may move
 *
 * Medians and 99th percentiles, pinned to one processor where taskset is installed.
 */
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';

if (process.env.OUTBID_BENCH_PINNED === undefined && process.platform === 'linux') {
  const arguments_ = [
    '-c',
    String(cpus().length - 1),
    process.execPath,
    ...process.execArgv,
    fileURLToPath(import.meta.url),
    ...process.argv.slice(2),
  ];
  const { status, error } = spawnSync('taskset', arguments_, { stdio: 'inherit', env: { ...process.env, OUTBID_BENCH_PINNED: '1' } });
  if (error === undefined) process.exit(status ?? 1);
}

const { addonProblem } = await import('../dist/backend/addon.js');
const { loadNative } = await import('../dist/backend/load-native.js');
const { Matcher, Problem, solveSync, verify } = await import('../dist/index.js');
const { fleet } = await import('./fleet.mjs');
const { random } = await import('./random.mjs');

const native = loadNative();
if (native.state !== 'loaded') {
  console.error(`outbid bench: the native core is not here: ${native.reason}`);
  process.exit(3);
}
const quick = process.argv.includes('--quick');
console.log(`${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}`);

const at = (list, share) => list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * share))];
const ms = (x) => `${x.toFixed(x < 10 ? 2 : 1)} ms`;
const us = (x) => `${(1000 * x).toFixed(1)} us`;

/** Rows begin .. end - 1 of a problem, as addMany takes them. */
function rows(problem, begin, end) {
  const first = problem.offsets[begin];
  return {
    offsets: problem.offsets.slice(begin, end + 1).map((offset) => offset - first),
    targets: problem.targets.slice(first, problem.offsets[end]),
    costs: Float64Array.from(problem.costs.subarray(first, problem.offsets[end])),
    unservedCost: problem.unservedCost,
  };
}

function certificatePass(problem) {
  const solution = solveSync(problem);
  const { placedArcs, placedUnits } = solution.toJSON();
  const times = Array.from(
    { length: 9 },
    () =>
      native.addon.certificatePass(addonProblem(problem), solution.prices, Int32Array.from(placedArcs), Int32Array.from(placedUnits))
        .milliseconds,
  );
  return { pass: at(times, 0.5), cold: solution.stats.milliseconds };
}

function churn({ demands, nodes, load, shares }) {
  const ticks = 6;
  const spare = Math.ceil(demands * shares.reduce((sum, share) => sum + share, 0) * ticks);
  const all = fleet({ demands: demands + spare, nodes, load: ((demands + spare) / demands) * load });
  const { capacity } = all;
  const problem = Problem.sparse({ nodes, capacity, ...rows(all, 0, demands) });
  const { pass, cold } = certificatePass(problem);
  console.log(`\nchurn ${demands} x ${nodes}, load ${load}: cold solve ${ms(cold)}, certificate pass ${ms(pass)}`);
  const matcher = Matcher.from(problem);
  matcher.update({ deadlineMs: Infinity });
  const next = random(7);
  const ids = Array.from({ length: demands }, (_, i) => i);
  let row = demands;
  for (const share of shares) {
    const count = Math.round(demands * share);
    const calls = [];
    const updates = [];
    let stats;
    for (let tick = 0; tick < ticks; tick++) {
      const gone = Array.from({ length: count }, () => {
        const k = Math.floor(next() * ids.length);
        const id = ids[k];
        ids[k] = ids[ids.length - 1];
        ids.pop();
        return id;
      });
      const arrivals = rows(all, row, row + count);
      row += count;
      const t0 = performance.now();
      matcher.removeMany(gone);
      const added = matcher.addMany(arrivals);
      const t1 = performance.now();
      const update = matcher.update({ deadlineMs: Infinity });
      const t2 = performance.now();
      ids.push(...added);
      calls.push(t1 - t0);
      updates.push(t2 - t1);
      stats = update.stats;
    }
    const total = calls.map((time, k) => time + updates[k]);
    console.log(
      `  ${(100 * share).toFixed(0)}% (${count}): calls ${ms(at(calls, 0.5))}, update ${ms(at(updates, 0.5))} (${stats.pushes} pushes, ${stats.pulls} pulls, ` +
        `${stats.expanded} nodes) = ${(at(total, 0.5) / pass).toFixed(1)} passes; update alone ${(at(updates, 0.5) / pass).toFixed(1)}`,
    );
  }
  const now = matcher.problem();
  const solution = matcher.solution();
  const objective = solveSync(now).objective;
  if (!verify(now, solution).valid || solution.gap !== 0 || solution.objective !== objective)
    throw new Error(`the market stands at ${solution.objective}, a cold solve says ${objective}`);
  matcher.dispose();
}

function fill(demands, nodes) {
  const all = fleet({ demands, nodes, load: 0.9 });
  const matcher = new Matcher({ capacity: all.capacity });
  matcher.addMany(rows(all, 0, demands));
  const times = [];
  for (let complete = false; !complete; ) {
    const begin = performance.now();
    ({ complete } = matcher.update());
    times.push(performance.now() - begin);
  }
  console.log(
    `\n${demands} demands at once on ${nodes} nodes, load 0.9, updates of 5 ms until done: ${times.length}, ` +
      `p50 ${ms(at(times, 0.5))}, p99 ${ms(at(times, 0.99))}, longest ${ms(at(times, 1))}`,
  );
  matcher.dispose();
}

function place(nodes, arcs) {
  const all = fleet({ demands: 20_000, nodes, arcs, load: 20_000 / (nodes * 12) });
  const matcher = new Matcher({ capacity: Array.from({ length: nodes }, () => 12) });
  const demands = Array.from({ length: 20_000 }, (_, i) => rows(all, i, i + 1)).map(({ targets, costs }) => ({
    targets,
    costs,
    unservedCost: 5000,
  }));
  const live = [];
  const times = [];
  for (const demand of demands) {
    const begin = performance.now();
    const { id } = matcher.place(demand);
    times.push(performance.now() - begin);
    live.push(id);
    if (live.length > nodes * 12 * 0.9) matcher.remove(live.shift());
    if (times.length % 100 === 0) matcher.update();
  }
  const warm = times.slice(2000);
  const core = placeInCore(nodes, demands);
  console.log(
    `\nplace on ${nodes} nodes, ${arcs} arcs, load 0.9: p50 ${us(at(warm, 0.5))}, p99 ${us(at(warm, 0.99))}; ` +
      `in the core, with the way there: p50 ${us(at(core, 0.5))}, p99 ${us(at(core, 0.99))}`,
  );
  matcher.dispose();
}

/** The same market without Matcher: only the core's place is timed, with the call into C++ and back. */
function placeInCore(nodes, demands) {
  const engine = new native.addon.NativeMatcher(0);
  engine.setRange(2 ** 30, nodes, 2 ** 20);
  const none = [new Int32Array(0), new Float64Array(0)];
  for (let j = 0; j < nodes; j++) engine.addNode(j, Int32Array.of(12), Float64Array.of(0), ...none);
  const outcome = new Float64Array(9);
  const most = Math.floor(nodes * 12 * 0.9);
  const times = [];
  demands.forEach(({ targets, costs, unservedCost }, k) => {
    const slot = k % (most + 1);
    if (k > most) engine.removeDemands(Int32Array.of(slot));
    const one = [Int32Array.of(1), Float64Array.of(unservedCost), Float64Array.of(-1)];
    engine.addDemands(Int32Array.of(slot), Int32Array.of(0, targets.length), targets, costs, undefined, ...one);
    const begin = performance.now();
    engine.place(slot);
    times.push(performance.now() - begin);
    if (k % 100 === 99) engine.update(Infinity, outcome);
  });
  engine.dispose();
  return times.slice(2000);
}

function tick(nodes, count, arcs, ticks, dispatched) {
  const slots = Math.ceil((count * 4) / nodes / 0.9);
  const all = fleet({ demands: count * 64, nodes, arcs, load: (count * 64) / (nodes * slots) });
  const matcher = new Matcher({ capacity: Array.from({ length: nodes }, () => slots) });
  const batches = Array.from({ length: 64 }, (_, k) => rows(all, k * count, (k + 1) * count));
  const live = [];
  const times = [];
  let late = 0;
  for (let k = 0; k < ticks; k++) {
    const begin = performance.now();
    live.push(matcher.addMany(batches[k % 64]));
    if (live.length > 4) matcher.removeMany(live.shift());
    const { complete, changes } = matcher.update();
    if (dispatched) for (const { id, to } of changes) if (to >= 0) matcher.commit(id);
    times.push(performance.now() - begin);
    if (!complete) late++;
  }
  const warm = times.slice(ticks / 10);
  console.log(
    `\ntick of ${count} demands on ${nodes} nodes, ${arcs} arcs, load 0.9, ${dispatched ? 'committed once placed' : 'nobody committed'}: p50 ${us(at(warm, 0.5))}, p99 ${us(at(warm, 0.99))}, not done in 5 ms: ${late}`,
  );
  matcher.dispose();
}

place(64, 16);
for (const dispatched of [true, false]) {
  tick(64, 100, 16, quick ? 1000 : 5000, dispatched);
  tick(1000, 500, 16, quick ? 300 : 2000, dispatched);
}
fill(quick ? 15_000 : 150_000, quick ? 1250 : 12_500);
churn(
  quick
    ? { demands: 15_000, nodes: 1250, load: 0.9, shares: [0.01, 0.1] }
    : { demands: 150_000, nodes: 12_500, load: 0.9, shares: [0.01, 0.1] },
);
