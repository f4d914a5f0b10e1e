/** Builds a random Problem from a recipe, through one of the three constructors, so that all of them are exercised alike. */
import { Problem, type ProblemFields } from '../../lib/problem.js';
import type { Random } from './random.js';

export interface Recipe {
  demands: number;
  nodes: number;
  /** Cost of a pair, or undefined to forbid it. */
  cost(demand: number, node: number): number | undefined;
  units?(demand: number): number;
  capacity?(node: number): number;
  /** Infinity: must be served. Default: every demand must. */
  unservedCost?(demand: number): number;
  /** Infinity: none. */
  arcCapacity?(demand: number, node: number): number;
  /** Surcharges for later slots, made from steps of this size; 0 leaves a tier as dear as the one before. */
  tierStep?(): number;
  maximize?: boolean;
  form?: Form;
}

export const FORMS = ['sparse', 'dense', 'fromArcs'] as const;
export type Form = (typeof FORMS)[number];

export function market(random: Random, recipe: Recipe): Problem {
  const { demands: n, nodes: m } = recipe;
  const arcs: [demand: number, node: number, cost: number, bound: number][] = [];
  for (let i = 0; i < n; i++) {
    const row: typeof arcs = [];
    for (let j = 0; j < m; j++) {
      const cost = recipe.cost(i, j);
      if (cost !== undefined) row.push([i, j, cost, recipe.arcCapacity?.(i, j) ?? Number.POSITIVE_INFINITY]);
    }
    arcs.push(...random.shuffle(row));
  }
  const capacity = random.list(m, (j) => recipe.capacity?.(j) ?? 1);
  const fields: ProblemFields & { capacity: number[] } = { capacity };
  if (recipe.units !== undefined) fields.units = random.list(n, recipe.units);
  if (recipe.unservedCost !== undefined) fields.unservedCost = random.list(n, recipe.unservedCost);
  if (recipe.tierStep !== undefined) fields.tiers = tiers(random, capacity, recipe.tierStep);
  if (recipe.maximize === true) fields.maximize = true;
  const bounded = recipe.arcCapacity !== undefined;

  const form = recipe.form ?? random.pick(FORMS);
  if (form === 'fromArcs') {
    random.shuffle(arcs);
    return Problem.fromArcs({
      ...fields,
      demands: n,
      nodes: m,
      arcs: arcs.map(([i, j, cost, bound]) => (bounded ? [i, j, cost, bound] : [i, j, cost])),
    });
  }
  if (form === 'dense') {
    const costs = new Float64Array(n * m).fill(recipe.maximize === true ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY);
    const bounds = new Float64Array(n * m).fill(Number.POSITIVE_INFINITY);
    for (const [i, j, cost, bound] of arcs) {
      costs[i * m + j] = cost;
      bounds[i * m + j] = bound;
    }
    return Problem.dense(costs, { ...fields, demands: n, nodes: m, ...(bounded ? { arcCapacity: bounds } : {}) });
  }
  const offsets = new Int32Array(n + 1);
  for (const [i] of arcs) offsets[i + 1]++;
  for (let i = 0; i < n; i++) offsets[i + 1] += offsets[i];
  return Problem.sparse({
    ...fields,
    nodes: m,
    offsets,
    targets: Int32Array.from(arcs, (arc) => arc[1]),
    costs: Float64Array.from(arcs, (arc) => arc[2]),
    ...(bounded ? { arcCapacity: Float64Array.from(arcs, (arc) => arc[3]) } : {}),
  });
}

/** None to three tiers a node; some without slots. */
function tiers(
  random: Random,
  capacity: number[],
  step: () => number,
): { offsets: Int32Array; slots: Int32Array; surcharge: Float64Array } {
  const offsets = [0];
  const slots: number[] = [];
  const surcharge: number[] = [];
  for (const c of capacity) {
    const count = random.whole(0, 3);
    let left = c;
    let g = random.chance(0.5) ? 0 : step();
    for (let k = 0; k < count; k++) {
      const size = k === count - 1 ? left : random.whole(0, left);
      slots.push(size);
      surcharge.push(g);
      left -= size;
      g += step();
    }
    offsets.push(slots.length);
  }
  return { offsets: Int32Array.from(offsets), slots: Int32Array.from(slots), surcharge: Float64Array.from(surcharge) };
}
