import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { buildProblem, checkNetwork, checkRequests } from '../../lib/network/index.js';

const FOLDER = fileURLToPath(new URL('../../examples/', import.meta.url));
const read = (name: string): string => readFileSync(join(FOLDER, name), 'utf8');

test('the generator writes the example files again, byte for byte', () => {
  const folder = mkdtempSync(join(tmpdir(), 'outbid-examples-'));
  try {
    execFileSync(process.execPath, [join(FOLDER, 'generate.mjs'), folder], { stdio: 'pipe' });
    for (const name of ['network.json', 'requests.json']) expect(readFileSync(join(folder, name), 'utf8') === read(name)).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('the example is a network of a few hundred nodes and a batch under a megabyte, with sources and licences', () => {
  const network = checkNetwork(JSON.parse(read('network.json')), 'network.json');
  const batch = checkRequests(JSON.parse(read('requests.json')), 'requests.json');
  expect(network.nodes.length).toBe(280);
  expect(batch.requests.length).toBeGreaterThan(2000);
  expect(read('requests.json').length).toBeLessThan(1e6);
  expect(network.sources?.length).toBeGreaterThan(0);
  expect(batch.sources?.map((source) => source.licence)).toEqual(['CC-BY-4.0', 'Apache-2.0']);
  expect(new Set(network.nodes.flatMap((node) => node.modes))).toEqual(new Set(['VANILLA', 'TEE', 'ZKML']));
});

test('its requests are removed by several filters, and slots exceed requests', () => {
  const network = JSON.parse(read('network.json'));
  const built = buildProblem(network, JSON.parse(read('requests.json')).requests);
  expect(new Set(built.noArcs)).toEqual(new Set([undefined, 'model', 'mode', 'region', 'price', 'deferred']));
  expect(built.network.nodes.reduce((sum, node) => sum + node.slots, 0)).toBeGreaterThan(built.requests.length);
});

test('token sizes follow the quantiles they were drawn from', () => {
  const requests = checkRequests(JSON.parse(read('requests.json')), 'requests.json').requests;
  const median = (client: string, field: 'inputTokens' | 'outputTokens'): number => {
    const sorted = requests
      .filter((q) => q.client.startsWith(client))
      .map((q) => q[field])
      .sort((a, b) => a - b);
    return sorted[sorted.length >> 1];
  };
  // Medians of the traces: conversation 1020 in, 129 out; code 1469, 13; long context 6909, 350.
  for (const [client, input, output] of [
    ['conversation', 1020, 129],
    ['code', 1469, 13],
    ['long', 6909, 350],
  ] as const) {
    expect(median(client, 'inputTokens') / input).toBeGreaterThan(0.85);
    expect(median(client, 'inputTokens') / input).toBeLessThan(1.15);
    expect(median(client, 'outputTokens') / output).toBeGreaterThan(0.8);
    expect(median(client, 'outputTokens') / output).toBeLessThan(1.2);
  }
});
