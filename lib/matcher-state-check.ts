/** What must hold of a state from outside before an engine may trust it. Prices may be anything finite: they cost time, no more. */
import { GRID_LIMIT, type MarketState } from './backend/engine.js';

/** What is wrong with a state, in words; undefined when nothing is. */
export function checkState(state: MarketState, generations: Int32Array, freeSlots: Int32Array, live: Uint8Array): string | undefined {
  const { nodes: m, slots, offsets, targets, tierOffsets, tierSlots, tierSurcharge } = state;
  const n = slots.length;
  const arcs = targets.length;
  const lengths: [string, { length: number }, number][] = [
    ['capacity', state.capacity, m],
    ['price', state.price, m],
    ['tierOffsets', tierOffsets, m + 1],
    ['tierSurcharge', tierSurcharge, tierSlots.length],
    ['offsets', offsets, n + 1],
    ...(['units', 'unservedCost', 'keep', 'held', 'pooled', 'pooledBase'] as const).map((name): [string, { length: number }, number] => [
      name,
      state[name],
      n,
    ]),
    ...(['costs', 'flow', 'base', 'fixed'] as const).map((name): [string, { length: number }, number] => [name, state[name], arcs]),
  ];
  if (state.bounds !== undefined) lengths.push(['bounds', state.bounds, arcs]);
  for (const [name, list, length] of lengths) if (list.length !== length) return `${name} has ${list.length} entries, expected ${length}`;
  if (!ascends(offsets, arcs)) return 'offsets are no offsets';
  if (!ascends(tierOffsets, tierSlots.length)) return 'tierOffsets are no offsets';
  if (generations.some((g) => g < 0 || g > 2 ** 22)) return 'generations are out of range';
  const taken = new Set(slots);
  for (const slot of freeSlots) {
    if (!(slot >= 0 && slot < generations.length) || taken.has(slot)) return 'the free slots are invalid';
    taken.add(slot);
  }
  return checkNodes(state, live) ?? checkDemands(state, generations.length, live);
}

function ascends(offsets: Int32Array, end: number): boolean {
  return offsets[0] === 0 && offsets[offsets.length - 1] === end && offsets.every((x, k) => k === 0 || x >= offsets[k - 1]);
}

function checkNodes(state: MarketState, live: Uint8Array): string | undefined {
  const { tierOffsets, tierSlots, tierSurcharge, capacity, price } = state;
  for (let j = 0; j < state.nodes; j++) {
    let slots = 0;
    for (let t = tierOffsets[j]; t < tierOffsets[j + 1]; t++) {
      slots += tierSlots[t];
      const before = t === tierOffsets[j] ? 0 : tierSurcharge[t - 1];
      if (tierSlots[t] < 0 || !(tierSurcharge[t] >= before && tierSurcharge[t] < GRID_LIMIT)) return `a tier of node ${j} is invalid`;
    }
    if (tierOffsets[j] === tierOffsets[j + 1] || slots !== capacity[j] || (live[j] === 0 && slots > 0))
      return `the tiers of node ${j} are invalid`;
    if (Number.isNaN(price[j])) return `the price of node ${j} is no number`;
  }
  return undefined;
}

function checkDemands(state: MarketState, slotsEnd: number, live: Uint8Array): string | undefined {
  const { offsets, targets, slots, flow, base, fixed, bounds, units, pooled, pooledBase, unservedCost, keep, costs } = state;
  const load = new Float64Array(state.nodes);
  const committed = new Float64Array(state.nodes);
  const row = new Int32Array(state.nodes).fill(-1);
  for (let k = 0; k < slots.length; k++) {
    const wrong = `demand ${k} is invalid`;
    if (!(slots[k] > (k === 0 ? -1 : slots[k - 1]) && slots[k] < slotsEnd)) return wrong;
    if (units[k] < 0 || pooled[k] < 0 || pooledBase[k] < 0 || Number.isNaN(unservedCost[k]) || !(unservedCost[k] > -GRID_LIMIT))
      return wrong;
    if (!(keep[k] < GRID_LIMIT) || (state.held[k] !== 0 && !(keep[k] >= 0))) return wrong;
    let placed = pooled[k];
    for (let a = offsets[k]; a < offsets[k + 1]; a++) {
      const j = targets[a];
      if (!(j >= 0 && j < state.nodes && live[j] === 1) || row[j] === k) return wrong;
      row[j] = k;
      if (!(Math.abs(costs[a]) < GRID_LIMIT) || fixed[a] < 0 || flow[a] < fixed[a] || base[a] < 0) return wrong;
      if (bounds !== undefined && flow[a] > bounds[a]) return wrong;
      placed += flow[a];
      load[j] += flow[a];
      committed[j] += fixed[a];
    }
    if (placed > units[k]) return wrong;
  }
  const known = new Set(slots);
  for (let k = 0; k < state.lost.length; k += 3)
    if (!known.has(state.lost[k]) || !(state.lost[k + 1] >= 0 && state.lost[k + 1] < state.nodes) || !(state.lost[k + 2] > 0))
      return 'lost units are invalid';
  for (let j = 0; j < state.nodes; j++) if (load[j] > Math.max(state.capacity[j], committed[j])) return `node ${j} holds ${load[j]} units`;
  return undefined;
}
