/**
 * Reverse: a node with a free slot that its price says should be used makes offers. The units that would save most by moving
 * there come first, while they save at least epsilon over the next slot's surcharge; then the price falls to where nobody left out
 * would come for less than epsilon. Nobody loses a place and no price rises, so it ends without any rule against cycling.
 *
 * With arc bounds I1 holds because dearer units of a class move first: a saturated cheap arc gives up a unit only after every
 * dearer unit of its class has moved to this node, so the room it leaves attracts nobody.
 * Reverse auction after Bertsekas and Castanon (1993), offers class-wise.
 */
import type { Auction } from './bid.js';
import type { Market } from './market.js';
import type { Poll } from './poll.js';

/** A node with a free slot whose surcharge lies below its price. */
export function isOpen(market: Market, j: number): boolean {
  return market.load[j] < market.capacity[j] && market.price[j] > market.nextSurcharge(j);
}

/** Units of a class now at arc `from` (or, -1, in the pool) that would come to arc `to` for `value`: what they pay now less the cost. */
interface Offer {
  value: number;
  from: number;
  to: number;
}

function collectOffers(market: Market, j: number, epsilon: number): Offer[] {
  const offers: Offer[] = [];
  const least = market.nextSurcharge(j) + epsilon;
  for (let k = market.inOffset[j]; k < market.inOffset[j + 1]; k++) {
    const to = market.inArc[k];
    if (!(market.room(to) > 0)) continue;
    const i = market.arcClass[to];
    if (market.unserved[i] > 0) {
      const value = market.unservedCost[i] - market.cost[to];
      if (value >= least) offers.push({ value, from: -1, to });
    }
    for (let a = market.usedHead[i]; a >= 0; a = market.usedNext[a]) {
      if (a === to) continue;
      const value = market.pay(a) - market.cost[to];
      if (value >= least) offers.push({ value, from: a, to });
    }
  }
  return offers.sort((one, other) => other.value - one.value || one.to - other.to || one.from - other.from);
}

/** Nodes waiting to make offers; a ring, each node at most once. */
class OpenNodes {
  readonly #ring: Int32Array;
  readonly #waiting: Uint8Array;
  #head = 0;
  length = 0;

  constructor(nodes: number) {
    this.#ring = new Int32Array(nodes);
    this.#waiting = new Uint8Array(nodes);
  }

  push(j: number): void {
    if (this.#waiting[j] !== 0) return;
    this.#waiting[j] = 1;
    this.#ring[(this.#head + this.length++) % this.#ring.length] = j;
  }

  shift(): number {
    const j = this.#ring[this.#head];
    this.#head = (this.#head + 1) % this.#ring.length;
    this.length--;
    this.#waiting[j] = 0;
    return j;
  }
}

/** Accepts offers for node j, best first, and lowers its price. */
function accept(market: Market, j: number, offers: Offer[], epsilon: number, open: OpenNodes): void {
  let accepted = false;
  let lastValue = 0;
  let next = 0;
  for (; next < offers.length; next++) {
    const { value, from, to } = offers[next];
    const i = market.arcClass[to];
    let left = Math.min(from < 0 ? market.unserved[i] : market.flow[from], market.room(to));
    while (left > 0 && value >= market.nextSurcharge(j) + epsilon) {
      const k = Math.min(left, market.slotsToTierEnd(j, market.load[j]));
      if (from < 0) market.unserved[i] -= k;
      else {
        market.take(from, k);
        open.push(market.node[from]);
      }
      market.place(to, k, Number.NEGATIVE_INFINITY);
      left -= k;
      accepted = true;
      lastValue = value;
    }
    if (left > 0) break;
  }
  const surcharge = market.nextSurcharge(j);
  let price = surcharge;
  if (surcharge === Number.POSITIVE_INFINITY) price = next < offers.length ? offers[next].value - epsilon : Number.NEGATIVE_INFINITY;
  else if (accepted) price = Math.min(surcharge, lastValue - epsilon);
  if (accepted) price = Math.max(price, market.lastUsedSurcharge(j));
  if (price < market.price[j]) market.price[j] = price;
  const end = market.inOffset[j] + market.blockCount[j];
  for (let k = market.inOffset[j]; k < end; k++) market.raiseBid(market.blockArc[k], market.price[j]);
  if (isOpen(market, j)) open.push(j);
}

/** Until no node is open, or after `visits` nodes. False when it was cut short; the finish repairs what is left. */
export function reverse(auction: Auction, visits: number, poll: Poll): boolean {
  const { market, epsilon } = auction;
  const open = new OpenNodes(market.nodes);
  for (let j = 0; j < market.nodes; j++) if (isOpen(market, j)) open.push(j);
  for (let visit = 0; open.length > 0; visit++) {
    if (visit >= visits || ((visit & 63) === 63 && poll.mustStop())) return false;
    const j = open.shift();
    if (isOpen(market, j)) accept(market, j, collectOffers(market, j, epsilon), epsilon, open);
  }
  return true;
}
