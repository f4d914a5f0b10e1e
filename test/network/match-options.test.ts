/** `outbid match`: requests one a line, options of the cost, and what is told of one id. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { match } from '../../lib/cli/match.js';
import { DEFAULT_WEIGHTS } from '../../lib/network/index.js';
import { node, request } from './small-network.js';

const folder = mkdtempSync(join(tmpdir(), 'outbid-match-'));
afterAll(() => rmSync(folder, { recursive: true }));

function write(name: string, content: string | Uint8Array): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

async function run(...args: string[]): Promise<{ code: number; out: string }> {
  let out = '';
  const stdout = (text: string): void => {
    out += text;
  };
  const code = await match.run(args, { stdout, stderr() {}, isTTY: false, signal: new AbortController().signal });
  return { code, out };
}

async function json(...args: string[]) {
  return JSON.parse((await run(...args, '--json')).out);
}

const network = write(
  'network.json',
  JSON.stringify({
    format: 'outbid-network',
    version: 1,
    nodes: [node({ id: 'both', modes: ['VANILLA', 'TEE'] }), node({ id: 'plain', price: 7.2, slots: 3, region: 'far' })],
  }),
);
const REQUESTS = [request({ id: 'a', region: 'here' }), request({ id: 'b', mode: 'TEE' }), request({ id: 'c', mode: 'TEE', at: 100 })];
const batch = write('requests.json', JSON.stringify({ format: 'outbid-requests', version: 1, requests: REQUESTS }));
const HEAD = JSON.stringify({ format: 'outbid-requests', version: 1, name: 'in lines' });
const LINES = REQUESTS.map((entry) => JSON.stringify(entry));

describe('requests one a line', () => {
  const steady = (text: string): string => text.replace(/^.*\n/, '').replace(/milliseconds.*/, '');
  const asJSON = async (file: string) => {
    const { milliseconds: _, ...rest } = await json(network, file);
    return rest;
  };

  test.each<[string, string, string | Uint8Array]>([
    ['with a first line that says what the file is', 'head.jsonl', [HEAD, ...LINES].join('\n')],
    ['without one', 'plain.jsonl', `${LINES.join('\n')}\n`],
    ['with blank lines and Windows line ends', 'blank.ndjson', `\r\n${HEAD}\r\n\r\n${LINES.join('\r\n')}\r\n\r\n`],
    ['under another name', 'lines.txt', [HEAD, ...LINES].join('\n')],
    ['packed', 'lines.jsonl.gz', gzipSync(LINES.join('\n'))],
  ])('%s', async (_, name, content) => {
    expect(await asJSON(write(name, content))).toEqual(await asJSON(batch));
  });

  test('the name of the batch is that of its first line', async () => {
    const { out } = await run(network, write('named.jsonl', [HEAD, ...LINES].join('\n')));
    expect(out).toMatch(/named\.jsonl: in lines\n/);
    expect(steady(out)).toContain('requests  3');
  });

  test('a single line is one request, and no line is none', async () => {
    expect((await json(network, write('one.txt', LINES[0]))).placements).toMatchObject([{ request: 'a', node: 'both' }]);
    expect((await json(network, write('none.jsonl', ''))).placements).toEqual([]);
    expect((await json(network, write('head-alone.jsonl', HEAD))).placements).toEqual([]);
  });

  const wrong = (fields: object): string => JSON.stringify({ ...REQUESTS[1], ...fields });
  test.each<[string, string, string, object]>([
    [
      'a misspelt field',
      'f.jsonl',
      `${LINES[0]}\n\n${wrong({ maxprice: 1 })}\n`,
      { line: 3, field: 'requests[1].maxprice', nearest: 'maxPrice' },
    ],
    [
      'the same behind a first line',
      'g.jsonl',
      `${HEAD}\n${LINES[0]}\n${wrong({ maxprice: 1 })}`,
      { line: 3, field: 'requests[1].maxprice' },
    ],
    ['an id a second time', 'h.jsonl', `${HEAD}\n${LINES[0]}\n${LINES[1]}\n${LINES[0]}`, { line: 4, field: 'requests[2].id' }],
    ['a line that is no object', 'i.jsonl', `${LINES[0]}\n7`, { line: 2, field: 'requests[1]' }],
    [
      'an unknown field in the first line',
      'j.jsonl',
      `\n${JSON.stringify({ format: 'outbid-requests', version: 1, nam: 'n' })}\n${LINES[0]}`,
      { line: 2, field: 'nam' },
    ],
    ['the format of another file', 'k.jsonl', `${HEAD.replace('requests', 'network')}\n${LINES[0]}`, { line: 1, field: 'format' }],
    ['requests in the first line', 'l.jsonl', `${HEAD.replace('}', ',"requests":[]}')}\n${LINES[0]}`, { line: 1, field: 'requests' }],
    [
      'what no matching can express',
      'm.jsonl',
      `${LINES[0]}\n${wrong({ gang: 'g' })}`,
      { code: 'NOT_A_FLOW', line: 2, field: 'requests[1].gang' },
    ],
    ['a line that is cut', 'n.jsonl', `${LINES[0]}\n${LINES[1].slice(0, -5)}\n${LINES[2]}`, { code: 'FILE_FORMAT', line: 2 }],
    [
      'a key twice on a line',
      'p.jsonl',
      `${HEAD}\n\n${LINES[0]}\n${LINES[1].replace('}', ',"id":"z"}')}`,
      { code: 'DUPLICATE_KEY', line: 4, field: 'requests[1].id', value: 'id' },
    ],
    [
      'a key twice in the first line',
      'q.jsonl',
      `${HEAD.replace('}', ',"name":"z"}')}\n${LINES[0]}`,
      { code: 'DUPLICATE_KEY', line: 1, field: 'name' },
    ],
    ['a cut line under another name', 'o.txt', `${LINES[0]}\n${LINES[1]}\n{"id":`, { code: 'FILE_FORMAT', line: 3 }],
  ])('%s is refused with file, line and field', async (_, name, content, place) => {
    const file = write(name, content);
    const error = await run(network, file).catch((thrown) => thrown);
    expect(error).toMatchObject({ code: 'NETWORK_INVALID', file, ...place });
    expect(error.message).toContain(`${file}, line ${(place as { line: number }).line}: `);
  });

  test('a file of the other kinds is still read as one JSON value: a network is not taken for lines', async () => {
    await expect(run(network, network)).rejects.toMatchObject({ code: 'NETWORK_INVALID', field: 'format' });
    await expect(run(network, write('empty-object.json', '{}'))).rejects.toMatchObject({ field: 'format' });
    await expect(run(network, write('head-only.json', HEAD))).rejects.toMatchObject({ field: 'requests' });
  });

  test('what no matching can express is told with its line in JSON, too', async () => {
    const file = write(
      'gang.json',
      JSON.stringify({ format: 'outbid-requests', version: 1, requests: [{ ...REQUESTS[0], gang: 1 }] }, null, 1),
    );
    await expect(run(network, file)).rejects.toMatchObject({ code: 'NOT_A_FLOW', file, field: 'requests[0].gang', line: 11 });
  });
});

