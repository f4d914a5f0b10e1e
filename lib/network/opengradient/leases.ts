/**
 * Ranked TEEs for a client that encrypts before it sends.
 *
 * A prompt on the confidential path is encrypted to the key of one TEE before it leaves the client, and the relay must use that
 * very TEE: the assignment comes before the encryption and cannot be changed after it. So a client asks for leases first: the
 * TEEs that may run its request, best first, each until it expires. It takes the first it can use, encrypts for it, and sends a
 * request pinned to it (requestFromCall with tee_id); the next ones are for when a TEE is gone before anything was encrypted.
 *
 * Best is the least pay: the cost there plus, after a matching, the price of a slot there (limits included), which says what others would
 * lose by giving way. For a request of the batch that is the node it was placed on. Equal ones are ordered by a hash of request
 * and node, so that clients do not all go to the same one. A lease reserves nothing: a slot is held by reserving it.
 */
import { OutbidError } from '../../errors.js';
import { knownOptions } from '../../known-options.js';
import { type BuildOptions, buildChecked } from '../build.js';
import { checkNetwork } from '../check-network.js';
import { checkRequest } from '../check-requests.js';
import type { MatchResult } from '../matching.js';
import type { CheckedRequest, InferenceRequest, NetworkData } from '../model.js';
import { rankedNodes } from '../ranked-nodes.js';

export interface LeaseOptions {
  /** Most leases (default 3). */
  k?: number;
  /** How long they last, in milliseconds. */
  ttlMs: number;
  /** The time, in milliseconds on the clock of expiresAt. */
  now: number;
  /** Weights and terms, where a network and no result is given (default: those of buildProblem). */
  build?: BuildOptions;
}

export interface Lease {
  /** The teeId: the id of the node. */
  teeId: string;
  /** Cost of running the request there, in whole micro-USD. */
  cost: number;
  /**
   * How much more it costs there than at the first, prices of slots included: micro-USD, 0 for the first. Negative only after a
   * matching that was stopped before it was optimal.
   */
  reducedCost: number;
  /** Slots free there, so that the first is not the only thing to go by; those of the network when there is no matching. */
  freeSlots: number;
  /** Milliseconds on the clock of `now`. */
  expiresAt: number;
}

const LEASE_OPTIONS: readonly (keyof LeaseOptions)[] = ['k', 'ttlMs', 'now', 'build'];

/**
 * The best nodes for a request: by its id, of the batch that was matched, or one that was not in it. Fewer than k where fewer
 * may run it; none where its filters leave none.
 *
 * @throws OutbidError NETWORK_INVALID for a bad request, DEMAND_UNKNOWN for an id that is not in the batch, UNKNOWN_OPTION and OPTION_INVALID naming the option.
 */
export function leases(source: MatchResult | NetworkData, request: string | InferenceRequest, given: LeaseOptions): Lease[] {
  const options = knownOptions(given, LEASE_OPTIONS) as LeaseOptions;
  const k = wholeOption('k', options.k ?? 3);
  const expiresAt = finiteOption('now', options.now) + finiteOption('ttlMs', options.ttlMs);
  const matching = 'built' in source ? source : undefined;
  const built = matching?.built ?? buildChecked(checkNetwork(source as NetworkData), [], options.build);
  const position = typeof request === 'string' ? positionOf(built.requests, request) : -1;
  const asked = typeof request === 'string' ? built.requests[position] : checkRequest(request, 'request');
  const ranked = rankedNodes(built, matching, asked, position < 0 ? [] : matching?.placed.on(position));
  return ranked.slice(0, k).map(({ node, cost, pay }) => ({
    teeId: built.network.nodes[node].id,
    cost,
    reducedCost: pay - ranked[0].pay,
    freeSlots: matching?.placed.freeOn(node) ?? built.plain.capacityOf(node),
    expiresAt,
  }));
}

function positionOf(requests: readonly CheckedRequest[], id: string): number {
  const position = requests.findIndex((request) => request.id === id);
  if (position < 0)
    throw new OutbidError('DEMAND_UNKNOWN', `there is no request ${JSON.stringify(id)} in the batch`, { argument: 'request', value: id });
  return position;
}

function wholeOption(option: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0)
    throw new OutbidError('OPTION_INVALID', `${option} must be a whole number, 0 or more, not ${String(value)}`, { option, value });
  return value;
}

function finiteOption(option: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
    throw new OutbidError('OPTION_INVALID', `${option} must be a number of milliseconds, 0 or more, not ${String(value)}`, {
      option,
      value,
    });
  return value;
}
