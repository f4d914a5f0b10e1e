/**
 * Indexes of nodes: which there are, which may be used again, and whether a row of arcs names nothing else. An index is only used again
 * after an update that told where its units went.
 */
import { type ErrorCode, OutbidError } from './errors.js';

const ROWS = 2 ** 31 - 1;

export class MatcherNodes {
  #live: number[] = [];
  /** By index: the last row that named it; -1: there is no such node. */
  #namedBy = new Int32Array(64).fill(-1);
  #row = 0;
  /** Removed since the last update, and before it: the longest unused first. */
  #retired: number[] = [];
  readonly #free = new Set<number>();

  get count(): number {
    return this.#live.length;
  }

  assert(node: unknown): void {
    if (typeof node === 'number' && this.#live[node] === 1) return;
    throw new OutbidError('NODE_UNKNOWN', `there is no node ${typeof node === 'number' ? node : typeof node}`, {
      argument: 'node',
      ...(typeof node === 'number' ? { node } : {}),
    });
  }

  /** Every target is a node that there is, none stands in the row twice. */
  checkRow(targets: Int32Array, begin: number, end: number, demand?: number): void {
    if (this.#row === ROWS) {
      this.#row = 0;
      this.#namedBy = this.#namedBy.map((row) => Math.min(0, row));
    }
    const row = ++this.#row;
    const namedBy = this.#namedBy;
    for (let a = begin; a < end; a++) {
      const j = targets[a];
      const last = j >= 0 && j < namedBy.length ? namedBy[j] : -1;
      if (last < 0) throw badTarget('TARGET_OUT_OF_RANGE', `targets[${a}] is ${j}: there is no such node`, a, j, demand);
      if (last === row) throw badTarget('DUPLICATE_ARC', `node ${j} stands in the same row twice`, a, j, demand);
      namedBy[j] = row;
    }
  }

  take(): number {
    for (const node of this.#free) {
      this.#free.delete(node);
      return this.#enter(node);
    }
    return this.#enter(this.#live.length);
  }

  #enter(node: number): number {
    this.#live[node] = 1;
    if (node >= this.#namedBy.length) {
      const more = new Int32Array(2 * node).fill(-1);
      more.set(this.#namedBy);
      this.#namedBy = more;
    }
    this.#namedBy[node] = 0;
    return node;
  }

  retire(node: number): void {
    this.#live[node] = 0;
    this.#namedBy[node] = -1;
    this.#retired.push(node);
  }

  release(): void {
    for (const node of this.#retired) this.#free.add(node);
    this.#retired = [];
  }

  export(): Uint8Array {
    return Uint8Array.from(this.#live);
  }

  restore(live: Uint8Array): void {
    this.#live = Array.from(live);
    this.#namedBy = new Int32Array(Math.max(64, live.length)).fill(-1);
    live.forEach((alive, node) => {
      if (alive === 0) this.#retired.push(node);
      else this.#namedBy[node] = 0;
    });
  }
}

function badTarget(code: ErrorCode, message: string, index: number, node: number, demand: number | undefined): OutbidError {
  return new OutbidError(code, message, { argument: 'targets', index, node, ...(demand === undefined ? {} : { demand }) });
}
