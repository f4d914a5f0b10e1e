import { describe, expect, test } from 'vitest';
import { checkNetwork } from '../../lib/network/check-network.js';
import { checkRequests } from '../../lib/network/check-requests.js';
import { buildProblem, type InferenceRequest, type NetworkData } from '../../lib/network/index.js';
import { node, randomNetwork, request } from './small-network.js';

function arcsOf(network: NetworkData, requests: InferenceRequest[]) {
  const built = buildProblem(network, requests);
  return built.requests.map((_, i) => {
    const arcs: [string, number][] = [];
    for (let a = built.problem.rowStart(i); a < built.problem.rowEnd(i); a++)
      arcs.push([built.network.nodes[built.problem.target(a)].id, built.problem.costs[a]]);
    return arcs;
  });
}
const idsOf = (network: NetworkData, requests: InferenceRequest[]) => arcsOf(network, requests).map((arcs) => arcs.map(([id]) => id));

describe('each filter removes exactly the nodes it should, and names itself when it removes the last', () => {
  test('model', () => {
    const network = { nodes: [node({ id: 'x', models: ['a'] }), node({ id: 'y', models: ['b'] }), node({ id: 'z', models: ['a', 'b'] })] };
    expect(idsOf(network, [request({ id: '1', model: 'a' }), request({ id: '2', model: 'b' }), request({ id: '3', model: 'c' })])).toEqual([
      ['x', 'z'],
      ['y', 'z'],
      [],
    ]);
    expect(buildProblem(network, [request({ id: '3', model: 'c' })]).noArcs).toEqual(['model']);
  });

  test('mode: a node without modes runs VANILLA, and a mode is required exactly, not at least', () => {
    const network = {
      nodes: [
        node({ id: 'plain' }),
        node({ id: 'tee', modes: ['TEE'] }),
        node({ id: 'both', modes: ['VANILLA', 'TEE'] }),
        node({ id: 'none', modes: [] }),
      ],
    };
    expect(idsOf(network, [request({ id: '1' }), request({ id: '2', mode: 'TEE' }), request({ id: '3', mode: 'ZKML' })])).toEqual([
      ['plain', 'both'],
      ['tee', 'both'],
      [],
    ]);
    expect(buildProblem(network, [request({ id: '3', mode: 'ZKML' })]).noArcs).toEqual(['mode']);
  });

  test('a model hosted only where no mode runs is removed by the mode, not by the model', () => {
    expect(buildProblem({ nodes: [node({ id: 'x', modes: [] })] }, [request({ id: '1' })]).noArcs).toEqual(['mode']);
  });

  test('region: residency limits where a request runs; where it comes from does not', () => {
    const network = { nodes: [node({ id: 'x', region: 'eu' }), node({ id: 'y', region: 'us' }), node({ id: 'z', region: 'ap' })] };
    expect(
      idsOf(network, [
        request({ id: '1', residency: ['us', 'eu'] }),
        request({ id: '2', region: 'us' }),
        request({ id: '3', residency: ['sa'] }),
        request({ id: '4', residency: [] }),
      ]),
    ).toEqual([['x', 'y'], ['x', 'y', 'z'], [], []]);
    expect(buildProblem(network, [request({ id: '3', residency: ['sa'] }), request({ id: '4', residency: [] })]).noArcs).toEqual([
      'region',
      'region',
    ]);
  });

  test('price: the payment may equal maxPrice, not exceed it', () => {
    // 1000 tokens take a second; 3.6 USD per hour are 0.001 USD per second.
    const network = { nodes: [node({ id: 'cheap' }), node({ id: 'dear', price: 7.2 })] };
    expect(
      idsOf(network, [
        request({ id: '1', maxPrice: 0.001 }),
        request({ id: '2', maxPrice: 0.002 }),
        request({ id: '3', maxPrice: 0.0009 }),
      ]),
    ).toEqual([['cheap'], ['cheap', 'dear'], []]);
    expect(buildProblem(network, [request({ id: '3', maxPrice: 0.0009 })]).noArcs).toEqual(['price']);
  });

  test('cost: an arc that costs as much as leaving the request unserved is left out', () => {
    // 1000 paid and 100 waited: 1100 micro-USD.
    const network = { nodes: [node({ id: 'x' })] };
    expect(arcsOf(network, [request({ id: '1', unservedCost: 0.0011 }), request({ id: '2', unservedCost: 0.001101 })])).toEqual([
      [],
      [['x', 1100]],
    ]);
    expect(buildProblem(network, [request({ id: '1', unservedCost: 0.0011 })]).noArcs).toEqual(['deferred']);
  });

  test('the filter named is the first, in order, that leaves nothing', () => {
    const network = { nodes: [node({ id: 'x', region: 'eu' }), node({ id: 'y', region: 'us', modes: ['TEE'] })] };
    const all = { mode: 'TEE', residency: ['eu'], maxPrice: 0 };
    expect(
      buildProblem(network, [
        request({ id: '1', model: 'q', ...all }),
        request({ id: '2', ...all, mode: 'ZKML' }),
        request({ id: '3', ...all }),
        request({ id: '4', ...all, residency: ['us'] }),
      ]).noArcs,
    ).toEqual(['model', 'mode', 'region', 'price']);
  });
});

