/** A list of what runs on a node, merged into the reservations. The rules stand at Ledger.reconcile. */
import type { LedgerBook } from './ledger-book.js';
import type { LedgerNode } from './ledger-node.js';
import type { EndedReservation, NodeCounts, ReconcileAnswer } from './ledger-types.js';

export type MergedList = Omit<ReconcileAnswer, 'outcome' | keyof NodeCounts>;

export function emptyList(): MergedList {
  return { lost: [], adopted: [], started: [], stillRunning: [], elsewhere: [] };
}

/** It ran there at the time of the list, as far as is known here, and its end is later news. */
function ranUntilAfter(ended: EndedReservation, node: string, at: number): boolean {
  return ended.node === node && ended.was === 'running' && ended.state !== 'lost' && ended.at > at;
}

/** The list must be an applicable report of that time: what it says was so by then, and none of it is a start or an end since. */
export function mergeList(book: LedgerBook, node: LedgerNode, list: Iterable<string>, at: number): MergedList {
  const runs = new Set(list);
  const merged = emptyList();
  for (const id of runs) {
    const alive = book.alive.get(id);
    const ended = book.ended.get(id, book.clock);
    if (alive !== undefined && alive.node !== node.id) merged.elsewhere.push(id);
    else if (alive?.state === 'assigned') {
      book.start(alive, at, null);
      merged.started.push(id);
    } else if (alive === undefined && ended === undefined) {
      book.open({ id, node: node.id, state: 'running', assignedAt: at, committedAt: at, expiresAt: null, foreign: true });
      book.stats.adopted++;
      merged.adopted.push(id);
    } else if (ended !== undefined && !ranUntilAfter(ended, node.id, at)) merged.stillRunning.push(id);
  }
  for (const id of [...node.running].sort()) {
    const reservation = book.reservation(id);
    if (!runs.has(id) && (reservation.committedAt as number) <= at) merged.lost.push(book.end(reservation, 'lost', book.clock, false));
  }
  node.reconciled(at, merged.stillRunning.length + merged.elsewhere.length);
  return merged;
}
