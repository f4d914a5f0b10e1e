/** What changed since the last report, and starting anew from there: bases follow, prices forget the moves they counted. */
import type { Demand, State } from './state.js';

/** [slot, from, to, units] for the units of a demand that are elsewhere than at the last report; -1: unserved. */
function movesOf(demand: Demand, out: number[]): void {
  const from: [node: number, units: number][] = demand.lost.map(([node, units]) => [node, units]);
  for (const arc of demand.arcs) if (arc.base > arc.flow) from.push([arc.node.index, arc.base - arc.flow]);
  let next = 0;
  for (const arc of demand.arcs) {
    for (let left = arc.flow - arc.base; left > 0; ) {
      const source = from[next];
      const units = source === undefined ? left : Math.min(left, source[1]);
      out.push(demand.slot, source === undefined ? -1 : source[0], arc.node.index, units);
      left -= units;
      if (source === undefined) continue;
      source[1] -= units;
      if (source[1] === 0) next++;
    }
  }
  for (; next < from.length; next++) out.push(demand.slot, from[next][0], -1, from[next][1]);
}

export function rebase(demand: Demand): void {
  for (const arc of demand.arcs) arc.base = arc.flow;
  demand.pooledBase = demand.pooled;
  demand.lost = [];
}

/**
 * Lists the moves and takes the market as it stands for the new base. (I1) and (I2) hold before and after: what a unit pays where it
 * is can only fall, and what it would pay elsewhere only rise.
 */
export function report(state: State): Int32Array {
  const out: number[] = [];
  for (const demand of state.touchedDemands) {
    movesOf(demand, out);
    rebase(demand);
  }
  state.touchedDemands.clear();
  for (const node of state.touchedNodes) node.moves = 0;
  state.touchedNodes.clear();
  return Int32Array.from(out);
}
