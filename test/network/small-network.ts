/** Small networks for the tests: every field can be set, the rest is plain. */
import type { InferenceRequest, NetworkData, NetworkNode } from '../../lib/network/index.js';

/** A node that takes 1 second of itself for 1000 generated tokens and is paid 3.6 USD per hour: 1000 micro-USD per second. */
export function node(fields: Partial<NetworkNode> & { id: string }): NetworkNode {
  const models = fields.models ?? ['m'];
  return {
    operator: 'o',
    region: 'here',
    gpu: 'G',
    slots: 1,
    price: 3.6,
    tokensPerSecond: Object.fromEntries(models.map((model) => [model, { input: 2000, output: 1000 }])),
    ...fields,
    models,
  };
}

export function request(fields: Partial<InferenceRequest> & { id: string }): InferenceRequest {
  return { model: 'm', inputTokens: 0, outputTokens: 1000, ...fields };
}

/** Whole numbers below a bound, from a seed. */
export function draws(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** A random network and batch: few models, modes and regions, so that every filter removes some pairs. */
export function randomNetwork(seed: number): { network: NetworkData; requests: InferenceRequest[] } {
  const draw = draws(seed * 7919 + 1);
  const pick = <T>(list: readonly T[]): T => list[draw(list.length)];
  const models = ['a', 'b', 'c'];
  const regions = ['r0', 'r1', 'r2'];
  const nodes = Array.from({ length: 1 + draw(12) }, (_, k) =>
    node({
      id: `n${k}`,
      models: models.filter((_, m) => m === k % 3 || draw(3) === 0),
      modes: pick([['VANILLA'], ['TEE'], ['VANILLA', 'TEE']]),
      region: pick(regions),
      slots: draw(4),
      price: (1 + draw(100)) / 10,
      concurrency: 1 + draw(8),
    }),
  );
  const requests = Array.from({ length: draw(30) }, (_, k) => {
    const fields: InferenceRequest = request({
      id: `q${k}`,
      model: pick([...models, ...models, 'd']),
      mode: pick(['VANILLA', 'VANILLA', 'TEE']),
      inputTokens: draw(4000),
      outputTokens: draw(2000),
      at: draw(60),
    });
    if (draw(2) === 0) fields.region = pick(regions);
    if (draw(4) === 0) fields.residency = [pick(regions)];
    if (draw(5) === 0) fields.maxPrice = draw(4000) / 1e6;
    if (draw(3) === 0) fields.unservedCost = draw(20_000) / 1e6;
    if (draw(2) === 0) fields.client = `c${draw(5)}`;
    return fields;
  });
  return { network: { nodes, modes: { VANILLA: {}, TEE: { serviceMultiplier: 2 } }, latencyMs: { r0: { r1: 40 } } }, requests };
}
