/** Random networks with everything that splits slots: states, headroom, tiers, replicas, retries, cold models, labels, lists. */
import type { InferenceRequest, NetworkData, NetworkNode } from '../../lib/network/index.js';
import { draws, node, request } from './small-network.js';

const MODELS = ['a', 'b', 'c'];
const REGIONS = ['r0', 'r1'];
const RATE = { input: 2000, output: 1000 };

export function richNetwork(seed: number, most = { nodes: 8, requests: 24 }): { network: NetworkData; requests: InferenceRequest[] } {
  const draw = draws(seed * 104_729 + 17);
  const pick = <T>(list: readonly T[]): T => list[draw(list.length)];
  const count = 1 + draw(most.nodes);
  const nodes = Array.from({ length: count }, (_, k): NetworkNode => {
    const models = MODELS.filter((_, m) => m === draw(3));
    const slots = draw(5);
    const fields: NetworkNode = node({
      id: `n${k}`,
      operator: `o${draw(3)}`,
      models,
      modes: pick([['VANILLA'], ['TEE'], ['VANILLA', 'TEE']]),
      region: pick(REGIONS),
      gpu: pick(['G', 'H', 'K']),
      slots,
      inFlight: draw(3) === 0 ? draw(3) : 0,
      price: (1 + draw(60)) / 10,
      state: pick(['up', 'up', 'up', 'up', 'up', 'draining', 'down']),
      labels: draw(2) === 0 ? { tier: pick(['gold', 'tin']) } : {},
      joinedAt: -draw(40) * 86_400,
      reputation: draw(11) / 10,
    });
    if (draw(3) === 0) fields.headroom = Math.min(slots, draw(3));
    if (draw(2) === 0) fields.headroomCost = draw(30_000) / 1e6;
    if (draw(3) === 0 && slots > 1)
      fields.tiers = [
        { slots: 1, surcharge: 0 },
        { slots: slots - 1, surcharge: draw(40_000) / 1e6 },
      ];
    const cold = MODELS.filter((model) => !models.includes(model) && draw(4) === 0);
    fields.loadable = Object.fromEntries(cold.map((model) => [model, 1 + draw(20)]));
    fields.tokensPerSecond = Object.fromEntries([...models, ...cold].map((model) => [model, RATE]));
    return fields;
  });
  const ids = nodes.map(({ id }) => id);
  const requests = Array.from({ length: draw(most.requests) }, (_, k) => {
    const fields: InferenceRequest = request({
      id: `q${k}`,
      model: pick([...MODELS, ...MODELS, 'd']),
      mode: pick<string | string[]>(['VANILLA', 'VANILLA', 'TEE', ['TEE', 'VANILLA']]),
      inputTokens: draw(4000),
      outputTokens: draw(2000),
      at: draw(60),
      attempt: draw(4) === 0 ? 1 + draw(2) : 0,
    });
    if (draw(2) === 0) fields.region = pick(REGIONS);
    if (draw(4) === 0) fields.residency = [pick(REGIONS)];
    if (draw(5) === 0) fields.maxPrice = draw(4000) / 1e6;
    if (draw(6) === 0) fields.deadlineMs = draw(4000);
    if (draw(3) === 0) fields.unservedCost = draw(20_000) / 1e6;
    if (draw(4) === 0) fields.replicas = 2 + draw(2);
    if (draw(5) === 0) fields.labels = { tier: pick<string | string[]>(['gold', ['gold', 'tin']]) };
    const choice = draw(8);
    if (choice === 0) fields.pinned = pick(ids);
    if (choice === 1) fields.allow = { nodes: [pick(ids)], operators: ['o0'] };
    if (choice === 2) fields.deny = { operators: ['o1'] };
    if (draw(6) === 0) fields.previousNode = pick(ids);
    return fields;
  });
  return {
    network: {
      nodes,
      modes: { VANILLA: {}, TEE: { serviceMultiplier: 2 } },
      latencyMs: { r0: { r1: 40 } },
      // Of G something is listed, but not d; of H nothing is; of K a slow d.
      throughput: [
        { model: 'a', gpu: 'G', ...RATE },
        { model: 'b', gpu: 'G', ...RATE },
        { model: 'd', gpu: 'K', input: 500, output: 100 },
      ],
    },
    requests,
  };
}
