/**
 * A residual graph without its demands: what the cheapest step from node to node takes, through whichever demand, with the outside as
 * a node more. Found once by a look at every arc, it makes each search one of nodes alone: Dijkstra's method on a full matrix.
 */

/** Beyond this many nodes the matrices would take more than 2 x 128 MiB. */
export const MOST_NODES = 4095;

export class Steps {
  readonly #size: number;
  /** From node v to w at v * size + w, and the other way round; Infinity where there is none. */
  readonly #to: Float64Array;
  readonly #from: Float64Array;

  /** `size` counts the outside, which stands last. `add` of every step that there is makes the graph; the cheapest counts. */
  constructor(size: number, addAll: (add: (v: number, w: number, length: number) => void) => void) {
    const to = new Float64Array(size * size).fill(Number.POSITIVE_INFINITY);
    addAll((v, w, length) => {
      if (length < to[v * size + w]) to[v * size + w] = length;
    });
    const from = new Float64Array(size * size);
    for (let v = 0; v < size; v++) for (let w = 0; w < size; w++) from[w * size + v] = to[v * size + w];
    this.#size = size;
    this.#to = to;
    this.#from = from;
  }

  /** Lengths from (forward) or to a vertex whose own steps are the lengths given; right for those asked for. */
  search(own: Float64Array, asked: readonly number[], forward: boolean): Float64Array {
    const size = this.#size;
    const steps = forward ? this.#to : this.#from;
    const length = own.slice();
    const open = Int32Array.from({ length: size }, (_, v) => v);
    const left = new Set(asked);
    for (let count = size; count > 0 && left.size > 0; count--) {
      let best = 0;
      for (let k = 1; k < count; k++) if (length[open[k]] < length[open[best]]) best = k;
      const v = open[best];
      const here = length[v];
      if (here === Number.POSITIVE_INFINITY) break;
      open[best] = open[count - 1];
      left.delete(v);
      const row = v * size;
      for (let k = 0; k < count - 1; k++) {
        const w = open[k];
        const other = here + steps[row + w];
        if (other < length[w]) length[w] = other;
      }
    }
    return length;
  }
}
