/**
 * The worth of one slot more and one slot less on each node of a network, limits kept.
 *
 * slotValues of the problem solved is right for a node in no group. In a group, a slot more calls for a blocker more where the cap
 * is below the slots, and for a filler more where there is a floor (gadgets-counts.ts). Keeping their number instead answers for a
 * cap and floors one unit higher (lower, for a slot less). That is the same answer as long as the load L of every group around the
 * node has L < cap and L != floor: one slot changes the optimum by one simple cycle of the network's flow, which passes a group once
 * and so changes its load by at most 1, up for a slot more and down for one less; there the limits moved by one cost the same, up to a
 * constant, and an optimum among neighbours is one (the cost is convex).
 *
 * Else, with G the smallest group around the node that is at a limit, take the number of blockers and fillers that a slot more (or
 * less) in G, but in no group inside G, calls for: exact for G and around it, one unit off inside, where that costs the same. Without
 * floors that is one blocker of G more (or less), and the optimum changes by one shortest path from that unit to the new slot (from
 * the slot that goes to the blocker that goes; residual.ts): a search gives all such nodes of G at once. With floors several numbers
 * change together; the problem with them is solved again, and slotValues of it gives all such nodes at once:
 *
 *     gain_j = total - (total' - gain'_j)      loss_j = (total' + loss'_j) - total      total: objective + offset
 *
 * Both are differences of cost: units missing to floors are taken out (gadgets-weight.ts). Where a floor is missed, a slot more may
 * serve it at a cost: a gain below 0.
 */
import type { SlotValues } from '../backend/backend.js';
import type { SolveOptions } from '../options.js';
import { slotValues } from '../slot-values.js';
import type { Solution } from '../solution.js';
import { solve } from '../solve.js';
import type { BuiltProblem } from './build.js';
import { chain, type SlotChange } from './gadgets-counts.js';
import type { Entries } from './gadgets-entries.js';
import { withoutMissing } from './gadgets-weight.js';
import { Residual } from './residual.js';

/** What may be said about the solves that follow. */
export type WorthOptions = Pick<SolveOptions, 'backend' | 'seed' | 'signal' | 'threads'>;

/**
 * By node of the network, in micro-USD: what the optimum would cost less with one slot more (at the surcharge of the node's last
 * usable slot), and more with one slot less; NaN for the loss of a node without usable slots. `solution` is an optimal one of
 * `built.problem` (SOLUTION_NOT_OPTIMAL else).
 */
export async function slotWorth(built: BuiltProblem, solution: Solution, options: WorthOptions = {}): Promise<SlotValues> {
  const { problem, plain, limits } = built;
  const { list, innermost } = limits.groups;
  const values = slotValues(problem, solution);
  const last = (entries: Entries | undefined, j: number): number => entries?.of(j).at(-1)?.node ?? j;
  const gain = Float64Array.from({ length: plain.nodes }, (_, j) => withoutMissing(values.gain[last(limits.entries, j)], limits.weight));
  const loss = Float64Array.from({ length: plain.nodes }, (_, j) => withoutMissing(values.loss[last(limits.entries, j)], limits.weight));
  const tight = tightGroups(built, solution);
  const now = solution.objective + built.offset;
  const byGroup = list.map(() => [] as number[]);
  let residual: Residual | undefined;
  for (let j = 0; j < plain.nodes; j++) {
    if (innermost[j] < 0 || settled(built, gain, loss, j)) continue;
    const g = chain(list, innermost[j]).find((around) => tight[around]);
    if (g !== undefined) byGroup[g].push(j);
  }
  const again = async (change: SlotChange, write: (j: number, total: number, worth: SlotValues, at: number) => void) => {
    const nodes = byGroup[change.group].filter((j) => (change.by > 0 ? limits.reach[j] > plain.capacityOf(j) : plain.capacityOf(j) > 0));
    if (nodes.length === 0) return;
    const blockers = limits.blockers(change);
    if (blockers !== undefined) {
      const at = nodes.map((j) => last(limits.entries, j));
      residual ??= new Residual(problem, solution);
      const costs = change.by > 0 ? residual.more(blockers, at) : residual.less(blockers, at);
      nodes.forEach((j, k) => {
        const worth = withoutMissing(-change.by * costs[k], limits.weight) + 0;
        if (change.by > 0) gain[j] = worth;
        else loss[j] = worth;
      });
      return;
    }
    const changed = limits.changed(change);
    if (changed === undefined) return;
    const prices = new Float64Array(changed.problem.nodes);
    prices.set(solution.prices.subarray(0, prices.length));
    const other = await solve(changed.problem, { ...options, prices });
    const worth = slotValues(changed.problem, other);
    for (const j of nodes) write(j, other.objective + changed.offset, worth, last(changed.entries, j));
  };
  for (let g = 0; g < list.length; g++) {
    await again({ group: g, by: 1 }, (j, total, worth, at) => {
      gain[j] = withoutMissing(now - (total - worth.gain[at]), limits.weight);
    });
    await again({ group: g, by: -1 }, (j, total, worth, at) => {
      loss[j] = withoutMissing(total + worth.loss[at] - now, limits.weight);
    });
  }
  return { gain, loss };
}

/** Writes what needs no second look: no group around the node lets requests in, or it has slots for all that may ask for one. */
function settled({ plain, limits }: BuiltProblem, gain: Float64Array, loss: Float64Array, j: number): boolean {
  const { list, innermost } = limits.groups;
  const capacity = plain.capacityOf(j);
  const closed = chain(list, innermost[j]).some((g) => list[g].cap === 0);
  if (closed || limits.reach[j] <= capacity) gain[j] = 0;
  if (capacity === 0) loss[j] = Number.NaN;
  else if (closed || limits.reach[j] < capacity) loss[j] = 0;
  return closed || limits.reach[j] < capacity;
}

/** Groups at their cap, or with as many units as their floor asks for. */
function tightGroups(built: BuiltProblem, solution: Solution): boolean[] {
  const { groups, counts } = built.limits;
  const used = new Float64Array(built.plain.nodes);
  for (const [, j, units] of built.placements(solution)) used[j] += units;
  return groups.list.map(({ nodes, cap, floor }, g) => {
    const load = nodes.reduce((sum, j) => sum + used[j], 0);
    return load >= cap || (floor > 0 && (load === floor || load === counts[g].floor));
  });
}
