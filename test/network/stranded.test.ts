/** Priced out and stranded slots against every matching there is, on networks small enough to look at all of them. */
import { expect, test } from 'vitest';
import { type IdlePools, idlePools } from '../../lib/network/idle-pools.js';
import type { IdleStage } from '../../lib/network/idle-stage.js';
import { type InferenceRequest, type MatchResult, matchBatch, STRANDING_FILTERS, type StrandingFilter } from '../../lib/network/index.js';
import { StrandedSlots } from '../../lib/network/stranded.js';
import { richNetwork } from './rich-network.js';

const STAGES: IdleStage[] = ['pricedOut', ...STRANDING_FILTERS];

/** All requests ask for what the first asks for, and differ in tokens, limits and what they are worth. */
function askAlike([first, ...others]: InferenceRequest[]): InferenceRequest[] {
  if (first === undefined) return [];
  const { model, mode, region, residency, labels, allow, deny, pinned } = first;
  const rest = others.map(({ residency: _, labels: __, allow: ___, deny: ____, pinned: _____, previousNode: ______, ...own }) => own);
  const ask = Object.entries({ model, mode, region, residency, labels, allow, deny, pinned }).filter(([, value]) => value !== undefined);
  return [first, ...rest.map((own) => ({ ...own, ...Object.fromEntries(ask) }))];
}

test.each([
  ['different', 400, { nodes: 6, requests: 12 }, (requests: InferenceRequest[]) => requests],
  ['alike', 800, { nodes: 5, requests: 7 }, askAlike],
] as const)('each stage pairs as many units still unserved with slots still idle as any matching could: %s', async (_, seeds, most, ask) => {
  const paired: Partial<Record<IdleStage, number>> = {};
  let several = 0;
  for (let seed = 0; seed < seeds; seed++) {
    const { network, requests: own } = richNetwork(seed, most);
    const requests = ask(own);
    const result = await matchBatch(network, requests, { baselines: false });
    expect(result.status).toBe('optimal');
    const { built, placed } = result;
    const pools = idlePools(built, placed);
    const stranded = new StrandedSlots(built, placed, pools);
    const left = Array.from(pools.slots);
    const missing = built.requests.map(({ replicas }, i) => replicas - placed.unitsOf(i));
    const taken: number[][] = missing.map(() => []);
    for (const stage of STAGES) {
      const suits = (i: number, pool: number): boolean => pairStands(result, pools, stage, i, pool);
      const best = largest(result, pools, left, missing, suits);
      const from = stranded.pairs.length;
      stranded.run(stage);
      let units = 0;
      for (const pair of stranded.pairs.slice(from)) {
        expect(pair.stage).toBe(stage);
        expect(suits(pair.request, pair.pool)).toBe(true);
        units += pair.units;
        left[pair.pool] -= pair.units;
        missing[pair.request] -= pair.units;
        for (let k = 0; k < pair.units; k++) taken[pair.request].push(pools.nodes[pair.pool]);
      }
      expect([seed, stage, units]).toEqual([seed, stage, best]);
      paired[stage] = (paired[stage] ?? 0) + units;
      expect(Math.min(0, ...left, ...missing)).toBe(0);
      taken.forEach((nodes, i) => {
        if (nodes.length > 1) several++;
        if (built.requests[i].replicas > 1) for (const j of nodes) expect(placed.on(i)).not.toContain(j);
      });
    }
  }
  for (const stage of STAGES) expect([stage, (paired[stage] ?? 0) > 10]).toEqual([stage, true]);
  expect(several).toBeGreaterThan(10);
});

