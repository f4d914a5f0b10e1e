/**
 * Forward: unplaced units bid for their best slot; the lowest bid there is outbid.
 *
 * A class asks every node with room what the next slot costs, takes the cheapest as far as it goes, and bids for everything it
 * owns up to what its next best alternative would cost, plus epsilon. So prices rise only to the point where someone else
 * would do better elsewhere, and I1 holds at epsilon whenever nobody is left without a place. The level of a class is the pay of
 * its best alternative: its own node counts as one, unless the class sits there alone. (For the node last taken the pay without
 * that node would be enough to bid, but not while the class also owns slots elsewhere: those could then cost up to the
 * difference more than a slot beside its own.) A class without any alternative bids one common forced level above all it pays.
 *
 * Prices only rise in forward, and a free slot of surcharge s is taken only while s is at most every bid there: I2 holds.
 * Transportation auction after Bertsekas and Castanon (1989), with slots in blocks, tiers and arc bounds.
 */
import type { Level } from './grid.js';
import { KeyHeap } from './key-heap.js';
import type { Market } from './market.js';
import type { Poll } from './poll.js';
import { unreachable } from './reach.js';

/** What forward ended with: all placed (or unserved), the limit on bids or prices met, told to stop, or proof that it cannot be done. */
export type Outcome = 'done' | 'limit' | 'stopped' | 'infeasible';

export class Auction {
  readonly market: Market;
  epsilon = 1;
  /** What a bid goes above the pay when there is no alternative: more than any two costs differ. */
  readonly forced: number;
  /** No bid goes above it, so that the finish stays within exact whole numbers. */
  readonly ceiling: number;
  /** A bid met the ceiling: the rest is for the finish. */
  atCeiling = false;
  bids = 0;
  /** Times epsilon was raised in a price war. */
  escalations = 0;
  /** Classes that cannot all be served, once found. */
  witness: Int32Array | undefined;
  /** Classes with unplaced units; each at most once. */
  readonly stack: Int32Array;
  stacked = 0;
  readonly onStack: Uint8Array;
  /** Arcs of the bidding class by position in its row, the pool last. */
  readonly heap: KeyHeap;
  /** Nodes the bidding class took slots at, each once: touchMark holds the number of the bid that noted it. */
  readonly touched: Int32Array;
  readonly touchMark: Int32Array;

  constructor(market: Market, level: Level) {
    this.market = market;
    this.forced = 2 * level.largest + 1;
    this.ceiling = level.ceiling;
    this.stack = new Int32Array(market.classes);
    this.onStack = new Uint8Array(market.classes);
    let longest = 0;
    for (let i = 0; i < market.classes; i++) longest = Math.max(longest, market.offset[i + 1] - market.offset[i]);
    this.heap = new KeyHeap(longest + 1);
    this.touched = new Int32Array(longest);
    this.touchMark = new Int32Array(longest).fill(-1);
  }

  wake(i: number): void {
    if (this.onStack[i] !== 0) return;
    this.onStack[i] = 1;
    this.stack[this.stacked++] = i;
  }

  /** Takes k units of a block away from their class. */
  outbid(block: number, k: number): void {
    const arc = this.market.blockArc[block];
    const i = this.market.arcClass[arc];
    this.market.take(arc, k);
    this.market.unplaced[i] += k;
    this.wake(i);
  }

  /** A bid within the ceiling. */
  limited(bid: number): number {
    if (bid <= this.ceiling) return bid;
    this.atCeiling = true;
    return this.ceiling;
  }
}

