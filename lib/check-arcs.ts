/** Checks over the arcs: offsets, targets, duplicates, and one pass that summarises the costs. */
import { MAX_COUNT } from './check-arrays.js';
import { OutbidError } from './errors.js';
import type { Problem } from './problem.js';

type Arcs = Pick<Problem, 'demands' | 'nodes' | 'arcs' | 'offsets' | 'targets' | 'costs' | 'dense' | 'maximize'>;

export function checkArcs(problem: Arcs): void {
  const { demands: n, nodes: m, arcs, offsets, targets } = problem;
  if (arcs > MAX_COUNT) throw new OutbidError('SIZE_INVALID', `${arcs} arcs are more than 2^31 - 1`, { argument: 'costs', value: arcs });
  if (offsets === undefined || targets === undefined) return;
  if (targets.length !== arcs)
    throw new OutbidError('LENGTH_MISMATCH', `targets has ${targets.length} entries, costs has ${arcs}`, {
      argument: 'targets',
      value: targets.length,
    });
  if (offsets[0] !== 0)
    throw new OutbidError('OFFSETS_INVALID', `offsets must start at 0, not ${offsets[0]}`, {
      argument: 'offsets',
      index: 0,
      value: offsets[0],
    });
  for (let i = 0; i < n; i++) {
    if (offsets[i + 1] < offsets[i])
      throw new OutbidError('OFFSETS_INVALID', `offsets[${i + 1}] = ${offsets[i + 1]} is below offsets[${i}] = ${offsets[i]}`, {
        argument: 'offsets',
        index: i + 1,
        demand: i,
        value: offsets[i + 1],
      });
  }
  if (offsets[n] !== arcs)
    throw new OutbidError('OFFSETS_INVALID', `offsets ends at ${offsets[n]}, there are ${arcs} arcs`, {
      argument: 'offsets',
      index: n,
      value: offsets[n],
    });
  const seen = new Int32Array(m);
  for (let i = 0; i < n; i++) {
    for (let a = offsets[i]; a < offsets[i + 1]; a++) {
      const j = targets[a];
      if (j < 0 || j >= m)
        throw new OutbidError('TARGET_OUT_OF_RANGE', `arc ${a} of demand ${i} names node ${j}, there are ${m}`, {
          argument: 'targets',
          demand: i,
          index: a,
          value: j,
        });
      if (seen[j] === i + 1)
        throw new OutbidError('DUPLICATE_ARC', `demand ${i} has two arcs to node ${j}`, {
          argument: 'targets',
          demand: i,
          node: j,
          index: a,
        });
      seen[j] = i + 1;
    }
  }
}

export interface CostSummary {
  integer: boolean;
  /** Largest absolute value among costs, finite unserved costs and surcharges, and where it stands. */
  largest: number;
  largestIn: 'costs' | 'unservedCost' | 'tiers.surcharge';
  largestAt: number;
}

export function checkCosts(problem: Arcs & Pick<Problem, 'unservedCost' | 'tiers' | 'rowStart' | 'target'>): CostSummary {
  const { costs, dense, maximize } = problem;
  const forbidden = maximize ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const summary: CostSummary = { integer: true, largest: 0, largestIn: 'costs', largestAt: -1 };
  let integer = true;
  let largest = 0;
  let largestAt = -1;
  for (let a = 0; a < costs.length; a++) {
    const c = costs[a];
    const size = Math.abs(c);
    // Not finite, NaN included: the comparison is false for NaN.
    if (!(size < Number.POSITIVE_INFINITY)) {
      if (dense && c === forbidden) continue;
      const demand = demandOf(problem, a);
      const node = problem.target(a);
      throw new OutbidError('COST_NOT_FINITE', `cost of demand ${demand}, node ${node} (index ${a}) is ${c}`, {
        argument: 'costs',
        demand,
        node,
        index: a,
        value: c,
      });
    }
    if (size > largest) {
      largest = size;
      largestAt = a;
    }
    if (integer && !Number.isInteger(c)) integer = false;
  }
  summary.largest = largest;
  summary.largestAt = largestAt;
  const note = (value: number, place: CostSummary['largestIn'], at: number): void => {
    if (value === Number.POSITIVE_INFINITY) return;
    if (!Number.isInteger(value)) integer = false;
    if (Math.abs(value) > summary.largest) Object.assign(summary, { largest: Math.abs(value), largestIn: place, largestAt: at });
  };
  if (typeof problem.unservedCost === 'number') note(problem.unservedCost, 'unservedCost', -1);
  else
    problem.unservedCost.forEach((r, i) => {
      note(r, 'unservedCost', i);
    });
  problem.tiers?.surcharge.forEach((g, k) => {
    note(g, 'tiers.surcharge', k);
  });
  summary.integer = integer;
  return summary;
}

function demandOf(problem: Arcs, arc: number): number {
  if (problem.offsets === undefined) return Math.floor(arc / problem.nodes);
  let low = 0;
  let high = problem.demands;
  while (high - low > 1) {
    const mid = (low + high) >> 1;
    if (problem.offsets[mid] <= arc) low = mid;
    else high = mid;
  }
  // Empty rows share their start with the next row: the last row that starts at or before the arc holds it.
  return low;
}
