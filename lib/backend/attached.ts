/** A caller may detach or shrink a buffer between building a Problem and solving it; every backend asks here before it reads. */
import { OutbidError } from '../errors.js';
import type { Problem } from '../problem.js';

/** Throws BUFFER_DETACHED naming the first array that no longer has the length it was checked with. */
export function assertAttached(problem: Problem): void {
  const { demands: n, nodes: m, arcs, tiers } = problem;
  check('offsets', problem.offsets, n + 1);
  check('targets', problem.targets, arcs);
  check('costs', problem.costs, arcs);
  check('units', problem.units, n);
  check('unservedCost', problem.unservedCost, n);
  check('capacity', problem.capacity, m);
  check('arcCapacity', problem.arcCapacity, arcs);
  if (tiers === undefined) return;
  check('tiers.offsets', tiers.offsets, m + 1);
  // The two have one length. When only their contents changed, the backends say so while reading.
  check('tiers.slots', tiers.slots, Math.max(tiers.slots.length, tiers.surcharge.length));
  check('tiers.surcharge', tiers.surcharge, Math.max(tiers.slots.length, tiers.surcharge.length));
}

function check(argument: string, value: number | { length: number } | undefined, length: number): void {
  if (typeof value !== 'object' || value.length === length) return;
  throw new OutbidError(
    'BUFFER_DETACHED',
    `${argument} had ${length} entries when the problem was built and now has ${value.length}: its buffer was detached or resized`,
    {
      argument,
      value: value.length,
    },
  );
}
