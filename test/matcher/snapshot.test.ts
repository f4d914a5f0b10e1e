/** A market goes on from its bytes as if nothing had happened, and damaged bytes are refused. */
import { describe, expect, test } from 'vitest';
import { Matcher } from '../../lib/matcher.js';
import { verify } from '../../lib/verify/index.js';
import { Random } from '../instances/random.js';
import { BACKENDS } from './engines.js';
import { newWorld, step } from './model.js';

describe.each(BACKENDS)('%s', (backend) => {
  test('problem, placements, ids and node indexes survive; so does every id that is not used any more', () => {
    for (let run = 0; run < 40; run++) {
      const world = newWorld(new Random(run), backend);
      for (let k = 0; k < 60; k++) step(world);
      const { matcher } = world;
      if (run % 2 === 0) matcher.update({ deadlineMs: Number.POSITIVE_INFINITY });
      const copy = Matcher.restore(matcher.snapshot(), { backend: BACKENDS[run % BACKENDS.length] });
      expect(copy.problem().digest()).toBe(matcher.problem().digest());
      expect(copy.ids()).toEqual(matcher.ids());
      expect(copy.nodes).toBe(matcher.nodes);
      expect(copy.demands).toBe(matcher.demands);
      if (run % 2 === 0) expect(copy.solution().flow).toEqual(matcher.solution().flow);
      for (const stale of world.stale) expect(() => copy.remove(stale)).toThrow('DEMAND_UNKNOWN');
      const one = matcher.update({ deadlineMs: Number.POSITIVE_INFINITY });
      const other = copy.update({ deadlineMs: Number.POSITIVE_INFINITY });
      expect(other.objective).toBe(one.objective);
      if (run % 2 === 0) expect(other.changes).toEqual([]);
      expect(verify(copy.problem(), copy.solution()).valid).toBe(true);
      const added = copy.add({ targets: [], costs: [], unservedCost: 1 });
      expect(matcher.add({ targets: [], costs: [], unservedCost: 1 })).toBe(added);
    }
  });

  test('every single damaged byte is noticed', () => {
    const matcher = new Matcher({ capacity: [1, 2], backend });
    matcher.place({ targets: [0, 1], costs: [3, 4] });
    const bytes = matcher.snapshot();
    for (let k = 0; k < bytes.length; k++) {
      const damaged = bytes.slice();
      damaged[k] ^= 1 << (k % 8);
      expect([k, codeOf(() => Matcher.restore(damaged, { backend }))]).toEqual([k, 'SNAPSHOT_INVALID']);
    }
    for (const length of [0, 1, 63, 64, 65, bytes.length - 8]) {
      expect(codeOf(() => Matcher.restore(bytes.slice(0, length)))).toBe('SNAPSHOT_INVALID');
    }
    expect(codeOf(() => Matcher.restore('{}' as unknown as Uint8Array))).toBe('TYPE_INVALID');
    expect(Matcher.restore(bytes, { backend }).update().objective).toBe(3);
  });
});

function codeOf(call: () => unknown): string | undefined {
  try {
    call();
    return undefined;
  } catch (error) {
    return (error as { code?: string }).code;
  }
}
