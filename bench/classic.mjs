/**
 * The classic shapes: dense and sparse assignment, transportation with masses, classes with many units. Seeded.
 *
 * uniform       n x n, costs 1..range (range 100: ties; 2: almost all ties)
 * slotted       n x m, uniform costs, `capacity` slots a node
 * lowRank       n x n, cost = sum of three products of factors 0..30
 * euclidean     n x n, distances between two sets of points in the unit square, times 1e6
 * macholWien    n x n, cost = (i + 1)(j + 1)
 * sparse        n x n, `arcs` random nodes a demand and one more from a hidden permutation; costs 1..1e6
 * contended     every node has a popularity that dominates cost: 10000 * popularity + 1000 * noise; unserved cost 30000
 * masses        n x n dense transportation, units and capacities 1e5..1e9, costs 1..10000
 * grid          optimal transport between two random histograms on a side x side grid, mass 1e6 each; squared distance or L1
 * manyUnits     2,000 demands of 1..200 units on 5,000 nodes, 64 arcs
 */
import { Problem } from '../dist/index.js';
import { random, sample } from './random.mjs';

export const uniform = ({ n, ...rest }) => slotted({ n, m: n, capacity: 1, ...rest });

export function slotted({ n, m, capacity, range = 1e6, seed = 1 }) {
  const next = random(seed);
  return Problem.dense(
    Int32Array.from({ length: n * m }, () => 1 + Math.floor(next() * range)),
    { demands: n, nodes: m, capacity },
  );
}
export function lowRank({ n, seed = 1 }) {
  const next = random(seed);
  const factor = () => Int32Array.from({ length: n }, () => Math.floor(next() * 31));
  const left = [factor(), factor(), factor()];
  const right = [factor(), factor(), factor()];
  return Problem.dense(
    Int32Array.from({ length: n * n }, (_, a) => {
      const i = Math.floor(a / n);
      const j = a % n;
      return left[0][i] * right[0][j] + left[1][i] * right[1][j] + left[2][i] * right[2][j];
    }),
    { demands: n, nodes: n },
  );
}

export function euclidean({ n, seed = 1 }) {
  const next = random(seed);
  const point = () => Float64Array.from({ length: n }, next);
  const [x, y, u, v] = [point(), point(), point(), point()];
  const costs = new Int32Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) costs[i * n + j] = Math.round(1e6 * Math.hypot(x[i] - u[j], y[i] - v[j]));
  return Problem.dense(costs, { demands: n, nodes: n });
}

export function macholWien({ n }) {
  return Problem.dense(
    Int32Array.from({ length: n * n }, (_, a) => (Math.floor(a / n) + 1) * ((a % n) + 1)),
    { demands: n, nodes: n },
  );
}

export function sparse({ n, arcs, seed = 1 }) {
  const next = random(seed);
  const hidden = Int32Array.from({ length: n }, (_, i) => i);
  for (let k = n - 1; k > 0; k--) {
    const other = Math.floor(next() * (k + 1));
    [hidden[k], hidden[other]] = [hidden[other], hidden[k]];
  }
  const offsets = new Int32Array(n + 1);
  const targets = new Int32Array(n * (arcs + 1));
  const costs = new Int32Array(n * (arcs + 1));
  const chosen = new Set();
  let end = 0;
  for (let i = 0; i < n; i++) {
    chosen.clear();
    chosen.add(hidden[i]);
    for (let k = 0; k < arcs; k++) chosen.add(Math.floor(next() * n));
    for (const j of [...chosen].sort((p, q) => p - q)) {
      targets[end] = j;
      costs[end++] = 1 + Math.floor(next() * 1e6);
    }
    offsets[i + 1] = end;
  }
  return Problem.sparse({ nodes: n, capacity: 1, offsets, targets: targets.subarray(0, end), costs: costs.subarray(0, end) });
}

