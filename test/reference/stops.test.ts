import { describe, expect, it, vi } from 'vitest';
import { Best } from '../../lib/reference/best.js';
import { type Answer, certify } from '../../lib/reference/certificate.js';
import { complete } from '../../lib/reference/complete.js';
import { finish } from '../../lib/reference/finish.js';
import { Problem, Solution, verify } from '../../lib/reference/index.js';
import { solveReference } from '../../lib/reference/solve.js';
import { Random } from '../instances/random.js';
import { oracle } from '../oracle/oracle.js';
import { anyProblem } from './any-problem.js';
import { marketOf, quiet } from './market-of.js';

vi.setConfig({ testTimeout: 60_000 });

const BACKEND = { name: 'reference', device: '', reason: '' } as const;
const REQUEST = { gap: 0, deadline: Number.POSITIVE_INFINITY, prices: undefined, seed: 0, threads: 1, deterministic: false };

/** Ends the run at its k-th question whether to end; with `timed` as a deadline would, else as an abort. */
function stopAt(problem: Problem, polls: number, timed = false): Solution {
  let asked = 0;
  const request = timed ? { ...REQUEST, deadline: performance.now() + 1e9 } : REQUEST;
  return new Solution(problem, solveReference(problem, request, { mustStop: () => asked++ >= polls, progress: () => {} }), BACKEND);
}

/** For each auction phase the question that is the first after its last bid, and the questions of the whole run. */
function phaseEnds(problem: Problem): { ends: number[]; questions: number } {
  let questions = 0;
  const ends: number[] = [];
  solveReference(problem, REQUEST, {
    mustStop: () => {
      questions++;
      return false;
    },
    progress: (phase) => {
      if (phase === 'auction') ends.push(questions);
    },
  });
  return { ends, questions };
}

const crowd = (unservedCost: number, float = false): Problem => {
  const random = new Random(5);
  const costs = Float64Array.from({ length: 300 * 60 }, () => (float ? 1000 * random.real() : random.whole(0, 1000)));
  return Problem.dense(costs, { demands: 300, nodes: 60, capacity: 5, unservedCost });
};

/** Bounds on arcs, two tiers a node, a node without slots, and more units than slots. */
const market = (maximize: boolean, float: boolean): Problem => {
  const random = new Random(11);
  const demands = 240;
  const nodes = 30;
  const arcs = demands * nodes;
  const money = (most: number): number => (float ? most * random.real() : random.whole(0, most));
  const capacity = Int32Array.from({ length: nodes }, (_, j) => (j === 7 ? 0 : 24));
  return Problem.dense(
    Float64Array.from({ length: arcs }, () => money(1000)),
    {
      demands,
      nodes,
      capacity,
      units: Int32Array.from({ length: demands }, () => random.whole(1, 5)),
      unservedCost: Float64Array.from({ length: demands }, () => money(maximize ? 100 : 900)),
      arcCapacity: Int32Array.from({ length: arcs }, () => random.whole(1, 3)),
      tiers: {
        offsets: Int32Array.from({ length: nodes + 1 }, (_, j) => 2 * j),
        slots: Int32Array.from({ length: 2 * nodes }, (_, t) => capacity[t >> 1] / 2),
        surcharge: Float64Array.from({ length: 2 * nodes }, (_, t) => (t % 2 === 0 ? 0 : money(200))),
      },
      maximize,
    },
  );
};

