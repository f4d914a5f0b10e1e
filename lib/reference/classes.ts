/**
 * Classes: identical demands are merged and served as one, and dealt apart again at the end.
 *
 * Two demands are identical when they have the same arcs in the same order, the same costs and the same unserved cost. An arc
 * bound a_ij >= d_i can never bind its demand, so it is dropped. Where a bound can bind, only demands with equal units and equal
 * bounds merge: the class of q such demands has q d units and bounds q a, and any flow of it can be dealt unit by unit in turn
 * so that every member gets the floor or the ceiling of its share, at most a. (With unequal bounds that is false: units 1 and 3,
 * bound 2 each; the class may put 4 on the arc, the members together only 3.)
 *
 * Rows are compared after hashing; the hash alone decides nothing.
 */
import type { Problem } from '../problem.js';
import { mix } from './ties.js';

export interface Classes {
  /** Number of classes. */
  count: number;
  /** Class of each demand. */
  classOf: Int32Array;
  /** count + 1 entries: arcs of class i are offset[i] .. offset[i + 1] - 1. Forbidden pairs are left out. */
  offset: Int32Array;
  /** Node of each arc. */
  node: Int32Array;
  /** Cost of each arc in the caller's units, negated when maximising. */
  cost: Float64Array;
  /** Most units each arc may carry, Infinity for no bound; undefined when no arc of any class is bounded. */
  bound: Float64Array | undefined;
  /** 1 for a class with a finite bound. */
  bounded: Uint8Array;
  units: Float64Array;
  /** Cost per unit of leaving it unserved; Infinity: must be served. */
  unservedCost: Float64Array;
  /** Members of class i are member[memberOffset[i]] .. member[memberOffset[i + 1] - 1], ascending. */
  memberOffset: Int32Array;
  member: Int32Array;
}

const real = new Float64Array(1);
const words = new Int32Array(real.buffer);

function mixReal(state: number, value: number): number {
  real[0] = value + 0;
  return mix(mix(state, words[0]), words[1]);
}

/** The bound of an arc as far as it can bind its demand. */
function bindingBound(problem: Problem, arc: number, units: number): number {
  const bound = problem.arcCapacityOf(arc);
  return bound >= units ? Number.POSITIVE_INFINITY : bound;
}

function bindsSomewhere(problem: Problem, demand: number): boolean {
  if (problem.arcCapacity === undefined) return false;
  const units = problem.unitsOf(demand);
  for (let a = problem.rowStart(demand); a < problem.rowEnd(demand); a++) {
    if (!problem.forbidden(a) && problem.arcCapacityOf(a) < units) return true;
  }
  return false;
}

function hashDemand(problem: Problem, demand: number, binds: boolean): number {
  const { costs, targets } = problem;
  const units = problem.unitsOf(demand);
  let h = mixReal(0x2545f491, problem.unservedCostOf(demand));
  if (binds) h = mix(h, units);
  const begin = problem.rowStart(demand);
  const end = problem.rowEnd(demand);
  for (let a = begin; a < end; a++) {
    h = mixReal(targets === undefined ? h : mix(h, targets[a]), costs[a]);
    if (binds) h = mixReal(h, bindingBound(problem, a, units));
  }
  return h;
}

function identical(problem: Problem, one: number, other: number, binds: boolean): boolean {
  const { costs, targets } = problem;
  if (problem.unservedCostOf(one) !== problem.unservedCostOf(other)) return false;
  const units = problem.unitsOf(one);
  if (binds && units !== problem.unitsOf(other)) return false;
  const begin = problem.rowStart(one);
  const length = problem.rowEnd(one) - begin;
  const start = problem.rowStart(other);
  if (problem.rowEnd(other) - start !== length) return false;
  for (let k = 0; k < length; k++) {
    if (costs[begin + k] !== costs[start + k]) return false;
    if (targets !== undefined && targets[begin + k] !== targets[start + k]) return false;
    if (binds && bindingBound(problem, begin + k, units) !== bindingBound(problem, start + k, units)) return false;
  }
  return true;
}

/** Merges identical demands. `sign` is 1 to minimise, -1 when the costs are values to be maximised. */
export function mergeClasses(problem: Problem, sign: 1 | -1): Classes {
  const n = problem.demands;
  const classOf = new Int32Array(n);
  const first: number[] = [];
  const binding: boolean[] = [];
  let tableSize = 16;
  while (tableSize < 2 * n) tableSize *= 2;
  const table = new Int32Array(tableSize).fill(-1);
  const hashes = new Int32Array(n);
  for (let i = 0; i < n; i++) {
    const binds = bindsSomewhere(problem, i);
    const h = hashDemand(problem, i, binds);
    let at = h & (tableSize - 1);
    let found = -1;
    while (table[at] >= 0) {
      const c = table[at];
      if (hashes[c] === h && binding[c] === binds && identical(problem, first[c], i, binds)) {
        found = c;
        break;
      }
      at = (at + 1) & (tableSize - 1);
    }
    if (found < 0) {
      found = first.length;
      table[at] = found;
      hashes[found] = h;
      first.push(i);
      binding.push(binds);
    }
    classOf[i] = found;
  }
  return buildClasses(problem, sign, classOf, first, binding);
}

