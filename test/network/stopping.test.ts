/** A match that is aborted, watched or cut short: it rejects with the reason, or what it says is true of the whole batch. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { type MatchOptions, type MatchResult, matchBatch, Network } from '../../lib/network/index.js';
import type { Progress } from '../../lib/options.js';
import { EXTRA_ONLY, type LimitCase, limitCase } from './limit-cases.js';
import { SEEDS } from './metamorphic-cases.js';
import { richNetwork } from './rich-network.js';
import { draws, node, randomNetwork, request } from './small-network.js';

/** What the solver says of each solve, and what happens while it runs: solves of this size say nothing by themselves. */
const during: { says: number[]; act?: () => void } = { says: [] };
vi.mock('../../lib/solve.js', async (original) => {
  const real = await original<typeof import('../../lib/solve.js')>();
  const solve: typeof real.solve = async (problem, options = {}) => {
    const running = real.solve(problem, options);
    running.catch(() => {});
    for (const fraction of during.says)
      options.onProgress?.({ phase: 'auction', placed: 1, units: problem.demands, fraction, milliseconds: 5 });
    during.act?.();
    return await running;
  };
  return { ...real, solve };
});
afterEach(() => {
  Object.assign(during, { says: [], act: undefined });
});

/** A term that costs nothing and counts how often it is asked, which tells a place in the course of a match. */
function counting(atCall: number, act: () => void): { terms: MatchOptions['terms']; calls: () => number } {
  let calls = 0;
  const own = (): number => {
    if (++calls === atCall) act();
    return 0;
  };
  return { terms: { own }, calls: () => calls };
}

const COURSES: [string, (seed: number) => LimitCase, MatchOptions][] = [
  ['every arc', randomNetwork, {}],
  ['the nearest arcs', randomNetwork, { nearest: 1 }],
  ['cold loads', richNetwork, {}],
  ['limits', limitCase, EXTRA_ONLY],
  ['limits and the nearest arcs', limitCase, { ...EXTRA_ONLY, nearest: 1 }],
];

