/**
 * The TEE registry of OpenGradient as plain types: what `TEERegistry.sol` (OpenGradient/og-evm, @113ae075) stores for each TEE,
 * and what follows from it. Nothing here talks to a chain: read the records with a client of your own.
 *
 * The registry says who runs a TEE, which image it runs (pcrHash) and when its gateway was last heard of. It says nothing of
 * models, slots, load, region or prices. Active is, as the contract defines it, enabled, of an approved image, and heard of
 * within heartbeatMaxAge (1800 s by default; gateways send a heartbeat every 900 s). A heartbeat is thus 15 to 30 minutes old
 * when it counts: it tells whether a node lives and nothing else, and load is never read from it.
 */
import { FieldReader } from '../field-reader.js';
import { readHex, readWhole } from './chain-values.js';

/** One record, under its teeId = keccak256(publicKey). Integers as number or bigint, bytes and addresses as 0x and hexadecimal digits. */
export interface TEEInfo {
  /** Operator: the holder of the role TEE_OPERATOR who registered it. */
  owner: string;
  /** Where settlement pays to; no part in the matching. */
  paymentAddress: string;
  endpoint: string;
  publicKey: string;
  tlsCertificate: string;
  /** 32 bytes: the measurement of the image the enclave runs. */
  pcrHash: string;
  /** 0 LLM proxy, 1 validator. */
  teeType: number | bigint;
  enabled: boolean;
  /** Unix seconds. */
  registeredAt: number | bigint;
  /** Unix seconds. */
  lastHeartbeatAt: number | bigint;
}

export const TEE_TYPE_LLM_PROXY = 0;
export const TEE_TYPE_VALIDATOR = 1;

/** Seconds after which a TEE that was not heard of no longer counts as active: the registry's own default. */
export const HEARTBEAT_MAX_AGE = 1800;

/** Why a TEE is not active, the first that holds in this order. */
export type InactiveReason = 'disabled' | 'image not approved' | 'no heartbeat';

/** The fields that the matching uses, checked. */
export interface RegisteredTEE {
  /** Lower case, as every hexadecimal value here. */
  id: string;
  owner: string;
  pcrHash: string;
  teeType: number;
  enabled: boolean;
  registeredAt: number;
  lastHeartbeatAt: number;
}

/** Checks a record, all its fields. Fields that a later registry adds are passed over. Throws NETWORK_INVALID with the field's path. */
export function checkTEE(id: string, record: unknown): RegisteredTEE {
  const reader = new FieldReader(record, `tees.${id}`);
  readHex(reader, 'paymentAddress', 20);
  readHex(reader, 'publicKey');
  readHex(reader, 'tlsCertificate');
  reader.string('endpoint');
  const enabled = reader.raw('enabled');
  if (typeof enabled !== 'boolean') throw reader.error('enabled', enabled, 'true or false');
  return {
    id,
    owner: readHex(reader, 'owner', 20),
    pcrHash: readHex(reader, 'pcrHash', 32),
    teeType: readWhole(reader, 'teeType'),
    enabled,
    registeredAt: readWhole(reader, 'registeredAt'),
    lastHeartbeatAt: readWhole(reader, 'lastHeartbeatAt'),
  };
}

export interface Activity {
  /** Unix seconds. */
  now: number;
  heartbeatMaxAge: number;
  /** Lower case; undefined: every image is approved. */
  approvedPcrHashes: ReadonlySet<string> | undefined;
}

/** Why a TEE is not active at a time; undefined when it is. */
export function whyInactive(tee: RegisteredTEE, { now, heartbeatMaxAge, approvedPcrHashes }: Activity): InactiveReason | undefined {
  if (!tee.enabled) return 'disabled';
  if (approvedPcrHashes?.has(tee.pcrHash) === false) return 'image not approved';
  return now - tee.lastHeartbeatAt <= heartbeatMaxAge ? undefined : 'no heartbeat';
}
