/**
 * An exact solver, small, slow and obviously right: minimum-cost flow by successive shortest paths, each found by Bellman-Ford
 * over an explicit residual graph, in whole-number arithmetic of any size. It shares nothing with the package's solvers.
 *
 *     source -> demand i        d_i units, cost 0
 *     demand i -> node j        a_ij units, cost_ij                  (a value v to maximise is a cost -v)
 *     demand i -> sink          more room than units, r_i, or `penalty` where the demand must be served
 *     node j -> sink            one edge a tier: its slots, its surcharge
 *
 * The graph starts without a cycle, so with no negative one, and augmenting along shortest paths keeps it so; a flow without
 * negative residual cycle is optimal. `penalty` exceeds what any change of places can save, so that a must-serve unit is
 * unserved only where no answer exists.
 */
import type { Problem } from '../../lib/problem.js';
import { exact, nearestDouble } from './exact-number.js';

export interface OracleAnswer {
  status: 'optimal' | 'infeasible';
  /** In the caller's sense, nearest double; Infinity (-Infinity when maximising) where infeasible. */
  objective: number;
  /** Units on each arc of an optimal answer; meaningless where infeasible. */
  flow: Int32Array;
  /** Prices that prove it, one per node, nearest doubles (exact for integer data); empty where infeasible. */
  prices: Float64Array;
}

interface Edge {
  from: number;
  to: number;
  room: bigint;
  cost: bigint;
  /** The arc of the problem, -1 for the other edges. */
  arc: number;
}

export function oracle(problem: Problem): OracleAnswer {
  const { demands: n, nodes: m } = problem;
  const sign = problem.maximize ? -1n : 1n;
  // Costs as multiples of the largest power of two that divides them all: short whole numbers instead of 1,000 bits.
  const shift = commonShift(problem);
  const whole = (cost: number): bigint => exact(cost) >> shift;
  const source = 0;
  const sink = 1;
  const demandVertex = (i: number): number => 2 + i;
  const nodeVertex = (j: number): number => 2 + n + j;
  // Edge 2k and its reverse 2k + 1 stand side by side.
  const edges: Edge[] = [];
  const connect = (from: number, to: number, room: number, cost: bigint, arc = -1): void => {
    edges.push({ from, to, room: BigInt(room), cost, arc }, { from: to, to: from, room: 0n, cost: -cost, arc: -1 });
  };

  let totalUnits = 0n;
  let largest = 0n;
  const size = (cost: bigint): bigint => {
    const absolute = cost < 0n ? -cost : cost;
    if (absolute > largest) largest = absolute;
    return cost;
  };
  for (let i = 0; i < n; i++) {
    totalUnits += BigInt(problem.unitsOf(i));
    connect(source, demandVertex(i), problem.unitsOf(i), 0n);
    for (let a = problem.rowStart(i); a < problem.rowEnd(i); a++) {
      if (problem.forbidden(a)) continue;
      const capacity = Math.min(problem.unitsOf(i), problem.arcCapacityOf(a));
      connect(demandVertex(i), nodeVertex(problem.target(a)), capacity, size(sign * whole(problem.costs[a])), a);
    }
  }
  for (let j = 0; j < m; j++) {
    for (const { slots, surcharge } of tiersOf(problem, j)) connect(nodeVertex(j), sink, slots, size(whole(surcharge)));
  }
  const finite = (i: number): boolean => problem.unservedCostOf(i) < Number.POSITIVE_INFINITY;
  for (let i = 0; i < n; i++) if (finite(i)) size(whole(problem.unservedCostOf(i)));
  // A path through the residual graph has at most 2 (n + m) edges of size `largest`; one unit more served changes one path.
  const penalty = (largest + 1n) * BigInt(4 * (n + m + 1));
  const firstUnserved = edges.length;
  for (let i = 0; i < n; i++)
    connect(demandVertex(i), sink, problem.unitsOf(i) + 1, finite(i) ? whole(problem.unservedCostOf(i)) : penalty);

  let left = totalUnits;
  while (left > 0n) {
    const { reachedBy } = shortestPaths(edges, 2 + n + m, source);
    let amount = left;
    for (let v = sink; v !== source; v = edges[reachedBy[v]].from) {
      const room = edges[reachedBy[v]].room;
      if (room < amount) amount = room;
    }
    for (let v = sink; v !== source; v = edges[reachedBy[v]].from) {
      edges[reachedBy[v]].room -= amount;
      edges[reachedBy[v] ^ 1].room += amount;
    }
    left -= amount;
  }

  const used = (k: number): bigint => edges[k + 1].room;
  const flow = new Int32Array(problem.arcs);
  let objective = 0n;
  let infeasible = false;
  for (let k = 0; k < edges.length; k += 2) {
    if (edges[k].arc >= 0) flow[edges[k].arc] = Number(used(k));
    objective += used(k) * edges[k].cost;
    if (k >= firstUnserved && used(k) > 0n && !finite((k - firstUnserved) / 2)) infeasible = true;
  }
  if (infeasible) {
    return {
      status: 'infeasible',
      objective: problem.maximize ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY,
      flow,
      prices: new Float64Array(0),
    };
  }
  return {
    status: 'optimal',
    objective: nearestDouble((sign * objective) << shift),
    flow,
    prices: Float64Array.from(dualPrices(edges, n, m), (p) => nearestDouble(p << shift)),
  };
}

