/**
 * From the registry's records and what the caller knows beside them to the nodes of a network.
 *
 *     id        the teeId               operator  the owner
 *     state     down unless active      joinedAt  registeredAt, on the clock of the requests
 *     labels    pcrHash, so that a request can ask for an image
 *     the rest  as supplied: models, slots, region, prices, ... are in no registry
 *
 * Addresses and hashes are compared without regard to case and come out in lower case.
 */
import { OutbidError } from '../../errors.js';
import { knownOptions } from '../../known-options.js';
import { FieldReader } from '../field-reader.js';
import type { NetworkNode } from '../model.js';
import { isHex } from './chain-values.js';
import {
  type Activity,
  checkTEE,
  HEARTBEAT_MAX_AGE,
  type InactiveReason,
  type RegisteredTEE,
  TEE_TYPE_LLM_PROXY,
  type TEEInfo,
  whyInactive,
} from './registry.js';

/** Modes of a node that names none: an enclave that forwards to model providers proves where a request ran, and no more. */
export const DEFAULT_TEE_MODES: readonly string[] = ['TEE'];

/** What the registry lacks. Fields are those of NetworkNode, with its defaults but for the two below. */
export interface NodeFacts extends Omit<NetworkNode, 'id' | 'operator' | 'joinedAt' | 'price'> {
  /** USD per hour for the whole node. May be left out (0) where tokenPrices has every model: a proxy is paid by the token. */
  price?: number;
  /** Default ['TEE']. */
  modes?: string[];
}

/** Records or facts by teeId. */
export type ByTEE<T> = ReadonlyMap<string, T> | Readonly<Record<string, T>>;

export interface RegistryOptions {
  /** Unix seconds: the block's or your own clock. */
  now: number;
  /** Seconds without a heartbeat after which a node is down (default 1800). */
  heartbeatMaxAge?: number;
  /** The images approved on chain, 32 bytes each (default: every image counts as approved). */
  approvedPcrHashes?: Iterable<string>;
  /** Unix seconds of the start of the batch, from which requests count `at` and nodes joinedAt (default 0: `at` is Unix seconds). */
  batchStart?: number;
}

export interface RegistryNodes {
  /** In the order of the registry. Those that are not active are among them, down, so that their slots are counted as such. */
  nodes: NetworkNode[];
  inactive: { id: string; reason: InactiveReason }[];
  /** TEEs that run no inference: validators (teeType 1), and types this package does not know. */
  leftOut: { id: string; teeType: number }[];
  /** TEEs without supplied facts: no node stands for them, for nothing is guessed. */
  missing: string[];
  /** Facts of TEEs that are not in the registry. */
  unregistered: string[];
}

const REGISTRY_OPTIONS: readonly (keyof RegistryOptions)[] = ['now', 'heartbeatMaxAge', 'approvedPcrHashes', 'batchStart'];
const FACT_FIELDS: readonly (keyof NodeFacts)[] = [
  'region',
  'gpu',
  'gpus',
  'models',
  'loadable',
  'modes',
  'slots',
  'inFlight',
  'headroom',
  'headroomCost',
  'tiers',
  'price',
  'tokenPrices',
  'concurrency',
  'tokensPerSecond',
  'latencyMs',
  'cached',
  'labels',
  'state',
  'reputation',
];

/**
 * @throws OutbidError NETWORK_INVALID with the field's path for a record or facts that are wrong (`tees.0x...`, `supplied.0x...`);
 *   UNKNOWN_OPTION and OPTION_INVALID naming the option. The nodes themselves are checked with their network.
 */
