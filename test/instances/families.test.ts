import { describe, expect, it } from 'vitest';
import type { Problem } from '../../lib/problem.js';
import { oracle } from '../oracle/oracle.js';
import { FAMILIES } from './families.js';

const SEEDS = Array.from({ length: 60 }, (_, k) => k);

const sum = (count: number, of: (k: number) => number): number => Array.from({ length: count }, (_, k) => of(k)).reduce((a, b) => a + b, 0);
const units = (p: Problem): number => sum(p.demands, (i) => p.unitsOf(i));
const slots = (p: Problem): number => sum(p.nodes, (j) => p.capacityOf(j));
const arcsOf = (p: Problem): number[] => Array.from(p.costs.keys()).filter((a) => !p.forbidden(a));
const costsOf = (p: Problem): number[] => arcsOf(p).map((a) => p.costs[a]);
const rowOf = (p: Problem, i: number): string => {
  const row: string[] = [];
  for (let a = p.rowStart(i); a < p.rowEnd(i); a++) if (!p.forbidden(a)) row.push(`${p.target(a)}:${p.costs[a]}`);
  return `${row.sort().join()} r${p.unservedCostOf(i)}`;
};
const someTier = (p: Problem): boolean => p.tiers?.surcharge.some((g) => g > 0) === true;
const bindingArc = (p: Problem): boolean => {
  for (let i = 0; i < p.demands; i++)
    for (let a = p.rowStart(i); a < p.rowEnd(i); a++) if (!p.forbidden(a) && p.arcCapacityOf(a) < p.unitsOf(i)) return true;
  return false;
};

/** What every problem of a family must be, and what at least one of the 60 must show. */
const CLAIMS: Record<string, { every(p: Problem): boolean; some?: ((p: Problem) => boolean)[] }> = {
  square: { every: (p) => p.demands === p.nodes && arcsOf(p).length === p.demands * p.nodes && slots(p) === p.nodes },
  wide: { every: (p) => p.demands < p.nodes && units(p) < slots(p) },
  tall: { every: (p) => p.demands > p.nodes && units(p) <= slots(p) },
  idle: { every: (p) => slots(p) >= 4 * units(p) },
  overloaded: { every: (p) => units(p) > slots(p) },
  'load exactly 1': { every: (p) => units(p) === slots(p) && units(p) > 0 },
  'all ties': { every: (p) => new Set(costsOf(p)).size <= 1, some: [(p) => arcsOf(p).length > 20] },
  '0/1 costs': { every: (p) => costsOf(p).every((c) => c === 0 || c === 1), some: [(p) => new Set(costsOf(p)).size === 2] },
  'low rank': {
    every: (p) => {
      const cost = (i: number, j: number): number => {
        for (let a = p.rowStart(i); a < p.rowEnd(i); a++) if (p.target(a) === j) return p.costs[a];
        return Number.NaN;
      };
      for (let i = 1; i < p.demands; i++)
        for (let j = 1; j < p.nodes; j++) if (cost(0, 0) * cost(i, j) !== cost(0, j) * cost(i, 0)) return false;
      return true;
    },
  },
  'identical demands': {
    every: (p) => new Set(Array.from({ length: p.demands }, (_, i) => rowOf(p, i))).size <= Math.min(3, p.demands / 2),
  },
  negative: { every: (p) => costsOf(p).every((c) => c < 0), some: [(p) => arcsOf(p).length > 20] },
  'one huge cost': {
    every: (p) => costsOf(p).filter((c) => Math.abs(c) >= 1e9).length === 1 && costsOf(p).every((c) => Math.abs(c) >= 1e9 || c <= 9),
  },
  'floats over nine decades': {
    every: (p) => p.demands * p.nodes === 0 || !p.integer || arcsOf(p).length === 0,
    some: [(p) => Math.max(...costsOf(p).map(Math.abs)) / Math.min(...costsOf(p).map(Math.abs)) > 1e7],
  },
  'units up to 50': {
    every: (p) => Array.from({ length: p.demands }, (_, i) => p.unitsOf(i)).every((d) => d >= 0 && d <= 50),
    some: [(p) => units(p) > 200],
  },
  'units up to 1e9': { every: (p) => p.integer, some: [(p) => units(p) > 3e9, (p) => slots(p) > 3e9] },
  tiers: { every: (p) => p.tiers !== undefined, some: [someTier, (p) => p.tiers?.slots.includes(0) === true] },
  'arc capacities': {
    every: (p) => p.arcCapacity !== undefined || arcsOf(p).length === 0,
    some: [bindingArc, (p) => arcsOf(p).some((a) => p.arcCapacityOf(a) === 0)],
  },
  disconnected: {
    every: (p) => components(p) >= 2,
    some: [(p) => Array.from({ length: p.demands }, (_, i) => rowOf(p, i)).some((row) => row.startsWith(' r'))],
  },
  infeasible: { every: (p) => oracle(p).status === 'infeasible' },
  maximise: { every: (p) => p.maximize, some: [(p) => costsOf(p).some((c) => c < 0)] },
  empty: {
    every: (p) => p.demands === 0 || p.nodes === 0 || arcsOf(p).length === 0,
    some: [
      (p) => p.demands === 0 && p.nodes === 0,
      (p) => p.demands === 0 && p.nodes > 0,
      (p) => p.demands > 0 && p.nodes === 0,
      (p) => p.demands > 0 && p.nodes > 0,
    ],
  },
  mixture: {
    every: () => true,
    some: [
      someTier,
      bindingArc,
      (p) => p.maximize && someTier(p) && bindingArc(p),
      (p) => !p.integer,
      (p) => p.integer && units(p) > 1e7,
      (p) => oracle(p).status === 'infeasible',
    ],
  },
  'larger mixture': { every: (p) => p.demands >= 15 && p.nodes >= 8, some: [(p) => p.maximize, (p) => !p.integer] },
  'a thousand and millionths': {
    every: (p) => costsOf(p).every((c) => c >= 1000 && c <= 1000 + 1e-6),
    some: [(p) => arcsOf(p).length > 50, (p) => units(p) > slots(p)],
  },
};

