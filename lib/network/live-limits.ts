/**
 * How much of each limit a running network uses, and what that leaves to the requests that wait.
 *
 * A slot counts from the moment it is kept for a request until its reservation is over: against the operator and the region of its
 * node, as they are now, and against the tenant of the request. Reservations that nodes were found to run count on their nodes; whose
 * they are nobody knows. Foreign work takes slots, and counts nowhere.
 */
import type { CheckedNode, CheckedRequest, GroupLimit } from './model.js';

interface Use {
  limit: GroupLimit;
  used: number;
}

export class LimitsInUse {
  readonly #uses: Use[];
  readonly #operators = new Map<string, Use>();
  readonly #regions = new Map<string, Use>();
  readonly #tenants = new Map<string, Use>();

  constructor(limits: readonly GroupLimit[]) {
    this.#uses = limits.map((limit) => ({ limit, used: 0 }));
    for (const use of this.#uses) {
      const { operator, region, tenant } = use.limit;
      if (operator !== undefined) this.#operators.set(operator, use);
      if (region !== undefined) this.#regions.set(region, use);
      if (tenant !== undefined) this.#tenants.set(tenant, use);
    }
  }

  /** So many more slots of a node are in use. */
  addNode(node: CheckedNode, slots: number): void {
    for (const use of this.#ofNode(node)) use.used += slots;
  }

  /** So many more slots are in use by requests of a tenant. */
  addTenant(tenant: string | undefined, slots: number): void {
    const use = tenant === undefined ? undefined : this.#tenants.get(tenant);
    if (use !== undefined) use.used += slots;
  }

  /** What is left of caps and floors, in the order of the limits; never below 0, also where a cap was met by more than it allows. */
  left(): GroupLimit[] {
    return this.#uses.map((use) => {
      const { cap, floor } = use.limit;
      return {
        ...use.limit,
        ...(cap === undefined ? {} : { cap: roomOf(use) }),
        ...(floor === undefined ? {} : { floor: Math.max(0, floor - use.used) }),
      };
    });
  }

  /** Most slots of a node that its groups leave to anybody. */
  nodeRoom(node: CheckedNode): number {
    return this.#ofNode(node).reduce((least, use) => Math.min(least, roomOf(use)), Number.POSITIVE_INFINITY);
  }

  /** Most slots that its tenant leaves to a request. */
  tenantRoom({ tenant }: CheckedRequest): number {
    const use = tenant === undefined ? undefined : this.#tenants.get(tenant);
    return use === undefined ? Number.POSITIVE_INFINITY : roomOf(use);
  }

  #ofNode({ operator, region }: CheckedNode): Use[] {
    return [this.#operators.get(operator), this.#regions.get(region)].filter((use) => use !== undefined);
  }
}

const roomOf = ({ limit: { cap = Number.POSITIVE_INFINITY }, used }: Use): number => Math.max(0, cap - used);
