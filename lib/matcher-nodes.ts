/** Indexes of nodes: which there are, and which may be used again. One is only after an update that told where its units went. */
import { OutbidError } from './errors.js';

export class MatcherNodes {
  #live: number[] = [];
  /** Removed since the last update, and before it: the longest unused first. */
  #retired: number[] = [];
  readonly #free = new Set<number>();

  get count(): number {
    return this.#live.length;
  }

  has(node: number): boolean {
    return this.#live[node] === 1;
  }

  assert(node: unknown): void {
    if (typeof node === 'number' && this.has(node)) return;
    throw new OutbidError('NODE_UNKNOWN', `there is no node ${typeof node === 'number' ? node : typeof node}`, {
      argument: 'node',
      ...(typeof node === 'number' ? { node } : {}),
    });
  }

  take(): number {
    for (const node of this.#free) {
      this.#free.delete(node);
      this.#live[node] = 1;
      return node;
    }
    return this.#live.push(1) - 1;
  }

  retire(node: number): void {
    this.#live[node] = 0;
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
    live.forEach((alive, node) => {
      if (alive === 0) this.#retired.push(node);
    });
  }
}
