/** A Problem keeps the caller's arrays; what the caller did to them since is an error of the problem, never of a solution. */
import { OutbidError } from '../errors.js';
import type { Problem } from '../problem.js';

/** A detached or shrunk buffer reads as undefined everywhere. */
export function checkUnchanged(problem: Problem): void {
  const { demands: n, nodes: m, arcs, tiers } = problem;
  const lengths: [string, { length: number } | number | undefined, number][] = [
    ['costs', problem.costs, arcs],
    ['targets', problem.targets, arcs],
    ['offsets', problem.offsets, n + 1],
    ['units', problem.units, n],
    ['unservedCost', problem.unservedCost, n],
    ['capacity', problem.capacity, m],
    ['arcCapacity', problem.arcCapacity, arcs],
    ['tiers.offsets', tiers?.offsets, m + 1],
    ['tiers.slots', tiers?.slots, tiers?.offsets[m] ?? 0],
    ['tiers.surcharge', tiers?.surcharge, tiers?.offsets[m] ?? 0],
  ];
  for (const [argument, array, length] of lengths) {
    if (typeof array === 'object' && array.length !== length) throw changed(argument);
  }
}

export function changed(argument: string): OutbidError {
  return new OutbidError('PROBLEM_CHANGED', `${argument}: the problem's arrays are not what they were when it was built`, { argument });
}
