import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { match } from '../../lib/cli/match.js';
import { node, request } from './small-network.js';

const EXAMPLES = fileURLToPath(new URL('../../examples/', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'outbid-match-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Uint8Array | object): string {
  const file = join(folder, name);
  writeFileSync(file, typeof content === 'string' || content instanceof Uint8Array ? content : JSON.stringify(content, null, 1));
  return file;
}

async function run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = '';
  let err = '';
  const code = await match.run(args, {
    stdout: (text) => {
      out += text;
    },
    stderr: (text) => {
      err += text;
    },
    isTTY: false,
    signal: new AbortController().signal,
  });
  return { code, out, err };
}

const NETWORK = {
  format: 'outbid-network',
  version: 1,
  nodes: [node({ id: 'both', modes: ['VANILLA', 'TEE'] }), node({ id: 'plain', price: 7.2, slots: 3 })],
};
const BATCH = {
  format: 'outbid-requests',
  version: 1,
  name: 'two',
  requests: [request({ id: 'a' }), request({ id: 'b', mode: 'TEE' }), request({ id: 'c', mode: 'TEE' })],
};
const network = write('network.json', NETWORK);
const batch = write('requests.json', BATCH);

/** The report without what differs from run to run: times, device, version. */
function steady(out: string): string {
  return out
    .replace(/^ {2}solved .*\n/m, '')
    .replace(/, checked in .*/, '')
    .replaceAll(folder, '.');
}

test('the report of a small network, line by line', async () => {
  const { code, out, err } = await run(network, batch);
  expect(code).toBe(0);
  expect(err).toBe('');
  expect(steady(out).replace(/digest .*/, 'digest')).toBe(`./network.json: a network
./requests.json: two

Demand
  requests  3
  served    2 (66.7%)
  unserved  1: all eligible nodes full 1

  Why unserved
    requests  reason
           1  every node that runs m in TEE is full, and making room would cost more than it saves

Slots
  nodes  2: 1 full, 0 wholly idle
  slots  4
  used   2 (50.0%): user work 2
  idle   2 (50.0%)

Why idle
  slots that are                         slots  tokens/s  USD/hour
  stranded: one filter away                  1       333      2.40
  surplus: of no use to anyone unserved      1       333      2.40
  idle in all                                2       667      4.80

  What stranded slots lack
    slots  filter  asked for
        1  mode    TEE

Cost
  total               0.0532 USD
  price               0.003000 USD, paid to nodes
  latency             0.0000 USD
  service             0.000200 USD, waiting while a request runs
  unserved            0.0500 USD
  per request served  0.001600 USD

Where one more slot would help: 1 node
  for this batch, each node alone: savings do not add up
  node  GPU  operator  region  slots  used  one more saves  one less costs
  both  G    o         here        1     1      0.0489 USD      0.0489 USD

Where one more slot is worth nothing: 1 node
  node   GPU  operator  region  slots  used  idle  requests that may run here
  plain  G    o         here        3     1     2                           1

The same batch, one request at a time
  policy                        served  unserved  idle slots  total cost  ratio
  joint matching                     2         1           2  0.0532 USD   1.00
  random sticky                      1         2           3  0.1011 USD   1.90
  round robin                        1         2           3  0.1011 USD   1.90
  least loaded                       2         1           2  0.0532 USD   1.00
  power of two choices               1         2           3  0.1011 USD   1.90
  greedy cheapest (best score)       1         2           3  0.1011 USD   1.90

Proof
  certificate  optimal: primal 53,200, dual 53,200, gap 0 (micro-USD)
  digest
`);
});

test('an answer that rests on shares of loads says so', async () => {
  const cold = write('cold.json', { ...NETWORK, nodes: [{ ...NETWORK.nodes[0], models: [], loadable: { m: 1 } }] });
  expect((await run(cold, batch)).out).toContain('\n  approximate  loads of models are shared: optimal for the shares charged\n');
  expect(JSON.parse((await run(cold, batch, '--json')).out).approximate).toEqual(['coldLoad']);
  expect(JSON.parse((await run(network, batch, '--json')).out).approximate).toEqual([]);
});

test('--json is one object that says the same', async () => {
  const { code, out } = await run(network, batch, '--json');
  expect(code).toBe(0);
  expect(out.trimEnd().includes('\n')).toBe(false);
  expect(JSON.parse(out)).toMatchObject({
    format: 'outbid-match',
    version: 1,
    status: 'optimal',
    counts: { requests: 3, nodes: 2, arcs: 4, served: 2, unserved: 1 },
    cost: { total: 53_200, unserved: 50_000 },
    slots: { total: 4, used: 2, idle: 2 },
    nodes: [
      { id: 'both', gain: 48_900, loss: 48_900 },
      { id: 'plain', gain: 0, loss: 0 },
    ],
    placements: [{ request: 'a', node: 'plain' }, { request: 'b' }, { request: 'c' }],
    baselines: [
      { policy: 'random sticky' },
      { policy: 'round robin' },
      { policy: 'least loaded' },
      { policy: 'power of two choices' },
      { policy: 'greedy cheapest (best score)', ratio: 101_100 / 53_200 },
    ],
    certificate: { valid: true, complete: true, primal: 53_200, dual: 53_200, gap: 0, violations: [] },
  });
});

