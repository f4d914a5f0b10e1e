/** The nodes of a problem in flat arrays: capacity and tiers, every node with at least one tier. */
import type { Problem } from '../problem.js';

export interface Nodes {
  /** Number of nodes, m. */
  count: number;
  /** Slots of each node. */
  capacity: Float64Array;
  /** m + 1 entries: tiers of node j are tierOffset[j] .. tierOffset[j + 1] - 1; at least one each. */
  tierOffset: Int32Array;
  tierSlots: Float64Array;
  /** In the caller's units, non-decreasing within a node. */
  tierSurcharge: Float64Array;
}

export function readNodes(problem: Problem): Nodes {
  const m = problem.nodes;
  const given = problem.tiers;
  const capacity = new Float64Array(m);
  const tierOffset = new Int32Array(m + 1);
  for (let j = 0; j < m; j++) {
    capacity[j] = problem.capacityOf(j);
    const tiers = given === undefined ? 0 : given.offsets[j + 1] - given.offsets[j];
    tierOffset[j + 1] = tierOffset[j] + Math.max(1, tiers);
  }
  const tierSlots = new Float64Array(tierOffset[m]);
  const tierSurcharge = new Float64Array(tierOffset[m]);
  for (let j = 0; j < m; j++) {
    const t = tierOffset[j];
    if (given === undefined || given.offsets[j + 1] === given.offsets[j]) {
      tierSlots[t] = capacity[j];
      continue;
    }
    for (let k = given.offsets[j]; k < given.offsets[j + 1]; k++) {
      tierSlots[t + k - given.offsets[j]] = given.slots[k];
      tierSurcharge[t + k - given.offsets[j]] = given.surcharge[k];
    }
  }
  return { count: m, capacity, tierOffset, tierSlots, tierSurcharge };
}