/** One unit, no arc bounds: best and second best over all nodes and the pool. The hot loop of unit demands. */
export function bidUnit(auction: Auction, i: number): void {
  const { market } = auction;
  const { cost, node, price } = market;
  const begin = market.offset[i];
  const end = market.offset[i + 1];
  const pool = market.unservedCost[i];
  for (;;) {
    let best = Number.POSITIVE_INFINITY;
    let second = best;
    let arc = -1;
    for (let a = begin; a < end; a++) {
      const pay = cost[a] + price[node[a]];
      if (pay >= second && pay !== best) continue;
      if (pay < best) {
        second = best;
        best = pay;
        arc = a;
      } else {
        second = pay;
        if (pay === best && market.tie(i, node[a]) < market.tie(i, node[arc])) arc = a;
      }
    }
    if (arc < 0 || pool < best) {
      if (pool < Number.POSITIVE_INFINITY) {
        market.unserved[i] = 1;
        market.unplaced[i] = 0;
      }
      return;
    }
    if (pool < second) second = pool;
    const j = node[arc];
    const surcharge = market.nextSurcharge(j);
    let free = surcharge <= price[j];
    let block = -1;
    if (!free) {
      block = market.lowestBid(j);
      const lowest = block < 0 ? Number.POSITIVE_INFINITY : market.blockBid[block];
      const ask = Math.min(lowest, surcharge);
      if (ask > price[j]) {
        price[j] = ask;
        continue;
      }
      free = surcharge <= lowest;
    }
    const level = second < Number.POSITIVE_INFINITY ? second : best + auction.forced;
    const bid = auction.limited(level - cost[arc] + auction.epsilon);
    if (!free) auction.outbid(block, 1);
    market.unplaced[i] = 0;
    market.place(arc, 1, bid);
    market.lift(j);
    return;
  }
}

/** The block that must go for class i to get the next slot of node j; -1 when a slot is free for it. Valid for a finite ask. */
function blockInTheWay(market: Market, j: number, i: number): number {
  const surcharge = market.nextSurcharge(j);
  if (surcharge <= market.price[j]) return -1;
  const block = market.lowestBidOfOthers(j, i);
  return block < 0 || surcharge <= market.blockBid[block] ? -1 : block;
}

/** What the next slot of node j costs class i other than by displacing itself. */
function ask(market: Market, j: number, i: number): number {
  const surcharge = market.nextSurcharge(j);
  if (surcharge <= market.price[j]) return market.price[j];
  const block = market.lowestBidOfOthers(j, i);
  const least = block < 0 ? surcharge : Math.min(surcharge, market.blockBid[block]);
  return Math.max(market.price[j], least);
}

/** Makes the top of the heap exact and returns its pay; Infinity when nothing is left. Arcs to node `skip` are taken out. */
function settleTop(auction: Auction, i: number, skip: number): number {
  const { market, heap } = auction;
  const begin = market.offset[i];
  const pool = market.offset[i + 1] - begin;
  while (heap.length > 0) {
    const top = heap.top();
    const key = heap.key[top];
    if (top === pool) return key;
    const arc = begin + top;
    const j = market.node[arc];
    const pay = j === skip ? Number.POSITIVE_INFINITY : market.cost[arc] + ask(market, j, i);
    if (pay === Number.POSITIVE_INFINITY) {
      heap.pop();
    } else if (pay > key) {
      market.lift(j);
      heap.raiseTop(pay);
    } else return key;
  }
  return Number.POSITIVE_INFINITY;
}

