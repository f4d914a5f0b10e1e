/**
 * What a node of the network is in the problem to solve: node j itself, or, where its slots have surcharges and a limit fills some of
 * them with units that must not pay those, one node for each block, the surcharge in the cost of its arcs. Surcharges rise from block
 * to block, so an optimum fills the blocks in order, as it would fill tiers.
 *
 * A node holds at most one unit of a request, so it never fills more slots than requests have arcs to it: in groups, slots beyond
 * one more than that are left out, which keeps the counts of units small. The one more keeps prices those of a node with a slot free.
 */
import type { Problem } from '../problem.js';
import type { Solution } from '../solution.js';
import type { Rows } from './gadgets-rows.js';
import type { SlotBlock } from './slots.js';

type Block = Pick<SlotBlock, 'slots' | 'surcharge'>;

export interface Entry {
  /** Node of the problem. */
  node: number;
  /** What a unit pays there beside the cost of its arc and the price: a surcharge, or less than nothing where floors reward it. */
  extra: number;
}

export class Entries {
  /** `extra` of the nodes that are one node of the problem. */
  readonly #single: Float64Array;
  readonly #apart: Uint8Array;
  readonly #split = new Map<number, Entry[]>();
  readonly #owner: number[] = [];
  /** Whether any node differs from the plain problem's. */
  changed = false;

  /** `limited[j]`: node j is in a group that takes fillings. `reward[j]`: what its floors pay for a unit there. */
  constructor(plain: Problem, rows: Rows, limited: Uint8Array, usable: Int32Array, reward: Float64Array) {
    this.#single = new Float64Array(plain.nodes);
    this.#apart = new Uint8Array(plain.nodes);
    const split: [number, Block[]][] = [];
    for (let j = 0; j < plain.nodes; j++) {
      const blocks = limited[j] === 1 ? cut(blocksOf(plain, j), usable[j]) : blocksOf(plain, j);
      const apart = limited[j] === 1 && blocks.some(({ surcharge }) => surcharge > 0);
      rows.node(apart ? [{ slots: blocks[0].slots, surcharge: 0 }] : blocks);
      this.#owner.push(j);
      this.#single[j] = -reward[j] + 0;
      if (reward[j] > 0 || apart) this.changed = true;
      if (!apart) continue;
      this.#apart[j] = 1;
      split.push([j, blocks]);
    }
    for (const [j, blocks] of split) {
      const entries = blocks.map(({ slots, surcharge }, k) => ({
        node: k === 0 ? j : rows.node([{ slots, surcharge: 0 }]),
        extra: surcharge - reward[j],
      }));
      for (let k = 1; k < entries.length; k++) this.#owner.push(j);
      this.#split.set(j, entries);
    }
  }

  /** In the order they fill; never empty. */
  of(node: number): Entry[] {
    return this.#split.get(node) ?? [{ node, extra: this.#single[node] }];
  }

  /** The arcs of a request to nodes, here. */
  write(rows: Rows, plain: Problem, request: number): void {
    const begin = plain.rowStart(request);
    const end = plain.rowEnd(request);
    if (!this.changed) {
      rows.copy(plain, begin, end);
      return;
    }
    for (let a = begin; a < end; a++) {
      const j = plain.target(a);
      if (this.#apart[j] === 0) rows.arc(j, plain.costs[a] + this.#single[j]);
      else for (const { node, extra } of this.of(j)) rows.arc(node, plain.costs[a] + extra);
    }
  }

  /** The least a unit of a request pays on any node, prices aside; Infinity for a request without arcs. */
  least(plain: Problem, request: number): number {
    let least = Number.POSITIVE_INFINITY;
    for (let a = plain.rowStart(request); a < plain.rowEnd(request); a++) {
      const j = plain.target(a);
      // The first block costs least.
      least = Math.min(least, plain.costs[a] + (this.#apart[j] === 0 ? this.#single[j] : this.of(j)[0].extra));
    }
    return least;
  }

  /** Node of the network that a node of the problem is part of; undefined for nodes that only hold limits. */
  owner(node: number): number | undefined {
    return this.#owner[node];
  }

  /** What a unit pays on a node beside the cost of its arc, at the prices of a solution. */
  price(solution: Solution, node: number): number {
    return Math.min(...this.of(node).map((entry) => entry.extra + solution.prices[entry.node]));
  }
}

/** Blocks of equal surcharge are one. */
function blocksOf({ tiers, capacity }: Problem, j: number): Block[] {
  const blocks: Block[] = [];
  if (tiers === undefined) return [{ slots: typeof capacity === 'number' ? capacity : capacity[j], surcharge: 0 }];
  for (let k = tiers.offsets[j]; k < tiers.offsets[j + 1]; k++) {
    const last = blocks.at(-1);
    if (last?.surcharge === tiers.surcharge[k]) last.slots += tiers.slots[k];
    else blocks.push({ slots: tiers.slots[k], surcharge: tiers.surcharge[k] });
  }
  return blocks.length > 0 ? blocks : [{ slots: 0, surcharge: 0 }];
}

/** The last slots go first; blocks stay, be it with no slot. */
function cut(blocks: Block[], usable: number): Block[] {
  let left = usable;
  return blocks.map(({ slots, surcharge }) => {
    const kept = Math.min(slots, left);
    left -= kept;
    return { slots: kept, surcharge };
  });
}
