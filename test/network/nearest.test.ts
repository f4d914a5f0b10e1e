/** What is said of a matching with the nearest arcs is what is said of one with all of them. */
import { expect, test } from 'vitest';
import { answerOf, buildProblem, explainUnserved, matchBatch, Placed } from '../../lib/network/index.js';
import { richNetwork } from './rich-network.js';
import { node, request } from './small-network.js';

test('nodes, reasons, alternatives and policies look at every arc, also at those left out for being far', async () => {
  let cut = 0;
  let listed = 0;
  for (let seed = 0; seed < 60; seed++) {
    const { network: rich, requests } = richNetwork(seed + 900, { nodes: 20, requests: 8 });
    // Shares of cold loads depend on the placement, of which there may be several that cost the same.
    const network = { ...rich, nodes: rich.nodes.map((one) => ({ ...one, loadable: {} })) };
    const rated = {
      ...network,
      nodes: network.nodes.map((one) => ({ ...one, tokensPerSecond: only(one.tokensPerSecond, one.models) })),
    };
    const near = await matchBatch(rated, requests, { nearest: 1 });
    const all = await matchBatch(rated, requests);
    expect([near.cost.total, near.certificate.gap]).toEqual([all.cost.total, 0]);
    expect(near.nodes.map(({ eligible }) => eligible)).toEqual(all.nodes.map(({ eligible }) => eligible));
    expect(near.baselines).toEqual(all.baselines);
    const whole = buildProblem(rated, requests);
    const placed = new Placed(
      whole,
      requests.map((_, i) => [...near.placed.on(i)]),
    );
    expect(near.unserved).toEqual(explainUnserved(whole, placed, {}));
    for (const [i, { id }] of requests.entries()) {
      const { alternatives } = answerOf(near, id, { alternatives: 1000 });
      const others = new Set(near.placed.on(i));
      const arcs = Array.from({ length: whole.plain.rowEnd(i) - whole.plain.rowStart(i) }, (_, a) =>
        whole.plain.target(whole.plain.rowStart(i) + a),
      );
      const nodes = arcs.filter((j) => !others.has(j) && whole.plain.capacityOf(j) > 0).map((j) => whole.network.nodes[j].id);
      expect(alternatives.map((one) => one.node).sort()).toEqual(nodes.sort());
      expect(alternatives.every(({ extraCost }, k) => extraCost >= (alternatives[k - 1]?.extraCost ?? 0))).toBe(true);
      listed += alternatives.length;
    }
    if (!near.built.whole) cut++;
  }
  expect(cut).toBeGreaterThan(5);
  expect(listed).toBeGreaterThan(30);
});

test('a slot left out for being far, and free but too dear, still is why a request is deferred', async () => {
  const nodes = [node({ id: 'cheap' }), node({ id: 'far', price: 7.2, tiers: [{ slots: 1, surcharge: 0.1 }] })];
  for (const nearest of [1, 2]) {
    const { unserved } = await matchBatch({ nodes }, [request({ id: 'p' }), request({ id: 'q' })], { nearest, baselines: false });
    expect(unserved.requests.map(({ reason }) => reason)).toEqual(['deferred']);
  }
});

function only<T>(record: Record<string, T> | undefined, names: readonly string[]): Record<string, T> {
  return Object.fromEntries(Object.entries(record ?? {}).filter(([name]) => names.includes(name)));
}
