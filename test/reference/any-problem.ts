/** Random small problems with every feature at once, for tests that compare answers. */
import { Problem } from '../../lib/problem.js';
import { Random } from '../instances/random.js';

/** Whole-number costs unless `float`; a seed names one problem for ever. */
export function anyProblem(seed: number, float = false): Problem {
  const r = new Random(seed);
  const large = r.chance(0.1);
  const n = large ? r.whole(5, 25) : r.whole(1, 6);
  const m = large ? r.whole(3, 12) : r.whole(1, 5);
  const density = r.chance(0.25) ? 0.1 + 0.3 * r.real() : 0.5 + 0.5 * r.real();
  const mass = r.whole(0, 3);
  const range = r.pick(mass === 3 ? [1, 5, 20, 1000] : [1, 5, 20, 1000, 300000]);
  const maximize = r.chance(0.25);
  const low = range === 1 ? 0 : r.chance(0.5) ? -range : 0;
  const decades = r.pick([1, 3, 9]);
  const money = (least: number): number =>
    float ? r.pick(least < 0 ? [1, -1] : [1]) * range * 10 ** (-decades * r.real()) : r.whole(least, range);
  const units = r.list(n, () => [1, r.whole(1, 4), r.whole(0, 30), r.chance(0.3) ? r.whole(1, 3) : r.whole(1, 10 ** 9)][mass]);
  const total = units.reduce((sum, d) => sum + d, 0);
  const mustServe = r.pick([0, 0, 0.15, 0.7, 1]);
  const unservedCost = r.list(n, () => (r.chance(mustServe) ? Number.POSITIVE_INFINITY : 3 * money(r.chance(0.2) ? -range : 0)));
  const bounded = r.chance(0.5);
  const slack = 0.4 + 1.6 * r.real();
  const capacity = r.list(m, () =>
    r.chance(0.12) ? 0 : Math.min(2 * 10 ** 9, Math.max(0, Math.floor((total * slack) / m) + r.whole(-1, 2))),
  );
  const tiered = r.chance(0.5);
  const tiers = { offsets: new Int32Array(m + 1), slots: [] as number[], surcharge: [] as number[] };
  for (let j = 0; j < m; j++) {
    const count = r.whole(r.chance(0.2) && capacity[j] === 0 ? 0 : 1, 3);
    let left = capacity[j];
    let surcharge = r.chance(0.5) ? 0 : money(0) / (float ? 2 : 1);
    for (let t = 0; t < count; t++) {
      const slots = t === count - 1 ? left : r.whole(0, left);
      left -= slots;
      tiers.slots.push(slots);
      tiers.surcharge.push(surcharge);
      surcharge += money(0);
    }
    tiers.offsets[j + 1] = tiers.slots.length;
  }
  // Rows may repeat, as they do in a market: identical demands, and nearly identical ones.
  const rows: { node: number; cost: number; bound: number }[][] = [];
  for (let i = 0; i < n; i++) {
    if (i > 0 && r.chance(0.3)) {
      const twin = r.whole(0, i - 1);
      rows.push(rows[twin].map((arc) => ({ ...arc, bound: r.chance(0.9) ? arc.bound : r.whole(0, 5) })));
      if (r.chance(0.6)) units[i] = units[twin];
      if (r.chance(0.9)) unservedCost[i] = unservedCost[twin];
      continue;
    }
    const row: { node: number; cost: number; bound: number }[] = [];
    for (let j = 0; j < m; j++) {
      if (!r.chance(density)) continue;
      const d = units[i];
      const bound = r.chance(0.35) ? 2 ** 31 - 1 : r.whole(r.chance(0.1) ? 0 : 1, Math.max(1, r.chance(0.5) ? d : Math.floor(d / 2) + 1));
      row.push({ node: j, cost: money(low), bound });
    }
    rows.push(r.chance(0.5) ? r.shuffle(row) : row);
  }
  const offsets = Int32Array.of(0, ...rows.map((row) => row.length));
  for (let i = 0; i < n; i++) offsets[i + 1] += offsets[i];
  const arcs = rows.flat();
  return Problem.sparse({
    nodes: m,
    capacity: Int32Array.from(capacity),
    offsets,
    targets: Int32Array.from(arcs, (arc) => arc.node),
    costs: Float64Array.from(arcs, (arc) => arc.cost),
    units: Int32Array.from(units),
    unservedCost: Float64Array.from(unservedCost),
    ...(bounded ? { arcCapacity: Int32Array.from(arcs, (arc) => arc.bound) } : {}),
    ...(tiered
      ? { tiers: { offsets: tiers.offsets, slots: Int32Array.from(tiers.slots), surcharge: Float64Array.from(tiers.surcharge) } }
      : {}),
    maximize,
  });
}
