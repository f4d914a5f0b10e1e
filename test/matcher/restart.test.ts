/** Prices beyond the exact range: everything is placed anew, the update says so, and the placement is optimal all the same. */
import { expect, test } from 'vitest';
import { choose } from '../../lib/backend/choose.js';
import type { MatcherEngine } from '../../lib/backend/engine.js';
import { BACKENDS } from './engines.js';

const HUGE = 2 ** 50;

function add(engine: MatcherEngine, slot: number, unservedCost: number): void {
  engine.addDemands({
    slots: Int32Array.of(slot),
    offsets: Int32Array.of(0, 1),
    targets: Int32Array.of(0),
    costs: Float64Array.of(0),
    bounds: undefined,
    units: Int32Array.of(1),
    unservedCost: Float64Array.of(unservedCost),
    keep: Float64Array.of(-1),
  });
}

// The Matcher refuses such costs; only an engine on its own can be brought there.
test.each(BACKENDS)('%s', (backend) => {
  const engine = choose(backend).backend.engine?.(0) as MatcherEngine;
  engine.setRange(2 ** 53, 4, 2 ** 53);
  engine.addNode(0, Int32Array.of(1), Float64Array.of(0), new Int32Array(0), new Float64Array(0));
  add(engine, 0, 3.25 * HUGE);
  add(engine, 1, 3.5 * HUGE);
  const first = engine.update(Number.POSITIVE_INFINITY);
  expect({ ...first, moves: [...first.moves], expanded: 0 }).toMatchObject({
    moves: [1, -1, 0, 1],
    complete: true,
    restarted: false,
    objective: 3.25 * HUGE,
  });
  engine.removeDemands(Int32Array.of(0));
  add(engine, 2, 5);
  const { moves, complete, restarted, objective, gap } = engine.update(Number.POSITIVE_INFINITY);
  expect({ moves: [...moves], complete, restarted, objective, gap }).toEqual({
    moves: [],
    complete: true,
    restarted: true,
    objective: 5,
    gap: 0,
  });
  expect(engine.exportState().price[0]).toBeLessThanOrEqual(5);
  const { restarted: again } = engine.update(Number.POSITIVE_INFINITY);
  expect(again).toBe(false);
  engine.dispose();
});
