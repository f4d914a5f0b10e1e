/** Bad use gives a coded error and leaves the market as it was. */
import { beforeEach, describe, expect, test } from 'vitest';
import { Matcher, type MatcherOptions } from '../../lib/matcher.js';
import { Problem } from '../../lib/problem.js';
import { verify } from '../../lib/verify/index.js';
import { BACKENDS } from './engines.js';

describe.each(BACKENDS)('%s', (backend) => {
  let matcher: Matcher;
  let committed: number;
  let waiting: number;
  let homeless: number;

  beforeEach(() => {
    matcher = new Matcher({ capacity: [1, 1, 0], backend });
    committed = matcher.place({ targets: [0, 1], costs: [1, 2], unservedCost: 9 }).id;
    matcher.commit(committed);
    waiting = matcher.place({ targets: [0, 1], costs: [1, 2], unservedCost: 9 }).id;
    homeless = matcher.add({ targets: [0, 1], costs: [1, 3], unservedCost: 4 });
    matcher.removeNode(2);
    matcher.update();
  });

  const many = { offsets: [0, 1], targets: [0], costs: [1] };
  const bad: [what: string, code: string, place: object, call: (m: Matcher) => unknown][] = [
    ['an id never given out', 'DEMAND_UNKNOWN', { id: 77 }, (m) => m.commit(77)],
    ['an id that is no whole number', 'DEMAND_UNKNOWN', { id: 0.5 }, (m) => m.remove(0.5)],
    ['an id that is no number', 'DEMAND_UNKNOWN', {}, (m) => m.remove('0' as unknown as number)],
    ['an id of another generation', 'DEMAND_UNKNOWN', { id: 2 ** 31 }, (m) => m.setUnservedCost(2 ** 31, 1)],
    ['an unknown id among many', 'DEMAND_UNKNOWN', { id: 99, index: 1 }, (m) => m.removeMany([0, 99])],
    ['the same id twice', 'DEMAND_UNKNOWN', {}, (m) => m.removeMany([0, 0])],
    ['ids that are no list', 'TYPE_INVALID', {}, (m) => m.removeMany(3 as unknown as number[])],
    ['placements of an unknown id', 'DEMAND_UNKNOWN', { id: 55 }, (m) => m.placements(55)],
    ['a node out of range', 'NODE_UNKNOWN', { node: 3 }, (m) => m.removeNode(3)],
    ['a node that was removed', 'NODE_UNKNOWN', { node: 2 }, (m) => m.setCapacity(2, 1)],
    ['a node that is no number', 'NODE_UNKNOWN', {}, (m) => m.removeNode('0' as unknown as number)],
    ['a negative capacity', 'CAPACITY_INVALID', { value: -1 }, (m) => m.setCapacity(0, -1)],
    ['an arc to a node out of range', 'TARGET_OUT_OF_RANGE', { index: 1, node: 9 }, (m) => m.add({ targets: [0, 9], costs: [1, 1] })],
    ['an arc to a removed node', 'TARGET_OUT_OF_RANGE', { node: 2 }, (m) => m.place({ targets: [2], costs: [1] })],
    ['a target below 0', 'TARGET_OUT_OF_RANGE', {}, (m) => m.add({ targets: [-1], costs: [1] })],
    ['the same target twice', 'DUPLICATE_ARC', { node: 1 }, (m) => m.add({ targets: [1, 1], costs: [1, 2] })],
    ['an infinite cost', 'COST_NOT_FINITE', { index: 0 }, (m) => m.add({ targets: [1], costs: [Number.POSITIVE_INFINITY] })],
    ['more costs than targets', 'LENGTH_MISMATCH', {}, (m) => m.add({ targets: [1], costs: [1, 2] })],
    ['units below 0', 'UNITS_INVALID', {}, (m) => m.add({ targets: [1], costs: [1], units: -1 })],
    [
      'an unserved cost that is no number',
      'UNSERVED_COST_INVALID',
      {},
      (m) => m.add({ targets: [1], costs: [1], unservedCost: Number.NaN }),
    ],
    ['an unserved cost of -Infinity', 'UNSERVED_COST_INVALID', {}, (m) => m.setUnservedCost(0, Number.NEGATIVE_INFINITY)],
    ['an arc capacity below 0', 'ARC_CAPACITY_INVALID', {}, (m) => m.add({ targets: [1], costs: [1], arcCapacity: [-1] })],
    ['keep without migratable', 'OPTION_INVALID', { option: 'keep' }, (m) => m.add({ targets: [1], costs: [1], keep: 2 })],
    ['a negative keep', 'OPTION_INVALID', { option: 'keep' }, (m) => m.add({ targets: [1], costs: [1], migratable: true, keep: -1 })],
    [
      'arc capacities of a migratable demand of several units',
      'OPTION_UNSUPPORTED',
      {},
      (m) => m.add({ targets: [1], costs: [1], units: 2, arcCapacity: 1, migratable: true }),
    ],
    ['a misspelt field', 'FIELD_UNKNOWN', { nearest: 'targets' }, (m) => m.add({ tragets: [1], costs: [1] } as never)],
    ['costs too large to be exact', 'COST_RANGE', { value: 2 ** 50 }, (m) => m.add({ targets: [1], costs: [2 ** 50] })],
    ['an unserved cost too large to be exact', 'COST_RANGE', {}, (m) => m.setUnservedCost(0, 2 ** 50)],
    ['a float cost too large for the step', 'COST_RANGE', {}, (m) => m.add({ targets: [1], costs: [2 ** 29 + 0.5] })],
    ['offsets that do not end at the arcs', 'OFFSETS_INVALID', {}, (m) => m.addMany({ ...many, offsets: [0, 2] })],
    ['offsets that descend', 'OFFSETS_INVALID', {}, (m) => m.addMany({ ...many, offsets: [0, 2, 1] })],
    ['no offsets', 'OFFSETS_INVALID', {}, (m) => m.addMany({ ...many, offsets: [] })],
    [
      'a bad demand among many',
      'TARGET_OUT_OF_RANGE',
      { demand: 1 },
      (m) => m.addMany({ offsets: [0, 1, 2], targets: [0, 7], costs: [1, 1] }),
    ],
    ['a commit of a demand without a place', 'DEMAND_NOT_PLACED', {}, (m) => m.commit(2)],
    [
      'new costs of an arc that does not exist',
      'ARC_UNKNOWN',
      {},
      (m) => addedNode(m, (j) => m.setCosts(1, { targets: [j], costs: [1.5] })),
    ],
    ['an arc to be removed that does not exist', 'ARC_UNKNOWN', {}, (m) => addedNode(m, (j) => m.removeArcs(1, [j]))],
    ['an arc that exists already', 'DUPLICATE_ARC', {}, (m) => m.addArcs(1, { targets: [1], costs: [4] })],
    ['an arc that a committed unit is on', 'DEMAND_COMMITTED', {}, (m) => m.removeArcs(0, [0])],
    ['a demand of a new node that is unknown', 'DEMAND_UNKNOWN', {}, (m) => m.addNode({ capacity: 1, demands: [42], costs: [1] })],
    ['a new node of half a slot', 'CAPACITY_INVALID', {}, (m) => m.addNode({ capacity: 0.5 })],
    ['tiers that do not add up', 'TIERS_INVALID', {}, (m) => m.addNode({ capacity: 2, tiers: { slots: [1], surcharge: [0] } })],
    ['surcharges that descend', 'TIERS_NOT_CONVEX', {}, (m) => m.addNode({ capacity: 2, tiers: { slots: [1, 1], surcharge: [2, 1] } })],
    ['a negative deadline', 'OPTION_INVALID', { option: 'deadlineMs' }, (m) => m.update({ deadlineMs: -1 })],
    ['an unknown option', 'UNKNOWN_OPTION', { nearest: 'deadlineMs' }, (m) => m.update({ deadlineMS: 1 } as never)],
    ['a structured clone', 'NOT_CLONEABLE', {}, (m) => structuredClone(m)],
  ];

  function addedNode(m: Matcher, call: (node: number) => void): void {
    const node = m.addNode({ capacity: 0 });
    try {
      call(node);
    } finally {
      m.removeNode(node);
      m.update();
    }
  }

  test.each(bad)('%s: %s', (_, code, place, call) => {
    const before = {
      problem: matcher.problem().digest(),
      solution: matcher.solution().toJSON(),
      ids: matcher.ids(),
      demands: matcher.demands,
    };
    let thrown: unknown;
    try {
      call(matcher);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ name: 'OutbidError', code, ...place });
    const after = matcher.solution();
    expect(after.toJSON()).toEqual({ ...before.solution, stats: after.stats });
    expect({ digest: matcher.problem().digest(), ids: matcher.ids(), demands: matcher.demands }).toEqual({
      digest: before.problem,
      ids: before.ids,
      demands: before.demands,
    });
    const { changes, complete, gap } = matcher.update();
    expect({ changes, complete, gap }).toEqual({ changes: [], complete: true, gap: 0 });
    expect(matcher.commit(waiting)).toBe(1);
    expect(() => matcher.commit(homeless)).toThrow('DEMAND_NOT_PLACED');
    matcher.remove(committed);
    expect(matcher.update().changes).toEqual([{ id: homeless, from: -1, to: 0, units: 1 }]);
    expect(verify(matcher.problem(), matcher.solution()).valid).toBe(true);
  });

  test('a call from within the arguments of another is refused, and the outer call goes on', () => {
    const inner: unknown[] = [];
    const id = matcher.add({
      get targets() {
        for (const call of [() => matcher.update(), () => matcher.dispose(), () => matcher.demands]) {
          try {
            call();
          } catch (error) {
            inner.push((error as { code: string }).code);
          }
        }
        return [1];
      },
      costs: [9],
      unservedCost: 4,
    });
    expect(inner.slice(0, 3)).toEqual(['REENTRANT', 'REENTRANT', 'REENTRANT']);
    expect(matcher.update().complete).toBe(true);
    expect(matcher.placements(id)).toEqual([]);
    expect(matcher.unplaced()).toEqual(Float64Array.of());
  });

  test('another matcher that is called from within the arguments shares nothing with this one', () => {
    const other = new Matcher({ capacity: [9], backend });
    const [id] = matcher.addMany({
      offsets: [0, 1],
      targets: [1],
      costs: [9],
      units: 0,
      unservedCost: 4,
      get arcCapacity() {
        other.addMany({ offsets: [0, 1], targets: [0], costs: [1], units: 5, unservedCost: 77, migratable: true, keep: 3 });
        return 2;
      },
    });
    expect(matcher.update().complete).toBe(true);
    expect(matcher.placements(id)).toEqual([]);
    expect(matcher.problem().unservedCostOf(matcher.problem().demands - 1)).toBe(4);
    expect(other.update().objective).toBe(5);
    const [plain] = matcher.addMany({ offsets: [0, 1], targets: [1], costs: [1], unservedCost: 4 });
    matcher.remove(waiting);
    matcher.remove(homeless);
    matcher.update();
    expect([matcher.placements(plain), matcher.commit(plain)]).toEqual([[[1, 1]], 1]);
  });

  test('after dispose every call is an error, and a second dispose is none', () => {
    matcher.dispose();
    matcher.dispose();
    matcher[Symbol.dispose]();
    const calls: (() => unknown)[] = [
      () => matcher.add({ targets: [0], costs: [1] }),
      () => matcher.update(),
      () => matcher.problem(),
      () => matcher.snapshot(),
      () => matcher.commit(waiting),
      () => matcher.demands,
    ];
    for (const call of calls) expect(call).toThrow(expect.objectContaining({ code: 'DISPOSED' }));
  });

  test.each<[string, MatcherOptions, string]>([
    ['a capacity below 0', { capacity: [-1] }, 'CAPACITY_INVALID'],
    ['a capacity that is no list', { capacity: 3 as unknown as number[] }, 'TYPE_INVALID'],
    ['a step that is no power of two', { step: 0.3 }, 'OPTION_INVALID'],
    ['a step above 1', { step: 2 }, 'OPTION_INVALID'],
    ['a seed below 0', { seed: -1 }, 'OPTION_INVALID'],
    ['tiers of another length', { capacity: [1, 1], tiers: [undefined] }, 'LENGTH_MISMATCH'],
    ['a backend that does not exist', { backend: 'gpu' as never }, 'OPTION_INVALID'],
    ['a misspelt option', { capacities: [1] } as never, 'FIELD_UNKNOWN'],
    ['surcharges too large', { capacity: [1], tiers: [{ slots: [1], surcharge: [2 ** 52] }] }, 'COST_RANGE'],
  ])('new Matcher with %s', (_, options, code) => {
    expect(() => new Matcher({ backend, ...options })).toThrow(expect.objectContaining({ code }));
  });

  test('a problem with costs too large for a matcher', () => {
    const problem = Problem.dense([[2 ** 48, 1]]);
    expect(() => Matcher.from(problem, { backend })).toThrow(expect.objectContaining({ code: 'COST_RANGE' }));
  });
});
