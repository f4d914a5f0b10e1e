/** What must not change, or only one way, when a network and its batch are renamed, permuted, added to, doubled or split. */
import { describe, expect, test } from 'vitest';
import type { InferenceRequest, MatchOptions, MatchResult, NetworkData, NetworkNode } from '../../lib/network/index.js';
import { EXTRA_ONLY, type LimitCase, limitCase } from './limit-cases.js';
import { matched, missedOf, rich, SEEDS, worths } from './metamorphic-cases.js';
import { type NameKind, renamed } from './renaming.js';
import { draws, node, request } from './small-network.js';

const CASES: [string, (seed: number) => LimitCase, MatchOptions][] = [
  ['networks of everything', rich, {}],
  ['networks with limits', limitCase, EXTRA_ONLY],
];
/** Idle slots without names. */
function idleOf({ idle }: MatchResult): object {
  const missing = idle.missing.map(({ filter, slots, units }) => `${filter} ${slots} ${units}`);
  return { ...idle, byNode: undefined, missing: missing.sort() };
}

function shuffled<T>(list: readonly T[], seed: number): T[] {
  const draw = draws(seed);
  const order = [...list];
  for (let k = order.length - 1; k > 0; k--) {
    const other = draw(k + 1);
    [order[k], order[other]] = [order[other], order[k]];
  }
  return order;
}

