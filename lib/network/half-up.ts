/**
 * Math.round for numbers from 0 on, without its branch on how x rounds, which no processor can guess for the costs of arcs.
 *
 * Between 2^52 and 2^53 doubles are the whole numbers, so that adding 2^52 rounds x to the nearest, ties to even; taking it off again,
 * and the difference to x, are exact. A tie that went down is put right: there are few. From 2^52 on x is whole itself.
 */
const WHOLE = 2 ** 52;

/** Infinity and NaN are themselves. */
export function halfUp(x: number): number {
  if (!(x < WHOLE)) return x;
  const even = x + WHOLE - WHOLE;
  return x - even === 0.5 ? even + 1 : even;
}
