/** Labels of one shortest-path search over the nodes of a warm market: distances are pairs (cost, moves). */
import { mix, seedState, tieRank } from '../ties.js';
import { Patience } from './patience.js';
import { type Arc, type Demand, less, type Node, type State } from './state.js';

/** A settled node gets a price, and an end of the moves it counts. */
const OWED = 2;

export class TickSearch {
  readonly state: State;
  stamp = 0;
  settled: Node[] = [];
  /** Best end so far: its distance, and the node, demand (the pool) or arc as the search needs them. */
  best = Number.POSITIVE_INFINITY;
  bestMoves = 0;
  endNode: Node | undefined;
  endDemand: Demand | undefined;
  endArc: Arc | undefined;
  /** Nodes expanded, all searches together. */
  expanded = 0;
  readonly patience = new Patience();
  /** The source of a search that stopped in the middle. */
  #paused: Demand | Node | undefined;
  readonly #ties: number;
  /** A binary heap of nodes with the distance each had when it was put in; outdated entries are skipped. */
  #heap: { node: Node; distance: number; moves: number }[] = [];

  constructor(state: State, seed: number) {
    this.state = state;
    this.#ties = seedState(seed);
  }

  /** True if a search from here stopped in the middle and may go on; else it begins. */
  goesOn(source: Demand | Node): boolean {
    const same = this.#paused === source;
    if (!same) this.forget();
    this.#paused = undefined;
    const { touchedDemands, touchedNodes } = this.state;
    this.patience.begin(!same, touchedDemands.size + touchedNodes.size + (same ? OWED * this.settled.length : 0));
    if (!same) this.#begin();
    return same;
  }

  /** To be called before anything in the state changes. */
  forget(): void {
    if (this.#paused !== undefined) this.patience.threwAway();
    this.#paused = undefined;
  }

  /** After a node was settled and some entries were looked at: true when the search has to stop here, prices and placements as they were. */
  stops(source: Demand | Node, entries: number): boolean {
    this.patience.owe(OWED);
    if (!this.patience.sees(entries)) return false;
    this.#paused = source;
    return true;
  }

  #begin(): void {
    this.stamp++;
    this.settled.length = 0;
    this.#heap.length = 0;
    this.best = Number.POSITIVE_INFINITY;
    this.bestMoves = 0;
    this.endNode = this.endDemand = this.endArc = undefined;
  }

  /** Between two nodes at the same distance the hash of the demand that is pushed decides. */
  tie(demand: Demand, node: Node): number {
    return tieRank(mix(this.#ties, demand.slot), node.index);
  }

  /** True, and noted, if this search has not expanded the demand at this distance or a smaller one. */
  enters(demand: Demand, distance: number, moves: number): boolean {
    if (demand.stamp === this.stamp && !less(distance, moves, demand.distance, demand.distanceMoves)) return false;
    demand.stamp = this.stamp;
    demand.distance = distance;
    demand.distanceMoves = moves;
    return true;
  }

  /** True, and noted, if this is the shortest way to the node so far. */
  reaches(node: Node, distance: number, moves: number, inward: Arc | undefined, outward: Arc | undefined): boolean {
    if (node.stamp === this.stamp && !less(distance, moves, node.distance, node.distanceMoves)) return false;
    node.stamp = this.stamp;
    node.distance = distance;
    node.distanceMoves = moves;
    node.inward = inward;
    node.outward = outward;
    return true;
  }

  enqueue(node: Node): void {
    const heap = this.#heap;
    const entry = { node, distance: node.distance, moves: node.distanceMoves };
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const above = (at - 1) >> 1;
      if (!before(entry, heap[above])) break;
      heap[at] = heap[above];
      at = above;
    }
    heap[at] = entry;
  }

  /** The next node to settle nearer than the best end, or undefined. */
  settleNext(): Node | undefined {
    const heap = this.#heap;
    while (heap.length > 0 && less(heap[0].distance, heap[0].moves, this.best, this.bestMoves)) {
      const { node, distance, moves } = heap[0];
      this.#dropTop();
      if (node.settled === this.stamp || less(node.distance, node.distanceMoves, distance, moves)) continue;
      node.settled = this.stamp;
      this.settled.push(node);
      this.expanded++;
      return node;
    }
    return undefined;
  }

  #dropTop(): void {
    const heap = this.#heap;
    const entry = heap.pop();
    if (entry === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      let below = 2 * at + 1;
      if (below >= heap.length) break;
      if (below + 1 < heap.length && before(heap[below + 1], heap[below])) below++;
      if (!before(heap[below], entry)) break;
      heap[at] = heap[below];
      at = below;
    }
    heap[at] = entry;
  }
}

interface Entry {
  node: Node;
  distance: number;
  moves: number;
}

function before(a: Entry, b: Entry): boolean {
  if (a.distance !== b.distance) return a.distance < b.distance;
  return a.moves !== b.moves ? a.moves < b.moves : a.node.index < b.node.index;
}