describe('an abort', () => {
  test.each(COURSES)('at any moment of a match rejects with its reason, never with a result: %s', async (_, make, options) => {
    for (const seed of [1, 2]) {
      const { network, requests } = make(seed);
      const whole = counting(0, () => {});
      await matchBatch(network, requests, { ...options, terms: whole.terms });
      const step = Math.max(1, Math.floor(whole.calls() / 8));
      for (let at = 1; at <= whole.calls(); at += step) {
        const abort = new AbortController();
        const reason = new Error(`at call ${at}`);
        const { terms } = counting(at, () => abort.abort(reason));
        const outcome = await matchBatch(network, requests, { ...options, terms, signal: abort.signal }).catch((thrown: unknown) => thrown);
        expect(outcome, `seed ${seed}, call ${at} of ${whole.calls()}`).toBe(reason);
      }
    }
  });

  test('before a match begins keeps it from building anything', async () => {
    const { network, requests } = randomNetwork(4);
    const { terms, calls } = counting(0, () => {});
    const reason = 'changed my mind';
    await expect(matchBatch(network, requests, { terms, signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(calls()).toBe(0);
  });

  test('while a slot is valued or a policy compared is seen, too', async () => {
    const { network, requests } = randomNetwork(3);
    for (const options of [{ baselines: false }, { worth: false }]) {
      const count = counting(0, () => {});
      await matchBatch(network, requests, { ...options, nearest: 1, terms: count.terms });
      const abort = new AbortController();
      const { terms } = counting(count.calls(), () => abort.abort('late'));
      await expect(matchBatch(network, requests, { ...options, nearest: 1, terms, signal: abort.signal })).rejects.toBe('late');
    }
  });

  test('while the solver runs ends the match, and the next one is as if nothing had been', async () => {
    for (const [name, make, options] of COURSES) {
      const { network, requests } = make(6);
      const before = await matchBatch(network, requests, options);
      const abort = new AbortController();
      during.act = () => abort.abort(name);
      await expect(matchBatch(network, requests, { ...options, signal: abort.signal })).rejects.toBe(name);
      during.act = undefined;
      const after = await matchBatch(network, requests, options);
      expect([after.cost, after.placements]).toEqual([before.cost, before.placements]);
    }
  });

  test('of Network.match rejects alike, and the network matches on', async () => {
    const { network: data, requests } = randomNetwork(5);
    using network = new Network(data);
    const reason = { why: 'any value' };
    await expect(network.match(requests, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect((await network.match(requests)).cost).toEqual((await matchBatch(data, requests)).cost);
  });

  test('by what is no signal is refused before anything is built', async () => {
    const { terms } = counting(0, () => {});
    await expect(matchBatch({ nodes: [] }, [], { terms, signal: 7 as never })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      option: 'signal',
    });
  });
});

/** Every node may run every request; with the nearest arcs alone it takes several rounds. */
function openBatch(): LimitCase {
  const draw = draws(77);
  const nodes = Array.from({ length: 40 }, (_, k) => {
    const output = 100 + draw(1000);
    return node({ id: `n${k}`, slots: 1 + draw(8), price: (1 + draw(100)) / 10, tokensPerSecond: { m: { input: 2000, output } } });
  });
  const requests = Array.from({ length: 300 }, (_, k) => request({ id: `q${k}`, inputTokens: draw(4000), outputTokens: draw(2000) }));
  return { network: { nodes }, requests };
}

/** A match whose every claim holds for the whole batch: its costs add up, and its bound is none above the optimum. */
async function proven(batch: LimitCase, options: MatchOptions): Promise<MatchResult> {
  const result = await matchBatch(batch.network, batch.requests, { baselines: false, worth: false, ...options });
  const { certificate, cost, status, built } = result;
  expect(['optimal', 'feasible']).toContain(status);
  expect(certificate).toMatchObject({ valid: true, complete: true });
  expect(status === 'optimal').toBe(certificate.gap === 0);
  // Short of the optimum, what stands for limits may stand in dearer slots than need be: the placement costs no more than proven.
  const dearer = certificate.primal + built.offset - (cost.total + built.limits.weight * lackingOf(result));
  if (status === 'optimal' || built.problem === built.plain) expect(dearer).toBe(0);
  else expect(dearer).toBeGreaterThanOrEqual(0);
  return result;
}

/** Units that floors could have and lack. */
function lackingOf({ built: { limits }, placed }: MatchResult): number {
  const lacking = (floor: number, used: number): number => Math.max(0, floor - used);
  const sum = (list: Iterable<number>, value: (k: number) => number): number => [...list].reduce((total, k) => total + value(k), 0);
  const ofGroups = limits.groups.list.map(({ nodes }, g) =>
    lacking(
      limits.counts[g].floor,
      sum(nodes, (j) => placed.usedOn(j)),
    ),
  );
  const ofTenants = limits.tenants.map(({ floor, requests }) =>
    lacking(
      floor,
      sum(requests, (i) => placed.unitsOf(i)),
    ),
  );
  return sum([...ofGroups, ...ofTenants], (units) => units);
}

/** What is minimised, and what the certificate proves to be below it: units missed to floors weigh more than any cost. */
function claims(result: MatchResult): { total: number; bound: number } {
  const { certificate, built } = result;
  return { total: certificate.primal + built.offset, bound: certificate.dual + built.offset };
}

describe('a deadline', () => {
  test.each(
    COURSES.filter(([name]) => name !== 'cold loads'),
  )('leaves a complete answer and a bound that holds for the whole batch: %s', async (_, make, options) => {
    for (const seed of SEEDS) {
      const batch = make(seed);
      const best = claims(await proven(batch, { ...options, nearest: undefined }));
      const cut = claims(await proven(batch, { ...options, deadlineMs: 0 }));
      expect(cut.total, `seed ${seed}`).toBeGreaterThanOrEqual(best.total);
      expect(cut.bound, `seed ${seed}`).toBeLessThanOrEqual(best.total);
    }
  });

  test('between the rounds of the nearest arcs leaves a bound that holds for the whole batch', async () => {
    const batch = openBatch();
    const best = (await proven(batch, {})).cost.total;
    for (const rounds of [1, 2, 3]) {
      const cut = await outOfTime(rounds * allArcs(batch), (options) => proven(batch, { ...options, nearest: 4 }));
      expect(cut.certificate.dual, `${rounds} rounds`).toBeLessThanOrEqual(best);
      expect(cut.cost.total, `${rounds} rounds`).toBeGreaterThanOrEqual(best);
      expect(cut.rounds).toBeGreaterThanOrEqual(rounds);
    }
  });

  test('in the second round of cold loads leaves the first one, whole', async () => {
    const { network, requests } = openBatch();
    const nodes = network.nodes.map((one, k) => (k % 2 === 0 ? one : { ...one, models: [], loadable: { m: 1 } }));
    const batch: LimitCase = { network: { nodes }, requests };
    const cut = await outOfTime(allArcs(batch) + 1, (options) => proven(batch, options));
    expect(cut).toMatchObject({ status: 'optimal', approximate: ['coldLoad'], rounds: 2 });
    // What is asked of the answer rests on the same shares.
    const { plain } = cut.built.rebuild(cut.built.network);
    expect(plain.digest()).toBe(cut.built.plain.digest());
    const before = await outOfTime(allArcs(batch), (options) => proven(batch, options));
    expect(before).toMatchObject({ approximate: ['coldLoad'], rounds: 1 });
  });

  test('that never comes changes nothing', async () => {
    for (const [, make, options] of COURSES) {
      const { network, requests } = make(11);
      const [free, bound] = [
        await matchBatch(network, requests, options),
        await matchBatch(network, requests, { ...options, deadlineMs: Infinity }),
      ];
      expect([bound.cost, bound.placements, bound.rounds]).toEqual([free.cost, free.placements, free.rounds]);
    }
  });
});

/** Calls of a term in one build where every node may run every request. */
const allArcs = ({ network, requests }: LimitCase): number => network.nodes.length * requests.length;

/** Lets all time of a match pass at one call of a term, on a clock that jumps. */
async function outOfTime<T>(atCall: number, run: (options: MatchOptions) => Promise<T>): Promise<T> {
  const now = performance.now.bind(performance);
  let passed = 0;
  const clock = vi.spyOn(performance, 'now').mockImplementation(() => now() + passed);
  const { terms } = counting(atCall, () => {
    passed = 1e7;
  });
  return await run({ terms, deadlineMs: 1e6 }).finally(() => clock.mockRestore());
}

test('a gap asked for is the gap to the optimum of every arc, with the nearest ones alone as well', async () => {
  const batch = openBatch();
  const best = (await proven(batch, {})).cost.total;
  for (const gap of [1e5, 1e7]) {
    for (const nearest of [undefined, 8]) {
      const { cost, certificate } = await proven(batch, { gap, nearest });
      expect(certificate.gap).toBeLessThanOrEqual(gap);
      expect(certificate.dual, `gap ${gap}, nearest ${nearest}`).toBeLessThanOrEqual(best);
      expect(cost.total - best, `gap ${gap}, nearest ${nearest}`).toBeLessThanOrEqual(gap);
    }
  }
});

describe('progress', () => {
  test('runs from 0 to 1 and never falls, over all rounds of a match', async () => {
    during.says = [0, 0.5, 0.5, 1];
    for (const [name, make, options] of COURSES) {
      const { network, requests } = make(9);
      const seen: Progress[] = [];
      const { rounds } = await matchBatch(network, requests, { ...options, worth: false, onProgress: (progress) => seen.push(progress) });
      expect(seen.length, name).toBe(4 * rounds);
      for (const figure of ['fraction', 'milliseconds'] as const) {
        const figures = seen.map((progress) => progress[figure]);
        expect(figures, name).toEqual([...figures].sort((a, b) => a - b));
      }
      expect(seen[0].fraction).toBe(0);
      expect(seen.at(-1)?.fraction).toBeLessThanOrEqual(1);
      // A match of one solve goes all the way; one of several has moved on with each.
      if (name === 'every arc') expect(seen.map(({ fraction }) => fraction)).toEqual(during.says);
      else expect(new Set(seen.map(({ fraction }) => fraction)).size).toBeGreaterThan(2 * rounds);
    }
  });

  test('whose listener throws ends the match with that error', async () => {
    during.says = [0.5];
    const { network, requests } = randomNetwork(7);
    const fault = new Error('the listener is broken');
    const onProgress = (): void => {
      throw fault;
    };
    await expect(matchBatch(network, requests, { onProgress })).rejects.toBe(fault);
  });

  test('to what is no function is refused', async () => {
    await expect(matchBatch({ nodes: [] }, [], { onProgress: 'log' as never })).rejects.toMatchObject({ option: 'onProgress' });
  });
});