test('docs/network.md lists every field of --json, and no other, down to those of placements, nodes, slots and cost', async () => {
  const text = readFileSync(new URL('../../docs/network.md', import.meta.url), 'utf8');
  const [table] = text.slice(text.indexOf('| Field | Content |')).split('\n\n');
  const words = (cell: string): string[] => [...cell.matchAll(/[A-Za-z]+/g)].map(([word]) => word);
  const rows = table
    .split('\n')
    .slice(2)
    .map((row) => row.split('|').slice(1, 3));
  const result = JSON.parse((await run(network, batch, '--json')).out);
  expect(rows.flatMap(([fields]) => words(fields)).sort()).toEqual(Object.keys(result).sort());
  for (const [field, content] of rows.map(([fields, cell]) => [words(fields)[0], words(cell)] as const)) {
    const inner = Array.isArray(result[field]) ? result[field][0] : result[field];
    if (typeof inner === 'object') expect(content).toEqual(expect.arrayContaining(Object.keys(inner)));
  }
});

test('a loss that no number can hold is null in JSON', async () => {
  const none = write('none.json', { ...NETWORK, nodes: [node({ id: 'x', slots: 0 })] });
  const { out } = await run(none, batch, '--json');
  expect(JSON.parse(out).nodes[0]).toMatchObject({ slots: 0, loss: null });
});

test('--top bounds every list and says what it leaves out', async () => {
  const many = write('many.json', { ...BATCH, requests: ['p', 'q', 'r'].map((model) => request({ id: model, model })) });
  expect((await run(network, many, '--top', '1')).out).toContain('and 2 more in 2 other groups (--top shows more)');
  expect((await run(network, many, '--top', '3')).out).not.toContain('more in');
});

test('--top 0 leaves the counts and no list: neither rows nor heads nor remarks about them', async () => {
  const { code, out } = await run(network, batch, '--top', '0');
  expect(code).toBe(0);
  expect(out).toContain('unserved  1: all eligible nodes full 1\n\nSlots\n');
  expect(out).toContain(
    'Where one more slot would help: 1 node\n\nWhere one more slot is worth nothing: 1 node\n\nThe same batch, one request at a time\n',
  );
});

test('what --top leaves out may be larger than what it shows, and is not called smaller', async () => {
  // Every reason shows a group first, so a group of 1 stands where one of 3 is hidden.
  const requests = [
    ...[0, 1, 2, 3].map((k) => request({ id: `p${k}`, model: 'p' })),
    ...[0, 1, 2].map((k) => request({ id: `q${k}`, model: 'q' })),
    request({ id: 't', mode: 'ZKML' }),
  ];
  const { out } = await run(network, write('hidden.json', { ...BATCH, requests }), '--top', '2');
  expect(out).toMatch(
    /^ +4 {2}no node hosts p\n +1 {2}no node that hosts m runs ZKML\n +and 3 more in 1 other group \(--top shows more\)$/m,
  );
});

test('nodes are listed by what one more slot saves, the most first, and those worth nothing by idle slots', async () => {
  const nodes = ['a', 'b', 'c', 'd'].map((model, k) =>
    node({ id: `n${model}`, models: [model], price: [7.2, 3.6, 10.8, 1][k], slots: k === 3 ? 2 : 1 }),
  );
  const files = [
    write('three.json', { ...NETWORK, nodes: [...nodes, node({ id: 'nz', models: ['z'], slots: 9 })] }),
    write('six.json', { ...BATCH, requests: ['a', 'a', 'b', 'b', 'c', 'c', 'd'].map((model, k) => request({ id: `q${k}`, model })) }),
  ];
  const { out } = await run(...files);
  expect(out.match(/^ {2}n[a-z] /gm)).toEqual(['  nb ', '  na ', '  nc ', '  nz ', '  nd ']);
  expect((await run(...files, '--top', '1')).out.match(/^ {2}n[a-z] /gm)).toEqual(['  nb ', '  nz ']);
});

test('gzip files are read as well', async () => {
  const packed = write('network.json.gz', gzipSync(JSON.stringify(NETWORK)));
  expect(steady((await run(packed, batch)).out).replace('.json.gz', '.json')).toBe(steady((await run(network, batch)).out));
});

