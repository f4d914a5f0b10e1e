/** A running network goes on from what was written down. */
import { OutbidError } from '../errors.js';
import type { LiveLoop } from './live-loop.js';
import { requestQueued } from './live-requests.js';
import type { ReadSnapshot } from './live-snapshot.js';

/**
 * Takes up a written state: the loop has the ledger of the snapshot, no request yet, and its nodes are there.
 *
 * @throws OutbidError SNAPSHOT_INVALID where the ledger lacks a reservation that a request holds
 */
export function resume(loop: LiveLoop, { requests, sessions, epoch, serial, expired, dropped }: ReadSnapshot): void {
  const { ledger, market } = loop;
  loop.epoch = epoch;
  loop.requests.serial = serial;
  loop.expired.push(...expired);
  for (const id of dropped) loop.dropped.add(id);
  for (const [session, node] of sessions) loop.placing.sessions.set(session, node);
  for (const { request, reservations, over } of requests) {
    loop.requests.add(request, over);
    for (const { id, node, operator, mode, cost, decision } of reservations) {
      const alive = ledger.get(id);
      if (alive === undefined || !('expiresAt' in alive) || alive.node !== node)
        throw new OutbidError('SNAPSHOT_INVALID', `the ledger of the snapshot has no reservation ${id} on ${node}`, {
          field: 'snapshot.requests',
          id,
        });
      const expiresAt = alive.expiresAt ?? Number.POSITIVE_INFINITY;
      loop.requests.assign({ request: request.id, reservation: id, node, mode, expiresAt }, operator);
      market.hold(id, node, cost, request);
      if (decision !== undefined)
        loop.placing.decisions.set(id, { request: request.id, reservation: id, node, mode, cost, runnerUp: undefined, ...decision });
    }
  }
  for (const id of ledger.nodes()) {
    loop.reported.add(id);
    market.setCounts(id, ledger.counts(id));
  }
  for (const name of ledger.waiting()) {
    const id = requestQueued(name);
    const request = loop.requests.get(id);
    if (request !== undefined) market.add({ request, held: loop.requests.taken(id) }, loop.seconds(), false);
  }
}
