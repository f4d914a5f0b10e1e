/**
 * Caps and floors of groups of nodes, by demands that take what requests may not, or may leave.
 *
 *     blockers   `blocked` units that must be served, at cost 0 on every node of the group: what is left for requests is the cap
 *                Inner groups first: blockers inside G count for G, and whatever holds all caps leaves room for all blockers,
 *                since S_G - load_G - T_G >= S_G - K_G - T_G.
 *     fillers    every slot of G that is filled, but for blockers, earns M; `fillers` units may fill it and nothing else. With a
 *                load L that makes M min(L + room - floor, room) = M room - M max(0, floor - L): a unit missing to the floor
 *                costs M, and that is all.
 *
 * Groups nested with a floor inside: a slot of G that stays idle is idle in the group P around it, too, so that it needs a filler of
 * G and a filler (or blocker) of P. G's fillers then rest in a node of their own, one slot each, which P's units may use as well: one
 * that does sends a filler of G out to a slot. Beyond, P's units go to slots of G directly, and what they fill there earns nothing for
 * G. Of I idle slots G's fillers take x = min(fillers, I) and P's units any number up to x + (I - x) = I, so both floors and the cap
 * around count every idle slot, and only once.
 */
import type { GroupCounts } from './gadgets-counts.js';
import type { Entries } from './gadgets-entries.js';
import type { NodeGroups } from './gadgets-groups.js';
import type { Rows } from './gadgets-rows.js';

/** Resting nodes come with the demands; `weight` is M. Returns the demand of each group's blockers, -1 where it has none. Nodes that are not `open` have no slots, nor use for one: no filling. */
export function addFillings(
  rows: Rows,
  entries: Entries,
  { list }: NodeGroups,
  counts: readonly GroupCounts[],
  open: (node: number) => boolean,
  weight: number,
): number[] {
  const takes = (g: number): boolean => g >= 0 && (counts[g].blocked > 0 || counts[g].fillers > 0);
  const rest = list.map(({ outer }, g) =>
    takes(outer) && counts[g].fillers > 0 ? rows.node([{ slots: counts[g].fillers, surcharge: 0 }]) : -1,
  );
  return list.map(({ nodes }, g) => {
    const { blocked, fillers } = counts[g];
    const blockers = blocked > 0 ? rows.demands : -1;
    const everywhere = (reward: number): void => {
      for (const j of nodes) if (open(j)) for (const { node } of entries.of(j)) rows.arc(node, -reward + 0);
      list.forEach(({ outer }, inner) => {
        if (outer === g && rest[inner] >= 0) rows.arc(rest[inner], -reward + 0);
      });
    };
    if (blocked > 0) {
      everywhere(0);
      rows.close(blocked, Number.POSITIVE_INFINITY);
    }
    if (fillers > 0) {
      everywhere(weight);
      if (rest[g] >= 0) rows.arc(rest[g], 0);
      rows.close(fillers, rest[g] >= 0 ? Number.POSITIVE_INFINITY : 0);
    }
    return blockers;
  });
}

/** What the rewards of all groups add up to where no floor is missed. */
export function rewards(counts: readonly GroupCounts[], weight: number): number {
  return counts.reduce((sum, { floor, room }) => sum + (floor > 0 ? weight * room : 0), 0);
}