test('the example: served, unserved for several kinds of reason, idle nodes, nodes worth a slot, dearer policies, gap 0', async () => {
  const { code, out } = await run(join(EXAMPLES, 'network.json'), join(EXAMPLES, 'requests.json'), '--json');
  expect(code).toBe(0);
  const result = JSON.parse(out);
  expect(result).toMatchObject({ status: 'optimal', certificate: { valid: true, gap: 0 } });
  for (const kind of ['no eligible node', 'all eligible nodes full', 'over price or deadline', 'deferred'])
    expect(result.unserved.byKind[kind]).toBeGreaterThan(0);
  expect(result.slots.total).toBeGreaterThan(result.counts.requests);
  expect(result.slots.idleNodes).toBeGreaterThan(10);
  expect(result.nodes.filter((entry: { gain: number }) => entry.gain > 0).length).toBeGreaterThan(20);
  for (const outcome of result.baselines) expect(outcome.ratio).toBeGreaterThan(1.2);
  expect(Math.max(...result.baselines.map((outcome: { unserved: number }) => outcome.unserved))).toBeGreaterThan(
    2 * result.counts.unserved,
  );
});

test('the same files and seed give the same report', async () => {
  const files = [join(EXAMPLES, 'network.json'), join(EXAMPLES, 'requests.json')];
  expect(steady((await run(...files, '--seed', '3')).out)).toBe(steady((await run(...files, '--seed', '3')).out));
});

describe('what is wrong is refused with a code and a place', () => {
  const wrong = { ...NETWORK, nodes: [...NETWORK.nodes, { ...NETWORK.nodes[0], id: 'z', slots: -1 }] };
  const lineOf = (text: string, part: string): number => text.slice(0, text.indexOf(part)).split('\n').length;

  test.each<[string, string[], object]>([
    [
      'a negative number of slots',
      [write('wrong.json', wrong), batch],
      { code: 'NETWORK_INVALID', field: 'nodes[2].slots', line: lineOf(JSON.stringify(wrong, null, 1), '"slots": -1'), value: -1 },
    ],
    ['a batch where the network should be', [batch, batch], { code: 'NETWORK_INVALID', field: 'format' }],
    ['a network where the batch should be', [network, network], { code: 'NETWORK_INVALID', field: 'format' }],
    ['a file that is not there', [join(folder, 'absent.json'), batch], { code: 'FILE_UNREADABLE', file: join(folder, 'absent.json') }],
    [
      'a file that ends too early',
      [network, write('cut.json', '{\n "format": "outbid-requests",\n "version": 1,\n "requests": [')],
      { code: 'FILE_FORMAT', line: 4, message: expect.stringMatching(/not JSON: it ends too early$/) },
    ],
    [
      'a table',
      [network, write('table.json', 'id,model\nq1,m\n')],
      { code: 'FILE_FORMAT', line: 1, message: expect.stringMatching(/not JSON$/) },
    ],
    [
      'a key twice in a network',
      [write('twice.json', '{\n "format": "outbid-network",\n "version": 1,\n "nodes": [],\n "nodes": []\n}'), batch],
      { code: 'DUPLICATE_KEY', line: 5, field: 'nodes', file: join(folder, 'twice.json') },
    ],
    [
      'a key twice in a request',
      [network, write('again.json', '{"format": "outbid-requests", "version": 1, "requests": [\n{"id": "a",\n"id": "b"}]}')],
      { code: 'DUPLICATE_KEY', line: 3, field: 'requests[0].id', value: 'id' },
    ],
    ['a binary file', [network, write('binary.json', Uint8Array.of(0xff, 0xfe, 0, 1))], { code: 'FILE_FORMAT', line: 1 }],
    ['an empty file', [network, write('empty.json', '')], { code: 'FILE_FORMAT', line: 1 }],
    ['one file', [network], { code: 'USAGE' }],
    ['standard input twice', ['-', '-'], { code: 'USAGE' }],
    ['an unknown option', [network, batch, '--seedd', '1'], { code: 'USAGE', nearest: 'seed' }],
    ['a top that is no count', [network, batch, '--top', '1.5'], { code: 'USAGE', option: 'top' }],
    ['a negative top', [network, batch, '--top', '-1'], { code: 'USAGE', option: 'top' }],
    ['a seed that is no count', [network, batch, '--seed', '-1'], { code: 'OPTION_INVALID', option: 'seed' }],
    ['a negative unserved cost', [network, batch, '--unserved-cost', '-1'], { code: 'OPTION_INVALID', option: 'unservedCost' }],
    ['a backend that does not exist', [network, batch, '--backend', 'abacus'], { code: 'USAGE', option: 'backend' }],
  ])('%s', async (_, args, place) => {
    await expect(run(...args)).rejects.toMatchObject(place);
  });
});

test('an interrupt rejects with its reason', async () => {
  const abort = new AbortController();
  abort.abort(new Error('interrupted'));
  await expect(match.run([network, batch], { stdout() {}, stderr() {}, isTTY: false, signal: abort.signal })).rejects.toThrow(
    'interrupted',
  );
});

test('--help says how it is used and lists every option', async () => {
  const { code, out } = await run('--help');
  expect(code).toBe(0);
  expect(out).toContain('Usage: outbid match NETWORK REQUESTS [options]');
  for (const option of ['--backend', '--seed', '--deadline-ms', '--threads', '--unserved-cost', '--weight NAME=NUMBER', '--aging', '--now'])
    expect(out).toContain(option);
  for (const option of ['--nearest', '--explain ID', '--top', '--json', '--help']) expect(out).toContain(option);
});
