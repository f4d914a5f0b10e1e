/**
 * A matcher as bytes: a line of JSON that says what follows, the arrays one after the other, each at a multiple of 8 bytes, and the
 * SHA-256 of all that. What is read back is checked as thoroughly as what a caller gives: the bytes may come from anywhere.
 */
import type { MarketState } from './backend/engine.js';
import { OutbidError } from './errors.js';
import { checkState } from './matcher-state-check.js';
import { Sha256 } from './sha256.js';

export interface SnapshotOptions {
  maximize: boolean;
  seed: number;
  stepExponent: number;
  exponent: number;
  rounded: boolean;
}

export interface Snapshot {
  state: MarketState;
  generations: Int32Array;
  freeSlots: Int32Array;
  /** 1 for a node that is there. */
  nodes: Uint8Array;
  options: SnapshotOptions;
}

const FORMAT = 'outbid-matcher';
const VERSION = 1;
const HASH = 64;
const KINDS = { Int32Array, Float64Array, Uint8Array };
const INT32 = [
  'capacity',
  'tierOffsets',
  'tierSlots',
  'slots',
  'units',
  'pooled',
  'pooledBase',
  'offsets',
  'targets',
  'flow',
  'base',
  'fixed',
  'lost',
];
const FLOAT64 = ['tierSurcharge', 'price', 'unservedCost', 'keep', 'costs'];
type Kind = keyof typeof KINDS;
type Lists = Record<string, Int32Array | Float64Array | Uint8Array>;

export function writeSnapshot({ state, generations, freeSlots, nodes, options }: Snapshot): Uint8Array {
  const { nodes: _, bounds, ...arrays } = state;
  const lists: Lists = { ...arrays, generations, freeSlots, live: nodes, ...(bounds === undefined ? {} : { bounds }) };
  const entries = Object.entries(lists);
  const head = {
    format: FORMAT,
    version: VERSION,
    options,
    arrays: entries.map(([name, list]) => [name, list.constructor.name, list.length]),
  };
  const text = new TextEncoder().encode(`${JSON.stringify(head)}\n`);
  const aligned = (at: number): number => Math.ceil(at / 8) * 8;
  let size = aligned(text.length);
  for (const [, list] of entries) size = aligned(size + list.byteLength);
  const bytes = new Uint8Array(size + HASH);
  bytes.set(text);
  let at = aligned(text.length);
  for (const [, list] of entries) {
    bytes.set(new Uint8Array(list.buffer, list.byteOffset, list.byteLength), at);
    at = aligned(at + list.byteLength);
  }
  bytes.set(new TextEncoder().encode(hash(bytes.subarray(0, size))), size);
  return bytes;
}

/** @throws OutbidError SNAPSHOT_INVALID */
export function readSnapshot(bytes: unknown): Snapshot {
  if (!(bytes instanceof Uint8Array)) throw new OutbidError('TYPE_INVALID', 'a snapshot is a Uint8Array', { argument: 'bytes' });
  // Aligned, and out of anybody else's reach.
  const copy = Uint8Array.from(bytes);
  const size = copy.length - HASH;
  const lineEnd = copy.indexOf(10);
  if (size < 0 || size % 8 !== 0 || lineEnd < 0) throw invalid('its length is wrong');
  if (new TextDecoder().decode(copy.subarray(size)) !== hash(copy.subarray(0, size))) throw invalid('its checksum is wrong');
  const head = readHead(copy.subarray(0, lineEnd));
  let at = Math.ceil((lineEnd + 1) / 8) * 8;
  const lists: Lists = {};
  for (const [name, kind, length] of head.arrays) {
    const make = KINDS[kind];
    if (make === undefined || !Number.isSafeInteger(length) || length < 0 || at + length * make.BYTES_PER_ELEMENT > size)
      throw invalid(`the array ${name} does not fit`);
    lists[name] = new make(copy.buffer, at, length).slice();
    at = Math.ceil((at + length * make.BYTES_PER_ELEMENT) / 8) * 8;
  }
  for (const name of [...INT32, 'generations', 'freeSlots']) if (!(lists[name] instanceof Int32Array)) throw invalid(`${name} is missing`);
  for (const name of FLOAT64) if (!(lists[name] instanceof Float64Array)) throw invalid(`${name} is missing`);
  for (const name of ['held', 'live']) if (!(lists[name] instanceof Uint8Array)) throw invalid(`${name} is missing`);
  if (lists.bounds !== undefined && !(lists.bounds instanceof Int32Array)) throw invalid('bounds has the wrong type');
  const { generations, freeSlots, live, ...arrays } = lists;
  const state = { ...arrays, bounds: lists.bounds, nodes: live.length } as unknown as MarketState;
  const wrong = checkState(state, generations as Int32Array, freeSlots as Int32Array, live as Uint8Array);
  if (wrong !== undefined) throw invalid(wrong);
  return {
    state,
    generations: generations as Int32Array,
    freeSlots: freeSlots as Int32Array,
    nodes: live as Uint8Array,
    options: head.options,
  };
}

function readHead(line: Uint8Array): { options: SnapshotOptions; arrays: [name: string, kind: Kind, length: number][] } {
  let head: { format?: unknown; version?: unknown; options?: SnapshotOptions; arrays?: [string, Kind, number][] } | null;
  try {
    head = JSON.parse(new TextDecoder().decode(line)) as typeof head;
  } catch {
    throw invalid('it has no readable head');
  }
  if (head?.format !== FORMAT) throw invalid('it is of another format');
  if (head.version !== VERSION) throw invalid(`it is of version ${String(head.version)}, this is version ${VERSION}`);
  const { options, arrays } = head;
  const whole = (x: unknown, most: number): boolean => Number.isSafeInteger(x) && (x as number) >= 0 && (x as number) <= most;
  const good =
    Array.isArray(arrays) &&
    arrays.every((entry) => Array.isArray(entry) && typeof entry[0] === 'string') &&
    typeof options?.maximize === 'boolean' &&
    typeof options.rounded === 'boolean' &&
    whole(options.seed, Number.MAX_SAFE_INTEGER) &&
    whole(options.stepExponent, 40) &&
    whole(options.exponent, options.stepExponent);
  if (!good) throw invalid('its head is malformed');
  return { options: options as SnapshotOptions, arrays: arrays as [string, Kind, number][] };
}

function hash(bytes: Uint8Array): string {
  return new Sha256().update(bytes).hex();
}

function invalid(why: string): OutbidError {
  return new OutbidError('SNAPSHOT_INVALID', `these bytes are no snapshot of a matcher: ${why}`, { argument: 'bytes' });
}
