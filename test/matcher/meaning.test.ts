/** What each call means, in the smallest market that shows it. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT } from '../../.ci/toolchain.mjs';
import { Matcher } from '../../lib/matcher.js';
import { solveSync } from '../../lib/solve.js';
import { verify } from '../../lib/verify/index.js';
import { FAMILIES } from '../instances/families.js';
import { BACKENDS } from './engines.js';

const FULL = { deadlineMs: Number.POSITIVE_INFINITY };

describe.each(BACKENDS)('%s', (backend) => {
  test('a waiting unit moves for one that needs its place more; a committed one does not', () => {
    for (const commit of [false, true]) {
      const matcher = new Matcher({ capacity: [1, 1], backend });
      const first = matcher.place({ targets: [0, 1], costs: [1, 2], unservedCost: 50 });
      expect(first.node).toBe(0);
      if (commit) expect(matcher.commit(first.id)).toBe(0);
      const second = matcher.place({ targets: [0], costs: [1], unservedCost: 50 });
      expect(second.node).toBe(commit ? -1 : 0);
      const { changes, objective } = matcher.update(FULL);
      expect(changes).toEqual(commit ? [] : [{ id: first.id, from: 0, to: 1, units: 1 }]);
      expect(objective).toBe(commit ? 51 : 3);
    }
  });

  test('a migratable unit moves when that saves more than keep, and keep is not part of the objective', () => {
    for (const [keep, moves] of [
      [3, true],
      [5, false],
    ] as const) {
      const matcher = new Matcher({ capacity: [1, 1], backend });
      const { id } = matcher.place({ targets: [0, 1], costs: [10, 14], unservedCost: 90, migratable: true, keep });
      matcher.commit(id);
      matcher.setCosts(id, { targets: [1], costs: [6] });
      const { changes, objective } = matcher.update(FULL);
      expect(changes).toEqual(moves ? [{ id, from: 0, to: 1, units: 1 }] : []);
      expect(objective).toBe(moves ? 6 : 10);
      expect(matcher.problem().costs).toEqual(moves ? Float64Array.of(10 + keep, 6) : Float64Array.of(10, 6 + keep));
    }
  });

  test('a migratable committed unit is never left unserved for money', () => {
    const matcher = new Matcher({ capacity: [1], backend });
    const { id } = matcher.place({ targets: [0], costs: [5], unservedCost: 6, migratable: true });
    matcher.commit(id);
    const rival = matcher.add({ targets: [0], costs: [0], unservedCost: 1000 });
    expect(matcher.update(FULL)).toMatchObject({ changes: [], objective: 1005, missing: 0 });
    matcher.remove(id);
    expect(matcher.update(FULL).changes).toEqual([{ id: rival, from: -1, to: 0, units: 1 }]);
  });

  test('capacity 0 drains a node: what is committed stays, what waits leaves, nobody enters; and back', () => {
    const matcher = new Matcher({ capacity: [2], backend });
    const running = matcher.place({ targets: [0], costs: [1], unservedCost: 9 }).id;
    const waiting = matcher.place({ targets: [0], costs: [1], unservedCost: 9 }).id;
    matcher.commit(running);
    matcher.setCapacity(0, 0);
    expect(matcher.update(FULL)).toMatchObject({ changes: [{ id: waiting, from: 0, to: -1, units: 1 }], objective: 10 });
    expect(matcher.problem().capacityOf(0)).toBe(1);
    matcher.remove(running);
    expect(matcher.update(FULL)).toMatchObject({ changes: [], objective: 9 });
    matcher.setCapacity(0, 1);
    expect(matcher.update(FULL)).toMatchObject({ changes: [{ id: waiting, from: -1, to: 0, units: 1 }], objective: 1 });
  });

  test('a node that vanishes gives back its committed units, and its index only after the next update', () => {
    const matcher = new Matcher({ capacity: [1, 1], backend });
    const { id, node } = matcher.place({ targets: [0, 1], costs: [1, 5], unservedCost: 9 });
    matcher.commit(id);
    expect(matcher.removeNode(node)).toEqual([{ id, from: 0, to: -1, units: 1 }]);
    expect(matcher.addNode({ capacity: 1 })).toBe(2);
    expect(matcher.update(FULL).changes).toEqual([{ id, from: 0, to: 1, units: 1 }]);
    expect(matcher.addNode({ capacity: 1 })).toBe(0);
    expect(matcher.commit(id)).toBe(1);
  });

  test('a node that joins serves demands that wait', () => {
    const matcher = new Matcher({ capacity: [1], backend });
    const ids = matcher.addMany({ offsets: [0, 1, 2], targets: [0, 0], costs: [3, 4], unservedCost: 20 });
    expect(matcher.update(FULL)).toMatchObject({ changes: [{ id: ids[0], from: -1, to: 0, units: 1 }], objective: 23 });
    const node = matcher.addNode({ capacity: 1, demands: ids, costs: [9, 7] });
    expect(matcher.update(FULL)).toMatchObject({ changes: [{ id: ids[1], from: -1, to: node, units: 1 }], objective: 10 });
  });

  test('must-serve demands without room are reported, kept, and served as soon as there is room, as many as possible', () => {
    const matcher = new Matcher({ capacity: [1, 0], backend });
    const wide = matcher.add({ targets: [0, 1], costs: [0, 0] });
    const narrow = matcher.add({ targets: [0], costs: [100] });
    const cheap = matcher.add({ targets: [0], costs: [-50], unservedCost: 0 });
    expect(matcher.update(FULL)).toMatchObject({ complete: true, missing: 1, gap: 0 });
    expect(matcher.unplaced()).toEqual(Float64Array.of(narrow));
    expect(matcher.problem().demands).toBe(2);
    matcher.setCapacity(1, 1);
    expect(matcher.update(FULL)).toMatchObject({ missing: 0, objective: 100 });
    expect([wide, narrow, cheap].map((id) => matcher.placements(id))).toEqual([[[1, 1]], [[0, 1]], []]);
    expect(verify(matcher.problem(), matcher.solution()).valid).toBe(true);
  });

  test('a deadline of 0 still gets there, and says on the way how far it is', () => {
    const matcher = new Matcher({ capacity: [3, 3, 3], backend });
    const offsets = Array.from({ length: 10 }, (_, k) => 3 * k);
    const targets = Array.from({ length: 27 }, (_, a) => a % 3);
    const costs = Array.from({ length: 27 }, (_, a) => (a * 7) % 11);
    matcher.addMany({ offsets, targets, costs, unservedCost: 40 });
    let before = Number.POSITIVE_INFINITY;
    for (let k = 0; ; k++) {
      const { complete, gap } = matcher.update({ deadlineMs: 0 });
      expect(gap).toBeLessThanOrEqual(before);
      expect(matcher.solution().gap).toBeLessThanOrEqual(gap);
      before = gap;
      if (complete) break;
      expect(k).toBeLessThan(100);
    }
    expect(before).toBe(0);
  });

  test('costs that are no multiples of the step are placed within the gap that is reported', () => {
    const matcher = new Matcher({ capacity: [1, 1], step: 2 ** -4, backend });
    matcher.addMany({ offsets: [0, 2, 4], targets: [0, 1, 0, 1], costs: [0.1, 0.7, 0.3, 0.4], unservedCost: 5.05 });
    const { gap, objective, complete } = matcher.update(FULL);
    expect({ complete, objective }).toEqual({ complete: true, objective: 0.5 });
    expect(gap).toBe(2 * 2 * 2 ** -4);
    expect(matcher.solution().gap).toBeLessThanOrEqual(gap);
    expect(matcher.solution().objective).toBe(0.5);
  });

  test.each(FAMILIES)('Matcher.from starts at the optimum: $name', ({ make }) => {
    for (let seed = 1; seed <= 12; seed++) {
      const problem = make(seed);
      let matcher: Matcher;
      try {
        matcher = Matcher.from(problem, { backend });
      } catch (error) {
        expect((error as { code: string }).code).toBe('COST_RANGE');
        continue;
      }
      const { complete, gap, stats, objective, missing } = matcher.update(FULL);
      const cold = solveSync(problem);
      expect({ complete, restarted: stats.restarted, missing: missing > 0 }).toEqual({
        complete: true,
        restarted: false,
        missing: cold.status === 'infeasible',
      });
      const certificate = verify(matcher.problem(), matcher.solution());
      expect([seed, certificate.violations]).toEqual([seed, []]);
      if (cold.status === 'infeasible') continue;
      expect(matcher.ids()).toEqual(Float64Array.from({ length: problem.demands }, (_, i) => i).filter((i) => problem.unitsOf(i) > 0));
      if (problem.integer) expect({ gap, objective, pushes: stats.pushes }).toEqual({ gap: 0, objective: cold.objective, pushes: 0 });
      else expect(Math.abs(objective - cold.objective)).toBeLessThanOrEqual(gap + cold.tolerance);
    }
  });
});

test('the scheduler loop among the examples ends at a proven optimum', () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'examples', 'scheduler-loop.mjs')], {
    cwd: ROOT,
    encoding: 'utf8',
  });
  expect({ status, stderr: stderr.replaceAll(/.*(OUTBID_REFERENCE|trace-warnings).*\n/g, '') }).toEqual({ status: 0, stderr: '' });
  expect(stdout).toMatch(/certificate true, gap 0/);
});
