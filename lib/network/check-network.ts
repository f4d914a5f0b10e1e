/** A network, checked field by field, with every default filled in. */
import { checkNode, type NodeSurroundings, rateKey } from './check-node.js';
import { FieldReader } from './field-reader.js';
import type { CheckedNetwork, GroupLimit, Mode, NetworkData, Source, Throughput } from './model.js';

export const DEFAULT_LATENCY_MS = 150;
const MAX_UNITS = 2 ** 31 - 1;

/** Fields of every file: what it is, and what it says about itself. */
const FILE_FIELDS = ['format', 'version', 'name', 'sources', 'notes'] as const;

const NETWORK_FIELDS: readonly (keyof NetworkData)[] = ['throughput', 'modes', 'latencyMs', 'defaultLatencyMs', 'limits', 'nodes'];
const THROUGHPUT_FIELDS: readonly (keyof Throughput)[] = ['model', 'gpu', 'gpus', 'input', 'output', 'source'];
const MODE_FIELDS: readonly (keyof Mode)[] = ['serviceMultiplier', 'source'];
const LIMIT_FIELDS: readonly (keyof GroupLimit)[] = ['operator', 'region', 'tenant', 'cap', 'floor'];
const SOURCE_FIELDS: readonly (keyof Source)[] = ['what', 'from', 'licence'];

/**
 * Checks a network, given as an object or as the parsed content of a file whose name goes into the errors. A file carries
 * { "format": "outbid-network", "version": 1 } beside the fields; an object need not.
 */
export function checkNetwork(value: unknown, file?: string): CheckedNetwork {
  const reader = new FieldReader(value, '', file);
  checkFormat(reader, 'outbid-network', NETWORK_FIELDS, file);
  const network: CheckedNetwork = {
    ...readAbout(reader, file),
    latencyMs: {},
    defaultLatencyMs: reader.optionalNumber('defaultLatencyMs') ?? DEFAULT_LATENCY_MS,
    limits: [],
    nodes: [],
  };
  if (reader.raw('throughput') !== undefined) network.throughput = readThroughput(reader, file);
  if (reader.raw('modes') !== undefined) network.modes = readModes(reader, file);
  if (reader.raw('latencyMs') !== undefined) network.latencyMs = readLatency(reader, file);
  if (reader.raw('limits') !== undefined) network.limits = readLimits(reader, file);
  const surroundings = surroundingsOf(network);
  const ids = new Set<string>();
  network.nodes = reader.list('nodes').map((entry, k) => {
    const node = checkNode(entry, `nodes[${k}]`, file, surroundings);
    if (ids.has(node.id)) throw reader.fail(`nodes[${k}].id`, node.id, `repeats ${JSON.stringify(node.id)}`);
    ids.add(node.id);
    return node;
  });
  return network;
}

/** What a node that joins later is checked against. */
export function surroundingsOf({ modes, throughput }: CheckedNetwork): NodeSurroundings {
  return { modes, rates: new Map((throughput ?? []).map((row) => [rateKey(row.model, row.gpu, row.gpus ?? 1), row])) };
}

/**
 * The format and version a file carries, which anything that is not a file may leave out, and that it has no fields but those
 * of every file and of this format. A file of another format is told as that before its fields are looked at.
 */
export function checkFormat(reader: FieldReader, format: string, fields: readonly string[], file: string | undefined): void {
  const found = reader.raw('format');
  const version = reader.raw('version');
  if (found !== format && found !== undefined) throw reader.error('format', found, JSON.stringify(format));
  reader.only([...FILE_FIELDS, ...fields]);
  if (found === undefined && file !== undefined) throw reader.error('format', found, JSON.stringify(format));
  if (version !== 1 && (file !== undefined || version !== undefined)) throw reader.error('version', version, '1');
}

