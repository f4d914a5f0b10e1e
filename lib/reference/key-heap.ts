/**
 * A binary heap of items 0..size-1 with a key each, in flat arrays; the least key is on top, equal keys by rank. An item is in
 * the heap once; a smaller key moves it up.
 */
export class KeyHeap {
  readonly key: Float64Array;
  readonly rank: Int32Array;
  length = 0;
  readonly #items: Int32Array;
  readonly #place: Int32Array;

  constructor(size: number) {
    this.key = new Float64Array(size);
    this.rank = new Int32Array(size);
    this.#items = new Int32Array(size);
    this.#place = new Int32Array(size).fill(-1);
  }

  clear(): void {
    for (let k = 0; k < this.length; k++) this.#place[this.#items[k]] = -1;
    this.length = 0;
  }

  /** Item on top; the heap must not be empty. */
  top(): number {
    return this.#items[0];
  }

  /** Adds an item, or moves it up if its key falls. */
  push(item: number, key: number): void {
    let at = this.#place[item];
    if (at < 0) at = this.length++;
    this.key[item] = key;
    this.#up(at, item);
  }

  /** Adds an item without ordering the heap; call `order` before anything else. */
  append(item: number, key: number, rank: number): void {
    this.key[item] = key;
    this.rank[item] = rank;
    this.#items[this.length] = item;
    this.#place[item] = this.length++;
  }

  order(): void {
    for (let k = (this.length >> 1) - 1; k >= 0; k--) this.#down(k, this.#items[k]);
  }

  pop(): number {
    const top = this.#items[0];
    this.#place[top] = -1;
    const last = this.#items[--this.length];
    if (this.length > 0) this.#down(0, last);
    return top;
  }

  /** Gives the item on top a larger key. */
  raiseTop(key: number): void {
    const top = this.#items[0];
    this.key[top] = key;
    this.#down(0, top);
  }

  #up(start: number, item: number): void {
    const { key, rank } = this;
    const items = this.#items;
    const place = this.#place;
    const k = key[item];
    const r = rank[item];
    let at = start;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const other = items[above];
      if (key[other] < k || (key[other] === k && rank[other] <= r)) break;
      items[at] = other;
      place[other] = at;
      at = above;
    }
    items[at] = item;
    place[item] = at;
  }

  #down(start: number, item: number): void {
    const { key, rank, length } = this;
    const items = this.#items;
    const place = this.#place;
    const k = key[item];
    const r = rank[item];
    let at = start;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= length) break;
      let other = items[below];
      if (below + 1 < length) {
        const right = items[below + 1];
        if (key[right] < key[other] || (key[right] === key[other] && rank[right] < rank[other])) {
          below++;
          other = right;
        }
      }
      if (key[other] > k || (key[other] === k && rank[other] >= r)) break;
      items[at] = other;
      place[other] = at;
      at = below;
    }
    items[at] = item;
    place[item] = at;
  }
}
