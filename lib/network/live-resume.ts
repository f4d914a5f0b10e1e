/** A running network goes on from what was written down. */
import { OutbidError } from '../errors.js';
import type { Ledger } from './ledger.js';
import type { LiveLoop } from './live-loop.js';
import { requestQueued } from './live-requests.js';
import type { ReadSnapshot } from './live-snapshot.js';
import type { CheckedNode } from './model.js';
import { openSlots } from './slots.js';

/**
 * Takes up a written state: the loop has the ledger of the snapshot, no request yet, and the nodes of its network are there.
 *
 * @throws OutbidError SNAPSHOT_INVALID, with the field, where network, ledger and requests do not belong together
 */
export function resume(
  loop: LiveLoop,
  nodes: readonly CheckedNode[],
  { requests, sessions, epoch, serial, expired, dropped }: ReadSnapshot,
): void {
  const { ledger, market } = loop;
  checkNodes(nodes, ledger);
  loop.epoch = epoch;
  loop.requests.serial = serial;
  loop.expired.push(...expired);
  for (const id of dropped) loop.dropped.add(id);
  for (const [session, node] of sessions) loop.placing.sessions.set(session, node);
  requests.forEach(({ request, reservations, over }, k) => {
    const place = `snapshot.requests[${k}]`;
    if (loop.requests.get(request.id) !== undefined) throw invalid(`${place}.request.id`, request.id, 'is that of another request, too');
    if (reservations.length + over.length > request.replicas)
      throw invalid(`${place}.request.replicas`, request.id, 'are fewer than it has');
    loop.requests.add(request, over);
    reservations.forEach(({ id, node, operator, mode, cost, decision }, l) => {
      const alive = ledger.get(id);
      if (alive === undefined || !('expiresAt' in alive) || alive.node !== node)
        throw invalid(`${place}.reservations[${l}]`, id, `is none of ${node} in the ledger`);
      if (loop.requests.assignment(id) !== undefined) throw invalid(`${place}.reservations[${l}].id`, id, 'is held already');
      const expiresAt = alive.expiresAt ?? Number.POSITIVE_INFINITY;
      loop.requests.assign({ request: request.id, reservation: id, node, mode, expiresAt }, operator);
      market.hold(id, node, cost, request);
      if (decision !== undefined)
        loop.placing.decisions.set(id, { request: request.id, reservation: id, node, mode, cost, runnerUp: undefined, ...decision });
    });
  });
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

/** Nodes of the network and of its ledger are the same, with as many slots. */
function checkNodes(nodes: readonly CheckedNode[], ledger: Ledger): void {
  const inLedger = ledger.nodes();
  const stranger = (ids: readonly string[], known: readonly string[]): number => {
    const all = new Set(known);
    return ids.findIndex((id) => !all.has(id));
  };
  const ids = nodes.map(({ id }) => id);
  const k = stranger(ids, inLedger);
  if (k >= 0) throw invalid(`snapshot.network.nodes[${k}].id`, ids[k], 'is no node of the ledger');
  const l = stranger(inLedger, ids);
  if (l >= 0) throw invalid(`snapshot.ledger.nodes[${l}].id`, inLedger[l], 'is no node of the network');
  for (const node of nodes) {
    if (ledger.counts(node.id).slots !== openSlots(node))
      throw invalid(`snapshot.ledger.nodes[${inLedger.indexOf(node.id)}].slots`, node.id, 'are not as many as in the network');
  }
}

function invalid(field: string, id: string, message: string): OutbidError {
  return new OutbidError('SNAPSHOT_INVALID', `${field} ${JSON.stringify(id)} ${message}`, { field, id });
}