export function contended({ demands, nodes, arcs = 16, load = 0.9, seed = 1 }) {
  const next = random(seed);
  const popularity = Float64Array.from({ length: nodes }, next);
  const total = Math.round(demands / load);
  const capacity = new Int32Array(nodes).fill(Math.floor(total / nodes));
  for (let left = total - Math.floor(total / nodes) * nodes; left > 0; left--) capacity[Math.floor(next() * nodes)]++;
  const targets = new Int32Array(demands * arcs);
  const costs = new Int32Array(demands * arcs);
  const seen = new Set();
  for (let i = 0; i < demands; i++) {
    sample(arcs, nodes, next, seen).forEach((j, k) => {
      targets[i * arcs + k] = j;
      costs[i * arcs + k] = Math.floor(10_000 * popularity[j] + 1_000 * next());
    });
  }
  const offsets = Int32Array.from({ length: demands + 1 }, (_, i) => i * arcs);
  return Problem.sparse({ nodes, capacity, offsets, targets, costs, unservedCost: 30_000 });
}

export function masses({ n, load = 0.9, seed = 1 }) {
  const next = random(seed);
  const units = Int32Array.from({ length: n }, () => Math.floor(10 ** (5 + 4 * next())));
  const share = Float64Array.from({ length: n }, () => 10 ** (2 * next()));
  const slots = units.reduce((s, d) => s + d, 0) / load;
  const sum = share.reduce((s, x) => s + x, 0);
  const capacity = Int32Array.from(share, (x) => Math.min(2_000_000_000, Math.ceil((slots * x) / sum)));
  const costs = Int32Array.from({ length: n * n }, () => 1 + Math.floor(next() * 10_000));
  return Problem.dense(costs, { demands: n, nodes: n, units, capacity, unservedCost: 20_000 });
}

export function grid({ side, squared, seed = 1 }) {
  const next = random(seed);
  const cells = side * side;
  const histogram = () => {
    const weight = Float64Array.from({ length: cells }, () => next() ** 3);
    const sum = weight.reduce((s, x) => s + x, 0);
    const mass = Int32Array.from(weight, (x) => Math.floor((1e6 * x) / sum));
    for (let left = 1e6 - mass.reduce((s, x) => s + x, 0); left > 0; left--) mass[Math.floor(next() * cells)]++;
    return mass;
  };
  const costs = new Int32Array(cells * cells);
  for (let i = 0; i < cells; i++) {
    for (let j = 0; j < cells; j++) {
      const dx = Math.abs((i % side) - (j % side));
      const dy = Math.abs(Math.floor(i / side) - Math.floor(j / side));
      costs[i * cells + j] = squared ? dx * dx + dy * dy : dx + dy;
    }
  }
  return Problem.dense(costs, { demands: cells, nodes: cells, units: histogram(), capacity: histogram() });
}

export function manyUnits({ demands = 2_000, nodes = 5_000, arcs = 64, load = 0.9, seed = 1 } = {}) {
  const next = random(seed);
  const units = Int32Array.from({ length: demands }, () => 1 + Math.floor(next() * 200));
  const total = Math.round(units.reduce((s, d) => s + d, 0) / load);
  const capacity = new Int32Array(nodes).fill(Math.floor(total / nodes));
  for (let left = total - Math.floor(total / nodes) * nodes; left > 0; left--) capacity[Math.floor(next() * nodes)]++;
  const targets = new Int32Array(demands * arcs);
  const costs = new Int32Array(demands * arcs);
  const seen = new Set();
  for (let i = 0; i < demands; i++) {
    sample(arcs, nodes, next, seen).forEach((j, k) => {
      targets[i * arcs + k] = j;
      costs[i * arcs + k] = 1 + Math.floor(next() * 1_000);
    });
  }
  const offsets = Int32Array.from({ length: demands + 1 }, (_, i) => i * arcs);
  return Problem.sparse({ nodes, capacity, offsets, targets, costs, units, unservedCost: 5_000 });
}
