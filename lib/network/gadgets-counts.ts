/**
 * How many units of each kind of filling a group of nodes takes. With S_G usable slots in G, cap K_G, floor F_G, groups nested:
 *
 *     blocked_G = max(0, S_G - T_G - K_G)     T_G: blocked in the groups inside G
 *     room_G    = S_G - T_G - blocked_G       what requests can use at most: K_G where that binds
 *     floor_G   = min(F_G, room_G)            what can be asked for
 *     fillers_G = room_G - floor_G            slots that may stay idle for nothing
 */
import type { NodeGroup, NodeGroups } from './gadgets-groups.js';

export interface GroupCounts {
  blocked: number;
  room: number;
  floor: number;
  /** 0 where there is no floor: nothing asks whether a slot is idle. */
  fillers: number;
}

/** A group one of whose nodes, itself in no smaller group, has a slot more or less than it has now. */
export interface SlotChange {
  group: number;
  by: 1 | -1;
}

export function groupCounts({ list }: NodeGroups, usable: Int32Array, change?: SlotChange): GroupCounts[] {
  const slots = list.map(({ nodes }) => nodes.reduce((sum, j) => sum + usable[j], 0));
  if (change !== undefined) for (const g of chain(list, change.group)) slots[g] += change.by;
  const inside = new Float64Array(list.length);
  return list.map(({ cap, floor, outer }, g) => {
    const blocked = Math.max(0, slots[g] - inside[g] - cap);
    const room = slots[g] - inside[g] - blocked;
    const asked = Math.min(floor, room);
    if (outer >= 0) inside[outer] += inside[g] + blocked;
    return { blocked, room, floor: asked, fillers: asked > 0 ? room - asked : 0 };
  });
}

/** A group and those around it. */
export function chain(list: readonly NodeGroup[], group: number): number[] {
  const groups: number[] = [];
  for (let g = group; g >= 0; g = list[g].outer) groups.push(g);
  return groups;
}
