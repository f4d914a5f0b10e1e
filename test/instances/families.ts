/**
 * Families of random problems, each small enough for the oracle and each hard in a way of its own. A family's name and a seed
 * name one problem for ever; `families.test.ts` checks that each family gives what its name claims.
 */
import type { Problem } from '../../lib/problem.js';
import { market, type Recipe } from './market.js';
import { Random } from './random.js';

export interface Family {
  name: string;
  make(seed: number): Problem;
}

/** Each pair an arc with this probability, at a random cost. */
function costs(random: Random, low: number, high: number, density = 1): Recipe['cost'] {
  return () => (random.chance(density) ? random.whole(low, high) : undefined);
}

/** Whole numbers >= least that sum to `total`. */
function shares(random: Random, count: number, total: number, least = 0): number[] {
  const parts = new Array<number>(count).fill(least);
  for (let left = total - least * count; left > 0; left--) parts[random.whole(0, count - 1)]++;
  return parts;
}

const MUST = Number.POSITIVE_INFINITY;

const RECIPES: Record<string, (random: Random) => Recipe> = {
  square: (r) => {
    const n = r.whole(1, 14);
    return { demands: n, nodes: n, cost: costs(r, 0, 100) };
  },
  wide: (r) => {
    const n = r.whole(1, 6);
    return { demands: n, nodes: r.whole(n + 1, 15), cost: costs(r, 0, 100) };
  },
  tall: (r) => {
    const m = r.whole(1, 6);
    const n = r.whole(m + 1, 20);
    const capacity = shares(r, m, n + r.whole(0, 3));
    return { demands: n, nodes: m, cost: costs(r, 0, 100), capacity: (j) => capacity[j] };
  },
  idle: (r) => {
    const n = r.whole(1, 10);
    return { demands: n, nodes: r.whole(2, 10), cost: costs(r, 0, 50), capacity: () => r.whole(2 * n, 4 * n) };
  },
  overloaded: (r) => {
    const m = r.whole(1, 7);
    const capacity = r.list(m, () => r.whole(0, 3));
    const slots = capacity.reduce((sum, c) => sum + c, 0);
    return {
      demands: slots + r.whole(1, 8),
      nodes: m,
      cost: costs(r, 0, 60, r.pick([0.5, 1])),
      capacity: (j) => capacity[j],
      unservedCost: () => r.whole(0, 100),
    };
  },
  'load exactly 1': (r) => {
    const n = r.whole(2, 15);
    const m = r.whole(1, Math.min(n, 8));
    const capacity = shares(r, m, n, 1);
    return { demands: n, nodes: m, cost: costs(r, 0, 30), capacity: (j) => capacity[j] };
  },
  'all ties': (r) => {
    const same = r.whole(-5, 20);
    const m = r.whole(1, 8);
    return {
      demands: r.whole(1, 14),
      nodes: m,
      cost: () => (r.chance(0.8) ? same : undefined),
      capacity: () => r.whole(0, 3),
      unservedCost: () => same + r.pick([-1, 0, 1]),
    };
  },
  '0/1 costs': (r) => {
    const n = r.whole(2, 14);
    return { demands: n, nodes: n + r.whole(0, 2), cost: costs(r, 0, 1), unservedCost: r.chance(0.5) ? () => MUST : () => r.whole(0, 1) };
  },
  'low rank': (r) => {
    const n = r.whole(2, 13);
    const m = r.whole(2, 13);
    const a = r.list(n, () => r.whole(1, 30));
    const b = r.list(m, () => r.whole(1, 30));
    return { demands: n, nodes: m, cost: (i, j) => a[i] * b[j], unservedCost: () => r.whole(300, 900) };
  },
  'identical demands': (r) => {
    const m = r.whole(1, 8);
    const kinds = r
      .list(r.whole(1, 3), (k) => k)
      .map(() => ({
        row: Array.from({ length: m }, () => (r.chance(0.8) ? r.whole(0, 20) : undefined)),
        unserved: r.whole(5, 30),
      }));
    const n = r.whole(2 * kinds.length, 16);
    const kindOf = r.list(n, (i) => i % kinds.length);
    return {
      demands: n,
      nodes: m,
      cost: (i, j) => kinds[kindOf[i]].row[j],
      capacity: () => r.whole(0, 4),
      unservedCost: (i) => kinds[kindOf[i]].unserved,
    };
  },
  negative: (r) => ({
    demands: r.whole(1, 13),
    nodes: r.whole(1, 9),
    cost: costs(r, -100, -1, r.pick([0.4, 1])),
    capacity: () => r.whole(0, 2),
    unservedCost: () => r.whole(-90, 10),
  }),
  'one huge cost': (r) => {
    const n = r.whole(2, 12);
    const at = [r.whole(0, n - 1), r.whole(0, n - 1)];
    const huge = r.pick([10 ** 9, 10 ** 12, -(10 ** 12)]);
    return {
      demands: n,
      nodes: n,
      cost: (i, j) => (i === at[0] && j === at[1] ? huge : r.whole(0, 9)),
      unservedCost: r.chance(0.5) ? () => MUST : () => r.whole(0, 40),
    };
  },
  'floats over nine decades': (r) => ({
    demands: r.whole(1, 12),
    nodes: r.whole(1, 9),
    cost: () => (r.chance(0.9) ? 10 ** (9 * r.real() - 3) * r.pick([1, 1, 1, -1]) : undefined),
    capacity: () => r.whole(0, 3),
    unservedCost: () => 10 ** (9 * r.real() - 3),
  }),
  'units up to 50': (r) => {
    const m = r.whole(1, 8);
    return {
      demands: r.whole(1, 10),
      nodes: m,
      cost: costs(r, 0, 40, 0.8),
      units: () => r.whole(0, 50),
      capacity: () => r.whole(0, 80),
      unservedCost: () => r.whole(0, 60),
    };
  },
  'units up to 1e9': (r) => ({
    demands: r.whole(1, 9),
    nodes: r.whole(1, 8),
    cost: costs(r, -50, 500, 0.8),
    units: () => r.pick([r.whole(0, 9), r.whole(0, 10 ** 9), 10 ** 9]),
    capacity: () => r.pick([0, r.whole(0, 10 ** 9), 2 * 10 ** 9]),
    unservedCost: () => r.whole(0, 600),
  }),
  tiers: (r) => ({
    demands: r.whole(1, 14),
    nodes: r.whole(1, 6),
    cost: costs(r, 0, 20, 0.9),
    capacity: () => r.whole(0, 6),
    unservedCost: () => r.whole(0, 50),
    tierStep: () => r.whole(0, 8),
  }),
  'arc capacities': (r) => ({
    demands: r.whole(1, 8),
    nodes: r.whole(1, 8),
    cost: costs(r, 0, 30, 0.9),
    units: () => r.whole(0, 8),
    capacity: () => r.whole(0, 10),
    unservedCost: () => r.whole(0, 50),
    arcCapacity: () => (r.chance(0.6) ? r.whole(0, 5) : Number.POSITIVE_INFINITY),
  }),
  disconnected: (r) => {
    const groups = r.whole(2, 4);
    const n = r.whole(groups, 14);
    const m = r.whole(groups, 10);
    return {
      demands: n,
      nodes: m,
      cost: (i, j) => (i % groups === j % groups && j >= groups - 1 ? r.whole(0, 20) : undefined),
      capacity: () => r.whole(1, 2),
      unservedCost: () => r.whole(5, 40),
    };
  },
  infeasible: (r) => {
    // A few must-serve demands share nodes that hold one unit too few; the rest of the market is at ease.
    const m = r.whole(1, 8);
    const shared = r.whole(0, m - 1);
    const capacity = r.list(m, () => r.whole(0, 4));
    const slots = capacity.slice(0, shared).reduce((sum, c) => sum + c, 0);
    const units = r.list(r.whole(1, 3), () => r.whole(1, 4));
    units[0] += Math.max(0, slots + 1 - units.reduce((sum, d) => sum + d, 0));
    const tight = units.length;
    return {
      demands: tight + r.whole(0, 6),
      nodes: m,
      cost: (i, j) => (i < tight ? (j < shared && r.chance(0.9) ? r.whole(0, 9) : undefined) : r.chance(0.7) ? r.whole(0, 9) : undefined),
      units: (i) => units[i] ?? r.whole(0, 2),
      capacity: (j) => capacity[j],
      unservedCost: (i) => (i < tight ? MUST : r.pick([MUST, 3, 8])),
    };
  },
  maximise: (r) => ({
    demands: r.whole(1, 13),
    nodes: r.whole(1, 9),
    cost: costs(r, -20, 100, r.pick([0.5, 1])),
    capacity: () => r.whole(0, 3),
    unservedCost: () => r.whole(-10, 60),
    maximize: true,
  }),
  empty: (r) => {
    const kind = r.whole(0, 3);
    const unserved = (): number => (kind === 3 || r.chance(0.7) ? r.whole(0, 9) : MUST);
    return {
      demands: kind === 0 || kind === 1 ? 0 : r.whole(1, 4),
      nodes: kind === 0 || kind === 2 ? 0 : r.whole(1, 4),
      cost: () => undefined,
      capacity: () => r.whole(0, 2),
      unservedCost: unserved,
      units: () => r.whole(0, 2),
    };
  },
  mixture,
  'larger mixture': (r) => ({ ...mixture(r), demands: r.whole(15, 25), nodes: r.whole(8, 15) }),
  'a thousand and millionths': (r) => ({
    demands: r.whole(2, 20),
    nodes: r.whole(2, 9),
    cost: () => (r.chance(0.8) ? 1000 + 1e-6 * r.real() : undefined),
    capacity: () => r.whole(0, 3),
    unservedCost: () => r.pick([1000 + 1e-6 * r.real(), 5000]),
  }),
};

