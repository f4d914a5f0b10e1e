/**
 * A running network written down and read again. What is read is checked like any input: the network and the requests by their own
 * checks, the ledger by its own, the rest here. An error names the field.
 */
import { OutbidError } from '../errors.js';
import { checkRequest } from './check-requests.js';
import { FieldReader } from './field-reader.js';
import { Ledger } from './ledger.js';
import { readDecision, written } from './live-decision.js';
import type { LiveRequests, Taken } from './live-requests.js';
import type { Decision, Ended, HeldSlot, NetworkSnapshot } from './live-types.js';
import type { CheckedNetwork, CheckedRequest, InferenceRequest, NetworkData } from './model.js';
import { writable } from './writable.js';

export interface LiveState {
  network: CheckedNetwork;
  ledger: Ledger;
  requests: LiveRequests;
  costOf(reservation: string): number;
  decisionOf(reservation: string): Decision | undefined;
  sessions: [session: string, node: string][];
  epoch: number;
  expired: Ended[];
  dropped: string[];
}

export function writeNetworkSnapshot({
  network,
  ledger,
  requests,
  costOf,
  decisionOf,
  sessions,
  epoch,
  expired,
  dropped,
}: LiveState): NetworkSnapshot {
  return {
    format: 'outbid-live-network',
    version: 1,
    epoch,
    serial: requests.serial,
    network: writable(network) as NetworkData,
    ledger: ledger.snapshot(),
    requests: [...requests.entries()].map(({ request, held, over }) => ({
      request: writable(request) as unknown as InferenceRequest,
      reservations: held.map(({ reservation: id, node, operator, mode }) => {
        const decision = decisionOf(id);
        return { id, node, operator, mode, cost: costOf(id), ...(decision === undefined ? {} : { decision: written(decision) }) };
      }),
      over: over.map((one) => ({ ...one })),
    })),
    sessions,
    expired: [...expired],
    dropped: [...dropped],
  };
}

export interface ReadSnapshot {
  data: NetworkData;
  ledger: Ledger;
  requests: { request: CheckedRequest; reservations: HeldSlot[]; over: Taken[] }[];
  sessions: [session: string, node: string][];
  epoch: number;
  serial: number;
  expired: Ended[];
  dropped: string[];
}

/** What counts on: one more must be another number. */
const COUNT = { whole: true, max: 2 ** 52 };

/** @throws OutbidError SNAPSHOT_INVALID, or the code of the part that is wrong, with the field */
export function readNetworkSnapshot(snapshot: unknown): ReadSnapshot {
  const reader = new FieldReader(snapshot, 'snapshot', undefined, 'SNAPSHOT_INVALID');
  reader.only(['format', 'version', 'epoch', 'serial', 'network', 'ledger', 'requests', 'sessions', 'expired', 'dropped']);
  if (reader.raw('format') !== 'outbid-live-network') throw reader.error('format', reader.raw('format'), '"outbid-live-network"');
  if (reader.raw('version') !== 1) throw reader.error('version', reader.raw('version'), '1');
  return {
    data: reader.raw('network') as NetworkData,
    ledger: Ledger.restore(reader.raw('ledger')),
    epoch: reader.number('epoch', COUNT),
    serial: reader.number('serial', COUNT),
    dropped: reader.strings('dropped'),
    expired: reader.list('expired').map((entry, k) => {
      const row = new FieldReader(entry, `snapshot.expired[${k}]`, undefined, 'SNAPSHOT_INVALID');
      row.only(['request', 'reservation', 'node', 'was']);
      if (row.choice('was', ['assigned', 'running']) === undefined) throw row.error('was', undefined, 'assigned or running');
      return {
        request: row.string('request'),
        reservation: row.string('reservation'),
        node: row.string('node'),
        was: row.raw('was') as Ended['was'],
      };
    }),
    requests: reader.list('requests').map((entry, k) => {
      const row = new FieldReader(entry, `snapshot.requests[${k}]`, undefined, 'SNAPSHOT_INVALID');
      row.only(['request', 'reservations', 'over']);
      return {
        request: checkRequest(row.raw('request'), `snapshot.requests[${k}].request`),
        reservations: row.list('reservations').map((held, l) => {
          const slot = new FieldReader(held, `snapshot.requests[${k}].reservations[${l}]`, undefined, 'SNAPSHOT_INVALID');
          slot.only(['id', 'node', 'operator', 'mode', 'cost', 'decision']);
          const cost = slot.number('cost', { min: Number.NEGATIVE_INFINITY });
          return {
            id: slot.string('id'),
            node: slot.string('node'),
            operator: slot.string('operator'),
            mode: slot.string('mode'),
            cost,
            ...(slot.has('decision') ? { decision: readDecision(slot.inner('decision')) } : {}),
          };
        }),
        over: row.list('over').map((one, l) => {
          const taken = new FieldReader(one, `snapshot.requests[${k}].over[${l}]`, undefined, 'SNAPSHOT_INVALID');
          taken.only(['node', 'operator']);
          return { node: taken.string('node'), operator: taken.string('operator') };
        }),
      };
    }),
    sessions: reader.list('sessions').map((entry, k) => {
      if (!Array.isArray(entry) || entry.length !== 2 || entry.some((part) => typeof part !== 'string'))
        throw new OutbidError('SNAPSHOT_INVALID', `snapshot.sessions[${k}] must be a pair of names`, { field: `snapshot.sessions[${k}]` });
      return entry as [string, string];
    }),
  };
}
