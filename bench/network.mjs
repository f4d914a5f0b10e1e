/**
 * npm run bench:network [-- --quick]
 *
 * What the network layer costs beside the solver, in one run.
 *
 * batch     a fleet and a batch of requests: checks, build of the problem, solve; whole and with a nearest cut made exact by pricing
 * loop      a running network near full: one submit (a slot at once, committed), one tick, and what was released for it
 *
 * Models, regions and modes are spread so that most requests may use a few hundred nodes: the heads of the popularity list many,
 * the tail few.
 */
import { cpus } from 'node:os';
import { solve } from '../dist/index.js';
import { buildChecked } from '../dist/network/build.js';
import { checkNetwork, checkRequests, matchBatch, Network } from '../dist/network/index.js';
import { random } from './random.mjs';

const quick = process.argv.includes('--quick');
console.log(`${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}`);
const ms = (x) => `${x.toFixed(x < 10 ? 3 : 0)} ms`;
const at = (list, share) => list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * share))];

const REGIONS = ['us-east', 'us-west', 'eu-west', 'eu-central', 'ap-south', 'ap-north'];

/** Nodes with 8 to 19 slots and two of the models; requests up to 90 % of the slots. Popularity falls like 1 / rank. */
function fleet(requests, nodes, models, seed) {
  const draw = random(seed);
  const below = (n) => Math.floor(n * draw());
  const popular = () => `model-${Math.min(models - 1, Math.floor(models ** draw()) - 1 + below(3))}`;
  let slots = 0;
  const network = {
    nodes: Array.from({ length: nodes }, (_, j) => {
      const hosted = [...new Set([popular(), popular()])];
      const own = 8 + below(12);
      slots += own;
      const rate = () => ({ input: 20_000 + below(40_000), output: 5000 + below(15_000) });
      return {
        id: `n${j}`,
        operator: `op${below(50)}`,
        region: REGIONS[below(6)],
        models: hosted,
        modes: draw() < 0.3 ? ['VANILLA', 'TEE'] : ['VANILLA'],
        slots: own,
        price: 1 + 3 * draw(),
        concurrency: 16,
        tokensPerSecond: Object.fromEntries(hosted.map((model) => [model, rate()])),
      };
    }),
  };
  const batch = Array.from({ length: Math.min(requests, Math.floor(0.9 * slots)) }, (_, i) => ({
    id: `q${i}`,
    model: popular(),
    mode: draw() < 0.1 ? 'TEE' : 'VANILLA',
    region: REGIONS[below(6)],
    inputTokens: below(4000),
    outputTokens: below(800),
    ...(draw() < 0.3 ? { residency: [REGIONS[below(6)]] } : {}),
  }));
  return { network, batch };
}

async function batch(requests, nodes, models) {
  const plain = fleet(requests, nodes, models, 1);
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
  for (const nearest of [32, 128]) {
    started = performance.now();
    const cut = await matchBatch(network, checked, { nearest, baselines: false, worth: false });
    const exact = cut.solution.objective === objective ? 'same objective' : `OBJECTIVE ${cut.solution.objective}, NOT ${objective}`;
    console.log(
      `  nearest ${String(nearest).padEnd(4)}${cut.arcs} arcs after ${cut.rounds} rounds, ${cut.arcsAdded} added: build ${ms(cut.buildMilliseconds)}, all ${ms(performance.now() - started)}, ${exact}`,
    );
  }
}

function loop(nodes, perTick, ticks) {
  const { network: data, batch: requests } = fleet(Number.MAX_SAFE_INTEGER, nodes, 4, 2);
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
      const request = { ...requests[Math.floor(requests.length * draw())], id: `${t}-${k}` };
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
