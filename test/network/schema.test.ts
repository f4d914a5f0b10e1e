/** The schemas in docs/schema say what the checks of lib/network do: the same fields, ranges and defaults. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { schemaFile, schemas } from '../../.ci/schema.mjs';
import { checkNetwork, checkRequests } from '../../lib/network/index.js';
import { fits, type Schema } from './json-schema.js';

const read = (name: string): Schema => JSON.parse(readFileSync(schemaFile(name), 'utf8'));
const NETWORK = read('network.schema.json');
const REQUESTS = read('requests.schema.json');
const SLOTS = 2 ** 31 - 1;
const RATE = { input: 1, output: 1 };
const NODE = { id: 'x', operator: 'o', region: 'r', models: ['m'], slots: SLOTS, price: 1, tokensPerSecond: { m: RATE } };
const REQUEST = { id: 'q', model: 'm', inputTokens: 1, outputTokens: 1 };

type Fields = Record<string, unknown>;

/** Where an object of each kind stands in a file, and one that is right. */
interface Place {
  root: Schema;
  plain: Fields;
  put(fields: Fields): Fields;
}

const network = (fields: Fields): Fields => ({ format: 'outbid-network', version: 1, nodes: [NODE], ...fields });
const batch = (fields: Fields): Fields => ({ format: 'outbid-requests', version: 1, requests: [REQUEST], ...fields });
const inNode = (fields: Fields): Fields => network({ nodes: [{ ...NODE, ...fields }] });
const inRequest = (fields: Fields): Fields => batch({ requests: [{ ...REQUEST, ...fields }] });

const PLACES: Record<string, Place> = {
  NetworkData: { root: NETWORK, plain: network({}), put: (fields) => fields },
  Source: { root: NETWORK, plain: { what: 'w', from: 'f' }, put: (fields) => network({ sources: [fields] }) },
  Throughput: { root: NETWORK, plain: { ...RATE, model: 'm', gpu: 'g' }, put: (fields) => network({ throughput: [fields] }) },
  Mode: { root: NETWORK, plain: {}, put: (fields) => network({ modes: { VANILLA: fields } }) },
  GroupLimit: { root: NETWORK, plain: { operator: 'o' }, put: (fields) => network({ limits: [fields] }) },
  NetworkNode: { root: NETWORK, plain: NODE, put: inNode },
  TokenRate: { root: NETWORK, plain: RATE, put: (fields) => inNode({ tokensPerSecond: { m: fields } }) },
  TokenPrice: { root: NETWORK, plain: RATE, put: (fields) => inNode({ tokenPrices: { m: fields } }) },
  SlotTier: { root: NETWORK, plain: { slots: SLOTS, surcharge: 0 }, put: (fields) => inNode({ tiers: [fields] }) },
  RequestBatch: { root: REQUESTS, plain: batch({}), put: (fields) => fields },
  InferenceRequest: { root: REQUESTS, plain: REQUEST, put: (fields) => batch({ requests: [fields] }) },
  NodeChoice: { root: REQUESTS, plain: {}, put: (fields) => inRequest({ allow: fields }) },
};
const NAMES = Object.keys(PLACES);
const schemaOf = (name: string): Schema => {
  const { root } = PLACES[name];
  return (root.$defs as Record<string, Schema>)[name] ?? root;
};
const propertiesOf = (name: string): [string, Schema][] => Object.entries(schemaOf(name).properties as Record<string, Schema>);

/** What the checks say of a file: the file with its defaults, or what is wrong with it. */
function checked(name: string, fields: Fields): { value?: unknown; wrong?: string } {
  const { root, put } = PLACES[name];
  const file = put(fields);
  try {
    return { value: root === NETWORK ? checkNetwork(file, 'f') : checkRequests(file, 'f') };
  } catch (error) {
    return { wrong: (error as Error).message };
  }
}

/** Rules between fields, which no schema of single fields holds. */
const BETWEEN = /has no rate|is not among the models|is hosted already|names mode|add up to|never fall|repeats the/;

const PROBES: unknown[] = [
  ...[null, true, '', 'a', 'a\0b', 'up', 'operator', 'VANILLA', 'm'],
  ...[-1, -0.5, 0, 0.5, 1, 1.5, 9, 10, 64, 65, SLOTS, SLOTS + 1, 1e300],
  ...[[], ['a'], ['a', 'b'], ['a', 'a'], ['VANILLA'], [''], [1], [null], [{}], {}],
  ...[{ a: -1 }, { a: 0 }, { a: 0.5 }, { a: 'b' }, { a: '' }, { a: ['b'] }, { a: ['b', 'b'] }, { a: [1] }, { a: {} }, { a: null }],
  ...[{ a: { b: 1 } }, { a: { b: -1 } }, { m: RATE }, { m: { input: 0, output: 0 } }, { m: { ...RATE, batch: 1 } }, { m: { input: 1 } }],
  ...[
    { nodes: ['a'] },
    { nodes: 'a' },
    { operators: ['a', 'a'] },
    { VANILLA: { serviceMultiplier: 2 } },
    { VANILLA: { serviceMultiplier: 0 } },
  ],
  ...[[{ slots: SLOTS, surcharge: 1 }], [{ slots: 1.5, surcharge: 1 }], [{ slots: SLOTS }], [{ operator: 'o', cap: 1 }], [{ cap: 1 }]],
  ...[[{ what: 'w', from: 'f' }], [{ what: 'w' }], [{ model: 'm', gpu: 'g', ...RATE }], [{ model: 'm', gpu: 'g', input: 1, output: 0 }]],
];