/** The size of the largest matching, by trying every pool for every unit; replicas paired in one stage are on distinct nodes. */
function largest(
  { built }: MatchResult,
  { nodes }: IdlePools,
  left: readonly number[],
  missing: readonly number[],
  suits: (i: number, pool: number) => boolean,
): number {
  const units = missing.flatMap((count, i) => Array.from({ length: count }, () => i));
  const options = new Map(units.map((i) => [i, left.flatMap((slots, pool) => (slots > 0 && suits(i, pool) ? [pool] : []))]));
  const open = units.filter((i) => options.get(i)?.length !== 0);
  const free = [...left];
  const used = missing.map((): number[] => []);
  let best = 0;
  const visit = (k: number, done: number, from: number): void => {
    best = Math.max(best, done);
    if (k === open.length || done + open.length - k <= best) return;
    const i = open[k];
    const again = open[k + 1] === i;
    for (const pool of options.get(i) ?? []) {
      // Units of one request are alike: their pools ascend.
      if (pool < from || free[pool] === 0 || used[i].includes(nodes[pool])) continue;
      if (built.requests[i].distinct === 'operator' && used[i].length > 0) throw new Error('not among these networks');
      free[pool]--;
      used[i].push(nodes[pool]);
      visit(k + 1, done + 1, again ? pool : 0);
      used[i].pop();
      free[pool]++;
    }
    let next = k + 1;
    while (open[next] === i) next++;
    visit(next, done, 0);
  };
  visit(0, 0, 0);
  return best;
}

/** Whether nothing but the stage keeps a unit of request i from the pool: the filters and costs, written down once more. */
function pairStands({ built, placed }: MatchResult, pools: IdlePools, stage: IdleStage, i: number, pool: number): boolean {
  const request = built.requests[i];
  const j = pools.nodes[pool];
  const node = built.network.nodes[j];
  if (placed.on(i).includes(j)) return false;
  const { allow, deny, labels } = request;
  const named = (list: { nodes?: string[]; operators?: string[] } | undefined): boolean =>
    list?.nodes?.includes(node.id) === true || list?.operators?.includes(node.operator) === true;
  const hosted = node.models.includes(request.model);
  const cold = request.model in node.loadable;
  const fails: Record<StrandingFilter, boolean> = {
    allow: (request.pinned !== undefined && request.pinned !== node.id) || (allow !== undefined && !named(allow)) || named(deny),
    model: !hosted && !cold,
    mode: !request.mode.some((mode) => node.modes.includes(mode)),
    region: request.residency !== undefined && !request.residency.includes(node.region),
    labels: labels !== undefined && !(node.labels.tier !== undefined && [labels.tier].flat().includes(node.labels.tier)),
  };
  const failed = STRANDING_FILTERS.filter((filter) => fails[filter]);
  if (stage === 'pricedOut') return failed.length === 0;
  if (failed.some((filter) => filter !== stage)) return false;
  let rate = node.tokensPerSecond[request.model];
  if (fails.model) {
    if (node.gpu === 'G' && request.model !== 'a' && request.model !== 'b') return false;
    if (node.gpu === 'K' && request.model !== 'd') return false;
    rate = { G: { input: 2000, output: 1000 }, H: { input: 1e300, output: 1e300 }, K: { input: 500, output: 100 } }[node.gpu as 'G'];
  }
  const modes = fails.mode ? request.mode : request.mode.filter((mode) => node.modes.includes(mode));
  const work = (modes.includes('VANILLA') ? 1 : 2) * (request.inputTokens / rate.input + request.outputTokens / rate.output);
  const pay = (work * node.price) / 3600;
  const load = cold ? node.loadable[request.model] : 0;
  const trip = request.region === undefined || request.region === node.region ? 0 : 40;
  if (pay > request.maxPrice || trip + 1000 * load + 1000 * work > request.deadlineMs) return false;
  const micro = (usd: number): number => Math.round(usd * 1e6);
  const share = built.arcs.options.coldShare(request.model, j);
  const cost =
    micro(pay) +
    micro(0.0001 * work) +
    micro((0.001 * trip) / 1000) +
    micro((load * node.price * share) / 3600) +
    micro(0.001 * (1 - node.reputation)) +
    (request.previousNode === undefined || request.previousNode === node.id ? 0 : 500);
  return cost + pools.surcharges[pool] < built.plain.unservedCostOf(i);
}
