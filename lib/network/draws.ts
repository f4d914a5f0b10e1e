/** Draws of the policies: from a seed alone, the same on every machine. */
import { OutbidError } from '../errors.js';

/** Numbers in [0, 1) from a seed (mulberry32). A seed that is no whole number from 0 to 2^53 - 1 is OPTION_INVALID. */
export function draws(seed: number): () => number {
  if (!Number.isSafeInteger(seed) || seed < 0)
    throw new OutbidError('OPTION_INVALID', `seed must be a whole number from 0 to 2^53 - 1, not ${seed}`, { option: 'seed', value: seed });
  let state = (seed ^ Math.imul(Math.floor(seed / 2 ** 32), 0x9e3779b9)) | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
