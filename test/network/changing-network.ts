/** Random networks whose every feature a change of hardware may meet, and the changes as edits of the plain data. */
import type { Change, InferenceRequest, NetworkData, NetworkNode } from '../../lib/network/index.js';
import { draws, node, randomNetwork, request } from './small-network.js';

export const THROUGHPUT = [
  { model: 'a', gpu: 'G', input: 3000, output: 1500 },
  { model: 'b', gpu: 'G', input: 2000, output: 900 },
  { model: 'c', gpu: 'H', input: 2000, output: 900 },
  { model: 'd', gpu: 'G', input: 1000, output: 400 },
];

/** Small: at most 6 nodes and 14 requests. `loads`: some nodes load models before they run them. */
export function changingNetwork(seed: number, loads = false): { network: NetworkData; requests: InferenceRequest[] } {
  const draw = draws(seed * 104_729 + 17);
  const { network, requests } = randomNetwork(seed);
  const nodes = network.nodes.slice(0, 6).map((one): NetworkNode => {
    const changed: NetworkNode = { ...one, gpu: draw(3) === 0 ? 'H' : 'G', operator: `o${draw(3)}` };
    if (draw(6) === 0) changed.state = 'down';
    if (draw(12) === 0) changed.state = 'draining';
    if (draw(4) === 0) changed.inFlight = draw(3);
    if (draw(4) === 0)
      Object.assign(changed, { headroom: draw(one.slots + 1), ...(draw(2) === 0 ? { headroomCost: draw(20_000) / 1e6 } : {}) });
    if (draw(3) === 0 && one.slots > 0) {
      const first = draw(one.slots + 1);
      changed.tiers = [
        { slots: first, surcharge: draw(2000) / 1e6 },
        { slots: one.slots - first, surcharge: (2000 + draw(20_000)) / 1e6 },
      ];
    }
    if (draw(4) === 0) changed.cached = { p0: draw(3000) };
    if (loads && draw(2) === 0 && !one.models.includes('b'))
      Object.assign(changed, {
        loadable: { b: 1 + draw(20) },
        tokensPerSecond: { ...one.tokensPerSecond, b: { input: 1500, output: 700 } },
      });
    return changed;
  });
  const asked = requests.slice(0, 14).map((one): InferenceRequest => {
    const changed = { ...one };
    if (draw(5) === 0) changed.replicas = 2 + draw(2);
    if (draw(6) === 0) changed.mode = ['VANILLA', 'TEE'];
    if (draw(5) === 0) changed.prefix = 'p0';
    if (draw(8) === 0) changed.previousNode = nodes[draw(nodes.length)].id;
    if (draw(10) === 0) changed.pinned = nodes[draw(nodes.length)].id;
    if (draw(10) === 0) changed.deny = { operators: [`o${draw(3)}`] };
    if (draw(10) === 0) changed.deadlineMs = draw(4000);
    if (draw(8) === 0) changed.extraCost = { [nodes[draw(nodes.length)].id]: (draw(4000) - 2000) / 1e6 };
    return changed;
  });
  return { network: { ...network, throughput: THROUGHPUT, nodes }, requests: asked };
}

/** Every change of one node that there is, and the network it makes: on the plain data, by other means than the package's. */
export function everyChange(network: NetworkData, requests: InferenceRequest[], slots = 1): { change: Change; network: NetworkData }[] {
  const models = new Set(requests.map(({ model }) => model));
  const modes = new Set(requests.flatMap(({ mode = 'VANILLA' }) => mode));
  const list: { change: Change; network: NetworkData }[] = [];
  network.nodes.forEach((one, j) => {
    const put = (change: Change, edit: Partial<NetworkNode>): void => {
      const nodes = network.nodes.map((other, k) => (k === j ? { ...other, ...edit } : other));
      list.push({ change, network: { ...network, nodes } });
    };
    if (one.state === 'down') put({ kind: 'up', node: one.id }, { state: 'up' });
    if (one.state === 'down' || one.state === 'draining') return;
    for (const model of models) {
      const known = one.tokensPerSecond?.[model] ?? THROUGHPUT.find((row) => row.model === model && row.gpu === one.gpu);
      if (one.models.includes(model) || known === undefined) continue;
      const { [model]: _, ...loadable } = one.loadable ?? {};
      put({ kind: 'host', node: one.id, model }, { models: [...one.models, model], loadable });
    }
    for (const mode of modes) {
      if (!(one.modes ?? ['VANILLA']).includes(mode))
        put({ kind: 'enable', node: one.id, mode }, { modes: [...(one.modes ?? ['VANILLA']), mode] });
    }
    const tiers = one.tiers?.map((tier, k, all) => (k === all.length - 1 ? { ...tier, slots: tier.slots + slots } : tier));
    put({ kind: 'slots', node: one.id, slots }, { slots: one.slots + slots, ...(tiers ? { tiers } : {}) });
  });
  return list;
}

/**
 * As large as a busy batch of a network of 500 nodes: 40 models of which a node hosts 4, two modes, four regions. Requests want a
 * few models most.
 */
export function largeNetwork(requests: number, nodes: number, seed = 1): { network: NetworkData; requests: InferenceRequest[] } {
  const draw = draws(seed);
  const models = Array.from({ length: 40 }, (_, k) => `m${k}`);
  const skewed = (): string => models[Math.min(draw(40), draw(40), draw(40))];
  const regions = ['r0', 'r1', 'r2', 'r3'];
  const list = Array.from({ length: nodes }, (_, k) =>
    node({
      id: `n${k}`,
      operator: `o${draw(20)}`,
      gpu: `g${draw(4)}`,
      models: [...new Set([skewed(), skewed(), models[draw(40)], models[draw(40)]])],
      modes: draw(3) === 0 ? ['VANILLA', 'TEE'] : ['VANILLA'],
      region: regions[draw(4)],
      slots: 8 + draw(24),
      price: (10 + draw(90)) / 10,
      concurrency: 1 + draw(16),
    }),
  );
  const asked = Array.from({ length: requests }, (_, k) =>
    request({
      id: `q${k}`,
      model: skewed(),
      mode: draw(5) === 0 ? 'TEE' : 'VANILLA',
      region: regions[draw(4)],
      inputTokens: draw(4000),
      outputTokens: draw(2000),
    }),
  );
  const throughput = models.flatMap((model) => ['g0', 'g1', 'g2'].map((gpu) => ({ model, gpu, input: 2000, output: 1000 })));
  return { network: { nodes: list, throughput, modes: { VANILLA: {}, TEE: { serviceMultiplier: 1.5 } } }, requests: asked };
}
