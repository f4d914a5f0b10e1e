/**
 * Ids of demands: generation * 2^31 + slot. A slot is used again, an id never; both are found without a table. A slot whose
 * generations have run out stays unused.
 */
import { OutbidError } from './errors.js';

const SLOTS = 2 ** 31;
const GENERATIONS = 2 ** 22;

export class DemandIds {
  #generation: Int32Array = new Int32Array(64);
  #live: Uint8Array = new Uint8Array(64);
  readonly #free: number[] = [];
  #end = 0;
  #count = 0;

  /** Demands alive. */
  get count(): number {
    return this.#count;
  }

  /** The slot of an id; DEMAND_UNKNOWN when it is not alive. */
  slot(id: unknown, index?: number): number {
    if (typeof id === 'number' && id >= 0 && id < SLOTS * GENERATIONS) {
      const slot = id % SLOTS;
      if (slot < this.#end && this.#live[slot] === 1 && this.#generation[slot] === Math.floor(id / SLOTS)) return slot;
    }
    throw new OutbidError('DEMAND_UNKNOWN', `there is no demand with the id ${typeof id === 'number' ? id : typeof id}`, {
      argument: 'id',
      ...(typeof id === 'number' ? { id } : {}),
      ...(index === undefined ? {} : { index }),
    });
  }

  id(slot: number): number {
    return this.#generation[slot] * SLOTS + slot;
  }

  /** No slot stands in the list twice. */
  differ(slots: Int32Array): boolean {
    let different = true;
    // A slot that is alive is marked by 2 for the moment.
    for (let k = 0; k < slots.length; k++) {
      different &&= this.#live[slots[k]] === 1;
      this.#live[slots[k]] = 2;
    }
    for (let k = 0; k < slots.length; k++) this.#live[slots[k]] = 1;
    return different;
  }

  take(): number {
    const slot = this.#free.pop() ?? this.#end++;
    if (slot >= this.#live.length) {
      const generation = new Int32Array(2 * slot);
      generation.set(this.#generation);
      this.#generation = generation;
      const live = new Uint8Array(2 * slot);
      live.set(this.#live);
      this.#live = live;
    }
    this.#live[slot] = 1;
    this.#count++;
    return slot;
  }

  release(slot: number): void {
    this.#live[slot] = 0;
    this.#count--;
    if (++this.#generation[slot] < GENERATIONS) this.#free.push(slot);
  }

  /** For a snapshot: the generation of every slot, and the slots to be used again, the next one last. */
  export(): { generations: Int32Array; freeSlots: Int32Array } {
    return { generations: this.#generation.slice(0, this.#end), freeSlots: Int32Array.from(this.#free) };
  }

  /** Into one without ids; `slots` are the ones alive. */
  restore(generations: Int32Array, freeSlots: Int32Array, slots: Int32Array): void {
    this.#end = generations.length;
    this.#generation = new Int32Array(Math.max(64, this.#end));
    this.#generation.set(generations);
    this.#live = new Uint8Array(this.#generation.length);
    for (const slot of slots) this.#live[slot] = 1;
    for (const slot of freeSlots) this.#free.push(slot);
    this.#count = slots.length;
  }
}
