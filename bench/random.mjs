/** Seeded random numbers for instances: sfc32, small and fast; the same sequence on every machine. */
export function random(seed) {
  let a = seed | 0;
  let b = 0x9e3779b9;
  let c = 0x243f6a88;
  let counter = 1;
  const next = () => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + t) | 0;
    return (t >>> 0) / 4294967296;
  };
  for (let k = 0; k < 20; k++) next();
  return next;
}

/** Draws 0..count-1 with probability proportional to (k + 1)^-exponent, from a uniform number. */
export function zipf(count, exponent) {
  const cumulative = new Float64Array(count);
  let total = 0;
  for (let k = 0; k < count; k++) {
    total += (k + 1) ** -exponent;
    cumulative[k] = total;
  }
  return (u) => {
    const want = u * total;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const mid = (low + high) >> 1;
      if (cumulative[mid] < want) low = mid + 1;
      else high = mid;
    }
    return low;
  };
}

/** `count` different whole numbers below `limit`, ascending. */
export function sample(count, limit, next, seen = new Set()) {
  seen.clear();
  while (seen.size < count) seen.add(Math.floor(next() * limit));
  return [...seen].sort((p, q) => p - q);
}
