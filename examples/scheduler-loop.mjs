// A scheduler loop on a Matcher: nodes join and leave, a request is placed at once when a slot is free and pooled into ticks when none
// is, committed when it is dispatched, removed when it completes. Requests and nodes come from a seeded generator here; in a
// scheduler they come from the network. Run it: node examples/scheduler-loop.mjs
import { Matcher, verify } from 'outbid';

const matcher = new Matcher();
const nodes = new Map(); // node index -> { place, price, slots }
const requests = new Map(); // id -> { place, seconds, until }; until: when it completes, once it runs
const counts = { atOnce: 0, pooled: 0, dispatched: 0, completed: 0, restarted: 0 };
let free = 0; // slots that nobody runs on

// How slow and how dear a node is for a request, as one whole number.
const costOn = (request, node) => Math.round(100 * Math.abs(request.place - node.place) + node.price);

function join(node) {
  const waiting = [...requests].filter(([, request]) => request.until === undefined);
  const costs = waiting.map(([, request]) => costOn(request, node));
  nodes.set(matcher.addNode({ capacity: node.slots, demands: waiting.map(([id]) => id), costs }), node);
  free += node.slots;
}

function leave(index) {
  free -= nodes.get(index).slots;
  nodes.delete(index);
  for (const { id } of matcher.removeNode(index)) stop(requests.get(id), 'restarted'); // what ran there waits again
}

function arrive(request) {
  const targets = [...nodes.keys()];
  const demand = { targets, costs: targets.map((index) => costOn(request, nodes.get(index))), unservedCost: 900 };
  const { id, node } = free > 0 ? matcher.place(demand) : { id: matcher.add(demand), node: -1 };
  requests.set(id, request);
  counts[free > 0 ? 'atOnce' : 'pooled']++;
  if (node >= 0) dispatch(id, request);
}

function dispatch(id, request) {
  request.node = matcher.commit(id); // send it there: from here on it does not move
  request.until = time + request.seconds;
  counts.dispatched++;
  free--;
}

function stop(request, why) {
  if (request.until === undefined) return;
  request.until = undefined;
  counts[why]++;
  free++;
}

function complete(id, request) {
  matcher.remove(id);
  requests.delete(id);
  stop(request, 'completed');
}

let seed = 1;
const random = () => {
  seed = (seed * 48271) % 2147483647;
  return seed / 2147483647;
};
let time = 0;
for (let tick = 0; tick < 300; tick++, time += 0.01) {
  for (const [id, request] of requests) if (request.until <= time) complete(id, request);
  if (tick < 10 || random() < 0.02) join({ place: random(), price: Math.round(50 * random()), slots: 4 + Math.floor(8 * random()) });
  if (random() < 0.02 && nodes.size > 5) leave([...nodes.keys()][Math.floor(nodes.size * random())]);
  for (let k = Math.floor(4 * random()); k > 0; k--) arrive({ place: random(), seconds: 0.2 + 0.8 * random() });
  for (const { id, to } of matcher.update({ deadlineMs: 5 }).changes) if (to >= 0) dispatch(id, requests.get(id));
}

const { valid, gap } = verify(matcher.problem(), matcher.solution());
console.log(counts, `now ${requests.size} requests, ${free} slots free on ${nodes.size} nodes; certificate ${valid}, gap ${gap}`);
matcher.dispose();