function buildClasses(problem: Problem, sign: 1 | -1, classOf: Int32Array, first: number[], binding: boolean[]): Classes {
  const n = problem.demands;
  const count = first.length;
  const offset = new Int32Array(count + 1);
  for (let c = 0; c < count; c++) {
    const begin = problem.rowStart(first[c]);
    const end = problem.rowEnd(first[c]);
    let arcs = end - begin;
    if (problem.dense) for (let a = begin; a < end; a++) if (problem.forbidden(a)) arcs--;
    offset[c + 1] = offset[c] + arcs;
  }
  const memberOffset = new Int32Array(count + 1);
  const units = new Float64Array(count);
  for (let i = 0; i < n; i++) {
    memberOffset[classOf[i] + 1]++;
    units[classOf[i]] += problem.unitsOf(i);
  }
  for (let c = 0; c < count; c++) memberOffset[c + 1] += memberOffset[c];
  const member = new Int32Array(n);
  const next = memberOffset.slice();
  for (let i = 0; i < n; i++) member[next[classOf[i]]++] = i;
  const arcs = offset[count];
  const node = new Int32Array(arcs);
  const cost = new Float64Array(arcs);
  const bounded = new Uint8Array(count);
  const bound = binding.includes(true) ? new Float64Array(arcs).fill(Number.POSITIVE_INFINITY) : undefined;
  const unservedCost = new Float64Array(count);
  for (let c = 0; c < count; c++) {
    const demand = first[c];
    const members = memberOffset[c + 1] - memberOffset[c];
    unservedCost[c] = problem.unservedCostOf(demand);
    bounded[c] = binding[c] ? 1 : 0;
    let k = offset[c];
    for (let a = problem.rowStart(demand); a < problem.rowEnd(demand); a++) {
      if (problem.forbidden(a)) continue;
      node[k] = problem.target(a);
      // + 0 turns the -0 of a negated value 0 into 0.
      cost[k] = sign * problem.costs[a] + 0;
      if (bound !== undefined && binding[c]) bound[k] = members * bindingBound(problem, a, problem.unitsOf(demand));
      k++;
    }
  }
  return { count, classOf, offset, node, cost, bound, bounded, units, unservedCost, memberOffset, member };
}

/** The problem's arc that class arc `arc` of class `c` stands for, for one member. */
export function memberArc(problem: Problem, classes: Classes, c: number, arc: number, member: number): number {
  return problem.dense ? member * problem.nodes + classes.node[arc] : problem.rowStart(member) + arc - classes.offset[c];
}

export interface Placements {
  /** Arcs of the problem that carry units, ascending. */
  placedArcs: Int32Array;
  placedUnits: Int32Array;
}

/**
 * Deals the flow of every class to its members: member after member in index order; where bounds bind, node after node, one unit
 * at a time to the members in turn. Units of a class that are not on an arc stay with its last members.
 */
export function splitClasses(problem: Problem, classes: Classes, flow: Float64Array): Placements {
  const { count, offset, memberOffset, member, bounded } = classes;
  const demands: number[] = [];
  const arcs: number[] = [];
  const units: number[] = [];
  const give = (c: number, arc: number, demand: number, k: number): void => {
    demands.push(demand);
    arcs.push(memberArc(problem, classes, c, arc, demand));
    units.push(k);
  };
  for (let c = 0; c < count; c++) {
    const begin = memberOffset[c];
    const members = memberOffset[c + 1] - begin;
    let turn = 0;
    let left = problem.unitsOf(member[begin]);
    for (let a = offset[c]; a < offset[c + 1]; a++) {
      let rest = flow[a];
      if (rest === 0) continue;
      if (bounded[c] !== 0) {
        const share = Math.floor(rest / members);
        const extra = rest - share * members;
        for (let k = 0; k < members; k++) {
          const more = (k - turn + members) % members < extra ? 1 : 0;
          if (share + more > 0) give(c, a, member[begin + k], share + more);
        }
        turn = (turn + extra) % members;
        continue;
      }
      while (rest > 0) {
        while (left === 0) left = problem.unitsOf(member[begin + ++turn]);
        const k = Math.min(rest, left);
        give(c, a, member[begin + turn], k);
        left -= k;
        rest -= k;
      }
    }
  }
  // A member's arcs were given in ascending order: ordering by demand, keeping that order, orders by arc.
  const start = new Int32Array(problem.demands + 1);
  for (const demand of demands) start[demand + 1]++;
  for (let i = 0; i < problem.demands; i++) start[i + 1] += start[i];
  const placedArcs = new Int32Array(arcs.length);
  const placedUnits = new Int32Array(arcs.length);
  for (let k = 0; k < arcs.length; k++) {
    const at = start[demands[k]]++;
    placedArcs[at] = arcs[k];
    placedUnits[at] = units[k];
  }
  return { placedArcs, placedUnits };
}