describe('a run that is told to stop', () => {
  it.each([false, true])('gives a complete answer with its true gap, at whatever moment (float costs: %s)', (float) => {
    const problem = crowd(900, float);
    const best = oracle(problem).objective;
    const statuses = new Set<string>();
    let gapBefore = Number.POSITIVE_INFINITY;
    for (const polls of [0, 1, 2, 4, 8, 16, 32, 64, 1e9]) {
      const solution = stopAt(problem, polls);
      statuses.add(solution.status);
      expect(verify(problem, solution)).toMatchObject({ valid: true, complete: true });
      expect(solution.bound).toBeLessThanOrEqual(best + solution.tolerance);
      expect(solution.objective).toBeGreaterThanOrEqual(best - solution.tolerance);
      gapBefore = solution.gap;
    }
    expect(statuses).toEqual(new Set(['feasible', 'optimal']));
    expect(gapBefore).toBeLessThanOrEqual(float ? 1e-9 : 0);
  });

  it('is `stopped` only when a must-serve unit has no place, with a valid bound', () => {
    // The last demand may only use node 0, which the greedy completion has given away.
    const random = new Random(8);
    const arcs: [number, number, number][] = [];
    for (let i = 0; i < 400; i++) for (let j = 0; j < 40; j++) arcs.push([i, j, (j === 0 ? 0 : 500) + random.whole(0, 300)]);
    for (let i = 400; i < 410; i++) arcs.push([i, 0, 1000]);
    const problem = Problem.fromArcs({
      demands: 410,
      nodes: 40,
      capacity: Int32Array.from({ length: 40 }, (_, j) => (j === 0 ? 20 : 10)),
      arcs,
    });
    const solution = stopAt(problem, 0);
    expect(solution.status).toBe('stopped');
    expect(solution.objective).toBe(Number.POSITIVE_INFINITY);
    expect(solution.bound).toBeLessThanOrEqual(oracle(problem).objective);
    expect(verify(problem, solution)).toMatchObject({ valid: true, complete: false });
  });

  it('puts leftover units on the cheapest free slots, must-serve first, and on none dearer than leaving them out', () => {
    const tiers = { offsets: Int32Array.of(0, 2, 3), slots: Int32Array.of(1, 2, 1), surcharge: Float64Array.of(0, 5, 0) };
    const arcs: [number, number, number][] = [
      [0, 0, 1],
      [0, 1, 0],
      [1, 0, 0],
      [1, 1, 2],
    ];
    const { market } = marketOf(
      Problem.fromArcs({ demands: 2, nodes: 2, capacity: [3, 1], units: 3, unservedCost: [4, Number.POSITIVE_INFINITY], tiers, arcs }),
    );
    expect(complete(market)).toBe(0);
    // The second demand takes the free first slot, then node 1 at 2, then a slot at 5; what is left costs the first 6 > 4.
    expect([...market.flow]).toEqual([0, 0, 2, 1]);
    expect([...market.unserved]).toEqual([3, 0]);
  });

  it('never claims what the oracle denies, on random problems', () => {
    for (let seed = 0; seed < 600; seed++) {
      const problem = anyProblem(seed, seed % 2 === 1);
      const solution = stopAt(problem, seed % 5, seed % 3 === 0);
      expect(verify(problem, solution).violations, `seed ${seed}`).toEqual([]);
      const right = oracle(problem);
      if (right.status === 'optimal') expect(['optimal', 'feasible', 'stopped']).toContain(solution.status);
      else expect(['infeasible', 'stopped']).toContain(solution.status);
    }
  });

  it('stops on a deadline that has passed', () => {
    const raw = solveReference(crowd(900), { ...REQUEST, deadline: performance.now() - 1 }, { mustStop: () => false, progress: () => {} });
    expect(raw.status).toBe('feasible');
    expect(raw.gap).toBeGreaterThan(0);
  });
});