describe('options of the cost', () => {
  test('--weight sets one weight, and several when it is repeated', async () => {
    const costOf = async (...args: string[]) => (await json(network, batch, ...args)).cost;
    const plain = await costOf();
    expect(await costOf('--weight', 'service=0')).toMatchObject({ service: 0, price: plain.price });
    const both = await costOf('--weight', 'service=0', '--weight=latency=1e-2');
    expect(both).toMatchObject({ service: 0, latency: 10 * plain.latency });
    expect(plain.latency).toBeGreaterThan(0);
    expect((await costOf('--weight', 'service=5', '--weight', 'service=0')).service).toBe(0);
  });

  test('--aging and --now: what has waited longer is dearer to leave, on the clock of the requests', async () => {
    const unserved = async (...args: string[]) => (await json(network, batch, ...args)).cost.unserved;
    // Requests b and c want the one slot with TEE; b has waited 100 seconds when c comes.
    expect(await unserved()).toBe(50_000);
    expect(await unserved('--aging', '0.001')).toBe(50_000);
    expect(await unserved('--aging', '0.001', '--now', '300')).toBe(50_000 + 200_000);
    const served = (await json(network, batch, '--aging', '0.001')).placements.find((entry: { request: string }) => entry.request === 'b');
    expect(served.node).toBe('both');
  });

  test('--nearest starts with fewer arcs and costs the same in the end', async () => {
    const [all, near] = [await json(network, batch), await json(network, batch, '--nearest', '1')];
    expect(near.cost).toEqual(all.cost);
    expect(near.certificate).toMatchObject({ valid: true, gap: 0 });
    // Two slots of the cheap node are free at any rate: no other node can help.
    const nodes = [node({ id: 'cheap', slots: 2 }), node({ id: 'dear', price: 7.2 })];
    const roomy = write('roomy.json', JSON.stringify({ format: 'outbid-network', version: 1, nodes }));
    const one = write('one-request.jsonl', LINES[0]);
    expect((await json(roomy, one)).counts.arcs).toBe(2);
    expect((await json(roomy, one, '--nearest', '1')).counts.arcs).toBe(1);
  });

  test.each<[string[], object]>([
    [['--weight', 'latency'], { code: 'USAGE', option: 'weight', value: 'latency' }],
    [['--weight', 'latency=fast'], { code: 'USAGE', option: 'weight' }],
    [['--weight', 'latenzy=1'], { code: 'OPTION_INVALID', option: 'weights.latenzy', nearest: 'latency' }],
    [['--weight', '__proto__=1'], { code: 'OPTION_INVALID', option: 'weights.__proto__' }],
    [['--weight', 'latency=-1'], { code: 'OPTION_INVALID', option: 'weights.latency' }],
    [['--aging', '-1'], { code: 'OPTION_INVALID', option: 'aging' }],
    [['--nearest', '0'], { code: 'OPTION_INVALID', option: 'nearest' }],
    [['--now', 'noon'], { code: 'USAGE', option: 'now' }],
    [['--explain', 'bothh'], { code: 'USAGE', option: 'explain', nearest: 'both' }],
  ])('%j is refused', async (args, place) => {
    await expect(run(network, batch, ...args)).rejects.toMatchObject(place);
  });
});

