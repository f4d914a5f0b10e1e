/**
 * Requests and nodes alone as a Problem: demand i is request i, one unit per replica, node j is node j. An arc of a request with
 * replicas carries one unit, so that they run on distinct nodes.
 */
import { Problem } from '../problem.js';
import type { ArcList } from './arc-list.js';
import type { SlotBlock } from './slots.js';

/** `offsets`: where the arcs of each request begin; `blocks` and `unservedCost` by node and by request. */
export function plainProblem(
  requests: readonly { replicas: number }[],
  offsets: Int32Array,
  { nodes, costs, length: arcs }: ArcList,
  blocks: readonly (readonly SlotBlock[])[],
  unservedCost: Float64Array,
): Problem {
  const several = requests.some(({ replicas }) => replicas > 1);
  const arcCapacity = several ? new Int32Array(arcs) : undefined;
  if (arcCapacity !== undefined)
    requests.forEach(({ replicas }, i) => {
      arcCapacity.fill(replicas > 1 ? 1 : 2 ** 31 - 1, offsets[i], offsets[i + 1]);
    });
  const tiered = blocks.some((list) => list.some(({ surcharge }) => surcharge > 0));
  return Problem.sparse({
    nodes: blocks.length,
    capacity: Int32Array.from(blocks, (list) => list.reduce((sum, { slots }) => sum + slots, 0)),
    offsets,
    targets: nodes.subarray(0, arcs),
    costs: costs.subarray(0, arcs),
    unservedCost,
    ...(several ? { units: Int32Array.from(requests, ({ replicas }) => replicas), arcCapacity } : {}),
    ...(tiered ? { tiers: tiersOf(blocks) } : {}),
  });
}

function tiersOf(blocks: readonly (readonly SlotBlock[])[]): { offsets: Int32Array; slots: Int32Array; surcharge: Float64Array } {
  const offsets = new Int32Array(blocks.length + 1);
  blocks.forEach((list, j) => {
    offsets[j + 1] = offsets[j] + list.length;
  });
  const all = blocks.flat();
  return { offsets, slots: Int32Array.from(all, ({ slots }) => slots), surcharge: Float64Array.from(all, ({ surcharge }) => surcharge) };
}
