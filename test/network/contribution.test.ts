import { expect, test } from 'vitest';
import { checkNetwork, matchBatch, type NetworkData, operatorContribution } from '../../lib/network/index.js';
import { slotValues } from '../../lib/slot-values.js';
import { solveSync } from '../../lib/solve.js';
import { oracle } from '../oracle/oracle.js';
import { changingNetwork } from './changing-network.js';
import { node, request } from './small-network.js';

test('an operator that shows fewer slots is paid more by the margin: the case in numbers', async () => {
  // Three requests that save 48,900 each where they are served; A and B have two slots each.
  const network: NetworkData = {
    nodes: [
      node({ id: 'a', operator: 'A', slots: 2 }),
      node({ id: 'b', operator: 'B', slots: 1 }),
      node({ id: 'c', operator: 'B', slots: 1 }),
    ],
  };
  const result = await matchBatch(network, [request({ id: '1' }), request({ id: '2' }), request({ id: '3' })]);
  const a = await operatorContribution(result, 'A', { hide: 2 });
  // One slot is free: no slot is worth anything. Without A one request is left unserved, and A has no slot left to be paid for.
  expect(a).toMatchObject({
    nodes: ['a'],
    slots: 2,
    loss: 48_900,
    servedLess: 1,
    hiding: { slots: 2, nodes: [{ node: 'a', slots: 2 }], incomeBefore: 0, incomeAfter: 0, gain: 0, cost: 48_900 },
  });
  const b = await operatorContribution(result, 'B', { hide: 1 });
  expect(b.hiding).toMatchObject({ slots: 1, incomeBefore: 0, incomeAfter: 0, gain: 0, cost: 0 });
  const wide = await matchBatch({ nodes: [node({ id: 'a', operator: 'A', slots: 4 })] }, [
    request({ id: '1' }),
    request({ id: '2', unservedCost: 0.01 }),
    request({ id: '3', unservedCost: 0.02 }),
  ]);
  // Two hidden: the one of 0.01 is left out, and a slot is worth what serving it would save, 8,900, twice.
  const hiding = await operatorContribution(wide, 'A', { hide: 2 });
  expect(hiding.hiding).toEqual({
    slots: 2,
    nodes: [{ node: 'a', slots: 2 }],
    incomeBefore: 0,
    incomeAfter: 17_800,
    gain: 17_800,
    cost: 8900,
  });
  expect(hiding.words).toBe(
    'A has 1 node with 4 slots for this batch, 3 of them used. Without its nodes the matching would cost 0.0767 USD more and serve 3 fewer. ' +
      'If every used slot were paid its worth, hiding 2 slots would raise its income from 0 USD to 0.0178 USD: worths are no payments.',
  );
});

test('loss and income on random networks are those of the changed networks, solved anew', async () => {
  let losses = 0;
  let gains = 0;
  for (let seed = 0; seed < 120; seed++) {
    const { network, requests } = changingNetwork(seed + 700, seed % 4 === 0);
    const result = await matchBatch(network, requests, { baselines: false, ...(seed % 2 === 0 ? { nearest: 1 } : {}) });
    for (const operator of new Set(network.nodes.map((one) => one.operator))) {
      const hide = seed % 4;
      const found = await operatorContribution(result, operator, { hide });
      const mine = network.nodes.flatMap((one, j) => (one.operator === operator ? [j] : []));
      expect(found.nodes).toEqual(mine.map((j) => network.nodes[j].id));
      const without = network.nodes.map((one) =>
        one.operator === operator ? { ...one, slots: 0, inFlight: 0, headroom: 0, tiers: undefined } : one,
      );
      const cold = oracle(result.built.rebuild(checkNetwork(JSON.parse(JSON.stringify({ ...network, nodes: without })))).problem);
      expect([seed, operator, found.loss]).toEqual([seed, operator, cold.objective - result.cost.total]);
      if (found.loss > 0) losses++;
      // The income by its definition, with the hidden slots taken from the plain data.
      const shown = network.nodes.map((one) => {
        const hidden = found.hiding.nodes.find((entry) => entry.node === one.id)?.slots ?? 0;
        const slots = one.slots - hidden;
        if (one.tiers === undefined) return { ...one, slots, headroom: Math.min(one.headroom ?? 0, slots) };
        const [first, second] = one.tiers;
        const left = Math.max(0, second.slots - hidden);
        const tiers = [
          { ...first, slots: slots - left },
          { ...second, slots: left },
        ];
        return { ...one, slots, headroom: Math.min(one.headroom ?? 0, slots), tiers };
      });
      const built = result.built.rebuild(checkNetwork({ ...network, nodes: shown }));
      const solution = solveSync(built.problem);
      const { gain } = slotValues(built.problem, solution);
      let income = 0;
      for (const [, j, units] of built.placements(solution)) if (mine.includes(j)) income += units * gain[j];
      expect([seed, operator, found.hiding.incomeAfter]).toEqual([seed, operator, income]);
      expect(found.hiding.cost).toBe(solution.objective - result.cost.total);
      expect(found.hiding.slots).toBe(Math.min(hide, found.slots));
      if (found.hiding.gain > 0) gains++;
    }
  }
  expect(losses).toBeGreaterThan(100);
  expect(gains).toBeGreaterThan(15);
});

test('hiding one slot hides the one of least loss', async () => {
  const network = { nodes: [node({ id: 'dear', operator: 'A', price: 36 }), node({ id: 'cheap', operator: 'A' })] };
  const result = await matchBatch(network, [request({ id: '1' }), request({ id: '2' })]);
  const { hiding } = await operatorContribution(result, 'A');
  expect(hiding.nodes).toEqual([{ node: 'dear', slots: 1 }]);
});

test('an operator without nodes and wrong options are refused', async () => {
  const result = await matchBatch({ nodes: [node({ id: 'x', operator: 'aurora' })] }, []);
  await expect(operatorContribution(result, 'aurara')).rejects.toMatchObject({
    code: 'OPTION_INVALID',
    argument: 'operator',
    nearest: 'aurora',
  });
  await expect(operatorContribution(result, 'aurora', { hide: -1 })).rejects.toMatchObject({ code: 'OPTION_INVALID', option: 'hide' });
  await expect(operatorContribution(result, 'aurora', { hid: 1 } as never)).rejects.toMatchObject({ code: 'UNKNOWN_OPTION' });
});
