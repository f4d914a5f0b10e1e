// A scheduler on a Network: nodes join, drain and leave, requests take a slot at once when one is free and wait for the next tick when
// none is, an assignment is committed when it is dispatched and released when it is done; one that nobody dispatches in time waits
// again. Requests and nodes come from a seeded generator here; in a scheduler they come from the network. Run it: node examples/network-loop.mjs
import { Network } from 'outbid/network';

const MODELS = ['Llama-3.1-8B', 'Qwen2.5-32B'];
const REGIONS = ['us-east', 'eu-west'];
const STEP = 10; // milliseconds of simulated time between ticks

let seed = 7;
const random = () => {
  seed = (seed * 48271) % 2147483647;
  return (seed - 1) / 2147483646;
};
const pick = (list) => list[Math.floor(list.length * random())];

let nodes = 0;
const newNode = () => {
  const models = random() < 0.5 ? MODELS : [pick(MODELS)];
  const tokensPerSecond = Object.fromEntries(models.map((model) => [model, { input: 40_000, output: 9_000 }]));
  const operator = pick(['aurora', 'basalt']);
  return { id: `node-${++nodes}`, operator, region: pick(REGIONS), models, slots: 8, price: 1 + 3 * random(), tokensPerSecond };
};

const network = new Network(
  { latencyMs: { 'us-east': { 'eu-west': 75 } }, nodes: Array.from({ length: 12 }, newNode) },
  { aging: 0.01, ttlMs: 500 },
);
const running = new Map(); // reservation -> when it will be done
const stats = { submitted: 0, atOnce: 0, fromTicks: 0, done: 0, expired: 0, lost: 0, longestTickMs: 0 };
let now = 0;

function dispatch({ reservation }) {
  if (random() < 0.03) return; // never sent: it expires, and the request waits again
  network.commit(reservation, { now }); // from here on it holds its slot and does not move
  running.set(reservation, now + 200 + 800 * random());
}

function leave(id) {
  for (const { reservation, was } of network.removeNode(id)) {
    if (was === 'running') stats.lost++; // what only was assigned waits again by itself
    running.delete(reservation);
  }
}

for (let step = 0; step < 500; step++, now += STEP) {
  for (const [reservation, until] of running) {
    if (until > now) continue;
    network.release(reservation, { now });
    running.delete(reservation);
    stats.done++;
  }
  for (let k = Math.floor(3 * random()); k > 0; k--) {
    const id = `request-${++stats.submitted}`;
    const request = {
      id,
      model: pick(MODELS),
      region: pick(REGIONS),
      inputTokens: Math.floor(4000 * random()),
      outputTokens: Math.floor(500 * random()),
    };
    const { assigned } = network.submit({ ...request, session: `user-${Math.floor(40 * random())}` }, { now });
    stats.atOnce += assigned.length;
    assigned.forEach(dispatch);
  }
  if (random() < 0.01) network.upsertNode(newNode());
  if (random() < 0.01 && network.nodes().length > 10) leave(pick(network.nodes()));
  const tick = network.tick({ now, deadlineMs: 5 });
  tick.assigned.forEach(dispatch);
  stats.fromTicks += tick.assigned.length;
  stats.expired += tick.expired.length;
  stats.longestTickMs = Math.max(stats.longestTickMs, tick.milliseconds);
}

const { longestTickMs, ...counts } = stats;
console.log(counts, `longest tick ${longestTickMs.toFixed(2)} ms`);
const idle = network.nodes().reduce((sum, id) => sum + network.counts(id).free, 0);
console.log(
  `now ${running.size} running on ${network.nodes().length} nodes, ${idle} slots idle, ${network.tick({ now }).waiting} requests waiting`,
);
network.dispose();
