/**
 * A sum of doubles without any rounding, kept as an expansion: a few doubles of ascending size whose bits do not overlap and
 * whose sum is the exact one. Adding a term passes it through the expansion by two-sum (Knuth), which splits a + b into the
 * rounded sum and the exact rest. Whole numbers below 2^53 keep the expansion at one entry, so they cost one addition.
 *
 * Exact as long as no partial sum reaches 2^1023. The least bit of a double is 2^-1074 and sums and products by whole numbers
 * are multiples of it, so nothing is lost below either.
 *
 * Source: J. R. Shewchuk, Adaptive Precision Floating-Point Arithmetic, 1997; the last step is the one of Python's math.fsum.
 */
export class ExactSum {
  readonly #parts: number[] = [];

  /** Adds a finite double. */
  add(term: number): this {
    const parts = this.#parts;
    let x = term;
    let kept = 0;
    for (let k = 0; k < parts.length; k++) {
      const y = parts[k];
      const sum = x + y;
      const rest = restOfSum(x, y, sum);
      if (rest !== 0) parts[kept++] = rest;
      x = sum;
    }
    parts.length = kept;
    if (x !== 0) parts.push(x);
    return this;
  }

  /** Adds factor * x for a whole factor of at most 2^31 in absolute value. */
  addProduct(factor: number, x: number): this {
    const product = factor * x;
    if (factor === 1 || factor === -1 || (Math.abs(product) < 2 ** 53 && Number.isInteger(x))) return this.add(product);
    // Halves of 26 bits times halves of 16: every partial product fits a double.
    const [high, low] = split(x);
    const lowFactor = factor % 65536;
    const highFactor = factor - lowFactor;
    return this.add(high * highFactor)
      .add(high * lowFactor)
      .add(low * highFactor)
      .add(low * lowFactor);
  }

  /** Adds another sum, or takes it away. */
  addSum(other: ExactSum, sign: 1 | -1): this {
    for (const part of other.#parts) this.add(sign * part);
    return this;
  }

  /** -1, 0 or 1. */
  sign(): number {
    return this.#parts.length === 0 ? 0 : Math.sign(this.#parts[this.#parts.length - 1]);
  }

  /** The nearest double, ties to even; never -0. */
  value(): number {
    const parts = this.#parts;
    let k = parts.length;
    if (k === 0) return 0;
    let high = parts[--k];
    let rest = 0;
    while (k > 0 && rest === 0) {
      const x = high;
      const y = parts[--k];
      high = x + y;
      rest = y - (high - x);
    }
    // A rest of exactly half a unit was rounded to even without seeing what lies below: a part of the same sign breaks the tie.
    if (k > 0 && Math.sign(rest) === Math.sign(parts[k - 1])) {
      const twice = rest * 2;
      const up = high + twice;
      if (up - high === twice) return up;
    }
    return high;
  }
}

/** x + y - fl(x + y), exactly. */
export function restOfSum(x: number, y: number, sum: number): number {
  const seen = sum - x;
  return x - (sum - seen) + (y - seen);
}

/** x = high + low, each of at most 26 bits (Veltkamp). Needs |x| < 2^996. */
function split(x: number): [high: number, low: number] {
  const scaled = 134217729 * x;
  const high = scaled - (scaled - x);
  return [high, x - high];
}
