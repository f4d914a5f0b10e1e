// node .ci/schema.mjs [--check]: writes docs/schema/*.schema.json, JSON Schemas (draft 2020-12) of the files that hold a network
// and requests. Which fields there are, which of them must be given, and what they mean is read from lib/network/model.ts; the
// table below adds what its types do not say: ranges and defaults. test/network/schema.test.ts holds them to the checks.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ROOT } from './toolchain.mjs';

const FOLDER = join(ROOT, 'docs', 'schema');
const LARGEST = 2 ** 31 - 1;

const text = { type: 'string', minLength: 1, pattern: '^[^\\u0000]*$' };
const texts = { type: 'array', items: text, uniqueItems: true };
const amount = { type: 'number', minimum: 0 };
const positive = { type: 'number', exclusiveMinimum: 0 };
const anyNumber = { type: 'number' };
const count = { type: 'integer', minimum: 0, maximum: LARGEST };
const share = { type: 'number', minimum: 0, maximum: 1 };
const from1 = { type: 'integer', minimum: 1 };
const byName = (schema) => ({ type: 'object', additionalProperties: schema });
const oneOrMore = { oneOf: [text, texts] };
const ref = (name) => ({ $ref: `#/$defs/${name}` });
const list = (name) => ({ type: 'array', items: ref(name) });
const withDefault = (schema, value) => ({ ...schema, default: value });

const about = { name: text, sources: list('Source'), notes: texts };

const SHAPES = {
  Source: { what: text, from: text, licence: text },
  TokenRate: { input: positive, output: positive },
  TokenPrice: { input: amount, output: amount },
  Throughput: { input: positive, output: positive, model: text, gpu: text, gpus: withDefault(from1, 1), source: text },
  Mode: { serviceMultiplier: withDefault(positive, 1), source: text },
  SlotTier: { slots: count, surcharge: amount },
  NetworkNode: {
    id: text,
    operator: text,
    region: text,
    gpu: withDefault(text, 'unknown'),
    gpus: withDefault(from1, 1),
    models: texts,
    loadable: withDefault(byName(amount), {}),
    modes: withDefault(texts, ['VANILLA']),
    slots: count,
    inFlight: withDefault(count, 0),
    headroom: withDefault(count, 0),
    headroomCost: amount,
    tiers: list('SlotTier'),
    price: amount,
    tokenPrices: withDefault(byName(ref('TokenPrice')), {}),
    concurrency: withDefault(positive, 1),
    tokensPerSecond: byName(ref('TokenRate')),
    latencyMs: withDefault(byName(amount), {}),
    cached: withDefault(byName(count), {}),
    labels: withDefault(byName(text), {}),
    state: withDefault({ enum: ['up', 'draining', 'down'] }, 'up'),
    reputation: withDefault(share, 1),
    joinedAt: withDefault(anyNumber, 0),
  },
  GroupLimit: { operator: text, region: text, tenant: text, cap: count, floor: withDefault(count, 0) },
  NetworkData: {
    ...about,
    throughput: list('Throughput'),
    modes: byName(ref('Mode')),
    latencyMs: withDefault(byName(byName(amount)), {}),
    defaultLatencyMs: withDefault(amount, 150),
    limits: withDefault(list('GroupLimit'), []),
    nodes: list('NetworkNode'),
  },
  NodeChoice: { nodes: texts, operators: texts },
  InferenceRequest: {
    id: text,
    model: text,
    mode: withDefault(oneOrMore, 'VANILLA'),
    region: text,
    residency: texts,
    allow: ref('NodeChoice'),
    deny: ref('NodeChoice'),
    pinned: text,
    labels: byName(oneOrMore),
    inputTokens: count,
    outputTokens: count,
    maxPrice: amount,
    deadlineMs: amount,
    priority: withDefault({ type: 'integer', minimum: 0, maximum: 9 }, 0),
    unservedCost: amount,
    at: withDefault(amount, 0),
    client: text,
    tenant: text,
    prefix: text,
    session: text,
    previousNode: text,
    replicas: withDefault({ type: 'integer', minimum: 1, maximum: 64 }, 1),
    distinct: withDefault({ enum: ['node', 'operator'] }, 'node'),
    attempt: withDefault(count, 0),
    extraCost: byName(anyNumber),
  },
  RequestBatch: { ...about, requests: list('InferenceRequest') },
};

