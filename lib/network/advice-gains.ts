/** The largest of many numbers above 0: as many as there is room for, in a heap whose top is the least of them. */
export class TopGains {
  readonly #room: number;
  #heap = new Float64Array(4);
  #length = 0;

  constructor(room: number) {
    this.#room = room;
  }

  add(gain: number): void {
    if (!(gain > 0) || this.#room === 0) return;
    if (this.#length < this.#room) {
      if (this.#length === this.#heap.length) {
        const more = new Float64Array(2 * this.#length);
        more.set(this.#heap);
        this.#heap = more;
      }
      this.#rise(this.#length++, gain);
    } else if (gain > this.#heap[0]) this.#sink(gain);
  }

  /** All that were kept, the largest first. */
  falling(): Float64Array {
    return this.#heap.slice(0, this.#length).sort().reverse();
  }

  #rise(from: number, gain: number): void {
    const heap = this.#heap;
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (heap[parent] <= gain) break;
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = gain;
  }

  /** Puts a number in the place of the least. */
  #sink(gain: number): void {
    const heap = this.#heap;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#length) break;
      if (child + 1 < this.#length && heap[child + 1] < heap[child]) child++;
      if (heap[child] >= gain) break;
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = gain;
  }
}
