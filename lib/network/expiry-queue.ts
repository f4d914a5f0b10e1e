/**
 * Which reservation runs out next: a binary heap by (time, id). An entry is not taken out when its reservation ends early: whoever
 * takes it asks whether it still holds, and `rebuild` drops the dead ones once they are the greater part.
 */
interface Entry {
  at: number;
  id: string;
}

export class ExpiryQueue {
  #heap: Entry[] = [];

  get size(): number {
    return this.#heap.length;
  }

  push(at: number, id: string): void {
    const heap = this.#heap;
    const entry = { at, id };
    let k = heap.length;
    while (k > 0) {
      const parent = (k - 1) >> 1;
      if (!before(entry, heap[parent])) break;
      heap[k] = heap[parent];
      k = parent;
    }
    heap[k] = entry;
  }

  /** Takes the first entry whose time is `now` or earlier. */
  popDue(now: number): Entry | undefined {
    const heap = this.#heap;
    if (heap.length === 0 || heap[0].at > now) return undefined;
    const first = heap[0];
    const last = heap.pop() as Entry;
    if (heap.length === 0) return first;
    let k = 0;
    for (let child = 1; child < heap.length; child = 2 * k + 1) {
      if (child + 1 < heap.length && before(heap[child + 1], heap[child])) child++;
      if (!before(heap[child], last)) break;
      heap[k] = heap[child];
      k = child;
    }
    heap[k] = last;
    return first;
  }

  /** Starts again with these entries. */
  rebuild(entries: Iterable<Entry>): void {
    this.#heap = [];
    for (const { at, id } of entries) this.push(at, id);
  }
}

function before(a: Entry, b: Entry): boolean {
  return a.at < b.at || (a.at === b.at && a.id < b.id);
}
