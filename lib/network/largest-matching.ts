/**
 * The largest matching of units to pools of slots: as many units as possible get a slot that suits them.
 *
 * As a Problem every slot taken costs 1 and a unit without one costs 2, so that the cheapest answer is the largest. Of a seeker
 * with groups (the missing replicas of one request, which need distinct nodes or operators) at most one unit may be in each
 * group. With g groups and w units wanted, each group is a demand of one unit, and g - w of them are sent to a pool of their own
 * at cost 0: cheaper than any slot, so that it fills first, and w are left.
 */

import type { BackendName } from '../options.js';
import { Problem } from '../problem.js';
import { solveSync } from '../solve.js';

/** Units that are alike. */
export interface Seeker {
  units: number;
  /** Positions of the pools that suit each of the units. */
  pools: Int32Array;
  /** The group of each of these pools, where two units may not be in one (default: they may). */
  groups?: Int32Array;
}

/** Units of a seeker in a pool. */
export type Pairing = [seeker: number, pool: number, units: number];

export function largestMatching(seekers: readonly Seeker[], slots: Int32Array, backend: BackendName = 'auto'): Pairing[] {
  const rows = new Rows(slots);
  seekers.forEach((seeker, s) => {
    if (seeker.groups === undefined) rows.add(s, seeker.units, seeker.pools);
    else addGroups(rows, s, seeker, seeker.groups);
  });
  if (rows.targets.length === 0) return [];
  const problem = Problem.sparse({
    nodes: rows.capacity.length,
    capacity: Int32Array.from(rows.capacity),
    offsets: Int32Array.from(rows.offsets),
    targets: Int32Array.from(rows.targets),
    costs: Float64Array.from(rows.targets, (pool) => (pool < slots.length ? 1 : 0)),
    units: Int32Array.from(rows.units),
    unservedCost: 2,
  });
  const pairings: Pairing[] = [];
  for (const [demand, pool, units] of solveSync(problem, { backend }).placements())
    if (pool < slots.length) pairings.push([rows.seekers[demand], pool, units]);
  return pairings;
}

/** Demands one after another. */
class Rows {
  readonly capacity: number[];
  readonly offsets = [0];
  readonly targets: number[] = [];
  readonly units: number[] = [];
  /** The seeker of each demand. */
  readonly seekers: number[] = [];

  constructor(slots: Int32Array) {
    this.capacity = Array.from(slots);
  }

  add(seeker: number, units: number, pools: Iterable<number>): void {
    for (const pool of pools) this.targets.push(pool);
    this.offsets.push(this.targets.length);
    this.units.push(units);
    this.seekers.push(seeker);
  }

  /** A pool that is no slot. */
  dump(capacity: number): number {
    return this.capacity.push(capacity) - 1;
  }
}

function addGroups(rows: Rows, seeker: number, { units, pools }: Seeker, groups: Int32Array): void {
  const members = new Map<number, number[]>();
  pools.forEach((pool, k) => {
    const list = members.get(groups[k]);
    if (list === undefined) members.set(groups[k], [pool]);
    else list.push(pool);
  });
  const dump = members.size > units ? [rows.dump(members.size - units)] : [];
  for (const list of members.values()) rows.add(seeker, 1, [...list, ...dump]);
}