/** What no single field says. */
const BESIDE = { GroupLimit: { oneOf: ['operator', 'region', 'tenant'].map((field) => ({ required: [field] })) } };

/** The interfaces of a source: what each says of itself and of its fields, in order; those of the interface it extends first. */
export function interfacesOf(source) {
  const found = {};
  const whole = /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n)?export interface (\w+)(?: extends (\w+))? \{\n([\s\S]*?)\n\}/g;
  for (const [, said, name, base, body] of source.matchAll(whole)) {
    const fields = { ...found[base]?.fields };
    const one = /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\s*)?\b(\w+)(\??): [^;]+;/g;
    for (const [, words, field, optional] of body.matchAll(one)) fields[field] = { description: plain(words), required: optional === '' };
    found[name] = { description: plain(said), fields };
  }
  return found;
}

function plain(comment = '') {
  return comment.replaceAll(/\s*\n\s*\*?\s*/g, ' ').trim();
}

/** One interface as a schema. Throws where the table above and the interface do not have the same fields. */
function objectSchema(name, interfaces, more = {}) {
  const { description, fields } = interfaces[name];
  const [wanted, told] = [Object.keys(fields).sort(), Object.keys(SHAPES[name]).sort()];
  if (wanted.join() !== told.join())
    throw new Error(`${name} has the fields ${wanted.join(', ')}; .ci/schema.mjs tells of ${told.join(', ')}`);
  const properties = Object.entries(fields).map(([field, said]) => [field, { description: said.description, ...SHAPES[name][field] }]);
  return {
    description,
    type: 'object',
    properties: { ...more, ...Object.fromEntries(properties) },
    required: [...Object.keys(more), ...Object.keys(fields).filter((field) => fields[field].required)],
    additionalProperties: false,
    ...BESIDE[name],
  };
}

function fileSchema(format, title, top, parts, interfaces) {
  const marks = {
    format: { description: 'What the file is.', const: format },
    version: { description: 'Of the format.', const: 1 },
  };
  const { description, ...schema } = objectSchema(top, interfaces, marks);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:${format}:1`,
    title,
    description,
    ...schema,
    $defs: Object.fromEntries(parts.map((name) => [name, objectSchema(name, interfaces)])),
  };
}

/** Text of each schema by the name of its file. */
export function schemas(source = readFileSync(join(ROOT, 'lib', 'network', 'model.ts'), 'utf8')) {
  const interfaces = interfacesOf(source);
  const networkParts = ['Source', 'TokenRate', 'TokenPrice', 'Throughput', 'Mode', 'SlotTier', 'NetworkNode', 'GroupLimit'];
  const network = fileSchema('outbid-network', 'A network of inference nodes', 'NetworkData', networkParts, interfaces);
  const requests = fileSchema(
    'outbid-requests',
    'A batch of inference requests',
    'RequestBatch',
    ['Source', 'NodeChoice', 'InferenceRequest'],
    interfaces,
  );
  // A file of lines: the first may say what the file is; every other line is a request.
  const { requests: _, ...head } = requests.properties;
  requests.$defs.FirstLine = {
    description: 'The first line of a file with one request a line, where it is no request: what a batch says of itself.',
    type: 'object',
    properties: head,
    required: ['format', 'version'],
    additionalProperties: false,
  };
  return Object.fromEntries(
    Object.entries({ network, requests }).map(([name, schema]) => [`${name}.schema.json`, `${JSON.stringify(schema, undefined, 2)}\n`]),
  );
}

export const schemaFile = (name) => join(FOLDER, name);

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  let same = true;
  for (const [name, content] of Object.entries(schemas())) {
    const file = schemaFile(name);
    if (existsSync(file) && readFileSync(file, 'utf8') === content) continue;
    same = false;
    if (process.argv.includes('--check'))
      process.stderr.write(`docs/schema/${name} does not match lib/network/model.ts; run node .ci/schema.mjs\n`);
    else {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, content);
    }
  }
  process.exit(same || !process.argv.includes('--check') ? 0 : 1);
}
