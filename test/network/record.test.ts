import { expect, test } from 'vitest';
import {
  checkRecord,
  type DecisionRecord,
  decisionPrices,
  decisionRecord,
  decisionRecords,
  matchBatch,
  type NetworkData,
  RECORD_VIOLATIONS,
} from '../../lib/network/index.js';
import { smallestPrices } from '../../lib/network/record-prices.js';
import { verify } from '../../lib/verify/index.js';
import { changingNetwork } from './changing-network.js';
import { node, request } from './small-network.js';

const codes = (violations: { code: string }[]): string[] => [...new Set(violations.map(({ code }) => code))].sort();
const asJson = (record: DecisionRecord): DecisionRecord => JSON.parse(JSON.stringify(record));

test('a record says where, at what terms and price, what is next best and who outbid it', async () => {
  // x is the cheapest for both; the second can run nowhere else, so the first is outbid there.
  const network: NetworkData = {
    nodes: [node({ id: 'x', modes: ['VANILLA', 'TEE'] }), node({ id: 'y', price: 7.2 }), node({ id: 'z', price: 14.4 })],
  };
  const result = await matchBatch(network, [request({ id: 'first' }), request({ id: 'second', mode: 'TEE' })]);
  const record = decisionRecord(result, 'first', { epoch: 7 });
  const { runnerUp, outbidAt } = record;
  expect(record).toMatchObject({
    format: 'outbid-decision',
    version: 1,
    epoch: 7,
    digest: result.certificate.digest,
    status: 'optimal',
    request: 'first',
    wanted: 1,
    unserved: { units: 0, cost: 50_000, reason: null },
    value: 2100,
  });
  expect(record.placements).toMatchObject([{ node: 'y', mode: 'VANILLA', cost: 2100, price: 0 }]);
  expect(record.placements[0].terms).toMatchObject({ price: 2000, service: 100, latency: 0 });
  // At x it would pay 1100, and for the slot what nobody but itself would give: 1000. y is nobody else's wish.
  expect(outbidAt).toEqual([{ node: 'x', cost: 1100, price: 1000, free: 0, by: ['second'], others: 0 }]);
  expect(runnerUp).toEqual({ node: 'x', cost: 1100, price: 1000, extraCost: 0 });
  expect(checkRecord(record, { network, requests: [request({ id: 'first' }), request({ id: 'second', mode: 'TEE' })] })).toEqual([]);
});

test('records of random matchings are right, survive JSON, and are checked from the plain data alone', async () => {
  let records = 0;
  const seen = { unserved: 0, replicas: 0, runnerUp: 0, outbid: 0, free: 0 };
  for (let seed = 0; seed < 120; seed++) {
    const { network, requests } = changingNetwork(seed + 900, seed % 4 === 0);
    const result = await matchBatch(network, requests, { baselines: false, ...(seed % 3 === 0 ? { nearest: 1 } : {}) });
    const all = [...decisionRecords(result, { epoch: seed })];
    expect(all.map((record) => record.request)).toEqual(requests.map(({ id }) => id));
    const plain = seed % 4 !== 0 && seed % 3 !== 0;
    for (const record of all) {
      const kept = asJson(record);
      expect(kept).toEqual(record);
      expect([seed, checkRecord(kept, result.built, decisionPrices(result))]).toEqual([seed, []]);
      if (plain && records % 10 === 0) expect(checkRecord(kept, { network, requests })).toEqual([]);
      records++;
      if (kept.unserved.units > 0) seen.unserved++;
      if (kept.wanted > 1 && kept.placements.length > 1) seen.replicas++;
      if (kept.runnerUp?.node !== undefined && kept.runnerUp.node !== null) seen.runnerUp++;
      if (kept.outbidAt.length > 0) seen.outbid++;
      if (kept.outbidAt.some(({ free }) => free > 0)) seen.free++;
    }
  }
  expect(records).toBeGreaterThan(900);
  for (const count of Object.values(seen)) expect(count).toBeGreaterThan(5);
});

