/**
 * Requests of an inference network: seeded, so the same arguments give the same arrays on every machine.
 *
 * fleet    requests x nodes, `arcs` eligible nodes each: a node hosts 4-8 models drawn by the Zipf popularity that requests follow;
 *          a request may use the nearest `arcs` of 4 * arcs hosts sampled; cost = 1000 * distance + price 0..300 + noise 0..20;
 *          4-20 slots a node, scaled so that demand / slots = load; unserved cost 5000 (Infinity: must be served).
 *          `hidden` gives every request an arc to a slot of its own among them, so that everyone can be served at load 1.
 * classes  the same with the requests drawn from `distinct` rows by Zipf popularity: identical demands, not merged by the caller.
 */
import { Problem } from '../dist/index.js';
import { random, zipf } from './random.mjs';

/** Slots of every node: 4-20 each, scaled to a total of units / load. */
function capacities(nodes, total, next) {
  const base = Float64Array.from({ length: nodes }, () => 4 + Math.floor(next() * 17));
  const sum = base.reduce((s, x) => s + x, 0);
  const capacity = Int32Array.from(base, (x) => Math.max(1, Math.floor((x * total) / sum)));
  let left = total - capacity.reduce((s, x) => s + x, 0);
  while (left !== 0) {
    const j = Math.floor(next() * nodes);
    if (left > 0) {
      capacity[j]++;
      left--;
    } else if (capacity[j] > 1) {
      capacity[j]--;
      left++;
    }
  }
  return capacity;
}

export function fleet({ demands, nodes, arcs = 16, load = 0.9, seed = 1, distinct = 0, unservedCost = 5000, models = 64, hidden = false }) {
  const next = random(seed);
  const capacity = capacities(nodes, Math.round(demands / load), next);
  const popular = zipf(models, 0.9);
  const east = Float64Array.from({ length: nodes }, next);
  const north = Float64Array.from({ length: nodes }, next);
  const price = Int32Array.from({ length: nodes }, () => Math.floor(next() * 301));
  const hosts = Array.from({ length: models }, () => []);
  for (let j = 0; j < nodes; j++) {
    const wanted = Math.min(models, 4 + Math.floor(next() * 5));
    const own = new Set();
    while (own.size < wanted) own.add(popular(next()));
    for (const model of own) hosts[model].push(j);
  }
  const rows = distinct === 0 ? demands : distinct;
  const targets = new Int32Array(rows * arcs);
  const costs = new Int32Array(rows * arcs);
  const offsets = new Int32Array(rows + 1);
  const sampled = new Int32Array(nodes).fill(-1);
  const slotOf = hidden ? ownSlots(capacity, next) : undefined;
  let end = 0;
  for (let i = 0; i < rows; i++) {
    const pool = hosts[popular(next())];
    const x = next();
    const y = next();
    const candidates = [];
    if (slotOf !== undefined) {
      sampled[slotOf[i]] = i;
      candidates.push({ j: slotOf[i], d: -1 });
    }
    const tries = Math.min(4 * arcs, pool.length);
    for (let q = 0; q < 2 * tries && candidates.length < tries; q++) {
      const j = pool[Math.floor(next() * pool.length)];
      if (sampled[j] === i) continue;
      sampled[j] = i;
      candidates.push({ j, d: Math.hypot(east[j] - x, north[j] - y) });
    }
    candidates.sort((p, q) => p.d - q.d || p.j - q.j);
    const chosen = candidates.slice(0, arcs).sort((p, q) => p.j - q.j);
    for (const { j } of chosen) {
      targets[end] = j;
      costs[end++] = Math.round(1000 * Math.hypot(east[j] - x, north[j] - y) + price[j] + 20 * next());
    }
    offsets[i + 1] = end;
  }
  if (distinct === 0)
    return Problem.sparse({ nodes, capacity, offsets, targets: targets.subarray(0, end), costs: costs.subarray(0, end), unservedCost });
  return repeat({ nodes, capacity, offsets, targets, costs, demands, distinct, unservedCost, next });
}

/** The node of one slot for every demand, in random order. */
function ownSlots(capacity, next) {
  const slots = [];
  capacity.forEach((count, j) => {
    for (let k = 0; k < count; k++) slots.push(j);
  });
  for (let k = slots.length - 1; k > 0; k--) {
    const other = Math.floor(next() * (k + 1));
    [slots[k], slots[other]] = [slots[other], slots[k]];
  }
  return slots;
}

/** Demands drawn from the distinct rows by Zipf popularity, each written out in full. */
function repeat({ nodes, capacity, offsets, targets, costs, demands, distinct, unservedCost, next }) {
  const popular = zipf(distinct, 0.7);
  const rowOf = Int32Array.from({ length: demands }, () => popular(next()));
  const allOffsets = new Int32Array(demands + 1);
  for (let i = 0; i < demands; i++) allOffsets[i + 1] = allOffsets[i] + offsets[rowOf[i] + 1] - offsets[rowOf[i]];
  const allTargets = new Int32Array(allOffsets[demands]);
  const allCosts = new Int32Array(allOffsets[demands]);
  for (let i = 0; i < demands; i++) {
    const begin = offsets[rowOf[i]];
    const stop = offsets[rowOf[i] + 1];
    allTargets.set(targets.subarray(begin, stop), allOffsets[i]);
    allCosts.set(costs.subarray(begin, stop), allOffsets[i]);
  }
  return Problem.sparse({ nodes, capacity, offsets: allOffsets, targets: allTargets, costs: allCosts, unservedCost });
}
