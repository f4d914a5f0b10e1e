/** A network, checked field by field, with every default filled in. */
import { FieldReader } from './field-reader.js';
import {
  type CheckedNetwork,
  type CheckedNode,
  DEFAULT_MODE,
  type Mode,
  type Network,
  type NetworkNode,
  type Source,
  type Throughput,
  type TokenRate,
} from './model.js';

export const DEFAULT_LATENCY_MS = 150;
const MAX_SLOTS = 2 ** 31 - 1;

/** Fields of every file: what it is, and what it says about itself. */
const FILE_FIELDS = ['format', 'version', 'name', 'sources', 'notes'] as const;

const NETWORK_FIELDS: readonly (keyof Network)[] = ['throughput', 'modes', 'latencyMs', 'defaultLatencyMs', 'nodes'];
const NODE_FIELDS: readonly (keyof NetworkNode)[] = [
  'id',
  'operator',
  'region',
  'gpu',
  'gpus',
  'models',
  'modes',
  'slots',
  'price',
  'concurrency',
  'tokensPerSecond',
];
const THROUGHPUT_FIELDS: readonly (keyof Throughput)[] = ['model', 'gpu', 'gpus', 'input', 'output', 'source'];
const RATE_FIELDS: readonly (keyof TokenRate)[] = ['input', 'output'];
const MODE_FIELDS: readonly (keyof Mode)[] = ['serviceMultiplier', 'source'];
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
    nodes: [],
  };
  if (reader.raw('throughput') !== undefined) network.throughput = readThroughput(reader, file);
  if (reader.raw('modes') !== undefined) network.modes = readModes(reader, file);
  if (reader.raw('latencyMs') !== undefined) network.latencyMs = readLatency(reader, file);
  const rates = new Map((network.throughput ?? []).map((row) => [rateKey(row.model, row.gpu, row.gpus ?? 1), row]));
  const ids = new Set<string>();
  network.nodes = reader.list('nodes').map((entry, k) => {
    const node = readNode(entry, `nodes[${k}]`, file, network, rates);
    if (ids.has(node.id)) throw reader.fail(`nodes[${k}].id`, node.id, `repeats ${JSON.stringify(node.id)}`);
    ids.add(node.id);
    return node;
  });
  return network;
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

function rateKey(model: string, gpu: string, gpus: number): string {
  return JSON.stringify([model, gpu, gpus]);
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

function readNode(
  entry: unknown,
  path: string,
  file: string | undefined,
  network: CheckedNetwork,
  rates: Map<string, TokenRate>,
): CheckedNode {
  const row = new FieldReader(entry, path, file);
  row.only(NODE_FIELDS);
  const node: CheckedNode = {
    id: row.string('id'),
    operator: row.string('operator'),
    region: row.string('region'),
    gpu: row.string('gpu'),
    gpus: row.optionalNumber('gpus', { min: 1, whole: true }) ?? 1,
    models: row.strings('models'),
    modes: row.raw('modes') === undefined ? [DEFAULT_MODE] : row.strings('modes'),
    slots: row.number('slots', { whole: true, max: MAX_SLOTS }),
    price: row.number('price'),
    concurrency: row.optionalNumber('concurrency', { above: true }) ?? 1,
    tokensPerSecond: {},
  };
  const own = new Map<string, TokenRate>();
  if (row.raw('tokensPerSecond') !== undefined) {
    for (const [model, rate] of row.entries('tokensPerSecond')) {
      const reader = new FieldReader(rate, `${path}.tokensPerSecond.${model}`, file);
      reader.only(RATE_FIELDS);
      own.set(model, { input: reader.number('input', { above: true }), output: reader.number('output', { above: true }) });
      if (!node.models.includes(model)) throw row.fail(`${path}.tokensPerSecond.${model}`, model, 'is not among the models of the node');
    }
  }
  node.modes.forEach((mode, k) => {
    if (network.modes !== undefined && !Object.hasOwn(network.modes, mode))
      throw row.fail(`${path}.modes[${k}]`, mode, `names mode ${JSON.stringify(mode)}, which the network's modes do not list`);
  });
  const tokensPerSecond = node.models.map((model, k): [string, TokenRate] => {
    const rate = own.get(model) ?? rates.get(rateKey(model, node.gpu, node.gpus));
    if (rate === undefined)
      throw row.fail(
        `${path}.models[${k}]`,
        model,
        `has no rate: neither tokensPerSecond of the node nor throughput of ${model} on ${node.gpus} x ${node.gpu}`,
      );
    return [model, { input: rate.input, output: rate.output }];
  });
  node.tokensPerSecond = Object.fromEntries(tokensPerSecond);
  return node;
}