describe.each(CASES)('%s', (_, make, options) => {
  test('renaming everything changes names and nothing else, whatever the names', async () => {
    const names = ['__proto__', 'constructor', '7', '007', 'a.b[0]', ' ', 'toString', '-1', 'Ω', 'nodes'];
    for (const seed of SEEDS) {
      const batch = make(seed);
      const known = new Map<string, string>();
      const used = new Map<NameKind, number>();
      const back = new Map<string, string>();
      const to = (kind: NameKind, name: string): string => {
        const key = `${kind} ${name}`;
        const given = known.get(key);
        if (given !== undefined) return given;
        const k = used.get(kind) ?? 0;
        used.set(kind, k + 1);
        const fresh = `${names[(k + seed) % names.length]}${k < names.length ? '' : k}`;
        known.set(key, fresh);
        back.set(`${kind} ${fresh}`, name);
        return fresh;
      };
      const before = await matched(batch, options);
      const after = await matched(renamed(batch, to), options);
      const nameBack = (kind: NameKind, name: string): string => back.get(`${kind} ${name}`) as string;
      expect(after.cost, `seed ${seed}`).toEqual(before.cost);
      expect(after.placements.map(({ request: id, nodes }) => [nameBack('request', id), nodes.map((on) => nameBack('node', on))])).toEqual(
        before.placements.map(({ request: id, nodes }) => [id, nodes]),
      );
      expect(after.unserved.requests.map((one) => ({ ...one, id: nameBack('request', one.id) }))).toEqual(before.unserved.requests);
      expect(after.unserved.byReason).toEqual(before.unserved.byReason);
      expect(after.nodes.map(({ id, gain, loss, idle, eligible }) => [nameBack('node', id), gain, loss, idle, eligible])).toEqual(
        before.nodes.map(({ id, gain, loss, idle, eligible }) => [id, gain, loss, idle, eligible]),
      );
      expect(idleOf(after), `seed ${seed}`).toEqual(idleOf(before));
      expect(after.used).toEqual(before.used);
    }
  });

  test('permuting requests, nodes and limits changes no cost and no worth of a slot', async () => {
    for (const seed of SEEDS) {
      const batch = make(seed);
      const { nodes, limits = [] } = batch.network;
      const network: NetworkData = { ...batch.network, nodes: shuffled(nodes, seed), limits: shuffled(limits, seed + 1) };
      const before = await matched(batch, options);
      const after = await matched({ network, requests: shuffled(batch.requests, seed + 2) }, options);
      expect([after.cost.total, missedOf(after)], `seed ${seed}`).toEqual([before.cost.total, missedOf(before)]);
      expect(worths(after)).toEqual(new Map(after.nodes.map(({ id }) => [id, worths(before).get(id)])));
    }
  });

  test('a node nobody may use costs nothing, is worth nothing, and changes the worth of no other', async () => {
    const useless: NetworkNode[] = [
      node({ id: 'other model', models: ['nobody asks'], slots: 5, price: 0 }),
      node({ id: 'down', models: ['a', 'b', 'c', 'm'], slots: 5, price: 0, state: 'down' }),
      node({ id: 'full', models: ['a', 'b', 'c', 'm'], slots: 5, inFlight: 5, price: 1e6 }),
    ];
    for (const [k, seed] of SEEDS.entries()) {
      const { network, requests } = make(seed);
      const extra = useless[k % useless.length];
      const nodes = [...network.nodes];
      nodes.splice(k % (nodes.length + 1), 0, { ...extra, operator: 'nobody', region: 'nowhere', modes: ['VANILLA'] });
      const before = await matched({ network, requests }, options);
      const after = await matched({ network: { ...network, nodes }, requests }, options);
      expect([after.cost.total, missedOf(after)], `seed ${seed}`).toEqual([before.cost.total, missedOf(before)]);
      const [gain, loss] = worths(after).get(extra.id) ?? [];
      if (extra.id !== 'full') expect(gain).toBe(0);
      if (extra.id === 'other model') expect(loss).toBe(0);
      for (const [id, worth] of worths(before)) expect(worths(after).get(id), `seed ${seed}, ${id}`).toEqual(worth);
    }
  });

  test('a request nobody may serve costs what leaving it costs, and changes nothing else', async () => {
    const useless: Partial<InferenceRequest>[] = [
      { model: 'nobody hosts' },
      { mode: 'nobody runs' },
      { residency: ['nowhere'] },
      { allow: { nodes: [] } },
      { labels: { nobody: 'has it' } },
      { pinned: 'no such node' },
    ];
    for (const [k, seed] of SEEDS.entries()) {
      const { network, requests } = make(seed);
      const extra = request({ id: 'extra', model: 'a', unservedCost: 0.25, replicas: 2, ...useless[k % useless.length] });
      const more = [...requests];
      more.splice(k % (more.length + 1), 0, extra);
      const before = await matched({ network, requests }, options);
      const after = await matched({ network, requests: more }, options);
      expect([after.cost.total, missedOf(after)], `seed ${seed}`).toEqual([before.cost.total + 500_000, missedOf(before)]);
      expect(worths(after)).toEqual(worths(before));
    }
  });

  test('two copies that share nothing cost twice as much, and each slot is worth what it was', async () => {
    for (const seed of SEEDS) {
      const batch = make(seed);
      const copy = renamed(batch, (_kind, name) => `${name}'`);
      const network: NetworkData = {
        ...batch.network,
        nodes: [...batch.network.nodes, ...copy.network.nodes],
        throughput: [...(batch.network.throughput ?? []), ...(copy.network.throughput ?? [])],
        limits: [...(batch.network.limits ?? []), ...(copy.network.limits ?? [])],
        latencyMs: { ...batch.network.latencyMs, ...copy.network.latencyMs },
      };
      const one = await matched(batch, options);
      const two = await matched({ network, requests: [...batch.requests, ...copy.requests] }, options);
      expect([two.cost.total, missedOf(two)], `seed ${seed}`).toEqual([2 * one.cost.total, 2 * missedOf(one)]);
      for (const [id, worth] of worths(one)) {
        expect(worths(two).get(id), `seed ${seed}, ${id}`).toEqual(worth);
        expect(worths(two).get(`${id}'`), `seed ${seed}, ${id}'`).toEqual(worth);
      }
    }
  });

  test('a node of k slots costs what k nodes of its slots, one each, cost', async () => {
    let several = 0;
    for (const seed of SEEDS) {
      const { network, requests } = make(seed);
      // A replica may run on any part, and a pin or a previous node names one: these tell the parts from the whole.
      const asked = requests.map(({ replicas: _r, distinct: _d, pinned, previousNode: _p, ...rest }) =>
        pinned === undefined ? rest : { ...rest, allow: { nodes: [pinned] } },
      );
      const parts = new Map(network.nodes.map(({ id, slots }) => [id, Array.from({ length: slots }, (_, k) => `${id}/${k}`)]));
      const partsOf = (ids: readonly string[] = []): string[] => ids.flatMap((id) => parts.get(id) ?? []);
      const split: LimitCase = {
        network: { ...network, nodes: network.nodes.flatMap(splitNode) },
        requests: asked.map((one) => ({
          ...one,
          ...(one.allow === undefined ? {} : { allow: { ...one.allow, nodes: partsOf(one.allow.nodes) } }),
          ...(one.deny === undefined ? {} : { deny: { ...one.deny, nodes: partsOf(one.deny.nodes) } }),
          extraCost: Object.fromEntries(
            Object.entries(one.extraCost ?? {}).flatMap(([id, usd]) => partsOf([id]).map((part) => [part, usd])),
          ),
        })),
      };
      const whole = await matched({ network, requests: asked }, options);
      const apart = await matched(split, options);
      expect([apart.cost.total, missedOf(apart)], `seed ${seed}`).toEqual([whole.cost.total, missedOf(whole)]);
      expect(apart.slots.total).toBe(whole.slots.total);
      for (const one of network.nodes) {
        // The slot that comes or goes is the last one, and with it its part.
        if (one.slots === 0 || one.headroom !== undefined || (one.inFlight ?? 0) > 0) continue;
        expect(worths(apart).get(`${one.id}/${one.slots - 1}`), `seed ${seed}, ${one.id}`).toEqual(worths(whole).get(one.id));
        several += one.slots > 1 ? 1 : 0;
      }
    }
    expect(several).toBeGreaterThan(10);
  });
});

