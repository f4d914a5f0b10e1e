/** Vertices by length, the shortest first; a vertex may stand there several times. */
export class VertexHeap {
  readonly #lengths: number[] = [];
  readonly #vertices: number[] = [];

  push(length: number, vertex: number): void {
    const [lengths, vertices] = [this.#lengths, this.#vertices];
    let k = lengths.length;
    for (let parent = (k - 1) >> 1; k > 0 && length < lengths[parent]; parent = (k - 1) >> 1) {
      lengths[k] = lengths[parent];
      vertices[k] = vertices[parent];
      k = parent;
    }
    lengths[k] = length;
    vertices[k] = vertex;
  }

  /** -1 when there is none. */
  pop(): number {
    const [lengths, vertices] = [this.#lengths, this.#vertices];
    if (lengths.length === 0) return -1;
    const first = vertices[0];
    const length = lengths.pop() as number;
    const vertex = vertices.pop() as number;
    const size = lengths.length;
    if (size === 0) return first;
    let k = 0;
    for (let child = 1; child < size; child = 2 * k + 1) {
      if (child + 1 < size && lengths[child + 1] < lengths[child]) child++;
      if (!(lengths[child] < length)) break;
      lengths[k] = lengths[child];
      vertices[k] = vertices[child];
      k = child;
    }
    lengths[k] = length;
    vertices[k] = vertex;
    return first;
  }
}
