// A scheduler loop on a Matcher: nodes join and leave, a request is placed at once when a slot is free and pooled into ticks when none
// is, committed when it is dispatched, removed when it completes. Requests and nodes come from a seeded generator here; in a
// scheduler they come from the network. Run it: node examples/scheduler-loop.mjs
import { Matcher, verify } from 'outbid';

const SECONDS = 3;
const TICK = 0.01; // a tick every 10 ms of simulated time
const PATIENCE = 900; // what leaving a request unserved costs, in the unit of the costs

// Costs: how slow and how dear a node is for a request, as one whole number.
let seed = 1;
const random = () => {
  seed = (seed * 48271) % 2147483647;
  return (seed - 1) / 2147483646;
};
const costOn = (request, node) => Math.round(100 * Math.abs(request.place - node.place) + node.price);
const newNode = () => ({ place: random(), price: Math.round(50 * random()), slots: 4 + Math.floor(8 * random()) });

const nodes = new Map(); // node index -> node
const requests = new Map(); // id -> request
const matcher = new Matcher();
const stats = { atOnce: 0, pooled: 0, dispatched: 0, completed: 0, restarted: 0, longestTick: 0 };

function join(node) {
  const waiting = [...requests].filter(([, request]) => !request.running);
  const demands = waiting.map(([id]) => id);
  const costs = waiting.map(([, request]) => costOn(request, node));
  nodes.set(matcher.addNode({ capacity: node.slots, demands, costs }), node);
}

function leave(index) {
  nodes.delete(index);
  for (const { id } of matcher.removeNode(index)) {
    const request = requests.get(id); // what ran there waits again, and may use every other node
    if (request.running) stats.restarted++;
    request.running = false;
  }
}

function dispatch(id) {
  const request = requests.get(id);
  request.node = matcher.commit(id); // from here on it does not move
  request.running = true;
  request.until = time + request.seconds;
  stats.dispatched++;
}

function arrive(request) {
  const targets = [...nodes.keys()];
  const costs = targets.map((index) => costOn(request, nodes.get(index)));
  const demand = { targets, costs, unservedCost: PATIENCE };
  if (nodes.size > 0 && running() < slots()) {
    const { id, node } = matcher.place(demand);
    requests.set(id, request);
    stats.atOnce++;
    if (node >= 0) dispatch(id);
  } else {
    requests.set(matcher.add(demand), request);
    stats.pooled++;
  }
}

const running = () => [...requests.values()].filter((request) => request.running).length;
const slots = () => [...nodes.values()].reduce((sum, node) => sum + node.slots, 0);

let time = 0;
for (let k = 0; k < 10; k++) join(newNode());
for (let tick = 0; tick < SECONDS / TICK; tick++, time += TICK) {
  for (const [id, request] of requests) {
    if (!request.running || request.until > time) continue;
    matcher.remove(id);
    requests.delete(id);
    stats.completed++;
  }
  for (let k = Math.floor(4 * random()); k > 0; k--) arrive({ place: random(), seconds: 0.2 + 0.8 * random(), running: false });
  if (random() < 0.02) join(newNode());
  if (random() < 0.02 && nodes.size > 5) leave([...nodes.keys()][Math.floor(nodes.size * random())]);
  const { changes, stats: repair } = matcher.update({ deadlineMs: 5 });
  for (const { id, to } of changes) if (to >= 0 && !requests.get(id).running) dispatch(id);
  stats.longestTick = Math.max(stats.longestTick, repair.milliseconds);
}

const { valid, gap } = verify(matcher.problem(), matcher.solution());
const { longestTick, ...counts } = stats;
console.log(counts, `longest tick ${longestTick.toFixed(2)} ms`);
console.log(
  `now ${running()} running on ${slots()} slots of ${nodes.size} nodes, ${requests.size - running()} waiting; certificate ${valid}, gap ${gap}`,
);
matcher.dispose();
