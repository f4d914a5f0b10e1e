/**
 * npm run bench:network [-- --quick]
 *
 * What the network layer costs beside the solver, in one run.
 *
 * batch     a fleet and a batch of requests: checks, build of the problem, solve; whole and with a nearest cut made exact by pricing
 * loop      a running network near full: one submit (a slot at once, committed), one tick, and what was released for it
 */
import { cpus } from 'node:os';
import { solve } from '../dist/index.js';
import { buildChecked } from '../dist/network/build.js';
import { checkNetwork, checkRequests, matchBatch, Network } from '../dist/network/index.js';
import { inferenceFleet } from './inference.mjs';
import { random } from './random.mjs';

const quick = process.argv.includes('--quick');
console.log(`${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}`);
const ms = (x) => `${x.toFixed(x < 10 ? 3 : 0)} ms`;
const at = (list, share) => list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * share))];

async function batch(requests, nodes, models) {
  const plain = inferenceFleet(requests, nodes, models, 1);
  let started = performance.now();
  const network = checkNetwork(plain.network);
  const checked = checkRequests(plain.batch).requests;
  console.log(`\nbatch of ${checked.length} requests x ${nodes} nodes, ${models} models: checks ${ms(performance.now() - started)}`);
  started = performance.now();
  const built = buildChecked(network, checked);
  const build = performance.now() - started;
  const { stats, objective } = await solve(built.problem);
  console.log(
    `  whole       ${built.problem.arcs} arcs: build ${ms(build)}, solve ${ms(stats.milliseconds)}, ratio ${(build / stats.milliseconds).toFixed(2)}`,
  );
  for (const nearest of [128]) {
    started = performance.now();
    const cut = await matchBatch(network, checked, { nearest, baselines: false, worth: false });
    const exact = cut.solution.objective === objective ? 'same objective' : `OBJECTIVE ${cut.solution.objective}, NOT ${objective}`;
    console.log(
      `  nearest ${String(nearest).padEnd(4)}${cut.arcs} arcs after ${cut.rounds} rounds, ${cut.arcsAdded} added: build ${ms(cut.buildMilliseconds)}, all ${ms(performance.now() - started)}, ${exact}`,
    );
  }
}

function loop(nodes, perTick, ticks) {
  const { network: data, batch: requests } = inferenceFleet(Number.MAX_SAFE_INTEGER, nodes, 1, 2);
  const draw = random(3);
  const network = new Network({ nodes: data.nodes.map((node) => ({ ...node, slots: 40 })) });
  const live = [];
  const submits = [];
  const tickTimes = [];
  const take = (assigned, now) => {
    for (const { reservation } of assigned) {
      network.commit(reservation, { now });
      live.push(reservation);
    }
  };
  for (let t = 0; t < ticks; t++) {
    const now = 10 * t;
    while (live.length > 38 * nodes - perTick) {
      const k = Math.floor(live.length * draw());
      network.release(live[k], { now });
      live[k] = live[live.length - 1];
      live.pop();
    }
    let started = performance.now();
    for (let k = 0; k < perTick; k++) {
      const request = { ...requests[Math.floor(requests.length * draw())], id: `${t}-${k}`, mode: 'VANILLA', residency: undefined };
      take(network.submit(request, { now }).assigned, now);
    }
    submits.push((performance.now() - started) / perTick);
    started = performance.now();
    take(network.tick({ now }).assigned, now);
    tickTimes.push(performance.now() - started);
  }
  console.log(
    `loop, ${nodes} nodes of 40 slots, ${perTick} requests a tick: submit p50 ${ms(at(submits, 0.5))}, p99 ${ms(at(submits, 0.99))}; tick p50 ${ms(at(tickTimes, 0.5))}, p99 ${ms(at(tickTimes, 0.99))}; ${live.length} running`,
  );
  network.dispose();
}

await batch(10_000, 1000, 60);
if (!quick) await batch(150_000, 12_500, 300);
console.log('');
loop(64, 100, quick ? 100 : 1000);
loop(1000, 500, quick ? 80 : 300);
