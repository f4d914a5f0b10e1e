/** Tiers: blocks of slots of a node with a surcharge each, non-decreasing, so that the cost of load is convex. */
import { checkFields, integers, plainNumbers, wholeArray } from './check-arrays.js';
import { OutbidError } from './errors.js';
import type { Problem } from './problem.js';

export interface Tiers {
  /** m + 1 entries: tiers of node j are offsets[j] .. offsets[j + 1] - 1. A node without tiers has one of surcharge 0. */
  offsets: Int32Array;
  /** Slots of each tier; those of a node sum to its capacity. */
  slots: Int32Array;
  /** Cost added for each slot used in the tier, >= 0 and non-decreasing within a node. */
  surcharge: Float64Array;
}

export function checkTiers(input: unknown, problem: Pick<Problem, 'nodes' | 'capacity'>): Tiers {
  checkFields(input, ['offsets', 'slots', 'surcharge'], 'tiers');
  const given = input as Tiers;
  const m = problem.nodes;
  const offsets = wholeArray(given.offsets, 'tiers.offsets', 'TIERS_INVALID');
  if (offsets.length !== m + 1)
    throw new OutbidError('LENGTH_MISMATCH', `tiers.offsets has ${offsets.length} entries, expected nodes + 1 = ${m + 1}`, {
      argument: 'tiers.offsets',
      value: offsets.length,
    });
  const total = offsets[m];
  if (offsets[0] !== 0)
    throw new OutbidError('TIERS_INVALID', `tiers.offsets must start at 0, not ${offsets[0]}`, {
      argument: 'tiers.offsets',
      index: 0,
      value: offsets[0],
    });
  for (let j = 0; j < m; j++) {
    if (offsets[j + 1] < offsets[j])
      throw new OutbidError('TIERS_INVALID', `tiers.offsets[${j + 1}] is below tiers.offsets[${j}]`, {
        argument: 'tiers.offsets',
        index: j + 1,
        node: j,
      });
  }
  const slots = integers(given.slots, total, 'tiers.slots', 'TIERS_INVALID', 'index') as Int32Array;
  if (typeof slots === 'number') throw new OutbidError('TYPE_INVALID', 'tiers.slots must be an array', { argument: 'tiers.slots' });
  const raw = plainNumbers(given.surcharge, 'tiers.surcharge');
  if (raw.length !== total)
    throw new OutbidError('LENGTH_MISMATCH', `tiers.surcharge has ${raw.length} entries, expected ${total}`, {
      argument: 'tiers.surcharge',
      value: raw.length,
    });
  const surcharge = raw instanceof Float64Array ? raw : Float64Array.from(raw);
  for (let j = 0; j < m; j++) {
    let sum = 0;
    for (let k = offsets[j]; k < offsets[j + 1]; k++) {
      const g = surcharge[k];
      if (!Number.isFinite(g))
        throw new OutbidError('COST_NOT_FINITE', `surcharge of tier ${k - offsets[j]} of node ${j} is ${g}`, {
          argument: 'tiers.surcharge',
          node: j,
          tier: k - offsets[j],
          index: k,
          value: g,
        });
      if (g < 0 || (k > offsets[j] && g < surcharge[k - 1])) {
        throw new OutbidError(
          'TIERS_NOT_CONVEX',
          `surcharge of tier ${k - offsets[j]} of node ${j} is ${g}: it must be >= 0 and not below the tier before`,
          { argument: 'tiers.surcharge', node: j, tier: k - offsets[j], index: k, value: g },
        );
      }
      sum += slots[k];
    }
    const capacity = typeof problem.capacity === 'number' ? problem.capacity : problem.capacity[j];
    if (offsets[j + 1] > offsets[j] && sum !== capacity) {
      throw new OutbidError('TIERS_INVALID', `tiers of node ${j} have ${sum} slots, its capacity is ${capacity}`, {
        argument: 'tiers.slots',
        node: j,
        value: sum,
      });
    }
  }
  return { offsets, slots, surcharge };
}
