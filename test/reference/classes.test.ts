import { describe, expect, it, vi } from 'vitest';
import { memberArc, mergeClasses, splitClasses } from '../../lib/reference/classes.js';
import { Problem } from '../../lib/reference/index.js';
import { Random } from '../instances/random.js';
import { anyProblem } from './any-problem.js';

vi.setConfig({ testTimeout: 60_000 });

const counts = (problem: Problem): number => mergeClasses(problem, 1).count;

describe('demands merge', () => {
  it('when arcs, costs and unserved cost are equal, whatever their units', () => {
    expect(
      counts(
        Problem.dense(
          [
            [1, 2],
            [1, 2],
            [1, 2],
          ],
          { units: [1, 5, 0], unservedCost: 7 },
        ),
      ),
    ).toBe(1);
  });
  it('not when a cost, an arc, or the unserved cost differs', () => {
    expect(
      counts(
        Problem.dense([
          [1, 2],
          [1, 3],
        ]),
      ),
    ).toBe(2);
    expect(
      counts(
        Problem.dense([
          [1, null],
          [null, 1],
        ]),
      ),
    ).toBe(2);
    expect(
      counts(
        Problem.dense(
          [
            [1, 2],
            [1, 2],
          ],
          { unservedCost: [7, 8] },
        ),
      ),
    ).toBe(2);
  });
  it('when no bound can bind a member, and the bounds are dropped', () => {
    const problem = Problem.dense(
      [
        [1, 2],
        [1, 2],
      ],
      { units: [2, 3], arcCapacity: [2, 5, 3, 9] },
    );
    const classes = mergeClasses(problem, 1);
    expect(classes.count).toBe(1);
    expect(classes.bound).toBeUndefined();
  });
  it('where a bound binds only with equal units and bounds', () => {
    expect(
      counts(
        Problem.dense(
          [
            [1, 2],
            [1, 2],
          ],
          { units: 3, arcCapacity: [2, 5, 2, 4] },
        ),
      ),
    ).toBe(1);
    expect(
      counts(
        Problem.dense(
          [
            [1, 2],
            [1, 2],
          ],
          { units: 3, arcCapacity: [2, 5, 1, 5] },
        ),
      ),
    ).toBe(2);
    expect(
      counts(
        Problem.dense(
          [
            [1, 2],
            [1, 2],
          ],
          { units: [3, 4], arcCapacity: 2 },
        ),
      ),
    ).toBe(2);
  });
});

it('10,000 demands of 3 kinds are 3 classes, members ascending, costs negated when maximising', () => {
  const rows = [
    [1, 2],
    [3, 4],
    [1, 4],
  ];
  const problem = Problem.dense(
    Float64Array.from({ length: 20_000 }, (_, k) => rows[(k >> 1) % 3][k & 1]),
    { demands: 10_000, nodes: 2, capacity: 6000, maximize: true },
  );
  const classes = mergeClasses(problem, -1);
  expect(classes.count).toBe(3);
  expect([...classes.cost]).toEqual([-1, -2, -3, -4, -1, -4]);
  expect([...classes.units]).toEqual([3334, 3333, 3333]);
  expect([...classes.member.subarray(0, 3)]).toEqual([0, 3, 6]);
});

it('any flow of a class is dealt so that demands, bounds and totals are kept', () => {
  for (let seed = 0; seed < 500; seed++) {
    const problem = anyProblem(seed);
    const classes = mergeClasses(problem, 1);
    const random = new Random(seed);
    const flow = new Float64Array(classes.node.length);
    for (let c = 0; c < classes.count; c++) {
      let left = classes.units[c];
      for (let a = classes.offset[c]; a < classes.offset[c + 1]; a++) {
        flow[a] = random.whole(0, Math.min(left, classes.bound === undefined ? left : classes.bound[a]));
        left -= flow[a];
      }
    }
    const { placedArcs, placedUnits } = splitClasses(problem, classes, flow);
    const back = new Float64Array(flow.length);
    const units = new Float64Array(problem.demands);
    for (let i = 0; i < problem.demands; i++) {
      const c = classes.classOf[i];
      for (let a = classes.offset[c]; a < classes.offset[c + 1]; a++) {
        const at = placedArcs.indexOf(memberArc(problem, classes, c, a, i));
        if (at < 0) continue;
        expect(placedUnits[at]).toBeLessThanOrEqual(problem.arcCapacityOf(placedArcs[at]));
        back[a] += placedUnits[at];
        units[i] += placedUnits[at];
      }
      expect(units[i]).toBeLessThanOrEqual(problem.unitsOf(i));
    }
    expect(back).toEqual(flow);
  }
});
