/**
 * The slots of a node that a batch may use, as blocks of equal surcharge in the order they fill.
 *
 *     slots in all  =  in flight  +  free blocks  +  held back
 *
 * Work in flight holds the first, cheapest slots. The headroom is the last ones: nobody's when it has no price, else a block
 * (or several, over tiers) dearer by that price, so that a request runs there only if leaving it unserved costs more. That is
 * how slots are held back for high priorities: exactly, and without a second mechanism.
 */
import { type CostWeights, micro } from './cost.js';
import type { CheckedNode } from './model.js';

export interface SlotBlock {
  slots: number;
  /** Whole micro-USD per request that runs in this block. */
  surcharge: number;
  /** Part of the headroom. */
  reserved: boolean;
}

/** Free slots of a node that takes work, held back ones included; 0 when it takes none. */
export function freeSlots(node: CheckedNode): number {
  return node.state === 'up' ? Math.max(0, node.slots - node.inFlight) : 0;
}

/** Slots that no request of the batch may use, at any price. */
export function heldBack(node: CheckedNode): number {
  return node.headroomCost === Number.POSITIVE_INFINITY ? Math.min(node.headroom, freeSlots(node)) : 0;
}

/** Slots that may be given out at some price. */
export function openSlots(node: CheckedNode): number {
  return freeSlots(node) - heldBack(node);
}

/** Blocks the batch may use; surcharges never fall. */
export function slotBlocks(node: CheckedNode, weights: CostWeights): SlotBlock[] {
  const free = freeSlots(node);
  const blocks: SlotBlock[] = [];
  const openUntil = Math.max(node.inFlight, node.slots - node.headroom);
  let start = 0;
  for (const tier of node.tiers ?? [{ slots: node.slots, surcharge: 0 }]) {
    const end = start + tier.slots;
    const surcharge = micro(weights.congestion * tier.surcharge);
    const take = (from: number, to: number, reserved: boolean): void => {
      const slots = Math.min(to, end) - Math.max(from, start);
      if (slots > 0) blocks.push({ slots, surcharge: surcharge + (reserved ? micro(node.headroomCost) : 0), reserved });
    };
    if (free > 0) take(node.inFlight, openUntil, false);
    if (free > 0 && node.headroomCost < Number.POSITIVE_INFINITY) take(openUntil, node.slots, true);
    start = end;
  }
  return blocks;
}

/** Surcharge of the k-th usable slot, counted from 0; 0 beyond the last. */
export function surchargeOf(blocks: readonly SlotBlock[], k: number): number {
  let before = k;
  for (const { slots, surcharge } of blocks) {
    if (before < slots) return surcharge;
    before -= slots;
  }
  return 0;
}