/** Name, sources and notes, which networks and batches share. */
export function readAbout(reader: FieldReader, file: string | undefined): { name?: string; sources?: Source[]; notes?: string[] } {
  const about: { name?: string; sources?: Source[]; notes?: string[] } = {};
  const name = reader.optionalString('name');
  if (name !== undefined) about.name = name;
  if (reader.raw('notes') !== undefined) about.notes = reader.strings('notes');
  if (reader.raw('sources') !== undefined) {
    about.sources = reader.list('sources').map((entry, k) => {
      const row = new FieldReader(entry, `sources[${k}]`, file);
      row.only(SOURCE_FIELDS);
      const licence = row.optionalString('licence');
      const source: Source = { what: row.string('what'), from: row.string('from'), ...(licence === undefined ? {} : { licence }) };
      return source;
    });
  }
  return about;
}

function readThroughput(reader: FieldReader, file: string | undefined): Throughput[] {
  const seen = new Set<string>();
  return reader.list('throughput').map((entry, k) => {
    const row = new FieldReader(entry, `throughput[${k}]`, file);
    row.only(THROUGHPUT_FIELDS);
    const source = row.optionalString('source');
    const rate: Throughput = {
      model: row.string('model'),
      gpu: row.string('gpu'),
      gpus: row.optionalNumber('gpus', { min: 1, whole: true }) ?? 1,
      input: row.number('input', { above: true }),
      output: row.number('output', { above: true }),
      ...(source === undefined ? {} : { source }),
    };
    const key = rateKey(rate.model, rate.gpu, rate.gpus ?? 1);
    if (seen.has(key)) throw reader.fail(`throughput[${k}]`, key, `repeats the rate of ${rate.model} on ${rate.gpus} x ${rate.gpu}`);
    seen.add(key);
    return rate;
  });
}

function readModes(reader: FieldReader, file: string | undefined): Record<string, Mode> {
  const modes: [string, Mode][] = reader.entries('modes').map(([name, entry]) => {
    const row = new FieldReader(entry, `modes.${name}`, file);
    row.only(MODE_FIELDS);
    const source = row.optionalString('source');
    const mode: Mode = {
      serviceMultiplier: row.optionalNumber('serviceMultiplier', { above: true }) ?? 1,
      ...(source === undefined ? {} : { source }),
    };
    return [name, mode];
  });
  return Object.fromEntries(modes);
}

function readLatency(reader: FieldReader, file: string | undefined): Record<string, Record<string, number>> {
  return Object.fromEntries(
    reader.entries('latencyMs').map(([from, entry]) => {
      const row = new FieldReader(entry, `latencyMs.${from}`, file);
      return [from, Object.fromEntries(Object.keys(entry as object).map((to) => [to, row.number(to)]))];
    }),
  );
}

function readLimits(reader: FieldReader, file: string | undefined): GroupLimit[] {
  const seen = new Set<string>();
  return reader.list('limits').map((entry, k) => {
    const path = `limits[${k}]`;
    const row = new FieldReader(entry, path, file);
    row.only(LIMIT_FIELDS);
    const kinds = (['operator', 'region', 'tenant'] as const).filter((kind) => row.raw(kind) !== undefined);
    if (kinds.length !== 1)
      throw row.fail(path, kinds.length, `must name one group, by operator, region or tenant; it names ${kinds.join(' and ') || 'none'}`);
    const limit: GroupLimit = { [kinds[0]]: row.string(kinds[0]) };
    const cap = row.optionalNumber('cap', { whole: true, max: MAX_UNITS });
    const floor = row.optionalNumber('floor', { whole: true, max: cap ?? MAX_UNITS });
    if (cap !== undefined) limit.cap = cap;
    if (floor !== undefined) limit.floor = floor;
    const key = JSON.stringify([kinds[0], limit[kinds[0]]]);
    if (seen.has(key)) throw row.fail(path, key, `repeats the limit of ${kinds[0]} ${limit[kinds[0]]}`);
    seen.add(key);
    return limit;
  });
}