test('docs/schema is what node .ci/schema.mjs writes', () => {
  for (const [name, content] of Object.entries(schemas())) expect(readFileSync(schemaFile(name), 'utf8') === content).toBe(true);
});

test('every object of the schemas is tried here', () => {
  const defined = [NETWORK, REQUESTS].flatMap((root) => Object.keys(root.$defs as object));
  expect([...new Set(defined), 'NetworkData', 'RequestBatch'].sort()).toEqual([...NAMES, 'FirstLine'].sort());
});

describe.each(NAMES)('%s', (name) => {
  const { root, plain, put } = PLACES[name];
  const agree = (fields: Fields): [schema: boolean, checks: boolean] => {
    const { wrong } = checked(name, fields);
    const schema = fits(root, put(fields));
    return [schema, wrong === undefined || (schema && BETWEEN.test(wrong))];
  };

  test('has the fields the checks know, and no other', () => {
    const known = /known are (.*)$/.exec(checked(name, { ...plain, qqqqqqqqqqqq: 1 }).wrong ?? '')?.[1];
    expect(
      propertiesOf(name)
        .map(([field]) => field)
        .sort(),
    ).toEqual(known?.split(', ').sort());
    expect(schemaOf(name).additionalProperties).toBe(false);
    expect(fits(root, put({ ...plain, qqqqqqqqqqqq: 1 }))).toBe(false);
  });

  test('takes an object that is right, and asks for the same fields', () => {
    expect(agree(plain)).toEqual([true, true]);
    for (const [field] of propertiesOf(name)) {
      const { [field]: _, ...rest } = plain;
      const [schema, checks] = agree(rest);
      expect([field, schema]).toEqual([field, checks]);
    }
  });

  test('takes and refuses the same values of every field', () => {
    let refused = 0;
    for (const [field] of propertiesOf(name)) {
      for (const probe of PROBES) {
        const fields = { ...plain, [field]: probe };
        const [schema, checks] = agree(fields);
        expect([field, probe, checked(name, fields).wrong, schema]).toEqual([field, probe, checked(name, fields).wrong, checks]);
        if (!schema) refused++;
      }
    }
    expect(refused).toBeGreaterThan(20);
  });

  test('gives the defaults the checks fill in, and describes every field', () => {
    for (const [field, schema] of propertiesOf(name)) {
      expect([field, schema.description]).toEqual([field, expect.stringMatching(/^\S.*\.$/)]);
      if ('default' in schema && !(field in plain)) {
        const { value, wrong } = checked(name, { ...plain, [field]: schema.default });
        expect([field, wrong]).toEqual([field, undefined]);
        const left = checked(name, plain).value;
        // A floor that is not given and one of 0 bound nothing alike, and are not told apart by what follows.
        if (!(name === 'GroupLimit' && field === 'floor')) expect([field, value]).toEqual([field, left]);
        const said = typeof schema.default === 'object' ? '' : String(schema.default);
        expect([field, schema.description]).toEqual([field, expect.stringMatching(new RegExp(`efault.*${said}`))]);
      }
      const required = (schemaOf(name).required as string[]).includes(field);
      if (!required) expect([field, schema.description]).toEqual([field, expect.stringContaining('efault')]);
    }
  });
});

test('the examples fit', () => {
  const example = (name: string): unknown => JSON.parse(readFileSync(new URL(`../../examples/${name}`, import.meta.url), 'utf8'));
  expect(fits(NETWORK, example('network.json'))).toBe(true);
  expect(fits(REQUESTS, example('requests.json'))).toBe(true);
  expect(fits(NETWORK, example('requests.json'))).toBe(false);
});

test('lines of requests have schemas of their own', () => {
  const { FirstLine, InferenceRequest } = REQUESTS.$defs as Record<string, Schema>;
  expect(fits(REQUESTS, { format: 'outbid-requests', version: 1, name: 'n' }, FirstLine)).toBe(true);
  expect(fits(REQUESTS, batch({}), FirstLine)).toBe(false);
  expect(fits(REQUESTS, REQUEST, InferenceRequest)).toBe(true);
  expect(fits(REQUESTS, { ...REQUEST, maxprice: 1 }, InferenceRequest)).toBe(false);
});