describe('costs', () => {
  const network: NetworkData = {
    nodes: [node({ id: 'x', region: 'eu', concurrency: 10 })],
    modes: { VANILLA: {}, TEE: { serviceMultiplier: 3 } },
    latencyMs: { us: { eu: 80 } },
  };
  const tee: NetworkData = { ...network, nodes: [{ ...network.nodes[0], modes: ['VANILLA', 'TEE'] }] };

  test('terms are what the formulas say, in whole micro-USD', () => {
    const built = buildProblem(tee, [
      request({ id: '1', region: 'us', inputTokens: 1000, outputTokens: 500 }),
      request({ id: '2', region: 'us', mode: 'TEE', inputTokens: 1000, outputTokens: 500 }),
    ]);
    // 1000 / 2000 + 500 / 1000 = 1 second of the node; 10 sequences at once: 10 seconds of waiting at 100 micro-USD.
    expect(built.terms(0, 0)).toMatchObject({ price: 1000, latency: 80, service: 1000 });
    expect(built.terms(1, 0)).toMatchObject({ price: 3000, latency: 80, service: 3000 });
    expect(Array.from(built.problem.costs)).toEqual([2080, 6080]);
  });

  test('latency reads either direction, is 0 within a region and without an origin, and has a default', () => {
    const far = { ...network, nodes: [node({ id: 'x', region: 'eu' }), node({ id: 'y', region: 'ap' })] };
    const built = buildProblem(far, [request({ id: '1', region: 'us' }), request({ id: '2', region: 'eu' }), request({ id: '3' })]);
    expect([0, 1, 2].map((i) => [built.terms(i, 0).latency, built.terms(i, 1).latency])).toEqual([
      [80, 150],
      [0, 150],
      [0, 0],
    ]);
    const back = buildProblem({ ...far, defaultLatencyMs: 7, latencyMs: { eu: { us: 33, eu: 5 } } }, [
      request({ id: '1', region: 'us' }),
      request({ id: '2', region: 'eu' }),
    ]);
    expect([back.terms(0, 0).latency, back.terms(0, 1).latency, back.terms(1, 0).latency]).toEqual([33, 7, 5]);
  });

  test('weights scale their own term', () => {
    const built = buildProblem(network, [request({ id: '1', region: 'us' })], { weights: { price: 2, latency: 0 } });
    expect(built.terms(0, 0)).toMatchObject({ price: 2000, latency: 0, service: 1000 });
  });

  test("a node's own rate comes before the table's, and the table is read by model, GPU and count", () => {
    const throughput = [
      { model: 'm', gpu: 'G', gpus: 2, input: 4000, output: 4000 },
      { model: 'm', gpu: 'G', input: 1000, output: 500 },
    ];
    const plain = { operator: 'o', region: 'r', gpu: 'G', models: ['m'], slots: 1, price: 3.6 };
    const built = buildProblem({ throughput, nodes: [{ ...plain, id: 'x' }, { ...plain, id: 'y', gpus: 2 }, node({ id: 'z' })] }, [
      request({ id: '1' }),
    ]);
    expect([0, 1, 2].map((j) => built.terms(0, j).price)).toEqual([2000, 250, 1000]);
  });

  test('unserved costs: its own, else the option, else the default, in micro-USD', () => {
    const requests = [request({ id: '1' }), request({ id: '2', unservedCost: 0.25 })];
    expect(Array.from(buildProblem(network, requests).problem.unservedCost as Float64Array)).toEqual([50_000, 250_000]);
    expect(Array.from(buildProblem(network, requests, { unservedCost: 0.1 }).problem.unservedCost as Float64Array)).toEqual([
      100_000, 250_000,
    ]);
  });

  test.each([
    [{ weights: { price: -1 } }, 'weights.price'],
    [{ weights: { speed: 1 } }, 'weights.speed'],
    [{ unservedCost: Number.POSITIVE_INFINITY }, 'unservedCost'],
    [{ unservedCosts: 1 }, 'unservedCosts'],
  ])('a bad option %j is refused by name', (options, option) => {
    expect(() => buildProblem(network, [], options as never)).toThrow(expect.objectContaining({ option }));
  });
});

