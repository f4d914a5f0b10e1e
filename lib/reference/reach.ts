/**
 * Infeasibility by reachability, never by waiting for prices to climb.
 *
 * From a class with an unplaced unit follow arcs with room to nodes, and from a node to the classes that hold its slots. A
 * free slot, or a class that may be left unserved, ends the search: the unit can be placed. If there is none, let S be the classes
 * reached. All of them must be served; the nodes reached are full, filled by S alone; every other arc of S is saturated. So S holds
 * sum over nodes of min(capacity, bounds of S into it) units, which is all it can ever hold, and has one unit more: a witness in
 * the sense of Hall, whatever costs and prices are.
 */

import type { Problem } from '../problem.js';
import type { Witness } from '../solution.js';
import type { Classes } from './classes.js';
import type { Market } from './market.js';
import type { Nodes } from './nodes.js';

/** Classes that prove that not all units of class i can be placed; undefined if one more can. Class i must have an unplaced unit. */
export function unreachable(market: Market, source: number): Int32Array | undefined {
  const { node, offset, capacity, load } = market;
  const classSeen = new Uint8Array(market.classes);
  const nodeSeen = new Uint8Array(market.nodes);
  const queue = new Int32Array(market.classes);
  let queued = 0;
  queue[queued++] = source;
  classSeen[source] = 1;
  for (let head = 0; head < queued; head++) {
    const i = queue[head];
    if (market.unservedCost[i] < Number.POSITIVE_INFINITY) return undefined;
    for (let a = offset[i]; a < offset[i + 1]; a++) {
      const j = node[a];
      if (nodeSeen[j] !== 0 || capacity[j] === 0 || !(market.room(a) > 0)) continue;
      if (load[j] < capacity[j]) return undefined;
      nodeSeen[j] = 1;
      const end = market.inOffset[j] + market.blockCount[j];
      for (let k = market.inOffset[j]; k < end; k++) {
        const other = market.arcClass[market.blockArc[k]];
        if (classSeen[other] !== 0) continue;
        classSeen[other] = 1;
        queue[queued++] = other;
      }
    }
  }
  return queue.slice(0, queued);
}

/** The first class that must be served but has more units than its own arcs and their nodes can take, whoever else is there. */
export function hopelessClass(classes: Classes, nodes: Nodes): number {
  const { offset, node, bound, units } = classes;
  for (let i = 0; i < classes.count; i++) {
    if (classes.unservedCost[i] < Number.POSITIVE_INFINITY) continue;
    let most = 0;
    for (let a = offset[i]; a < offset[i + 1] && most < units[i]; a++) {
      const capacity = nodes.capacity[node[a]];
      most += bound === undefined ? capacity : Math.min(bound[a], capacity);
    }
    if (most < units[i]) return i;
  }
  return -1;
}

/** The witness in the caller's terms: all members of the classes, every node they have an arc to. */
export function makeWitness(problem: Problem, classes: Classes, reached: Int32Array): Witness {
  const demands: number[] = [];
  for (const i of reached) for (let k = classes.memberOffset[i]; k < classes.memberOffset[i + 1]; k++) demands.push(classes.member[k]);
  demands.sort((a, b) => a - b);
  const carry = new Float64Array(problem.nodes).fill(-1);
  let needed = 0;
  for (const i of demands) {
    needed += problem.unitsOf(i);
    for (let a = problem.rowStart(i); a < problem.rowEnd(i); a++) {
      if (problem.forbidden(a)) continue;
      const j = problem.target(a);
      carry[j] = Math.min(problem.capacityOf(j), Math.max(0, carry[j]) + problem.arcCapacityOf(a));
    }
  }
  const reachedNodes: number[] = [];
  let available = 0;
  carry.forEach((units, j) => {
    if (units < 0) return;
    reachedNodes.push(j);
    available += units;
  });
  return { demands: Int32Array.from(demands), nodes: Int32Array.from(reachedNodes), needed, available };
}