/** Connected parts of the market, demands and nodes without arcs included. */
function components(p: Problem): number {
  const parent = Array.from({ length: p.demands + p.nodes }, (_, v) => v);
  const root = (v: number): number => (parent[v] === v ? v : root(parent[v]));
  for (let i = 0; i < p.demands; i++) {
    for (let a = p.rowStart(i); a < p.rowEnd(i); a++) if (!p.forbidden(a)) parent[root(i)] = root(p.demands + p.target(a));
  }
  return parent.filter((v, at) => v === at).length;
}

describe('families of random problems', () => {
  it('each have a claim, and no claim is without a family', () => {
    expect(FAMILIES.map((f) => f.name).sort()).toEqual(Object.keys(CLAIMS).sort());
  });

  describe.each(FAMILIES)('$name', (family) => {
    const claim = CLAIMS[family.name];
    const problems = SEEDS.map((seed) => family.make(seed));

    it('gives what it claims, for every seed', () => {
      const wrong = SEEDS.filter((seed) => !claim.every(problems[seed]));
      expect(wrong).toEqual([]);
    });

    it('shows every trait it exists for within 60 seeds', () => {
      const traits = claim.some ?? [];
      expect(traits.filter((trait) => !problems.some(trait)).map(String)).toEqual([]);
    });

    it('makes the same problem from the same seed and others from other seeds', () => {
      expect(SEEDS.map((seed) => family.make(seed).digest())).toEqual(problems.map((p) => p.digest()));
      // The empty family has few different members; all others have practically no twins.
      const least = family.name === 'empty' ? 10 : 50;
      expect(new Set(problems.map((p) => p.digest())).size).toBeGreaterThanOrEqual(least);
    });
  });

  it('come through all three constructors', () => {
    const problems = FAMILIES.flatMap((f) => SEEDS.map((seed) => f.make(seed)));
    expect(problems.some((p) => p.dense)).toBe(true);
    expect(problems.some((p) => !p.dense)).toBe(true);
    expect(problems.some((p) => p.dense && p.arcCapacity !== undefined && arcsOf(p).length < p.arcs)).toBe(true);
  });
});