export function nodesFromRegistry(tees: ByTEE<TEEInfo>, supplied: ByTEE<NodeFacts>, options: RegistryOptions): RegistryNodes {
  const activity = checkOptions(options);
  const batchStart = seconds('batchStart', options?.batchStart ?? 0);
  const records = byId(tees, 'tees');
  const facts = byId(supplied, 'supplied');
  const found: RegistryNodes = { nodes: [], inactive: [], leftOut: [], missing: [], unregistered: [] };
  for (const [id, record] of records) {
    const tee = checkTEE(id, record);
    const known = facts.get(id);
    if (tee.teeType !== TEE_TYPE_LLM_PROXY) found.leftOut.push({ id, teeType: tee.teeType });
    else if (known === undefined) found.missing.push(id);
    else {
      const reason = whyInactive(tee, activity);
      if (reason !== undefined) found.inactive.push({ id, reason });
      found.nodes.push(nodeOf(tee, known, reason, batchStart));
    }
  }
  found.unregistered = [...facts.keys()].filter((id) => !records.has(id));
  return found;
}

function nodeOf(tee: RegisteredTEE, facts: NodeFacts, reason: InactiveReason | undefined, batchStart: number): NetworkNode {
  const path = `supplied.${tee.id}`;
  const reader = new FieldReader(facts, path);
  reader.only(FACT_FIELDS);
  if (facts.price === undefined) {
    const prices = reader.has('tokenPrices') ? reader.inner('tokenPrices') : undefined;
    for (const model of [...reader.strings('models'), ...Object.keys(reader.numbers('loadable'))])
      if (prices?.has(model) !== true)
        throw reader.fail(`${path}.price`, undefined, `is missing, and tokenPrices has no ${model}: what the node is paid is not guessed`);
  }
  return {
    ...facts,
    id: tee.id,
    operator: tee.owner,
    modes: facts.modes === undefined ? [...DEFAULT_TEE_MODES] : facts.modes,
    price: facts.price === undefined ? 0 : facts.price,
    labels: { ...facts.labels, pcrHash: tee.pcrHash },
    state: reason !== undefined ? 'down' : facts.state === undefined ? 'up' : facts.state,
    joinedAt: tee.registeredAt - batchStart,
  };
}

function byId<T>(entries: ByTEE<T>, path: string): Map<string, T> {
  const found = new Map<string, T>();
  for (const [key, entry] of pairsOf(entries, path)) {
    const id = key.toLowerCase();
    const wrong = (message: string): OutbidError =>
      new OutbidError('NETWORK_INVALID', `${path}.${key} ${message}`, { field: `${path}.${key}`, value: key });
    if (!isHex(key, 32)) throw wrong('must be a teeId: 32 bytes in hexadecimal, as in 0x00ff');
    if (found.has(id)) throw wrong('stands there twice: case makes no difference');
    found.set(id, entry);
  }
  return found;
}

function pairsOf<T>(entries: ByTEE<T>, path: string): Iterable<[string, T]> {
  if (entries instanceof Map) return entries;
  if (typeof entries === 'object' && entries !== null && !Array.isArray(entries)) return Object.entries(entries);
  throw new OutbidError('NETWORK_INVALID', `${path} must be a Map or an object with an entry for each teeId`, {
    field: path,
    value: entries,
  });
}

function checkOptions(given: RegistryOptions): Activity {
  const options = knownOptions(given, REGISTRY_OPTIONS) as RegistryOptions;
  return {
    now: seconds('now', options.now),
    heartbeatMaxAge: seconds('heartbeatMaxAge', options.heartbeatMaxAge ?? HEARTBEAT_MAX_AGE),
    approvedPcrHashes: options.approvedPcrHashes === undefined ? undefined : checkHashes(options.approvedPcrHashes),
  };
}

function checkHashes(hashes: Iterable<string>): Set<string> {
  const found = new Set<string>();
  for (const hash of hashes) {
    if (!isHex(hash, 32))
      throw new OutbidError('OPTION_INVALID', `approvedPcrHashes must be 32 bytes in hexadecimal each, not ${String(hash)}`, {
        option: 'approvedPcrHashes',
        value: hash,
      });
    found.add(hash.toLowerCase());
  }
  return found;
}

function seconds(option: string, value: unknown): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0)
    throw new OutbidError('OPTION_INVALID', `${option} must be a number of seconds, 0 or more, not ${String(value)}`, { option, value });
  return value;
}
