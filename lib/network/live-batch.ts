/**
 * The requests that wait in a network with limits, matched as one batch to the slots that are free, under what the work in flight
 * leaves of the limits: the optimum of that batch, exact as any matching is.
 *
 * The problem holds only what can have a say: nodes that some request may use, have a slot free and whose groups have room, and caps
 * below the number of units that wait. So a request that comes alone meets no gadgets where there are no floors to fill, and one tick
 * costs what the arcs of those that wait to free slots cost.
 */

import type { BackendName } from '../options.js';
import type { Problem } from '../problem.js';
import type { Solution } from '../solution.js';
import { solveSync } from '../solve.js';
import { ArcList } from './arc-list.js';
import type { CostWeights } from './cost.js';
import { addGadgets, type WithGadgets } from './gadgets.js';
import { hasFloors } from './gadgets-groups.js';
import type { LiveCosts } from './live-costs.js';
import type { LimitsInUse } from './live-limits.js';
import type { Waiting } from './live-waiting.js';
import type { CheckedNode, CheckedRequest, GroupLimit } from './model.js';
import { plainProblem } from './plain-problem.js';
import { type SlotBlock, slotBlocks, surchargeOf } from './slots.js';

/** What a batch is matched to. */
export interface Ground {
  costs: LiveCosts;
  weights: CostWeights;
  nodes: readonly CheckedNode[];
  /** Slots of a node that its ledger counts as usable, and those of them that are free. */
  counts(node: CheckedNode): { slots: number; free: number };
  limits: LimitsInUse;
  /** In seconds. */
  now: number;
}

export interface BatchPlaces {
  /** By request, the ids of nodes, one for each unit placed. */
  places: string[][];
  complete: boolean;
  /** In micro-USD; a unit missing to a floor that could have it counts more than any saving. */
  gap: number;
}

/** @throws OutbidError COST_RANGE where costs are too large for floors, whatever the solver throws */
export function matchWaiting(
  waiting: readonly Waiting[],
  ground: Ground,
  solving: { backend?: BackendName; seed?: number; deadlineMs?: number },
): BatchPlaces {
  const places: string[][] = waiting.map(() => []);
  const batch = new WaitingBatch(waiting, ground);
  if (batch.plain.arcs === 0) return { places, complete: true, gap: 0 };
  const solution = solveSync(batch.built.problem, solving);
  const placed = [...batch.built.placements(solution)].map(([i, k]): [number, number] => [i, k]);
  for (const [i, k] of placed) places[i].push(batch.nodes[k].id);
  const complete = solution.status === 'optimal';
  return { places, complete, gap: complete ? 0 : batch.gap(placed, solution) };
}

/** Whether a cap keeps a request that waits from a place that it could take otherwise. */
export function isCapped({ request, held }: Waiting, unservedCost: number, ground: Ground): boolean {
  const { costs, limits, nodes } = ground;
  const spent = limits.tenantRoom(request) === 0;
  const arcs = costs.arcs.fill(request, unservedCost);
  for (let a = 0; a < arcs.length; a++) {
    const node = nodes[arcs.nodes[a]];
    const repeats = held.some((one) => one.node === node.id || (request.distinct === 'operator' && one.operator === node.operator));
    if (repeats) continue;
    if (spent) return true;
    if (ground.counts(node).free === 0 || limits.nodeRoom(node) > 0) continue;
    if (arcs.costs[a] + surchargeOf(freeBlocks(node, ground), 0) < unservedCost) return true;
  }
  return false;
}

function freeBlocks(node: CheckedNode, { counts, weights }: Ground): SlotBlock[] {
  const { slots, free } = counts(node);
  return slotBlocks({ ...node, inFlight: node.inFlight + slots - free }, weights);
}

/** Nodes that no request of the batch asked for yet, and those that may take none. */
const UNSEEN = -2;
const CLOSED = -1;

class WaitingBatch {
  /** Those of the problem. */
  readonly nodes: CheckedNode[] = [];
  readonly plain: Problem;
  readonly built: WithGadgets;
  readonly #ground: Ground;
  readonly #requests: CheckedRequest[];
  readonly #blocks: SlotBlock[][] = [];
  /** By position in the network. */
  readonly #numbers: Int32Array;