/** Any class: takes slots in order of what they cost it, then sets one bid for every block it owns. */
export function bidClass(auction: Auction, i: number): void {
  const { market, heap, touched } = auction;
  const begin = market.offset[i];
  const end = market.offset[i + 1];
  const pool = end - begin;
  heap.clear();
  for (let a = begin; a < end; a++) {
    const j = market.node[a];
    if (market.capacity[j] > 0 && market.room(a) > 0) heap.append(a - begin, market.cost[a] + market.price[j], market.tie(i, j));
  }
  if (market.unservedCost[i] < Number.POSITIVE_INFINITY) heap.append(pool, market.unservedCost[i], 0x7fffffff);
  heap.order();
  let touches = 0;
  let last = -1;
  let top = Number.NEGATIVE_INFINITY;
  while (market.unplaced[i] > 0) {
    const pay = settleTop(auction, i, -1);
    if (pay === Number.POSITIVE_INFINITY) break;
    top = pay;
    const item = heap.top();
    if (item === pool) {
      market.unserved[i] += market.unplaced[i];
      market.unplaced[i] = 0;
      last = -1;
      break;
    }
    const arc = begin + item;
    const j = market.node[arc];
    const block = blockInTheWay(market, j, i);
    let k = Math.min(market.unplaced[i], market.room(arc));
    if (block < 0) k = Math.min(k, market.slotsToTierEnd(j, market.load[j]));
    else {
      k = Math.min(k, market.flow[market.blockArc[block]]);
      auction.outbid(block, k);
    }
    market.unplaced[i] -= k;
    market.place(arc, k, Number.NEGATIVE_INFINITY);
    last = j;
    if (auction.touchMark[item] !== auction.bids) {
      auction.touchMark[item] = auction.bids;
      touched[touches++] = j;
    }
    if (!(market.room(arc) > 0)) heap.pop();
  }
  setBids(auction, i, last, top);
  for (let k = 0; k < touches; k++) market.lift(touched[k]);
}

/** Bids of a class after it took its slots, the last ones at node `last`; `top` is what the dearest of them cost. */
function setBids(auction: Auction, i: number, last: number, top: number): void {
  const { market, heap } = auction;
  const begin = market.offset[i];
  const pool = market.offset[i + 1] - begin;
  let level = settleTop(auction, i, -1);
  let levelAlone = level;
  if (level < Number.POSITIVE_INFINITY && last >= 0 && heap.top() !== pool && market.node[begin + heap.top()] === last) {
    levelAlone = settleTop(auction, i, last);
  }
  if (levelAlone === Number.POSITIVE_INFINITY) {
    let dearest = top;
    for (let a = market.usedHead[i]; a >= 0; a = market.usedNext[a]) dearest = Math.max(dearest, market.pay(a));
    levelAlone = dearest + auction.forced;
    if (level === Number.POSITIVE_INFINITY) level = levelAlone;
  }
  const alone = market.usedCount[i] === 1;
  for (let a = market.usedHead[i]; a >= 0; a = market.usedNext[a]) {
    const own = alone && market.node[a] === last ? levelAlone : level;
    market.raiseBid(a, auction.limited(own - market.cost[a] + auction.epsilon));
  }
  for (let a = market.usedHead[i]; a >= 0; a = market.usedNext[a]) {
    if (market.pay(a) < level || market.node[a] === last) market.lift(market.node[a]);
  }
}

/**
 * Bids until nobody is unplaced. Every `war` bids count as a price war: epsilon rises eightfold, and reachability decides
 * whether the class that bids can be placed at all. Ends after `limit` bids in any case; what is unplaced then is for the finish.
 */
export function forward(auction: Auction, war: number, limit: number, poll: Poll): Outcome {
  const { market } = auction;
  let nextWar = auction.bids + war;
  const end = auction.bids + limit;
  for (let i = market.classes - 1; i >= 0; i--) if (market.unplaced[i] > 0) auction.wake(i);
  let outcome: Outcome = 'done';
  while (auction.stacked > 0) {
    const i = auction.stack[--auction.stacked];
    auction.onStack[i] = 0;
    if (market.unplaced[i] === 0) continue;
    if ((++auction.bids & 127) === 0 && poll.mustStop()) outcome = 'stopped';
    else if (auction.bids >= end || auction.atCeiling) outcome = 'limit';
    else if (auction.bids >= nextWar) {
      auction.witness = unreachable(market, i);
      if (auction.witness !== undefined) outcome = 'infeasible';
      auction.epsilon = Math.min(auction.epsilon * 8, Math.max(Math.floor(auction.forced / 4), auction.epsilon));
      auction.escalations++;
      nextWar = auction.bids + war;
    }
    if (outcome !== 'done') break;
    if (market.units[i] === 1 && market.bounded[i] === 0) bidUnit(auction, i);
    else bidClass(auction, i);
  }
  while (auction.stacked > 0) auction.onStack[auction.stack[--auction.stacked]] = 0;
  return outcome;
}
