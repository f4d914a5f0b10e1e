// A seeded fleet of any size: demands with 16 random nodes each, costs that tie rarely, about 90% load. Plain JavaScript, so
// that the programs run in child processes and workers can share it with the tests.

/** Mulberry32: 32-bit state, uniform in [0, 1). */
export function random(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Arguments for Problem.sparse. `shared` puts the arcs on SharedArrayBuffers. */
export function fleet({ demands, nodes, arcs = 16, seed = 1, load = 0.9, shared = false }) {
  const next = random(seed);
  const buffer = (bytes) => (shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes));
  const offsets = new Int32Array(buffer((demands + 1) * 4));
  const targets = new Int32Array(buffer(demands * arcs * 4));
  const costs = new Float64Array(buffer(demands * arcs * 8));
  const speed = Float64Array.from({ length: nodes }, () => 1 + 3 * next());
  for (let i = 0; i < demands; i++) {
    offsets[i + 1] = (i + 1) * arcs;
    const size = 100 + 900 * next();
    const first = Math.floor(next() * nodes);
    const taken = new Set();
    for (let k = 0; k < arcs; k++) {
      let j = k === 0 ? first : Math.floor(next() * nodes);
      while (taken.has(j)) j = (j + 1) % nodes;
      taken.add(j);
      targets[i * arcs + k] = j;
      costs[i * arcs + k] = Math.floor((size * 100) / speed[j] + 1000 * next());
    }
  }
  return { nodes, capacity: Math.ceil(demands / nodes / load), offsets, targets, costs, unservedCost: 1e6 };
}

export const LARGE = { demands: 150_000, nodes: 12_500, arcs: 16 };