describe('a run that a deadline ends', () => {
  const problems: [string, Problem][] = [
    ['whole costs', crowd(900)],
    ['float costs', crowd(900, true)],
    ['bounds, tiers and a node without slots', market(false, false)],
    ['the same, maximised, with float costs', market(true, true)],
  ];

  it.each(problems)('is never worse than the phases it has ended: %s', (_name, problem) => {
    const sign = problem.maximize ? -1 : 1;
    const { ends, questions } = phaseEnds(problem);
    const ended: { end: number; cost: number; bound: number }[] = [];
    for (const end of ends) {
      const { objective, bound } = stopAt(problem, end);
      ended.push({ end, cost: sign * objective, bound: sign * bound });
    }
    let costlier = 0;
    for (let stop = 0; stop < questions; stop++) {
      const before = ended.filter(({ end }) => end < stop);
      const cost = Math.min(...before.map((phase) => phase.cost));
      const bound = Math.max(...before.map((phase) => phase.bound));
      const solution = stopAt(problem, stop, true);
      expect(solution.status, `stop ${stop}`).toMatch(/feasible|optimal/);
      expect(sign * solution.objective, `stop ${stop}`).toBeLessThanOrEqual(cost);
      expect(sign * solution.bound, `stop ${stop}`).toBeGreaterThanOrEqual(bound);
      expect(verify(problem, solution), `stop ${stop}`).toMatchObject({ valid: true, complete: true, violations: [] });
      if (sign * stopAt(problem, stop).objective > cost) costlier++;
    }
    // Without it some of these answers would have been worse.
    expect(costlier).toBeGreaterThan(0);
  });

  it('takes placements and prices from different moments where that is best', () => {
    const problem = market(false, true);
    const { classes, nodes, market: start, search } = marketOf(problem);
    const prove = (prices: Float64Array): Answer => {
      const { flow, unserved, unplaced } = start;
      const proof = certify(classes, nodes, start, prices, problem.integer);
      return { flow: flow.slice(), unserved: unserved.slice(), unplaced: unplaced.slice(), prices, proof };
    };
    const right = solveReference(problem, REQUEST, { mustStop: () => false, progress: () => {} });
    const free = new Float64Array(nodes.count);
    const best = new Best(classes, nodes, problem.integer);
    // Nobody has a place: nothing to keep, though the prices are the best there are.
    best.note(prove(right.prices));
    complete(start);
    const greedy = prove(free);
    expect(best.restore(greedy)).toBe(greedy);
    // Good prices for bad placements, then the reverse.
    best.note(prove(right.prices));
    finish(start, search, { pushes: 0, pulls: 0 }, quiet());
    best.note(prove(free));
    const { proof, prices } = best.restore(greedy);
    expect(prices).toEqual(right.prices);
    expect(proof.dual).toBe(right.bound);
    expect(proof.primal).toBeLessThan(greedy.proof.primal);
    expect(proof.gap).toBeLessThanOrEqual(proof.tolerance);
  });

  it.each(problems)('and one that it does not end is the same run: %s', (_name, problem) => {
    const { stats, ...plain } = solveReference(problem, REQUEST, { mustStop: () => false, progress: () => {} });
    const timed = solveReference(problem, { ...REQUEST, deadline: performance.now() + 1e9 }, { mustStop: () => false, progress: () => {} });
    expect(timed).toMatchObject(plain);
    expect(timed.stats).toMatchObject({ bids: stats.bids, pushes: stats.pushes, pulls: stats.pulls });
  });
});

describe('a gap that is good enough', () => {
  it.each([false, true])('ends the run early, proven (float costs: %s)', (float) => {
    const problem = crowd(900, float);
    const best = oracle(problem).objective;
    const raw = solveReference(problem, { ...REQUEST, gap: best / 4 }, { mustStop: () => false, progress: () => {} });
    expect(raw.status).toBe('feasible');
    expect(raw.gap).toBeGreaterThan(0);
    expect(raw.gap).toBeLessThanOrEqual(best / 4);
    expect(raw.stats.pushes).toBe(0);
    expect(verify(problem, new Solution(problem, raw, BACKEND))).toMatchObject({ valid: true, complete: true });
  });
});

it('progress never falls back and ends near 1', () => {
  const fractions: number[] = [];
  solveReference(crowd(900), REQUEST, {
    mustStop: () => false,
    progress: (_phase, placed, units, fraction) => {
      expect(placed).toBeLessThanOrEqual(units);
      fractions.push(fraction);
    },
  });
  expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
  expect(fractions.at(-1)).toBeGreaterThan(0.9);
});
