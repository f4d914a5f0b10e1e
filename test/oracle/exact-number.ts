/** Doubles as whole numbers: every finite double is an integer times 2^-1074, so BigInt holds it exactly. */

const WORDS = new DataView(new ArrayBuffer(8));

/** x * 2^1074. */
export function exact(x: number): bigint {
  if (!Number.isFinite(x)) throw new RangeError(`${x} has no exact form`);
  WORDS.setFloat64(0, x);
  const bits = WORDS.getBigUint64(0);
  const negative = bits >> 63n === 1n;
  const exponent = (bits >> 52n) & 0x7ffn;
  const fraction = bits & ((1n << 52n) - 1n);
  const size = exponent === 0n ? fraction : (fraction | (1n << 52n)) << (exponent - 1n);
  return negative ? -size : size;
}

/** The double nearest to value * 2^-1074, ties to even; Infinity beyond the range. Never -0. */
export function nearestDouble(value: bigint): number {
  const size = value < 0n ? -value : value;
  const length = size.toString(2).length;
  let shift = BigInt(Math.max(0, length - 53));
  let mantissa = size >> shift;
  const twiceRest = (size - (mantissa << shift)) * 2n;
  const unit = 1n << shift;
  if (twiceRest > unit || (twiceRest === unit && shift > 0n && mantissa % 2n === 1n)) mantissa += 1n;
  if (mantissa === 1n << 53n) {
    mantissa = 1n << 52n;
    shift += 1n;
  }
  if (shift >= 2046n) return value < 0n ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  // Below 2^52 the number is subnormal and its bits are the mantissa; above, the exponent field counts from 1.
  WORDS.setBigUint64(0, mantissa < 1n << 52n ? mantissa : ((shift + 1n) << 52n) | (mantissa & ((1n << 52n) - 1n)));
  const double = WORDS.getFloat64(0);
  return value < 0n ? -double : double;
}
