/** The arcs of one node of a network that differs from the one built in that node alone. */
import type { BuiltProblem } from './build.js';
import type { CheckedNetwork, CheckedNode, CheckedRequest } from './model.js';

export interface Column {
  /** Positions of requests, ascending, and what each costs there, in micro-USD. */
  requests: number[];
  costs: number[];
}

/** The arcs that cost less than leaving their request unserved; no others can lower the total. */
export function columnOf({ arcs, plain, requests }: BuiltProblem, network: CheckedNetwork, node: number): Column {
  const column: Column = { requests: [], costs: [] };
  const at = network.nodes[node];
  const filler = arcs.over(network);
  requests.forEach((request, i) => {
    if (!mayAsk(at, request)) return;
    const { costs, length } = filler.fill({ ...request, pinned: at.id }, plain.unservedCostOf(i));
    if (length === 0) return;
    column.requests.push(i);
    column.costs.push(costs[0]);
  });
  return column;
}

/** A first look that spares most requests the filters proper. */
function mayAsk(node: CheckedNode, { model, mode, pinned }: CheckedRequest): boolean {
  return (
    node.state === 'up' &&
    (pinned === undefined || pinned === node.id) &&
    (node.models.includes(model) || Object.hasOwn(node.loadable, model)) &&
    mode.some((one) => node.modes.includes(one))
  );
}
