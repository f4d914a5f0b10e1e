/**
 * Placements of an answer that a deadline ended before its optimum: blockers may then still lack a place and tenants' nodes a unit,
 * and a cap be exceeded by as many. Units beyond a cap are dropped, the last ones first; they count as unserved.
 */

import { chain } from './gadgets-counts.js';
import type { NodeGroups } from './gadgets-groups.js';
import type { TenantLimit } from './gadgets-tenants.js';
import type { CheckedRequest } from './model.js';

export function* keepCaps(
  placed: Iterable<[request: number, node: number, units: number]>,
  { list, innermost }: NodeGroups,
  tenants: readonly TenantLimit[],
  requests: readonly CheckedRequest[],
): Generator<[request: number, node: number, units: number]> {
  const left = list.map(({ cap }) => cap);
  const byTenant = new Map(tenants.map(({ name, cap }) => [name, cap]));
  for (const [request, node, wanted] of placed) {
    const groups = chain(list, innermost[node]);
    const { tenant } = requests[request];
    const quota = (tenant === undefined ? undefined : byTenant.get(tenant)) ?? Number.POSITIVE_INFINITY;
    const units = Math.min(wanted, quota, ...groups.map((g) => left[g]));
    if (units === 0) continue;
    for (const g of groups) left[g] -= units;
    if (tenant !== undefined && quota < Number.POSITIVE_INFINITY) byTenant.set(tenant, quota - units);
    yield [request, node, units];
  }
}
