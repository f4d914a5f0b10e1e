/** Which limits stand in the way of requests, and which floors are missed. */
import type { BuiltProblem } from './build.js';
import { everyArc } from './every-arc.js';
import { chain } from './gadgets-counts.js';
import type { GroupLimit } from './model.js';
import type { Placed } from './placed.js';

/** A limit and the units that count against it. */
export interface LimitUse {
  limit: GroupLimit;
  used: number;
  /** Units short of the floor; 0 without one. */
  missed: number;
}

/** Every limit of the network, in its order. */
export function limitUse(built: BuiltProblem, placed: Placed): LimitUse[] {
  const { groups, tenants } = unitsOf(built, placed);
  return built.network.limits.map((limit) => {
    const { operator, region, tenant, floor = 0 } = limit;
    const used = tenant !== undefined ? (tenants.get(tenant) ?? 0) : (groups.get(groupKey(operator, region)) ?? 0);
    return { limit, used, missed: Math.max(0, floor - used) };
  });
}

/**
 * The limit that keeps a request from a place, if one does: that of its tenant when that is at its cap, else that of a group at
 * its cap which holds a node with a free slot for it. Only nodes that cost less than leaving it unserved count. `request` is its
 * position in the batch.
 */
export function cappedReason(built: BuiltProblem, placed: Placed, request: number): GroupLimit | undefined {
  const { plain, network, requests, blocks, limits } = built;
  if (network.limits.length === 0) return undefined;
  const { groups, tenants } = unitsOf(built, placed);
  const { tenant, distinct } = requests[request];
  const quota = tenant === undefined ? undefined : network.limits.find((limit) => limit.tenant === tenant);
  const spent = tenant !== undefined && (tenants.get(tenant) ?? 0) >= (quota?.cap ?? Number.POSITIVE_INFINITY);
  const taken = new Set(placed.on(request));
  const operators = new Set(distinct === 'operator' ? placed.on(request).map((j) => network.nodes[j].operator) : []);
  const arcs = everyArc(built, request);
  for (let a = 0; a < arcs.length; a++) {
    const j = arcs.nodes[a];
    if (arcs.costs[a] >= plain.unservedCostOf(request) || taken.has(j) || operators.has(network.nodes[j].operator)) continue;
    if (spent) return quota;
    if (arcs.costs[a] + nextSurcharge(blocks[j], placed.usedOn(j)) >= plain.unservedCostOf(request)) continue;
    for (const g of chain(limits.groups.list, limits.groups.innermost[j])) {
      const { kind, name, cap } = limits.groups.list[g];
      if ((groups.get(`${kind} ${name}`) ?? 0) >= cap) return network.limits.find((limit) => limit[kind] === name);
    }
  }
  return undefined;
}

interface Units {
  /** By kind and name of the group. */
  groups: Map<string, number>;
  tenants: Map<string, number>;
}

const groupKey = (operator: string | undefined, region: string | undefined): string =>
  operator !== undefined ? `operator ${operator}` : `region ${region}`;

/** Asked once for every unserved request of a placement, and counted once. */
const counted = new WeakMap<Placed, Units>();

function unitsOf({ network, requests }: BuiltProblem, placed: Placed): Units {
  let units = counted.get(placed);
  if (units !== undefined) return units;
  units = { groups: new Map(), tenants: new Map() };
  const add = (map: Map<string, number>, key: string, count: number): unknown => map.set(key, (map.get(key) ?? 0) + count);
  network.nodes.forEach(({ operator, region }, j) => {
    add(units.groups, `operator ${operator}`, placed.usedOn(j));
    add(units.groups, `region ${region}`, placed.usedOn(j));
  });
  requests.forEach(({ tenant }, i) => {
    if (tenant !== undefined) add(units.tenants, tenant, placed.unitsOf(i));
  });
  counted.set(placed, units);
  return units;
}

/** Of the next slot to fill; Infinity where none is left. */
function nextSurcharge(blocks: { slots: number; surcharge: number }[], used: number): number {
  let before = used;
  for (const { slots, surcharge } of blocks) {
    if (before < slots) return surcharge;
    before -= slots;
  }
  return Number.POSITIVE_INFINITY;
}
