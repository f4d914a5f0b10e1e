import { expect, test } from 'vitest';
import { matchBatch } from '../../lib/network/index.js';
import { changingNetwork } from './changing-network.js';

test('gain and loss of a slot are those of the problem with every arc, whatever cut the batch was solved with', async () => {
  let cut = 0;
  for (let seed = 0; seed < 120; seed++) {
    const { network, requests } = changingNetwork(seed + 1700);
    const all = await matchBatch(network, requests, { baselines: false });
    const near = await matchBatch(network, requests, { baselines: false, nearest: 1 });
    if (!near.built.whole) cut++;
    expect([seed, near.nodes.map(({ gain, loss }) => [gain, loss])]).toEqual([seed, all.nodes.map(({ gain, loss }) => [gain, loss])]);
  }
  expect(cut).toBeGreaterThan(30);
});
