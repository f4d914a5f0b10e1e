/** A finer grid: costs, prices and all that is made of them count in units of 2^-exponent from here on. Exact for what there is. */
import { MUST_SERVE } from '../../backend/engine.js';
import { ExactSum } from '../exact-sum.js';
import type { State } from './state.js';

export function refineGrid(state: State, exponent: number): void {
  const up = 2 ** (exponent - state.exponent);
  // MUST_SERVE is not a cost of the caller's: its part of a price stays.
  const finer = (price: number): number => {
    const must = price > MUST_SERVE / 2 && price < Number.POSITIVE_INFINITY ? MUST_SERVE : 0;
    return (price - must) * up + must;
  };
  for (const node of state.nodes) {
    node.price = finer(node.price);
    node.surcharge = node.surcharge.map((s) => s * up);
  }
  state.hopes = new ExactSum();
  for (const demand of state.demands.values()) {
    if (demand.unserved !== MUST_SERVE) demand.unserved *= up;
    if (demand.keep > 0) demand.keep *= up;
    for (const arc of demand.arcs) arc.cost *= up;
    demand.hope *= up;
    state.hopes.addProduct(state.poolCost(demand) === MUST_SERVE ? 0 : demand.unplaced, demand.hope);
  }
  state.exponent = exponent;
}
