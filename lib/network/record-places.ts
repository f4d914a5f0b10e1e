/** Where a request runs and where else it could, as records tell it and as they are checked. */
import type { BuiltProblem } from './build.js';
import type { DecisionRecord, RunnerUp } from './record.js';

/** The mode of least multiplier among those asked for. */
export function modeOn({ arcs, requests }: BuiltProblem, request: number, node: number): string {
  const table = arcs.table(requests[request]);
  return table.modes[table.entryOf(node)];
}

/** Nodes with slots that a request may use and does not, and what each costs: less than leaving it unserved. */
export function elsewhere({ arcs, plain, requests }: BuiltProblem, i: number, on: readonly number[]): { node: number; cost: number }[] {
  const { nodes, costs, length } = arcs.fill(requests[i], plain.unservedCostOf(i));
  const list: { node: number; cost: number }[] = [];
  for (let a = 0; a < length; a++) {
    const node = nodes[a];
    if (plain.capacityOf(node) > 0 && !on.includes(node)) list.push({ node, cost: costs[a] });
  }
  return list;
}

/** What the dearest place of a request costs with its price; its unserved cost when it misses one. */
export function dearestPay({ unserved, placements }: Pick<DecisionRecord, 'unserved' | 'placements'>): number {
  return unserved.units > 0 ? unserved.cost : Math.max(...placements.map(({ cost, price }) => cost + (price ?? 0)));
}

export function runnerUp(
  record: Pick<DecisionRecord, 'unserved' | 'placements'>,
  { network }: BuiltProblem,
  others: readonly { node: number; cost: number }[],
  prices: ArrayLike<number>,
): RunnerUp | null {
  let best: { node: number; cost: number } | undefined;
  const pay = ({ node, cost }: { node: number; cost: number }): number => cost + prices[node];
  for (const other of others) if (best === undefined || pay(other) < pay(best)) best = other;
  const { units, cost } = record.unserved;
  const reference = dearestPay(record);
  if (best !== undefined && (units > 0 || pay(best) <= cost))
    return { node: network.nodes[best.node].id, cost: best.cost, price: prices[best.node], extraCost: pay(best) - reference };
  return units > 0 ? null : { node: null, cost, price: 0, extraCost: cost - reference };
}
