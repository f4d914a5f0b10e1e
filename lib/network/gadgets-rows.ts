/** Demands and nodes of a problem as they are collected, one row of arcs after another. */
import { OutbidError } from '../errors.js';
import { Problem } from '../problem.js';
import type { SlotBlock } from './slots.js';

/** An arc capacity that never binds. */
export const UNBOUNDED = 2 ** 31 - 1;

export class Rows {
  #targets: Int32Array;
  #costs: Float64Array;
  #bounds: Int32Array | undefined;
  #length = 0;
  readonly #offsets: number[] = [0];
  readonly #units: number[] = [];
  readonly #unservedCost: number[] = [];
  readonly #blocks: Pick<SlotBlock, 'slots' | 'surcharge'>[][] = [];

  /** Room for this many arcs; it grows. */
  constructor(arcs: number) {
    this.#targets = new Int32Array(arcs);
    this.#costs = new Float64Array(arcs);
  }

  /** Nodes so far. */
  get nodes(): number {
    return this.#blocks.length;
  }

  /** Demands so far. */
  get demands(): number {
    return this.#units.length;
  }

  /** A node; blocks in the order they fill. Returns its position. */
  node(blocks: Pick<SlotBlock, 'slots' | 'surcharge'>[]): number {
    return this.#blocks.push(blocks) - 1;
  }

  arc(target: number, cost: number, bound = UNBOUNDED): void {
    const at = this.#reserve(1);
    this.#targets[at] = target;
    this.#costs[at] = cost;
    if (bound < UNBOUNDED) this.#bounded()[at] = bound;
  }

  /** All arcs of a demand as they are. */
  copy({ targets, costs, arcCapacity }: Problem, begin: number, end: number): void {
    const at = this.#reserve(end - begin);
    this.#targets.set((targets as Int32Array).subarray(begin, end), at);
    this.#costs.set(costs.subarray(begin, end), at);
    if (typeof arcCapacity === 'object') this.#bounded().set(arcCapacity.subarray(begin, end), at);
  }

  /** The arcs since the last close are a demand. */
  close(units: number, unservedCost: number): void {
    this.#units.push(units);
    this.#unservedCost.push(unservedCost);
    this.#offsets.push(this.#length);
  }

  /** Throws COST_RANGE where the costs that limits call for leave the range of exact whole numbers. */
  problem(): Problem {
    const tiered = this.#blocks.some((blocks) => blocks.some(({ surcharge }) => surcharge > 0));
    const kept = this.#blocks.map((blocks) => blocks.filter(({ slots }) => slots > 0));
    const all = kept.flat();
    const offsets = new Int32Array(this.nodes + 1);
    kept.forEach((blocks, j) => {
      offsets[j + 1] = offsets[j] + blocks.length;
    });
    const tiers = { offsets, slots: Int32Array.from(all, ({ slots }) => slots), surcharge: Float64Array.from(all, (b) => b.surcharge) };
    try {
      return Problem.sparse({
        nodes: this.nodes,
        capacity: this.#blocks.map((blocks) => blocks.reduce((sum, { slots }) => sum + slots, 0)),
        offsets: Int32Array.from(this.#offsets),
        targets: this.#targets.subarray(0, this.#length),
        costs: this.#costs.subarray(0, this.#length),
        units: Int32Array.from(this.#units),
        unservedCost: Float64Array.from(this.#unservedCost),
        ...(this.#bounds === undefined ? {} : { arcCapacity: this.#bounds.subarray(0, this.#length) }),
        ...(tiered ? { tiers } : {}),
      });
    } catch (error) {
      if (!(error instanceof OutbidError) || error.code !== 'COST_RANGE') throw error;
      throw new OutbidError(
        'COST_RANGE',
        `to hold the limits of this network takes costs up to ${String(error.value)} micro-USD, too large to be summed exactly; lower unservedCost, or drop floors`,
        { field: 'limits', value: error.value, cause: error },
      );
    }
  }

  #reserve(arcs: number): number {
    const at = this.#length;
    this.#length += arcs;
    if (this.#length > this.#targets.length) {
      const size = Math.max(this.#length, 2 * this.#targets.length);
      const targets = new Int32Array(size);
      const costs = new Float64Array(size);
      targets.set(this.#targets);
      costs.set(this.#costs);
      if (this.#bounds !== undefined) {
        const bounds = new Int32Array(size).fill(UNBOUNDED);
        bounds.set(this.#bounds);
        this.#bounds = bounds;
      }
      this.#targets = targets;
      this.#costs = costs;
    }
    return at;
  }

  #bounded(): Int32Array {
    this.#bounds ??= new Int32Array(this.#targets.length).fill(UNBOUNDED);
    return this.#bounds;
  }
}
