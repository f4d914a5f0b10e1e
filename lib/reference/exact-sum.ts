/**
 * Sums of products, exact, rounded once at the end (to nearest, ties to even).
 *
 * Whole numbers are added in one double as long as it stays below 2^53, where that is exact. Everything else goes into an
 * expansion: a list of doubles that do not overlap, in increasing order of size, whose exact sum is the sum so far
 * (Shewchuk 1997; the final rounding is the one of Python's fsum). A product is split into its rounded value and its error
 * (Dekker 1971), so it enters exactly too. Holds for products below 2^996.
 */
// Strictly below it: 2^53 + 1 rounds to 2^53.
const SAFE = 2 ** 53;
const SPLITTER = 2 ** 27 + 1;

export class ExactSum {
  #whole = 0;
  #parts: number[] = [];

  add(value: number): void {
    if (Number.isInteger(value)) {
      const sum = this.#whole + value;
      if (sum < SAFE && sum > -SAFE && value < SAFE && value > -SAFE) {
        this.#whole = sum;
        return;
      }
      this.#grow(this.#whole);
      this.#whole = 0;
    }
    this.#grow(value);
  }

  /** Adds a * b. */
  addProduct(a: number, b: number): void {
    const product = a * b;
    if (product < SAFE && product > -SAFE && Number.isInteger(b) && Number.isInteger(a)) {
      this.add(product);
      return;
    }
    let t = SPLITTER * a;
    const aHigh = t - (t - a);
    const aLow = a - aHigh;
    t = SPLITTER * b;
    const bHigh = t - (t - b);
    const bLow = b - bHigh;
    this.#grow(product);
    this.#grow(aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow));
  }

  #grow(value: number): void {
    const parts = this.#parts;
    let x = value;
    let kept = 0;
    for (let k = 0; k < parts.length; k++) {
      let y = parts[k];
      if (Math.abs(x) < Math.abs(y)) {
        const swap = x;
        x = y;
        y = swap;
      }
      const high = x + y;
      const low = y - (high - x);
      if (low !== 0) parts[kept++] = low;
      x = high;
    }
    parts.length = kept;
    if (x !== 0) parts.push(x);
  }

  /** The exact sum, rounded once. Never -0. */
  value(): number {
    if (this.#whole !== 0) {
      this.#grow(this.#whole);
      this.#whole = 0;
    }
    const parts = this.#parts;
    let n = parts.length;
    if (n === 0) return 0;
    let high = parts[--n];
    let low = 0;
    while (n > 0) {
      const x = high;
      const y = parts[--n];
      high = x + y;
      low = y - (high - x);
      if (low !== 0) break;
    }
    // Exactly half an ulp is left in `low`: what is below it decides, where it lies on the same side.
    if (n > 0 && low !== 0 && low < 0 === parts[n - 1] < 0) {
      const twice = low * 2;
      const moved = high + twice;
      if (moved - high === twice) high = moved;
    }
    return high;
  }
}