/** A node for each of its slots: surcharge, work in flight and headroom where they fall. */
function splitNode({ tiers, ...whole }: NetworkNode): NetworkNode[] {
  const { slots, inFlight = 0, headroom = 0 } = whole;
  const surcharges = (tiers ?? [{ slots, surcharge: 0 }]).flatMap((tier) => Array.from({ length: tier.slots }, () => tier.surcharge));
  return Array.from({ length: slots }, (_, k) => ({
    ...whole,
    id: `${whole.id}/${k}`,
    slots: 1,
    inFlight: k < inFlight ? 1 : 0,
    headroom: k >= slots - headroom ? 1 : 0,
    tiers: [{ slots: 1, surcharge: surcharges[k] }],
  }));
}

test('two copies that share nodes and requests cost twice as much where no request has replicas', async () => {
  for (const seed of SEEDS) {
    const { network, requests } = rich(seed);
    const single = requests.map(({ replicas: _, ...rest }) => ({ ...rest, previousNode: undefined, pinned: undefined }));
    const free = single.map(({ allow: _a, deny: _d, previousNode: _n, pinned: _p, ...rest }) => rest);
    const twin = <T extends { id: string }>(list: T[]): T[] => list.flatMap((one) => [one, { ...one, id: `${one.id}'` }]);
    const one = await matched({ network, requests: free });
    const two = await matched({ network: { ...network, nodes: twin(network.nodes) }, requests: twin(free) });
    expect(two.cost.total, `seed ${seed}`).toBe(2 * one.cost.total);
  }
});

test('replicas on distinct nodes cost no less than as many requests that may share one', async () => {
  for (const seed of SEEDS) {
    const { network, requests } = rich(seed);
    const single = requests.flatMap(({ replicas = 1, ...rest }) =>
      Array.from({ length: replicas }, (_, k) => ({ ...rest, id: `${rest.id}/${k}` })),
    );
    const [distinct, loose] = [await matched({ network, requests }), await matched({ network, requests: single })];
    expect(loose.cost.total, `seed ${seed}`).toBeLessThanOrEqual(distinct.cost.total);
  }
});
