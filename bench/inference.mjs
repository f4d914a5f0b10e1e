/**
 * A fleet of inference nodes and a batch of requests, seeded. Models, regions and modes are spread so that most requests may use a few
 * hundred nodes: the heads of the popularity list many, the tail few. A cost is tokens times what a node takes for them, so that all
 * requests want the same cheap nodes, the larger ones more than the smaller.
 */

import { buildChecked } from '../dist/network/build.js';
import { checkNetwork, checkRequests } from '../dist/network/index.js';
import { random } from './random.mjs';

const REGIONS = ['us-east', 'us-west', 'eu-west', 'eu-central', 'ap-south', 'ap-north'];

/** Nodes with 8 to 19 slots and two of the models; requests up to 90 % of the slots. Popularity falls like 1 / rank. */
export function inferenceFleet(requests, nodes, models, seed) {
  const draw = random(seed);
  const below = (n) => Math.floor(n * draw());
  const popular = () => `model-${Math.min(models - 1, Math.floor(models ** draw()) - 1 + below(3))}`;
  let slots = 0;
  const network = {
    nodes: Array.from({ length: nodes }, (_, j) => {
      const hosted = [...new Set([popular(), popular()])];
      const own = 8 + below(12);
      slots += own;
      const rate = () => ({ input: 20_000 + below(40_000), output: 5000 + below(15_000) });
      return {
        id: `n${j}`,
        operator: `op${below(50)}`,
        region: REGIONS[below(6)],
        models: hosted,
        modes: draw() < 0.3 ? ['VANILLA', 'TEE'] : ['VANILLA'],
        slots: own,
        price: 1 + 3 * draw(),
        concurrency: 16,
        tokensPerSecond: Object.fromEntries(hosted.map((model) => [model, rate()])),
      };
    }),
  };
  const batch = Array.from({ length: Math.min(requests, Math.floor(0.9 * slots)) }, (_, i) => ({
    id: `q${i}`,
    model: popular(),
    mode: draw() < 0.1 ? 'TEE' : 'VANILLA',
    region: REGIONS[below(6)],
    inputTokens: below(4000),
    outputTokens: below(800),
    ...(draw() < 0.3 ? { residency: [REGIONS[below(6)]] } : {}),
  }));
  return { network, batch };
}

/** The problem of such a batch, as `matchBatch` builds it. */
export function inference({ requests, nodes, models }) {
  const { network, batch } = inferenceFleet(requests, nodes, models, 1);
  return buildChecked(checkNetwork(network), checkRequests(batch).requests).problem;
}