test('on random networks the arcs found through the index are exactly the pairs that pass every filter, ascending', () => {
  let arcs = 0;
  for (let seed = 0; seed < 200; seed++) {
    const { network, requests } = randomNetwork(seed);
    const built = buildProblem(network, requests);
    const { problem } = built;
    expect(problem.integer).toBe(true);
    built.requests.forEach((q, i) => {
      const expected: number[] = [];
      built.network.nodes.forEach((n, j) => {
        if (!n.models.includes(q.model) || !q.mode.some((mode) => n.modes.includes(mode))) return;
        if (q.residency !== undefined && !q.residency.includes(n.region)) return;
        const work = (q.mode[0] === 'TEE' ? 2 : 1) * (q.inputTokens / 2000 + q.outputTokens / 1000);
        if (work * (n.price / 3600) > q.maxPrice) return;
        const { price, latency, service } = built.terms(i, j);
        if (price + latency + service >= problem.unservedCostOf(i)) return;
        expected.push(j);
      });
      const found = Array.from({ length: problem.rowEnd(i) - problem.rowStart(i) }, (_, k) => problem.target(problem.rowStart(i) + k));
      expect(found).toEqual(expected);
      expect(built.noArcs[i] === undefined).toBe(expected.length > 0);
      arcs += expected.length;
    });
  }
  expect(arcs).toBeGreaterThan(1000);
});

test('arrival order is by time, then by place in the batch', () => {
  const built = buildProblem({ nodes: [] }, [
    request({ id: '1', at: 5 }),
    request({ id: '2' }),
    request({ id: '3', at: 5 }),
    request({ id: '4', at: 0.5 }),
  ]);
  expect(Array.from(built.order)).toEqual([1, 3, 0, 2]);
});

test('what has been checked can be checked again and stays the same', () => {
  const { network, requests } = randomNetwork(3);
  const once = checkNetwork(network);
  expect(checkNetwork(once)).toEqual(once);
  const batch = checkRequests(requests);
  expect(checkRequests(batch.requests)).toEqual(batch);
});

test('requests that each name their own nodes keep no table of the network each, and cost the same', () => {
  const nodes = Array.from({ length: 2100 }, (_, k) => node({ id: `n${k}`, price: 1 + (k % 7) }));
  const network = checkNetwork({ nodes });
  const { requests } = checkRequests(nodes.map(({ id }) => request({ id, deny: { nodes: [id] } })));
  const { arcs } = buildProblem({ nodes }, []);
  const fresh = buildProblem({ nodes }, []).arcs;
  const first = arcs.table(requests[0]);
  expect(arcs.table(requests[0])).toBe(first);
  for (const one of requests) arcs.table(one);
  expect(arcs.table(requests[0])).not.toBe(first);
  for (const one of [requests[0], requests[1050], requests[2099]]) {
    const kept = arcs.fill(one, Number.POSITIVE_INFINITY);
    const made = fresh.fill(one, Number.POSITIVE_INFINITY);
    expect([kept.length, kept.nodes.subarray(0, kept.length)]).toEqual([network.nodes.length - 1, made.nodes.subarray(0, made.length)]);
    expect(kept.costs.subarray(0, kept.length)).toEqual(made.costs.subarray(0, made.length));
  }
});

test('no nodes and no requests make an empty problem', () => {
  const { problem, noArcs } = buildProblem({ nodes: [] }, []);
  expect([problem.demands, problem.nodes, problem.arcs, noArcs]).toEqual([0, 0, 0, []]);
});
