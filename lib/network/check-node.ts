/** One node of a network, checked field by field, with every default filled in. */
import { FieldReader } from './field-reader.js';
import {
  type CheckedNetwork,
  type CheckedNode,
  DEFAULT_MODE,
  type NetworkNode,
  type NodeState,
  type SlotTier,
  type TokenPrice,
  type TokenRate,
} from './model.js';

export const DEFAULT_GPU = 'unknown';
const MAX_SLOTS = 2 ** 31 - 1;
const STATES: readonly NodeState[] = ['up', 'draining', 'down'];

const NODE_FIELDS: readonly (keyof NetworkNode)[] = [
  'id',
  'operator',
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
  'joinedAt',
];
const RATE_FIELDS: readonly (keyof TokenRate)[] = ['input', 'output'];
const TIER_FIELDS: readonly (keyof SlotTier)[] = ['slots', 'surcharge'];

/** What a node is checked against: the network's modes and rates by model, GPU kind and count. */
export interface NodeSurroundings {
  modes: CheckedNetwork['modes'];
  rates: ReadonlyMap<string, TokenRate>;
}

export function rateKey(model: string, gpu: string, gpus: number): string {
  return JSON.stringify([model, gpu, gpus]);
}

/** Throws NETWORK_INVALID with the field's path. */
export function checkNode(entry: unknown, path: string, file: string | undefined, { modes, rates }: NodeSurroundings): CheckedNode {
  const row = new FieldReader(entry, path, file);
  row.only(NODE_FIELDS);
  const slots = row.number('slots', { whole: true, max: MAX_SLOTS });
  const node: CheckedNode = {
    id: row.string('id'),
    operator: row.string('operator'),
    region: row.string('region'),
    gpu: row.optionalString('gpu') ?? DEFAULT_GPU,
    gpus: row.optionalNumber('gpus', { min: 1, whole: true }) ?? 1,
    models: row.strings('models'),
    loadable: row.numbers('loadable'),
    modes: row.raw('modes') === undefined ? [DEFAULT_MODE] : row.strings('modes'),
    slots,
    inFlight: row.optionalNumber('inFlight', { whole: true, max: MAX_SLOTS }) ?? 0,
    headroom: row.optionalNumber('headroom', { whole: true, max: slots }) ?? 0,
    headroomCost: row.limit('headroomCost'),
    price: row.number('price'),
    tokenPrices: {},
    concurrency: row.optionalNumber('concurrency', { above: true }) ?? 1,
    tokensPerSecond: {},
    latencyMs: row.numbers('latencyMs'),
    cached: row.numbers('cached', { whole: true, max: MAX_SLOTS }),
    labels: row.texts('labels'),
    state: (row.choice('state', STATES) as NodeState | undefined) ?? 'up',
    reputation: row.optionalNumber('reputation', { max: 1 }) ?? 1,
    joinedAt: row.optionalNumber('joinedAt', { min: Number.NEGATIVE_INFINITY }) ?? 0,
  };
  const tiers = readTiers(row, path, slots, file);
  if (tiers !== undefined) node.tiers = tiers;
  for (const model of Object.keys(node.loadable))
    if (node.models.includes(model)) throw row.fail(`${path}.loadable.${model}`, model, 'is hosted already: it stands among the models');
  node.modes.forEach((mode, k) => {
    if (modes !== undefined && !Object.hasOwn(modes, mode))
      throw row.fail(`${path}.modes[${k}]`, mode, `names mode ${JSON.stringify(mode)}, which the network's modes do not list`);
  });
  node.tokenPrices = Object.fromEntries(
    readByModel(
      row,
      path,
      'tokenPrices',
      node,
      file,
      (reader): TokenPrice => ({ input: reader.number('input'), output: reader.number('output') }),
    ),
  );
  node.tokensPerSecond = readRates(row, path, node, rates, file);
  return node;
}

function readTiers(row: FieldReader, path: string, slots: number, file: string | undefined): SlotTier[] | undefined {
  if (row.raw('tiers') === undefined) return undefined;
  let total = 0;
  let last = 0;
  const tiers = row.list('tiers').map((entry, k) => {
    const reader = new FieldReader(entry, `${path}.tiers[${k}]`, file);
    reader.only(TIER_FIELDS);
    const tier = { slots: reader.number('slots', { whole: true, max: MAX_SLOTS }), surcharge: reader.number('surcharge') };
    if (tier.surcharge < last)
      throw row.fail(`${path}.tiers[${k}].surcharge`, tier.surcharge, `is below the ${last} of the block before: surcharges never fall`);
    last = tier.surcharge;
    total += tier.slots;
    return tier;
  });
  if (total !== slots) throw row.fail(`${path}.tiers`, total, `add up to ${total} slots, the node has ${slots}`);
  return tiers;
}

/** A record by model, of models the node hosts or can load. */
function readByModel<T>(
  row: FieldReader,
  path: string,
  field: string,
  node: CheckedNode,
  file: string | undefined,
  read: (reader: FieldReader) => T,
): [string, T][] {
  if (row.raw(field) === undefined) return [];
  return row.entries(field).map(([model, entry]) => {
    const reader = new FieldReader(entry, `${path}.${field}.${model}`, file);
    reader.only(RATE_FIELDS);
    if (!node.models.includes(model) && !Object.hasOwn(node.loadable, model))
      throw row.fail(`${path}.${field}.${model}`, model, 'is not among the models of the node');
    return [model, read(reader)];
  });
}

function readRates(
  row: FieldReader,
  path: string,
  node: CheckedNode,
  rates: ReadonlyMap<string, TokenRate>,
  file: string | undefined,
): Record<string, TokenRate> {
  const own = new Map(
    readByModel(row, path, 'tokensPerSecond', node, file, (reader) => ({
      input: reader.number('input', { above: true }),
      output: reader.number('output', { above: true }),
    })),
  );
  const rateOf = (model: string, field: string): [string, TokenRate] => {
    const rate = own.get(model) ?? rates.get(rateKey(model, node.gpu, node.gpus));
    if (rate === undefined)
      throw row.fail(
        `${path}.${field}`,
        model,
        `has no rate: neither tokensPerSecond of the node nor throughput of ${model} on ${node.gpus} x ${node.gpu}`,
      );
    return [model, { input: rate.input, output: rate.output }];
  };
  return Object.fromEntries([
    ...node.models.map((model, k) => rateOf(model, `models[${k}]`)),
    ...Object.keys(node.loadable).map((model) => rateOf(model, `loadable.${model}`)),
  ]);
}
