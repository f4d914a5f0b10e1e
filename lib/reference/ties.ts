/**
 * Which of two equal pays wins is decided by a hash of (seed, demand, node), so that no node is favoured by its index. The
 * hash is 32 bits, made of whole-number multiplications only: the same on every machine.
 */

/** Mixes a word into a 32-bit state. */
export function mix(state: number, word: number): number {
  let h = Math.imul(state ^ word, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  return h ^ (h >>> 13);
}

/** The state every tie of a run starts from. `seed` is a whole number from 0 to 2^53 - 1. */
export function seedState(seed: number): number {
  return mix(mix(0x51ed270b, seed | 0), Math.floor(seed / 2 ** 32) | 0);
}

/** Rank of a node among equal pays of a demand, given the demand's state `mix(seedState(seed), demand)`: the lower rank wins. */
export function tieRank(demandState: number, node: number): number {
  return mix(demandState, node);
}