describe('--explain', () => {
  test('tells of a request that is served: where, at what cost by term, and where else', async () => {
    const { code, out } = await run(network, batch, '--explain', 'a');
    expect(code).toBe(0);
    expect(out).toMatch(/^a runs on plain in VANILLA and costs 0\.00225 USD there: .*outbid by b.* Next best is both/);
    expect(out.slice(out.indexOf('\n\n') + 2)).toBe(`Request a
  asks for   m in VANILLA
  served     1 of 1
  on plain   0.002250 USD: price 0.002000 USD, latency 0.000150 USD, service 0.000100 USD
  else both  0.001100 USD, 0.0478 USD more with what its slots are worth
`);
  });

  test('tells of one that is not, and why', async () => {
    const { unserved } = await json(network, batch);
    const [{ id }] = unserved.requests;
    const { out } = await run(network, batch, '--explain', id);
    expect(out).toContain('served     0 of 1\n');
    expect(out).toContain('unserved   every node that runs m in TEE is full, and making room would cost more than it saves\n');
  });

  test('tells of a node: slots, what it runs, what a slot is worth', async () => {
    const { out } = await run(network, batch, '--explain', 'plain');
    expect(out).toMatch(/^plain \(o, far, 1 x G\) is up.* One more slot here is worth exactly nothing, because 2 slots/);
    expect(out.slice(out.indexOf('\n\n') + 2)).toBe(`Node plain
  slots          3: 1 used by this batch, 2 idle
  runs           a
  may run        1 of its requests
  one more slot  saves 0.0000 USD
  one slot less  costs 0.0000 USD
`);
  });

  test('with --json the explanation stands beside the rest, and is absent when nobody asks', async () => {
    const { explanation, ...rest } = await json(network, batch, '--explain', 'both');
    expect(explanation).toMatchObject({ request: null, node: { id: 'both', slots: 1, used: 1, gain: 48_900, loss: 48_900 } });
    expect(Object.keys(rest)).toEqual(Object.keys(await json(network, batch)));
  });

  test('an id of both tells of both', async () => {
    const same = write('same.jsonl', JSON.stringify(request({ id: 'both' })));
    const { request: asked, node: found } = (await json(network, same, '--explain', 'both')).explanation;
    expect([asked.placements[0].node, found.requests]).toEqual(['both', ['both']]);
  });
});

test('every option in the help is known to the parser, and takes a value or none as the help says', async () => {
  const listed = [...(await run('--help')).out.matchAll(/^ {2}--([a-z-]+)( [A-Z]+)?/gm)];
  expect(listed.length).toBe(13);
  for (const [, name, value] of listed) {
    const wrong = value === undefined ? `--${name}=1` : `--${name}`;
    await expect(run(wrong)).rejects.toThrow(value === undefined ? `--${name} takes no value` : `--${name} needs a value`);
  }
});

test('the help names every weight with its default', async () => {
  const { out } = await run('--help');
  const said = out.slice(out.indexOf('Weights and their defaults'), out.indexOf('Exit codes'));
  for (const [name, value] of Object.entries(DEFAULT_WEIGHTS)) expect(said).toMatch(new RegExp(`\\b${name} ${value}\\b`));
});

test('limits: what counts against each cap and floor, and what a floor is short of', async () => {
  const limits = [
    { operator: 'o', cap: 2 },
    { tenant: 'nobody', floor: 0 },
    { region: 'far', floor: 3 },
  ];
  const limited = write(
    'limited.json',
    JSON.stringify({ format: 'outbid-network', version: 1, limits, nodes: [node({ id: 'x', slots: 9, region: 'far' })] }),
  );
  const three = write(
    'three.json',
    JSON.stringify({ format: 'outbid-requests', version: 1, requests: ['1', '2', '3'].map((id) => request({ id })) }),
  );
  expect((await json(limited, three)).limits).toEqual([
    { limit: limits[0], used: 2, missed: 0 },
    { limit: limits[1], used: 0, missed: 0 },
    { limit: limits[2], used: 2, missed: 1 },
  ]);
  expect((await run(limited, three)).out).toMatch(
    /^Limits\n.*\n {2}operator o +2 +2 +- +0\n {2}tenant nobody +0 +- +0 +0\n {2}region far +2 +- +3 +1$/m,
  );
  expect((await run(network, batch)).out).not.toContain('Limits');
  expect((await json(network, batch)).limits).toEqual([]);
});