test('the prices are the smallest that prove the optimum: the same for every seed, and the gain where no slot has a surcharge', async () => {
  let above = 0;
  for (let seed = 0; seed < 120; seed++) {
    const { network, requests } = changingNetwork(seed + 1300);
    const result = await matchBatch(network, requests, { baselines: false, seed });
    const prices = decisionPrices(result) as Float64Array;
    const { plain } = result.built;
    const { values } = smallestPrices(plain, (i) => result.placed.on(i));
    expect(verify(plain, { flow: result.solution.flow, prices })).toMatchObject({ dual: result.cost.total, gap: 0 });
    expect(prices).toEqual(decisionPrices(await matchBatch(network, requests, { baselines: false, seed: seed + 1 })));
    prices.forEach((price, j) => {
      if (plain.capacityOf(j) === 0) return;
      expect(price).toBeLessThanOrEqual(result.solution.prices[j]);
      if (price < result.solution.prices[j]) above++;
      const last = plain.tiers === undefined ? 0 : lastSurcharge(plain.tiers, j);
      expect([seed, j, result.nodes[j].gain]).toEqual([seed, j, Math.max(0, price - last)]);
    });
    values.forEach((value, i) => {
      expect(value).toBeLessThanOrEqual(plain.unservedCostOf(i));
    });
  }
  expect(above).toBeGreaterThan(20);
});

function lastSurcharge({ offsets, surcharge }: { offsets: Int32Array; surcharge: Float64Array }, node: number): number {
  return offsets[node] === offsets[node + 1] ? 0 : surcharge[offsets[node + 1] - 1];
}

test('a change of any one field is found, the epoch and names of others aside', async () => {
  let changes = 0;
  const found = new Set<string>();
  for (let seed = 0; seed < 24; seed++) {
    const { network, requests } = changingNetwork(seed + 1100);
    const result = await matchBatch(network, requests, { baselines: false });
    for (const record of decisionRecords(result)) {
      for (const [field, spoilt] of everyTampering(record)) {
        const violations = checkRecord(spoilt, result.built, decisionPrices(result));
        if (field === 'epoch') expect(violations).toEqual([]);
        else {
          expect([seed, record.request, field, violations.length > 0]).toEqual([seed, record.request, field, true]);
          for (const { code } of violations) found.add(code);
          // Without the prices, too, but for what the header of the check says.
          const hidden = record.wanted > 1 ? /price$/ : /^outbidAt.*price$/;
          if (!hidden.test(field)) expect([field, checkRecord(spoilt, result.built).length > 0]).toEqual([field, true]);
        }
        changes++;
      }
    }
  }
  expect(changes).toBeGreaterThan(4000);
  const never = ['REQUEST_UNKNOWN', 'PRICE_NEGATIVE', 'ARC_MISSING', 'PAYS_TOO_MUCH'];
  expect(Object.keys(RECORD_VIOLATIONS).filter((code) => !found.has(code) && !never.includes(code))).toEqual([]);
});

/** The record with one number one more, one string longer, one null filled or one entry gone: for every place in it. */
function* everyTampering(record: DecisionRecord): Generator<[string, DecisionRecord]> {
  const places: (string | number)[][] = [];
  const walk = (value: unknown, path: (string | number)[]): void => {
    if (value === null || typeof value !== 'object') places.push(path);
    else {
      if (Array.isArray(value) && value.length > 0) places.push(path);
      for (const [key, inner] of Object.entries(value)) walk(inner, [...path, Array.isArray(value) ? Number(key) : key]);
    }
  };
  walk(record, []);
  for (const path of places) {
    const copy = structuredClone(record);
    let at = copy as unknown as Record<string | number, unknown>;
    for (const key of path.slice(0, -1)) at = at[key] as Record<string | number, unknown>;
    const last = path[path.length - 1];
    const value = at[last];
    if (typeof value === 'number') at[last] = value + 1;
    else if (typeof value === 'string') at[last] = `${value}?`;
    else if (value === null) at[last] = path.at(-1) === 'node' || path.at(-1) === 'reason' ? 'full' : 1;
    else at[last] = (value as unknown[]).slice(1);
    yield [path.join('.'), copy];
  }
}

