/** Random lives of a matcher: whatever was called in whatever order, a completed update is optimal. */
import { describe, expect, test } from 'vitest';
import { Random } from '../instances/random.js';
import { BACKENDS } from './engines.js';
import { checkUpdate, newWorld, restored, step } from './model.js';

const RUNS = 300;
const STEPS = 200;

describe.each(BACKENDS)('%s', (backend) => {
  test.each([
    ['whole-number costs', 1],
    ['costs that are multiples of the step', 2 ** -20],
    ['costs that need wide keys', 2 ** 32],
  ])(`%s: ${STEPS} random calls, ${RUNS} times`, { timeout: 300_000 }, (_, grain) => {
    for (let run = 0; run < (grain === 1 ? RUNS : RUNS / 10); run++) {
      const random = new Random(run * 7919 + (grain === 1 ? 1 : 2));
      const world = newWorld(random, backend, grain);
      try {
        for (let k = 0; k < STEPS; k++) {
          step(world);
          if (random.chance(0.12)) checkUpdate(world, random.chance(0.3) ? 0 : Number.POSITIVE_INFINITY);
          if (random.chance(0.01)) restored(world, random.pick(BACKENDS));
        }
        checkUpdate(world);
        world.matcher.removeMany([...world.demands.keys()]);
        world.demands.clear();
        checkUpdate(world);
        expect(world.matcher.update().objective).toBe(0);
      } catch (error) {
        throw new Error(`run ${run}`, { cause: error });
      }
      world.matcher.dispose();
    }
  });
});
