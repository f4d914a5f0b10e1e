import { expect, test } from 'vitest';
import { buildChecked } from '../../lib/network/build.js';
import { checkNetwork } from '../../lib/network/check-network.js';
import { checkRequests } from '../../lib/network/check-requests.js';
import { buildProblem } from '../../lib/network/index.js';
import { randomNetwork } from './small-network.js';

test('a rebuilt problem has the options of the first and every arc, whatever the cut', () => {
  let cut = 0;
  for (let seed = 0; seed < 40; seed++) {
    const { network, requests } = randomNetwork(seed + 4000);
    const options = { weights: { latency: 0.02 }, unservedCost: 0.03, aging: 0.001, now: 100 };
    const all = buildProblem(network, requests, options);
    const near = buildChecked(checkNetwork(network), checkRequests(requests).requests, options, { nearest: 2 });
    expect(all.whole).toBe(true);
    expect(near.whole).toBe(near.plain.arcs === all.plain.arcs);
    if (!near.whole) cut++;
    expect(near.rebuild(near.network).problem.digest()).toBe(all.problem.digest());
  }
  expect(cut).toBeGreaterThan(10);
});

test('the shares of cold loads stay', () => {
  const network = checkNetwork({
    nodes: [
      {
        id: 'x',
        operator: 'o',
        region: 'r',
        models: [],
        loadable: { m: 10 },
        tokensPerSecond: { m: { input: 1, output: 1 } },
        slots: 2,
        price: 3.6,
      },
    ],
  });
  const { requests } = checkRequests([{ id: 'q', model: 'm', inputTokens: 0, outputTokens: 1, unservedCost: 1 }]);
  const built = buildChecked(network, requests, {}, { coldShare: () => 0.25 });
  expect(built.terms(0, 0).coldLoad).toBe(2500);
  expect(built.rebuild(network).terms(0, 0).coldLoad).toBe(2500);
});
