/** A deadline stops a repair even in the middle of a search, and every repair ends, whatever the deadlines. */
import { describe, expect, test } from 'vitest';
import { Matcher, type MatcherUpdate } from '../../lib/matcher.js';
import { solveSync } from '../../lib/solve.js';
import { BACKENDS } from './engines.js';

const LENGTH = 400;
const FULL = { deadlineMs: Number.POSITIVE_INFINITY };
const NOW = { deadlineMs: 0 };

/** Demand k is best off on node k and may move to node k + 1: whoever comes to node 0 or leaves it concerns everybody. */
function chain(backend: (typeof BACKENDS)[number]): Matcher {
  const matcher = new Matcher({ capacity: new Int32Array(LENGTH + 1).fill(1), backend });
  matcher.addMany({
    offsets: Int32Array.from({ length: LENGTH + 1 }, (_, k) => 2 * k),
    targets: Int32Array.from({ length: 2 * LENGTH }, (_, a) => (a + 1) >> 1),
    costs: Float64Array.from({ length: 2 * LENGTH }, (_, a) => a % 2),
  });
  expect(matcher.update(FULL)).toMatchObject({ complete: true, objective: 0 });
  return matcher;
}

/** Updates until one is complete; none of those before may change anything while their only search goes on. */
function drain(matcher: Matcher, between: () => void): MatcherUpdate[] {
  const { prices } = matcher.solution();
  const updates: MatcherUpdate[] = [];
  for (;;) {
    const update = matcher.update(NOW);
    updates.push(update);
    expect(update.complete).toBe(!update.stats.interrupted);
    if (update.complete) return updates;
    expect(update.changes).toEqual([]);
    expect(matcher.solution().prices).toEqual(prices);
    expect(updates.length).toBeLessThan(10 * LENGTH);
    between();
  }
}

const sum = (list: number[]): number => list.reduce((total, x) => total + x, 0);

describe.each(BACKENDS)('%s', (backend) => {
  test('a search that a deadline cuts goes on where it was', () => {
    const matcher = chain(backend);
    const rival = matcher.add({ targets: [0], costs: [0] });
    const pushed = drain(matcher, () => {});
    expect(pushed.length).toBeGreaterThan(LENGTH / 20);
    expect(pushed.at(-1)).toMatchObject({ objective: LENGTH, gap: 0, missing: 0, stats: { pushes: 1, interrupted: false } });
    expect(pushed.at(-1)?.changes.length).toBe(LENGTH + 1);
    expect(pushed[0].gap).toBe(Number.POSITIVE_INFINITY);
    // Every node is looked at once, all updates together.
    expect(sum(pushed.map(({ stats }) => stats.expanded))).toBeLessThanOrEqual(LENGTH + 1);
    expect(sum(pushed.map(({ stats }) => stats.pushes))).toBe(1);
    matcher.remove(rival);
    const pulled = drain(matcher, () => {});
    expect(pulled.length).toBeGreaterThan(LENGTH / 20);
    expect(pulled.at(-1)).toMatchObject({ objective: 0, stats: { pulls: 1 } });
    expect(pulled[0].gap).toBeGreaterThanOrEqual(LENGTH);
    expect(sum(pulled.map(({ stats }) => stats.expanded))).toBeLessThanOrEqual(LENGTH + 1);
    expect(solveSync(matcher.problem()).objective).toBe(0);
  });

  test('a search that begins anew because the market changed gets further each time, and ends', () => {
    const matcher = chain(backend);
    const rival = matcher.add({ targets: [0], costs: [0] });
    const change = (): void => matcher.setUnservedCost(rival, Number.POSITIVE_INFINITY);
    const pushed = drain(matcher, change);
    expect(pushed.at(-1)).toMatchObject({ objective: LENGTH, gap: 0 });
    const work = pushed.map(({ stats }) => stats.expanded);
    expect(work.length).toBeGreaterThan(3);
    expect(work.length).toBeLessThan(16);
    for (let k = 1; k + 1 < work.length; k++) expect(work[k]).toBeGreaterThan(1.5 * work[k - 1] - 2);
    expect(sum(work)).toBeLessThan(4 * LENGTH);
    matcher.remove(rival);
    expect(drain(matcher, () => matcher.setCapacity(LENGTH, 1)).at(-1)).toMatchObject({ objective: 0, gap: 0 });
  });

  test('a call between two updates places and removes as if no search were under way', () => {
    const matcher = chain(backend);
    const rival = matcher.add({ targets: [0], costs: [0], unservedCost: 10 * LENGTH });
    expect(matcher.update(NOW).stats.interrupted).toBe(true);
    const node = matcher.addNode({ capacity: 1 });
    const { id, node: there } = matcher.place({ targets: [0, node], costs: [0, 7] });
    expect(there).toBe(node);
    expect(matcher.commit(id)).toBe(node);
    expect(matcher.update(NOW).stats.interrupted).toBe(true);
    expect(matcher.removeNode(3)).toMatchObject([{ from: 3, to: -1, units: 1 }]);
    matcher.remove(rival);
    let update = matcher.update(NOW);
    while (!update.complete) update = matcher.update(NOW);
    expect(update).toMatchObject({ gap: 0, missing: 0, objective: solveSync(matcher.problem()).objective });
    expect(update.objective).toBe(LENGTH - 3 + 7);
  });

  test('the gap of many waiting demands holds, and what they cost unserved is in the objective', () => {
    const count = 1000;
    const matcher = new Matcher({ capacity: [3, count], backend });
    matcher.addMany({
      offsets: Int32Array.from({ length: count + 1 }, (_, k) => 2 * k),
      targets: Int32Array.from({ length: 2 * count }, (_, a) => a % 2),
      costs: Float64Array.from({ length: 2 * count }, (_, a) => (a * 31) % 97),
      unservedCost: 70.5,
    });
    let before = Number.POSITIVE_INFINITY;
    for (;;) {
      const { gap, objective, complete } = matcher.update(NOW);
      expect(gap).toBeLessThanOrEqual(before);
      before = gap;
      const solution = matcher.solution();
      expect(solution.gap).toBeLessThanOrEqual(gap);
      expect(solution.objective).toBe(objective);
      if (complete) break;
    }
    expect(before).toBe(0);
  });
});
