/**
 * What the plain problem of requests and nodes cannot say, said in the form of a problem all the same: more demands and nodes.
 *
 *     gadgets-groups     groups of nodes and how they nest           gadgets-fillings   caps and floors of groups of nodes
 *     gadgets-counts     how many slots of a group are filled        gadgets-tenants    caps and floors of tenants
 *     gadgets-entries    blocks of slots as nodes of their own       gadgets-distinct   replicas on distinct operators
 *     gadgets-weight     what a unit missing to a floor costs
 *
 * Demand i stays request i and node j stays (the first block of) node j; the rest comes after them. At an optimum
 *
 *     objective + offset = cost of the placements, surcharges and unserved costs included, + weight * units missing to floors,
 *
 * the last up to what slots and caps allow at all. Each file proves its part; together they hold because none changes what the others
 * count: blockers and fillers fill idle slots only, tenants' nodes take unserved units only, turnstiles pass units on.
 */
import type { Problem } from '../problem.js';
import type { Solution } from '../solution.js';
import { type GroupCounts, groupCounts, type SlotChange } from './gadgets-counts.js';
import { addDistinct, addTurnstileDemands, type Turnstile } from './gadgets-distinct.js';
import { Entries } from './gadgets-entries.js';
import { addFillings, rewards } from './gadgets-fillings.js';
import { type NodeGroups, nodeGroups } from './gadgets-groups.js';
import { keepCaps } from './gadgets-keep.js';
import { Rows } from './gadgets-rows.js';
import { addTenantNodes, type TenantLimit, tenantLimits } from './gadgets-tenants.js';
import { floorWeight } from './gadgets-weight.js';
import type { CheckedNetwork, CheckedRequest } from './model.js';

export interface WithGadgets {
  /** The problem to solve. */
  problem: Problem;
  /** What its objective lacks to the cost of the placements, in micro-USD, where no floor is missed. */
  offset: number;
  /** Units by request and node of a solution of it. No cap is exceeded, nor where a deadline ended the solve. */
  placements(solution: Solution): Iterable<[request: number, node: number, units: number]>;
  /** What a unit would pay on a node beside the cost of its arc, in micro-USD, at the prices of a solution. */
  entryPrice(solution: Solution, node: number): number;
  limits: Limits;
}

/** The limits of a network, as far as they say something of a batch. */
export interface Limits {
  groups: NodeGroups;
  /** Beside `groups.list`. */
  counts: GroupCounts[];
  tenants: TenantLimit[];
  /** Arcs by node, which is how many units it could hold. */
  reach: Int32Array;
  /** Micro-USD a unit missing to a floor costs in the problem's objective; 0 without floors. */
  weight: number;
  /**
   * The problem with the fillings of a group that has a slot more or less than now, without that slot; undefined where they
   * are the same.
   */
  changed(change: SlotChange): Changed | undefined;
  /** The demand of which it has one unit more or less, where that is all the difference. */
  blockers(change: SlotChange): number | undefined;
  entries: Entries | undefined;
}

/** A problem with its fillings. */
export interface Changed {
  problem: Problem;
  offset: number;
  entries: Entries;
}

/** Throws GROUPS_CROSS for limits of groups that cross, COST_RANGE where costs are too large for floors. */
export function addGadgets(plain: Problem, network: LimitedNodes, requests: CheckedRequest[]): WithGadgets {
  const groups = nodeGroups(network);
  const tenants = tenantLimits(network.limits, requests);
  const reach = groups.list.length > 0 ? arcsByNode(plain) : new Int32Array(plain.nodes);
  const usable = reach.map((arcs, j) => Math.min(arcs + 1, plain.capacityOf(j)));
  const counts = groupCounts(groups, usable);
  const floors = [...groups.list, ...tenants].some(({ floor }) => floor > 0);
  const nodes = plain.nodes + (plain.tiers?.slots.length ?? 0);
  const weight = floors ? floorWeight(plain, nodes, tenants.length) : 0;
  const parts = { plain, network, requests, groups, tenants, reach, usable, weight };
  const changed = (change: SlotChange): Changed | undefined => {
    const other = groupCounts(groups, usable, change);
    return other.every((count, g) => sameFillings(count, counts[g])) ? undefined : assemble(parts, other);
  };
  const limits = { groups, counts, tenants, reach, weight, changed, blockers: () => undefined, entries: undefined };
  if (!counts.some(fills) && tenants.length === 0 && !requests.some((request, i) => meetsAgain(plain, network, request, i))) {
    return {
      problem: plain,
      offset: 0,
      placements: (solution) => solution.placements(),
      entryPrice: (solution, j) => solution.prices[j],
      limits,
    };
  }
  const { problem, offset, entries, turnstiles, blockers } = assemble(parts, counts);
  return {
    problem,
    offset,
    placements: (solution) => {
      const placed = placements(solution, plain.demands, entries, turnstiles);
      return solution.status === 'optimal' ? placed : keepCaps(placed, groups, tenants, requests);
    },
    entryPrice: (solution, j) => entries.price(solution, j),
    limits: {
      ...limits,
      entries,
      blockers: (change) => {
        const other = groupCounts(groups, usable, change);
        const { group, by } = change;
        const alone = other.every((count, g) => g === group || sameFillings(count, counts[g]));
        const moved = { ...counts[group], blocked: counts[group].blocked + by };
        return alone && blockers[group] >= 0 && sameFillings(other[group], moved) ? blockers[group] : undefined;
      },
    },
  };
}