test('another network, another request and shifted prices are found', async () => {
  const network: NetworkData = { nodes: [node({ id: 'x' }), node({ id: 'y', price: 7.2 })] };
  const requests = [request({ id: '1' }), request({ id: '2' })];
  const result = await matchBatch(network, requests);
  const record = asJson(decisionRecord(result, result.placements[0].node === 'x' ? '2' : '1'));
  expect(record.placements[0].node).toBe('y');
  const check = (spoil: (copy: DecisionRecord) => void, prices?: ArrayLike<number>): string[] => {
    const copy = structuredClone(record);
    spoil(copy);
    return codes(checkRecord(copy, result.built, prices));
  };
  const dearer = { nodes: network.nodes.map((one) => ({ ...one, price: one.price + 1 })) };
  expect(codes(checkRecord(record, { network: dearer, requests }))).toContain('DIGEST_MISMATCH');
  expect(codes(checkRecord(record, { network, requests: requests.map((one) => ({ ...one, id: `${one.id}0` })) }))).toEqual([
    'REQUEST_UNKNOWN',
  ]);
  // Fewer slots at y alone, or a later arrival: the arc is the same, the problem is not.
  expect(codes(checkRecord(record, { network: { nodes: [network.nodes[0], { ...network.nodes[1], slots: 2 }] }, requests }))).toEqual([
    'DIGEST_MISMATCH',
  ]);
  expect(check((copy) => Object.assign(copy.placements[0], { price: -1 }))).toContain('PRICE_NEGATIVE');
  expect(check((copy) => Object.assign(copy.placements[0], { node: 'w' }))).toContain('NODE_UNKNOWN');
  expect(check((copy) => Object.assign(copy, { value: (copy.value as number) - 1 }))).toContain('PAYS_TOO_MUCH');
  // Price, value and extra cost shifted alike contradict nothing in the record: the prices tell.
  const shift = (copy: DecisionRecord): void => {
    copy.placements[0].price = 5;
    copy.value = (copy.value as number) + 5;
    Object.assign(
      copy.runnerUp ?? {},
      copy.runnerUp?.node === null ? { extraCost: copy.runnerUp.extraCost - 5 } : { price: (copy.runnerUp?.price ?? 0) + 5 },
    );
    copy.outbidAt.forEach((entry) => {
      entry.price += 5;
    });
  };
  expect(check(shift)).toEqual([]);
  expect(check(shift, decisionPrices(result))).toContain('PRICE_MISMATCH');
  for (const junk of [null, 1, 'x', [], {}, { ...record, more: 1 }, { ...record, version: 2 }, { ...record, placements: {} }])
    expect(codes(checkRecord(junk, result.built))).toEqual(['FORMAT']);
});

test('no statement is made for an answer that is not optimal, and results are counted', async () => {
  const network = { nodes: [node({ id: 'x' })] };
  const first = await matchBatch(network, [request({ id: '1' })]);
  const feasible = { ...first, status: 'feasible' as const, solution: Object.create(first.solution, { status: { value: 'feasible' } }) };
  const record = decisionRecord(feasible, '1');
  expect(record).toMatchObject({ status: 'feasible', value: null, runnerUp: null, outbidAt: [], placements: [{ price: null }] });
  expect(checkRecord(record, first.built)).toEqual([]);
  expect(codes(checkRecord({ ...record, status: 'optimal' }, first.built))).toContain('VALUE_MISMATCH');
  const again = await matchBatch(network, [request({ id: '1' })]);
  expect(decisionRecord(again, '1').epoch).toBe(record.epoch + 1);
  expect(decisionRecord(again, '1').epoch).toBe(record.epoch + 1);
  expect(() => decisionRecord(first, '2')).toThrowError(expect.objectContaining({ code: 'DEMAND_UNKNOWN', argument: 'requestId' }));
  expect(() => decisionRecord(first, '1', { epoch: -1 })).toThrowError(
    expect.objectContaining({ code: 'OPTION_INVALID', option: 'epoch' }),
  );
});
