import { describe, expect, it, vi } from 'vitest';
import { Auction, forward } from '../../lib/reference/bid.js';
import { finish } from '../../lib/reference/finish.js';
import { reverse } from '../../lib/reference/offer.js';
import { restart } from '../../lib/reference/schedule.js';
import { oracle } from '../oracle/oracle.js';
import { anyProblem } from './any-problem.js';
import { bookkeepingFault, excessPay, marketOf, priceError, quiet } from './market-of.js';

vi.setConfig({ testTimeout: 60_000 });

const FEASIBLE = Array.from({ length: 1000 }, (_, seed) => seed).filter((seed) => oracle(anyProblem(seed)).status === 'optimal');

describe('on random feasible markets', () => {
  it('the opener keeps I1 at its epsilon and I2, without and with price wars', () => {
    let checked = 0;
    for (const seed of FEASIBLE) {
      for (const war of [Number.POSITIVE_INFINITY, 8]) {
        const { market, level } = marketOf(anyProblem(seed), seed);
        const auction = new Auction(market, level);
        auction.epsilon = 1 + (seed % 8);
        const outcome = forward(auction, war, 4000, quiet());
        expect(bookkeepingFault(market), `seed ${seed}`).toBeUndefined();
        expect(outcome, `seed ${seed}`).not.toBe('infeasible');
        if (outcome !== 'done') continue;
        checked++;
        expect(excessPay(market), `seed ${seed}`).toBeLessThanOrEqual(auction.epsilon);
        expect(priceError(market), `seed ${seed}`).toBe(0);
      }
    }
    expect(checked).toBeGreaterThan(FEASIBLE.length);
  });

  it('restart and forward keep I1 at the new epsilon; reverse keeps it and restores I2', () => {
    let checked = 0;
    for (const seed of FEASIBLE) {
      const { market, level } = marketOf(anyProblem(seed), seed);
      const auction = new Auction(market, level);
      auction.epsilon = 1 + Math.floor((auction.forced * (1 + (seed % 5))) / 20);
      if (forward(auction, Number.POSITIVE_INFINITY, 4000, quiet()) !== 'done') continue;
      while (auction.epsilon > 1) {
        auction.epsilon = Math.max(1, Math.floor(auction.epsilon / 5));
        restart(auction, 8);
        expect(bookkeepingFault(market), `restart, seed ${seed}`).toBeUndefined();
        expect(excessPay(market), `restart, seed ${seed}`).toBeLessThanOrEqual(auction.epsilon);
        if (forward(auction, Number.POSITIVE_INFINITY, 4000, quiet()) !== 'done') break;
        expect(excessPay(market), `forward, seed ${seed}`).toBeLessThanOrEqual(auction.epsilon);
        if (!reverse(auction, 4000, quiet())) break;
        expect(bookkeepingFault(market), `reverse, seed ${seed}`).toBeUndefined();
        expect(excessPay(market), `reverse, seed ${seed}`).toBeLessThanOrEqual(auction.epsilon);
        expect(priceError(market), `reverse, seed ${seed}`).toBe(0);
        checked++;
      }
    }
    expect(checked).toBeGreaterThan(500);
  });

  it('the finish reaches I1 and I2 exactly from any prices and any partial flow', () => {
    for (const seed of FEASIBLE) {
      const { market, search } = marketOf(anyProblem(seed));
      let state = seed + 1;
      const next = (below: number): number => {
        state = (Math.imul(state, 1664525) + 1013904223) | 0;
        return Math.floor(((state >>> 0) / 2 ** 32) * below);
      };
      for (let j = 0; j < market.nodes; j++) if (market.capacity[j] > 0) market.price[j] = next(40);
      for (let a = 0; a < market.arcs; a++) {
        const j = market.node[a];
        const i = market.arcClass[a];
        const most = Math.min(market.unplaced[i], market.room(a), market.capacity[j] - market.load[j]);
        if (most === 0 || next(3) === 0) continue;
        const k = 1 + next(most);
        market.place(a, k, 0);
        market.unplaced[i] -= k;
      }
      expect(finish(market, search, { pushes: 0, pulls: 0 }, quiet()).outcome, `seed ${seed}`).toBe('done');
      expect(bookkeepingFault(market), `seed ${seed}`).toBeUndefined();
      expect(excessPay(market), `seed ${seed}`).toBe(0);
      expect(priceError(market), `seed ${seed}`).toBe(0);
    }
  });
});