/** Everything at once: each feature present or not, by chance. */
function mixture(r: Random): Recipe {
  const big = r.chance(0.2);
  const float = r.chance(0.25);
  const scale = r.pick([1, 10, 1000]);
  const density = r.pick([0.2, 0.6, 1]);
  const must = r.pick([0, 0.2, 0.6]);
  const value = (low: number, high: number): number => (float ? low + (high - low) * r.real() : r.whole(low, high));
  const recipe: Recipe = {
    demands: r.whole(0, 12),
    nodes: r.whole(0, 9),
    cost: () => (r.chance(density) ? value(-scale, 3 * scale) : undefined),
    unservedCost: () => (r.chance(must) ? MUST : value(-scale, 4 * scale)),
    capacity: () => (big ? r.pick([0, 10 ** 9, r.whole(0, 10 ** 6)]) : r.whole(0, 6)),
  };
  if (r.chance(0.6)) recipe.units = () => (big ? r.whole(0, 10 ** 8) : r.whole(0, 5));
  if (r.chance(0.4)) recipe.tierStep = () => value(0, scale);
  if (r.chance(0.4)) recipe.arcCapacity = () => (r.chance(0.5) ? (big ? r.whole(0, 10 ** 8) : r.whole(0, 4)) : Number.POSITIVE_INFINITY);
  if (r.chance(0.4)) recipe.maximize = true;
  return recipe;
}

export const FAMILIES: Family[] = Object.entries(RECIPES).map(([name, recipe], index) => ({
  name,
  make: (seed) => {
    const random = new Random(Math.imul(seed + 1, 0x85ebca6b) ^ Math.imul(index + 1, 0xc2b2ae35));
    return market(random, recipe(random));
  },
}));

/** The family of a name. */
export function family(name: string): Family {
  const found = FAMILIES.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`no family '${name}'`);
  return found;
}
