/**
 * Pays as exact pairs: cost + price = high + low with high the rounded sum. The pair of a number is unique and rounding keeps order,
 * so two pays compare exactly by their high part, then by their low part.
 */

/** The part of a + b that the rounded sum leaves out. */
export function roundingError(a: number, b: number): number {
  const sum = a + b;
  const back = sum - a;
  return a - (sum - back) + (b - back);
}

/** The next double above a finite number. */
export function nextUp(x: number): number {
  if (x === 0) return Number.MIN_VALUE;
  bits[0] = x;
  whole[0] += x > 0 ? 1n : -1n;
  return bits[0];
}

const bits = new Float64Array(1);
const whole = new BigInt64Array(bits.buffer);

/** high + low rounded up to a double; low is smaller than an ulp of high. */
export function roundUp(high: number, low: number): number {
  const sum = high + low;
  return roundingError(high, low) > 0 ? nextUp(sum) : sum;
}
