/**
 * The idle slots of a batch, each in one place:
 *
 *     idle  =  down  +  reserved  +  open
 *
 * down: the node takes no work. reserved: headroom, held back from everyone or with a price that nobody paid. open: the rest, in
 * pools of equal surcharge, in the order they would fill.
 */
import type { BuiltProblem } from './build.js';
import type { CheckedNode } from './model.js';
import type { Placed } from './placed.js';
import { heldBack } from './slots.js';

export interface IdlePools {
  /** Idle slots of each node that is down or draining. */
  down: Int32Array;
  /** Idle slots of each node's headroom. */
  reserved: Int32Array;
  /** Open idle slots: node, surcharge in micro-USD and number of each pool; by node, surcharges ascending. */
  nodes: Int32Array;
  surcharges: Float64Array;
  slots: Int32Array;
}

/** Slots of a node that neither work in flight nor the batch uses. */
export function idleSlots(node: CheckedNode, used: number): number {
  return Math.max(0, node.slots - node.inFlight) - used;
}

export function idlePools({ network, blocks }: BuiltProblem, placed: Placed): IdlePools {
  const down = new Int32Array(network.nodes.length);
  const reserved = new Int32Array(network.nodes.length);
  const nodes: number[] = [];
  const surcharges: number[] = [];
  const slots: number[] = [];
  network.nodes.forEach((node, j) => {
    if (node.state !== 'up') {
      down[j] = idleSlots(node, 0);
      return;
    }
    reserved[j] = heldBack(node);
    let used = placed.usedOn(j);
    for (const block of blocks[j]) {
      const taken = Math.min(used, block.slots);
      used -= taken;
      const free = block.slots - taken;
      if (block.reserved) reserved[j] += free;
      else if (free > 0) {
        nodes.push(j);
        surcharges.push(block.surcharge);
        slots.push(free);
      }
    }
  });
  return { down, reserved, nodes: Int32Array.from(nodes), surcharges: Float64Array.from(surcharges), slots: Int32Array.from(slots) };
}