type LimitedNodes = Pick<CheckedNetwork, 'nodes' | 'limits'>;

interface Parts {
  plain: Problem;
  network: LimitedNodes;
  requests: CheckedRequest[];
  groups: NodeGroups;
  tenants: TenantLimit[];
  reach: Int32Array;
  usable: Int32Array;
  weight: number;
}

interface Assembled extends Changed {
  turnstiles: Turnstile[];
  /** By group, the demand of its blockers, -1 without. */
  blockers: number[];
}

function assemble({ plain, network, requests, groups, tenants, reach, usable, weight }: Parts, counts: GroupCounts[]): Assembled {
  const limited = new Uint8Array(plain.nodes);
  const reward = new Float64Array(plain.nodes);
  groups.list.forEach(({ nodes }, g) => {
    if (!fills(counts[g])) return;
    for (const j of nodes) {
      limited[j] = 1;
      if (counts[g].floor > 0) reward[j] += weight;
    }
  });
  const rows = new Rows(plain.arcs + requests.length + plain.nodes);
  const entries = new Entries(plain, rows, limited, usable, reward);
  const { arcs: unservedArcs, subsidies } = addTenantNodes(rows, plain, entries, tenants, weight);
  const turnstiles: Turnstile[] = [];
  requests.forEach((request, i) => {
    if (request.replicas > 1 && (entries.changed || request.distinct === 'operator')) {
      const key = request.distinct === 'operator' ? (j: number) => network.nodes[j].operator : (j: number) => j;
      turnstiles.push(...addDistinct(rows, entries, i, arcsOf(plain, i), key));
    } else entries.write(rows, plain, i);
    const unserved = unservedArcs.get(i);
    if (unserved !== undefined && unserved.node >= 0) rows.arc(unserved.node, unserved.cost);
    rows.close(plain.unitsOf(i), unserved?.unservedCost ?? plain.unservedCostOf(i));
  });
  addTurnstileDemands(rows, turnstiles);
  const blockers = addFillings(rows, entries, groups, counts, (j) => reach[j] > 0 || usable[j] > 0, weight);
  return { problem: rows.problem(), offset: rewards(counts, weight) + subsidies, entries, turnstiles, blockers };
}

const fills = ({ blocked, floor }: GroupCounts): boolean => blocked > 0 || floor > 0;

const sameFillings = (a: GroupCounts, b: GroupCounts): boolean =>
  a.blocked === b.blocked && a.fillers === b.fillers && a.floor > 0 === b.floor > 0;

/** Whether replicas of a request that need distinct operators could meet at one. */
function meetsAgain(plain: Problem, network: LimitedNodes, { replicas, distinct }: CheckedRequest, i: number): boolean {
  if (replicas === 1 || distinct === 'node') return false;
  const operators = new Set<string>();
  for (const [j] of arcsOf(plain, i)) operators.add(network.nodes[j].operator);
  return operators.size < plain.rowEnd(i) - plain.rowStart(i);
}

function* arcsOf(plain: Problem, i: number): Generator<[node: number, cost: number]> {
  for (let a = plain.rowStart(i); a < plain.rowEnd(i); a++) yield [plain.target(a), plain.costs[a]];
}

function arcsByNode(plain: Problem): Int32Array {
  const count = new Int32Array(plain.nodes);
  for (let a = 0; a < plain.arcs; a++) count[plain.target(a)]++;
  return count;
}

/** Demands of turnstiles come after all requests; one counts where its request's unit has sent it on. */
function* placements(
  solution: Solution,
  requests: number,
  entries: Entries,
  turnstiles: readonly Turnstile[],
): Generator<[request: number, node: number, units: number]> {
  const byNode = new Map(turnstiles.map(({ node }, t) => [node, t]));
  const passed = new Uint8Array(turnstiles.length);
  for (const [demand, node, units] of solution.placements()) {
    const owner = entries.owner(node);
    if (demand < requests) {
      const turnstile = byNode.get(node);
      if (turnstile !== undefined) passed[turnstile] = 1;
      else if (owner !== undefined) yield [demand, owner, units];
    } else if (demand < requests + turnstiles.length && owner !== undefined && passed[demand - requests] === 1)
      yield [turnstiles[demand - requests].request, owner, units];
  }
}
