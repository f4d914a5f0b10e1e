import { expect, test } from 'vitest';
import { largestMatching, type Seeker } from '../../lib/network/largest-matching.js';
import { draws } from './small-network.js';

/** By trying everything. */
function largest(seekers: readonly Seeker[], slots: Int32Array): number {
  const free = slots.slice();
  const visit = (s: number, k: number, left: number, groups: number[]): number => {
    if (s === seekers.length) return 0;
    const seeker = seekers[s];
    const next = (): number => visit(s + 1, 0, seekers[s + 1]?.units ?? 0, []);
    if (k === seeker.pools.length || left === 0) return next();
    let best = visit(s, k + 1, left, groups);
    const pool = seeker.pools[k];
    const group = seeker.groups?.[k];
    if (free[pool] > 0 && !(group !== undefined && groups.includes(group))) {
      free[pool]--;
      // A pool may take several units of a seeker without groups.
      best = Math.max(best, 1 + visit(s, group === undefined ? k : k + 1, left - 1, group === undefined ? groups : [...groups, group]));
      free[pool]++;
    }
    return best;
  };
  return visit(0, 0, seekers[0]?.units ?? 0, []);
}

test('no matching is larger, and groups take one unit each', () => {
  let grouped = 0;
  for (let seed = 0; seed < 400; seed++) {
    const draw = draws(seed * 31 + 5);
    const slots = Int32Array.from({ length: 1 + draw(5) }, () => draw(3));
    const seekers = Array.from({ length: draw(5) }, (): Seeker => {
      const pools = Int32Array.from(slots.keys()).filter(() => draw(2) === 0);
      const seeker: Seeker = { units: 1 + draw(3), pools };
      if (draw(2) === 0) seeker.groups = pools.map(() => draw(3));
      return seeker;
    });
    const pairings = largestMatching(seekers, slots);
    const left = slots.slice();
    const units = seekers.map((seeker) => seeker.units);
    const taken = seekers.map((): number[] => []);
    for (const [seeker, pool, count] of pairings) {
      const at = seekers[seeker].pools.indexOf(pool);
      expect(at).toBeGreaterThanOrEqual(0);
      left[pool] -= count;
      units[seeker] -= count;
      const { groups } = seekers[seeker];
      if (groups !== undefined) for (let k = 0; k < count; k++) taken[seeker].push(groups[at]);
    }
    expect(Math.min(0, ...left, ...units)).toBe(0);
    for (const groups of taken) {
      expect(new Set(groups).size).toBe(groups.length);
      grouped += groups.length;
    }
    expect([seed, pairings.reduce((sum, [, , count]) => sum + count, 0)]).toEqual([seed, largest(seekers, slots)]);
  }
  expect(grouped).toBeGreaterThan(50);
});
