/** Among optimal placements a repair takes one in which no set of units that moved could have stayed where it was. */
import { describe, expect, test } from 'vitest';
import type { Change } from '../../lib/matcher.js';
import { Matcher } from '../../lib/matcher.js';
import { Random } from '../instances/random.js';
import { BACKENDS } from './engines.js';
import { applyChanges, newWorld, step, type World } from './model.js';

interface Move {
  id: number;
  from: number;
  to: number;
}

/** One entry a unit, of demands that an update has told of before. */
function unitMoves(changes: readonly Change[], known: Set<number>): Move[] {
  return changes.flatMap(({ id, from, to, units }) => (known.has(id) ? new Array<Move>(units).fill({ id, from, to }) : []));
}

/** Cost of the world with some of the moves taken back, or undefined where that breaks a bound. */
function costWith(world: World, back: readonly Move[], kept: readonly Move[]): number | undefined {
  const problem = world.matcher.problem();
  const load = new Float64Array(problem.nodes);
  const sign = world.maximize ? -1 : 1;
  let total = 0;
  for (const [id, { told, arcs, spec, committed, fixed }] of world.demands) {
    const now = new Map(told);
    for (const move of back) {
      if (move.id !== id) continue;
      if (move.to >= 0) now.set(move.to, (now.get(move.to) ?? 0) - 1);
      if (move.from >= 0) now.set(move.from, (now.get(move.from) ?? 0) + 1);
    }
    let placed = 0;
    for (const [j, units] of now) {
      const arc = arcs.get(j);
      if (units === 0) continue;
      if (arc === undefined || units < 0 || units > arc.bound || units < (fixed.get(j) ?? 0)) return undefined;
      placed += units;
      load[j] += units;
      total += sign * units * arc.cost;
    }
    const before = [...told.values()].reduce((sum, x) => sum + x, 0);
    const must = spec.unservedCost === Number.POSITIVE_INFINITY || (committed && spec.migratable);
    if (placed > spec.units || (must && placed !== before)) return undefined;
    if (!must) total += (spec.units - placed) * spec.unservedCost;
    if (committed && spec.migratable) for (const move of kept) if (move.id === id && move.from >= 0) total += spec.keep;
  }
  for (let j = 0; j < problem.nodes; j++) {
    if (load[j] > problem.capacityOf(j)) return undefined;
    let left = load[j];
    for (let t = problem.tiers?.offsets[j] ?? 0; left > 0 && problem.tiers !== undefined; t++) {
      const used = Math.min(left, problem.tiers.slots[t]);
      total += used * problem.tiers.surcharge[t];
      left -= used;
    }
  }
  return total;
}

describe.each(BACKENDS)('%s', (backend) => {
  test('no set of units that moved could have stayed at the same objective', { timeout: 120_000 }, () => {
    let sets = 0;
    for (let run = 0; run < 250; run++) {
      const world = newWorld(new Random(run + 5000), backend);
      for (let round = 0; round < 25; round++) {
        const known = new Set(world.matcher.demands === 0 ? [] : world.demands.keys());
        for (let k = 0; k < 3; k++) step(world);
        const committed = new Map([...world.demands].map(([id, demand]) => [id, demand.committed]));
        const { changes, complete } = world.matcher.update({ deadlineMs: Number.POSITIVE_INFINITY });
        expect(complete).toBe(true);
        applyChanges(world, changes);
        for (const [id, demand] of world.demands) demand.committed = committed.get(id) as boolean;
        const moves = unitMoves(changes, known);
        if (moves.length === 0 || moves.length > 7) continue;
        const objective = costWith(world, [], moves);
        expect(objective).toBeDefined();
        for (let set = 1; set < 2 ** moves.length; set++) {
          const back = moves.filter((_, k) => (set >> k) & 1);
          const stayed = costWith(
            world,
            back,
            moves.filter((_, k) => !((set >> k) & 1)),
          );
          sets++;
          if (stayed !== undefined && !(stayed > (objective as number)))
            expect({ run, round, moves, back, stayed, objective }).toBe(undefined);
        }
      }
      world.matcher.dispose();
    }
    expect(sets).toBeGreaterThan(10_000);
  });

  test('a departure whose place nobody needs moves nobody', () => {
    // Two equal nodes, four equal demands: any of them could take the freed slot at the same cost.
    const matcher = new Matcher({ capacity: [3, 3], backend });
    const ids = [0, 1, 2, 3].map(() => matcher.place({ targets: [0, 1], costs: [5, 5], unservedCost: 9 }).id);
    expect(matcher.update().changes).toEqual([]);
    matcher.remove(ids[1]);
    expect(matcher.update().changes).toEqual([]);
  });

  test('a node that leaves moves its own units only, where the others are as well off', () => {
    const matcher = new Matcher({ capacity: [2, 2, 2, 2], backend });
    const ids = [0, 1, 2, 3, 4].map(() => matcher.place({ targets: [0, 1, 2, 3], costs: [1, 1, 1, 1], unservedCost: 9 }).id);
    const home = matcher.placements(ids[0])[0][0];
    const there = ids.filter((id) => matcher.placements(id)[0][0] === home);
    expect(
      matcher
        .removeNode(home)
        .map(({ id }) => id)
        .sort(),
    ).toEqual(there);
    const { changes } = matcher.update();
    expect(changes.map(({ id }) => id).sort()).toEqual(there);
    for (const { from, to } of changes) expect([from, to === home]).toEqual([home, false]);
  });
});
