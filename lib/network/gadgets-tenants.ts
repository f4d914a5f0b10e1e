/**
 * Caps and floors of tenants, by a node for what stays unserved. Tenant t wants D units, its cap is Q, its floor F.
 *
 *     cap     a node of D - Q slots takes units of the tenant's requests at r_i - S, with a subsidy S above every r_i - cost_ij
 *             (rewards included). An optimum fills it: were a slot free, some unit would be elsewhere; taken from a node it leaves
 *             room there, holds every other limit, and the cost changes by r_i - S - cost_ij < 0; taken from unserved, by -S < 0.
 *             So at least D - Q units are unserved, which is the cap, at r_i - S each, and S (D - Q) is a constant.
 *     floor   up to D - F units may stay unserved at r_i, in the same node, those after the first D - Q in a block S dearer; for any
 *             beyond, unserved costs r_i + M. A node's slot is cheaper by M, so an optimum fills it first: a unit missing to the
 *             floor costs M, and that is all.
 */

import type { Problem } from '../problem.js';
import type { Entries } from './gadgets-entries.js';
import type { Rows } from './gadgets-rows.js';
import type { CheckedRequest, GroupLimit } from './model.js';

export interface TenantLimit {
  name: string;
  /** Units wanted. */
  wanted: number;
  /** At most `wanted`. */
  cap: number;
  /** At most `cap`. */
  floor: number;
  /** Positions of its requests. */
  requests: number[];
}

/** Limits of tenants that say something of these requests. */
export function tenantLimits(limits: readonly GroupLimit[], requests: readonly CheckedRequest[]): TenantLimit[] {
  const byName = new Map<string, TenantLimit>();
  for (const { tenant } of limits)
    if (tenant !== undefined) byName.set(tenant, { name: tenant, wanted: 0, cap: 0, floor: 0, requests: [] });
  if (byName.size === 0) return [];
  requests.forEach(({ tenant, replicas }, i) => {
    const limit = tenant === undefined ? undefined : byName.get(tenant);
    if (limit === undefined) return;
    limit.wanted += replicas;
    limit.requests.push(i);
  });
  for (const { tenant, cap, floor } of limits) {
    const limit = tenant === undefined ? undefined : byName.get(tenant);
    if (limit === undefined) continue;
    limit.cap = Math.min(cap ?? limit.wanted, limit.wanted);
    limit.floor = Math.min(floor ?? 0, limit.cap);
  }
  return [...byName.values()].filter(({ cap, floor, wanted }) => cap < wanted || floor > 0);
}

/** What a request's row has besides its arcs to nodes. */
export interface UnservedArc {
  /** Node that takes unserved units, -1 where there is none, and the cost of the arc to it. */
  node: number;
  cost: number;
  /** Unserved cost of the row. */
  unservedCost: number;
}

export interface TenantNodes {
  /** By request of a limited tenant. */
  arcs: Map<number, UnservedArc>;
  /** Subsidies paid in every optimum. */
  subsidies: number;
}

export function addTenantNodes(rows: Rows, plain: Problem, entries: Entries, limits: readonly TenantLimit[], weight: number): TenantNodes {
  const arcs = new Map<number, UnservedArc>();
  let subsidies = 0;
  for (const { wanted, cap, floor, requests } of limits) {
    const subsidy =
      cap < wanted ? 1 + requests.reduce((most, i) => Math.max(most, plain.unservedCostOf(i) - entries.least(plain, i)), 0) : 0;
    const blocks = [
      { slots: wanted - cap, surcharge: 0 },
      { slots: floor > 0 ? cap - floor : 0, surcharge: subsidy },
    ].filter(({ slots }) => slots > 0);
    const node = blocks.length > 0 ? rows.node(blocks) : -1;
    for (const i of requests) {
      const cost = plain.unservedCostOf(i);
      arcs.set(i, { node, cost: cost - subsidy, unservedCost: floor > 0 ? cost + weight : cost });
    }
    subsidies += subsidy * (wanted - cap);
  }
  return { arcs, subsidies };
}
