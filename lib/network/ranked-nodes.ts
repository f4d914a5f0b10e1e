/**
 * The nodes that may run a request, best first: by pay, the cost of running it there plus what an entry to the node is worth at
 * the prices of a matching (0 before one). Equal ones are ordered by a hash of request and node, so that no node is first for
 * everyone. For a request of the batch the nodes it was placed on come first: at an optimum none pays less.
 */
import type { BuiltProblem } from './build.js';
import type { MatchResult } from './matching.js';
import type { CheckedRequest } from './model.js';

export interface RankedNode {
  /** Position in the network. */
  node: number;
  /** In whole micro-USD, surcharges of slots aside. */
  cost: number;
  /** cost + price of an entry to the node. */
  pay: number;
}

/** `matching` is one of `built`; `placed` are the nodes that count as taken. Nodes without a slot for the batch are left out. */
export function rankedNodes(
  built: BuiltProblem,
  matching: Pick<MatchResult, 'solution'> | undefined,
  request: CheckedRequest,
  placed: readonly number[] = [],
): RankedNode[] {
  const { arcs, network, plain } = built;
  const { nodes, costs, length } = arcs.fill(request, Number.POSITIVE_INFINITY);
  const taken = new Set(placed);
  return Array.from(nodes.subarray(0, length), (node, a) => {
    const price = matching === undefined ? 0 : built.entryPrice(matching.solution, node);
    const draw = hash(`${request.id}\0${network.nodes[node].id}`);
    return { node, cost: costs[a], pay: costs[a] + price, later: taken.has(node) ? 0 : 1, draw };
  })
    .filter(({ node }) => plain.capacityOf(node) > 0)
    .sort((a, b) => a.later - b.later || a.pay - b.pay || a.draw - b.draw)
    .map(({ node, cost, pay }) => ({ node, cost, pay }));
}

/** FNV-1a, 32 bits. */
function hash(text: string): number {
  let state = 0x811c9dc5;
  for (let k = 0; k < text.length; k++) state = Math.imul(state ^ text.charCodeAt(k), 0x01000193);
  return state >>> 0;
}
