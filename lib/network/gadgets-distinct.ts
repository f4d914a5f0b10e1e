/**
 * At most one unit of a request in a set of nodes: an operator's, where replicas need distinct operators, or the blocks of a node.
 *
 * A turnstile v of one slot and a demand w of one unit that must be served:
 *
 *     request -> v   at least - 1, one unit       least: the smallest cost of the request's arcs into the set
 *     w -> v         at 0
 *     w -> node      at cost - least + 1          for each arc of the request into the set
 *
 * The request's unit on v sends w on to a node, and the two pay the cost of that arc. With v empty w stays: going on would cost 1 or
 * more and save nothing, whatever the signs of the costs. So an optimum has w on a node exactly where the request is on v.
 */
import type { Entries } from './gadgets-entries.js';
import type { Rows } from './gadgets-rows.js';

export interface Turnstile {
  request: number;
  /** Node v. */
  node: number;
  /** Arcs of w, their costs at least 1. */
  arcs: [node: number, cost: number][];
}

/** Writes the arcs of a request with replicas: one unit at most for each key. Returns the turnstiles that takes. */
export function addDistinct(
  rows: Rows,
  entries: Entries,
  request: number,
  arcs: Iterable<readonly [node: number, cost: number]>,
  key: (node: number) => unknown,
): Turnstile[] {
  const sets = new Map<unknown, [node: number, cost: number][]>();
  for (const [j, cost] of arcs) {
    const set = sets.get(key(j)) ?? [];
    if (set.length === 0) sets.set(key(j), set);
    for (const { node, extra } of entries.of(j)) set.push([node, cost + extra]);
  }
  const turnstiles: Turnstile[] = [];
  for (const set of sets.values()) {
    if (set.length === 1) {
      rows.arc(set[0][0], set[0][1], 1);
      continue;
    }
    const least = set.reduce((smallest, [, cost]) => Math.min(smallest, cost), Number.POSITIVE_INFINITY);
    const node = rows.node([{ slots: 1, surcharge: 0 }]);
    rows.arc(node, least - 1, 1);
    turnstiles.push({ request, node, arcs: set.map(([target, cost]) => [target, cost - least + 1]) });
  }
  return turnstiles;
}

/** The demands w. */
export function addTurnstileDemands(rows: Rows, turnstiles: readonly Turnstile[]): void {
  for (const { node, arcs } of turnstiles) {
    rows.arc(node, 0);
    for (const [target, cost] of arcs) rows.arc(target, cost);
    rows.close(1, Number.POSITIVE_INFINITY);
  }
}
