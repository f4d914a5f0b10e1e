/**
 * What a solution must claim for a given flow and prices, worked out the slow way with whole numbers of any size and straight
 * from the definitions: the second opinion the verifier is tested against.
 */
import type { Problem } from '../../lib/problem.js';
import type { Status } from '../../lib/solution.js';
import { exact, nearestDouble } from '../oracle/exact-number.js';

/** A solution as a plain object: every field may be overwritten. */
export interface PlainSolution {
  status: Status;
  objective: number;
  bound: number;
  gap: number;
  tolerance: number;
  prices: Float64Array;
  values: Float64Array;
  assignment: Int32Array | undefined;
  flow: Int32Array;
  unserved: Int32Array;
  witness: { demands: Int32Array; nodes: Int32Array; needed: number; available: number } | undefined;
}

const NO_BOUND = 2 ** 31 - 1;

export function claim(problem: Problem, flow: ArrayLike<number>, prices: ArrayLike<number>): PlainSolution {
  const { demands: n, nodes: m } = problem;
  const sign = problem.maximize ? -1n : 1n;
  const worst = problem.maximize ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const values = new Float64Array(n);
  const unserved = new Int32Array(n);
  const assignment = new Int32Array(n).fill(-1);
  const load = new Array<number>(m).fill(0);
  let primal = 0n;
  let dual = 0n;
  let size = 0n;
  let complete = true;
  let finite = true;
  const absolute = (x: bigint): bigint => (x < 0n ? -x : x);
  const pay = (term: bigint): void => {
    primal += term;
    size += absolute(term);
  };

  for (let i = 0; i < n; i++) {
    const d = problem.unitsOf(i);
    const r = problem.unservedCostOf(i);
    const arcs: { pay: bigint; capacity: number }[] = [];
    const candidates: bigint[] = Number.isFinite(r) ? [exact(r)] : [];
    const marginal: bigint[] = Number.isFinite(r) ? [exact(r)] : [];
    unserved[i] = d;
    for (let a = problem.rowStart(i); a < problem.rowEnd(i); a++) {
      if (problem.forbidden(a)) continue;
      const j = problem.target(a);
      const capacity = problem.arcCapacityOf(a);
      const full = sign * exact(problem.costs[a]) + exact(prices[j]);
      arcs.push({ pay: full, capacity });
      candidates.push(full);
      if (flow[a] < capacity || capacity >= NO_BOUND) marginal.push(full);
      if (flow[a] > 0) {
        unserved[i] -= flow[a];
        assignment[i] = j;
        load[j] += flow[a];
        pay(BigInt(flow[a]) * sign * exact(problem.costs[a]));
      }
    }
    values[i] = marginal.length === 0 ? worst : nearestDouble(sign * marginal.sort((a, b) => (a < b ? -1 : 1))[0]);
    if (unserved[i] > 0 && !Number.isFinite(r)) complete = false;
    else if (unserved[i] > 0) pay(BigInt(unserved[i]) * exact(r));

    if (d === 0) continue;
    const carry = arcs.reduce((sum, arc) => sum + arc.capacity, 0);
    if (carry < d && !Number.isFinite(r)) {
      finite = false;
      continue;
    }
    // d u - sum a max(0, u - pay) at every u where it can bend; beyond every pay it only falls, or is unbounded as above.
    let best: { term: bigint; u: bigint; over: bigint } | undefined;
    for (const u of candidates) {
      if (Number.isFinite(r) && u > exact(r)) continue;
      let over = 0n;
      let unbounded = false;
      for (const arc of arcs) {
        if (u <= arc.pay) continue;
        if (arc.capacity >= d) unbounded = true;
        else over += BigInt(arc.capacity) * (u - arc.pay);
      }
      if (unbounded) continue;
      const term = BigInt(d) * u - over;
      // The least u of those that prove the most: its terms are the smallest.
      if (best === undefined || term > best.term || (term === best.term && u < best.u)) best = { term, u, over };
    }
    if (best === undefined) throw new Error('no u at all');
    dual += best.term;
    size += BigInt(d) * absolute(best.u) + best.over;
  }

  for (let j = 0; j < m; j++) {
    let left = load[j];
    for (const { slots, surcharge } of tiersOf(problem, j)) {
      const used = Math.max(0, Math.min(left, slots));
      left -= slots;
      pay(BigInt(used) * exact(surcharge));
      const over = exact(prices[j]) - exact(surcharge);
      if (over > 0n) {
        dual -= BigInt(slots) * over;
        size += BigInt(slots) * over;
      }
    }
  }

  const objective = complete ? nearestDouble(sign * primal) : worst;
  const bound = finite ? nearestDouble(sign * dual) : worst;
  const gap = complete && finite ? nearestDouble(absolute(primal - dual)) : Number.POSITIVE_INFINITY;
  const tolerance = problem.integer ? 0 : nearestDouble(size) * 2 ** -51;
  const single = Array.from({ length: n }, (_, i) => problem.unitsOf(i)).every((d) => d === 1);
  return {
    status: !complete ? 'stopped' : gap <= tolerance ? 'optimal' : 'feasible',
    objective,
    bound,
    gap,
    tolerance,
    prices: Float64Array.from(prices),
    values,
    assignment: single ? assignment : undefined,
    flow: Int32Array.from(flow),
    unserved,
    witness: undefined,
  };
}

/** The claims of an infeasible answer; the witness is the demands given and every node they have arcs to. */
export function claimInfeasible(problem: Problem, demands: number[]): PlainSolution {
  const worst = problem.maximize ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const carry = new Map<number, number>();
  let needed = 0;
  for (const i of demands) {
    needed += problem.unitsOf(i);
    for (let a = problem.rowStart(i); a < problem.rowEnd(i); a++) {
      if (!problem.forbidden(a)) carry.set(problem.target(a), (carry.get(problem.target(a)) ?? 0) + problem.arcCapacityOf(a));
    }
  }
  let available = 0;
  for (const [j, most] of carry) available += Math.min(most, problem.capacityOf(j));
  const empty = (): Int32Array => new Int32Array(0);
  return {
    status: 'infeasible',
    objective: worst,
    bound: worst,
    gap: Number.NaN,
    tolerance: 0,
    prices: new Float64Array(0),
    values: new Float64Array(0),
    assignment: empty(),
    flow: empty(),
    unserved: empty(),
    witness: { demands: Int32Array.from(demands), nodes: Int32Array.from(carry.keys()).sort(), needed, available },
  };
}

function tiersOf(problem: Problem, node: number): { slots: number; surcharge: number }[] {
  const { tiers } = problem;
  const list: { slots: number; surcharge: number }[] = [];
  if (tiers !== undefined)
    for (let k = tiers.offsets[node]; k < tiers.offsets[node + 1]; k++) list.push({ slots: tiers.slots[k], surcharge: tiers.surcharge[k] });
  return list.length > 0 ? list : [{ slots: problem.capacityOf(node), surcharge: 0 }];
}
