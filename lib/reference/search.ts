/** Labels of one shortest-path search over the nodes of a market, kept between searches and told apart by a stamp. */
import { KeyHeap } from './key-heap.js';
import type { Market } from './market.js';

export class Search {
  /** Number of the current search; a label holds when its stamp equals it. */
  stamp = 0;
  source = -1;
  readonly nodeStamp: Int32Array;
  readonly settledStamp: Int32Array;
  readonly distance: Float64Array;
  /** Push: arc by which a unit would enter the node. Pull: arc by which the unit that leaves the node came there. */
  readonly inward: Int32Array;
  /** Push: used arc that unit leaves, -1 for the unplaced one. Pull: arc by which it enters the node before. */
  readonly outward: Int32Array;
  /** Distance at which a class was expanded last. */
  readonly classStamp: Int32Array;
  readonly classDistance: Float64Array;
  readonly heap: KeyHeap;
  readonly settled: Int32Array;
  settledCount = 0;
  /** Best end found so far: its distance, node (-1: the pool), class and arc, as the search needs them. */
  best = Number.POSITIVE_INFINITY;
  endNode = -1;
  endClass = -1;
  endArc = -1;
  found = false;
  /** Nodes expanded, all searches together. */
  expanded = 0;
  readonly path: Int32Array;

  constructor(market: Market) {
    const m = market.nodes;
    this.nodeStamp = new Int32Array(m);
    this.settledStamp = new Int32Array(m);
    this.distance = new Float64Array(m);
    this.inward = new Int32Array(m);
    this.outward = new Int32Array(m);
    this.classStamp = new Int32Array(market.classes);
    this.classDistance = new Float64Array(market.classes);
    this.heap = new KeyHeap(m);
    this.settled = new Int32Array(m);
    this.path = new Int32Array(m);
  }

  /** Starts over, from a class (push) or a node (pull). */
  begin(source: number): void {
    this.stamp++;
    this.source = source;
    this.heap.clear();
    this.settledCount = 0;
    this.best = Number.POSITIVE_INFINITY;
    this.endNode = -1;
    this.endClass = -1;
    this.endArc = -1;
    this.found = false;
  }

  /** True, and noted, if this search has not expanded class i at this distance or a smaller one. */
  entersClass(i: number, distance: number): boolean {
    if (this.classStamp[i] === this.stamp && this.classDistance[i] <= distance) return false;
    this.classStamp[i] = this.stamp;
    this.classDistance[i] = distance;
    return true;
  }

  /** True, and noted, if this is the shortest way to node j so far. */
  reaches(j: number, distance: number): boolean {
    if (this.nodeStamp[j] === this.stamp && this.distance[j] <= distance) return false;
    this.nodeStamp[j] = this.stamp;
    this.distance[j] = distance;
    return true;
  }

  settle(j: number): void {
    this.settledStamp[j] = this.stamp;
    this.settled[this.settledCount++] = j;
    this.expanded++;
  }
}
