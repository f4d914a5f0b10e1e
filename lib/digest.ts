/**
 * The canonical form of a problem and its SHA-256. Little-endian: "outbid-problem" and version 1; n, m, flags; capacities; tiers
 * (the trivial ones of a problem without tiers included); then for each demand its units, unserved cost and arcs as (node, arc
 * capacity, cost), forbidden pairs left out. So a dense problem and the sparse one with the same arcs in the same order agree.
 */
import type { Problem } from './problem.js';
import { type Hash, newHash } from './runtime-sha256.js';

const NO_BOUND = 2 ** 31 - 1;

export function digestProblem(problem: Problem): string {
  const { demands: n, nodes: m, tiers } = problem;
  const writer = new Writer();
  for (const character of 'outbid-problem') writer.int(character.charCodeAt(0));
  writer.int(1);
  writer.int(n);
  writer.int(m);
  writer.int(problem.maximize ? 1 : 0);
  for (let j = 0; j < m; j++) {
    const capacity = problem.capacityOf(j);
    writer.int(capacity);
    const first = tiers?.offsets[j] ?? 0;
    const count = tiers === undefined ? 0 : tiers.offsets[j + 1] - first;
    writer.int(count === 0 ? 1 : count);
    if (tiers === undefined || count === 0) {
      writer.int(capacity);
      writer.double(0);
    } else {
      for (let k = first; k < first + count; k++) {
        writer.int(tiers.slots[k]);
        writer.double(tiers.surcharge[k]);
      }
    }
  }
  for (let i = 0; i < n; i++) {
    writer.int(problem.unitsOf(i));
    writer.double(problem.unservedCostOf(i));
    for (let a = problem.rowStart(i); a < problem.rowEnd(i); a++) {
      if (problem.forbidden(a)) continue;
      writer.int(problem.target(a));
      writer.int(Math.min(NO_BOUND, problem.arcCapacityOf(a)));
      writer.double(problem.costs[a]);
    }
    writer.int(-1);
  }
  return writer.finish();
}

/** Collects numbers into blocks for the hash. -0 is written as 0: they are the same cost. */
class Writer {
  readonly #hash: Hash = newHash();
  readonly #bytes = new Uint8Array(1 << 16);
  readonly #view = new DataView(this.#bytes.buffer);
  #at = 0;

  int(value: number): void {
    if (this.#at + 4 > this.#bytes.length) this.#flush();
    this.#view.setInt32(this.#at, value, true);
    this.#at += 4;
  }

  double(value: number): void {
    if (this.#at + 8 > this.#bytes.length) this.#flush();
    this.#view.setFloat64(this.#at, value + 0, true);
    this.#at += 8;
  }

  #flush(): void {
    this.#hash.update(this.#bytes.subarray(0, this.#at));
    this.#at = 0;
  }

  finish(): string {
    this.#flush();
    return this.#hash.hex();
  }
}
