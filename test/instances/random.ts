/** Seeded random numbers for tests: splitmix32, so that a seed names an instance for ever. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed | 0;
  }

  /** 32 random bits, as a whole number from 0 to 2^32 - 1. */
  bits(): number {
    this.#state = (this.#state + 0x9e3779b9) | 0;
    let t = this.#state ^ (this.#state >>> 16);
    t = Math.imul(t, 0x21f0aaad);
    t ^= t >>> 15;
    t = Math.imul(t, 0x735a2d97);
    return (t ^ (t >>> 15)) >>> 0;
  }

  /** From 0 up to, but not including, 1. */
  real(): number {
    return (this.bits() * 2 ** 21 + (this.bits() >>> 11)) / 2 ** 53;
  }

  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number {
    return low + Math.floor(this.real() * (high - low + 1));
  }

  chance(probability: number): boolean {
    return this.real() < probability;
  }

  pick<T>(list: readonly T[]): T {
    return list[this.whole(0, list.length - 1)];
  }

  /** `length` numbers made one after the other. */
  list(length: number, make: (index: number) => number): number[] {
    return Array.from({ length }, (_, k) => make(k));
  }

  shuffle<T>(list: T[]): T[] {
    for (let k = list.length - 1; k > 0; k--) {
      const other = this.whole(0, k);
      [list[k], list[other]] = [list[other], list[k]];
    }
    return list;
  }
}