function commonShift(problem: Problem): bigint {
  let bits = 0n;
  const note = (cost: number): void => {
    if (!Number.isFinite(cost)) return;
    const size = exact(Math.abs(cost));
    bits |= size;
  };
  problem.costs.forEach(note);
  problem.tiers?.surcharge.forEach(note);
  for (let i = 0; i < problem.demands; i++) note(problem.unservedCostOf(i));
  let shift = 0n;
  while (bits !== 0n && (bits & 1n) === 0n) {
    bits >>= 1n;
    shift++;
  }
  return shift;
}

/** Tiers of a node; one of surcharge 0 where it has none. */
function tiersOf(problem: Problem, node: number): { slots: number; surcharge: number }[] {
  const { tiers } = problem;
  const list: { slots: number; surcharge: number }[] = [];
  if (tiers !== undefined) {
    for (let k = tiers.offsets[node]; k < tiers.offsets[node + 1]; k++) list.push({ slots: tiers.slots[k], surcharge: tiers.surcharge[k] });
  }
  return list.length > 0 ? list : [{ slots: problem.capacityOf(node), surcharge: 0 }];
}

/** Bellman-Ford from one vertex: distances (undefined: not reached) and the edge each vertex was last reached by. */
function shortestPaths(edges: Edge[], vertices: number, from: number): { distance: (bigint | undefined)[]; reachedBy: Int32Array } {
  const distance: (bigint | undefined)[] = new Array(vertices).fill(undefined);
  const reachedBy = new Int32Array(vertices).fill(-1);
  distance[from] = 0n;
  for (let round = 0, changed = true; changed; round++) {
    if (round > vertices) throw new Error('negative cycle: the oracle is wrong');
    changed = false;
    for (let k = 0; k < edges.length; k++) {
      const edge = edges[k];
      if (edge.room === 0n) continue;
      const start = distance[edge.from];
      if (start === undefined) continue;
      const end = distance[edge.to];
      const through = start + edge.cost;
      if (end === undefined || through < end) {
        distance[edge.to] = through;
        reachedBy[edge.to] = k;
        changed = true;
      }
    }
  }
  return { distance, reachedBy };
}

/**
 * The price of a node is its distance to the sink in the residual graph of the optimum: at most the surcharge of a free slot
 * (its edge leads there), at least that of a used one (the reverse edge leads back). A node that cannot reach the sink has no
 * slot and no load; its price is what keeps every demand away from it.
 */
function dualPrices(edges: Edge[], n: number, m: number): bigint[] {
  // Distances to the sink are distances from it along turned edges.
  const turned = edges.map((edge) => ({ ...edge, from: edge.to, to: edge.from }));
  const { distance } = shortestPaths(turned, 2 + n + m, 1);
  return Array.from({ length: m }, (_, j) => {
    const own = distance[2 + n + j];
    if (own !== undefined) return own;
    let price = 0n;
    for (const edge of edges) {
      if (edge.arc < 0 || edge.to !== 2 + n + j) continue;
      const needed = (distance[edge.from] ?? 0n) - edge.cost;
      if (needed > price) price = needed;
    }
    return price;
  });
}
