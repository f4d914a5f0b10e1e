/**
 * Every arc of a request of a built problem, those included that were left out for being far: what is said of a matching with the
 * nearest arcs is what would be said of one with all of them.
 */
import type { ArcList } from './arc-list.js';
import type { BuiltProblem } from './build.js';
import { hasFloors } from './gadgets-groups.js';

/** Valid until the arcs of another request are asked for. */
export function everyArc({ arcs, plain, requests, network }: BuiltProblem, request: number): ArcList {
  return arcs.fill(requests[request], hasFloors(network) ? Number.POSITIVE_INFINITY : plain.unservedCostOf(request));
}
