/** The neighbours of a double: one unit in the last place up or down. */
const WORDS = new DataView(new ArrayBuffer(8));

export function nextUp(x: number): number {
  if (Number.isNaN(x) || x === Number.POSITIVE_INFINITY) return x;
  if (x === 0) return Number.MIN_VALUE;
  WORDS.setFloat64(0, x);
  WORDS.setBigInt64(0, WORDS.getBigInt64(0) + (x > 0 ? 1n : -1n));
  return WORDS.getFloat64(0);
}

export function nextDown(x: number): number {
  return -nextUp(-x);
}