  constructor(waiting: readonly Waiting[], ground: Ground) {
    const { costs, nodes, limits, now } = ground;
    this.#ground = ground;
    this.#numbers = new Int32Array(nodes.length).fill(UNSEEN);
    this.#requests = waiting.map(({ request, held }) => ({ ...request, replicas: request.replicas - held.length }));
    const left = binding(limits.left(), this.#requests);
    const every = hasFloors({ limits: left });
    const rows = new ArcList(64);
    const offsets = new Int32Array(waiting.length + 1);
    const unservedCost = new Float64Array(waiting.length);
    waiting.forEach((one, i) => {
      const { request } = one;
      unservedCost[i] = costs.unserved(request, now);
      if (limits.tenantRoom(request) > 0) {
        const table = costs.arcs.table(request);
        rows.reserve(rows.length + table.nodes.length);
        // Costs are those of the whole request, whatever part of it waits.
        costs.arcs.append(rows, table, request, every ? Number.POSITIVE_INFINITY : unservedCost[i]);
        this.#keep(rows, offsets[i], one);
      }
      offsets[i + 1] = rows.length;
    });
    this.plain = plainProblem(this.#requests, offsets, rows, this.#blocks, unservedCost);
    this.built = addGadgets(this.plain, { nodes: this.nodes, limits: left }, this.#requests);
  }

  /** How far placements are from the bound of a solution that a deadline cut short, units dropped for their caps included. */
  gap(placed: readonly (readonly [request: number, node: number])[], { bound }: Solution): number {
    const { plain, built } = this;
    const { groups, counts, tenants, weight } = built.limits;
    const used = new Int32Array(plain.nodes);
    const units = new Int32Array(plain.demands);
    let cost = 0;
    for (const [i, k] of placed) {
      let arc = plain.rowStart(i);
      while (plain.target(arc) !== k) arc++;
      cost += plain.costs[arc] + surchargeOf(this.#blocks[k], used[k]++);
      units[i]++;
    }
    for (let i = 0; i < plain.demands; i++) cost += (plain.unitsOf(i) - units[i]) * plain.unservedCostOf(i);
    const sum = (list: readonly number[], of: Int32Array): number => list.reduce((total, at) => total + of[at], 0);
    const missing = [
      ...groups.list.map(({ nodes }, g) => counts[g].floor - sum(nodes, used)),
      ...tenants.map(({ floor, requests }) => floor - sum(requests, units)),
    ].reduce((total, short) => total + Math.max(0, short), 0);
    return Math.max(0, cost + weight * missing - bound - built.offset);
  }

  /** Of the arcs from `start` on, those to nodes that may take the request, by their numbers in the problem. */
  #keep(rows: ArcList, start: number, { request, held }: Waiting): void {
    const { nodes, costs, length } = rows;
    const taken = new Set(held.map(({ node }) => node));
    const operators = new Set(request.distinct === 'operator' ? held.map(({ operator }) => operator) : []);
    let kept = start;
    for (let a = start; a < length; a++) {
      const number = this.#numberOf(nodes[a]);
      if (number === CLOSED) continue;
      const { id, operator } = this.nodes[number];
      if (taken.has(id) || operators.has(operator)) continue;
      nodes[kept] = number;
      costs[kept++] = costs[a];
    }
    rows.length = kept;
  }

  #numberOf(position: number): number {
    if (this.#numbers[position] !== UNSEEN) return this.#numbers[position];
    const { nodes, counts, limits } = this.#ground;
    const node = nodes[position];
    let number = CLOSED;
    if (counts(node).free > 0 && limits.nodeRoom(node) > 0) {
      number = this.nodes.push(node) - 1;
      this.#blocks.push(freeBlocks(node, this.#ground));
    }
    this.#numbers[position] = number;
    return number;
  }
}

/** Without the caps that leave room for every unit that waits. */
function binding(limits: readonly GroupLimit[], requests: readonly CheckedRequest[]): GroupLimit[] {
  const wanted = requests.reduce((sum, { replicas }) => sum + replicas, 0);
  return limits
    .map(({ cap, ...limit }): GroupLimit => (cap !== undefined && cap < wanted ? { ...limit, cap } : limit))
    .filter(({ cap, floor = 0 }) => cap !== undefined || floor > 0);
}
