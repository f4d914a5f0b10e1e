/**
 * What a change would make the matching cost, exactly: tried on a market that stays warm, and taken back.
 *
 * A changed node leaves the market and joins again with its new arcs and slots; the update places the units that were there, and
 * those that now prefer it, by shortest paths. So a trial costs as much as what moves, not as much as the problem. Where the problem
 * has gadgets (limits, distinct operators), a node stands in several places of it, and the changed network is built and solved
 * anew instead, from the prices before.
 */
import { Matcher } from '../matcher.js';
import type { BackendName } from '../options.js';
import type { Solution } from '../solution.js';
import { solve } from '../solve.js';
import { type Candidate, changedNetwork } from './advice-changes.js';
import { type Column, columnOf } from './advice-column.js';
import type { BuiltProblem } from './build.js';
import type { CheckedNetwork } from './model.js';
import { slotBlocks } from './slots.js';

export interface Trial {
  /** Cost of the matching with this change, in micro-USD; the change is taken back. */
  cost(candidate: Candidate): Promise<number>;
  /** Makes a change for good: what is tried next comes on top of it. `built` and `solution` are those of the changed network. */
  apply(candidate: Candidate, built: BuiltProblem, solution: Solution): void;
  dispose(): void;
}

export function trialOf(built: BuiltProblem, solution: Solution): Trial {
  // A limit that says nothing of the network as it is may say something of the changed one.
  const limited =
    built.network.limits.length > 0 || built.requests.some(({ distinct, replicas }) => distinct === 'operator' && replicas > 1);
  return limited ? new ColdTrial(built, solution) : new WarmTrial(built, solution.backend.name);
}

/** On a market: for a problem without gadgets. */
export class WarmTrial implements Trial {
  #built: BuiltProblem;
  readonly #market: Matcher;
  /** Index in the market of each node of the network. */
  readonly #at: Int32Array;

  constructor(built: BuiltProblem, backend: BackendName) {
    this.#built = built;
    this.#market = Matcher.from(built.plain, { backend: backend === 'cuda' ? 'auto' : backend });
    this.#at = Int32Array.from(built.network.nodes.keys());
  }

  cost(candidate: Candidate): Promise<number> {
    const { network } = this.#built;
    const cost = this.#replace(changedNetwork(network, candidate), candidate.node);
    this.#replace(network, candidate.node);
    return Promise.resolve(cost);
  }

  apply({ node }: Candidate, built: BuiltProblem): void {
    this.#replace(built.network, node);
    this.#built = built;
  }

  dispose(): void {
    this.#market.dispose();
  }

  /** Gives a node the arcs and slots it has in another network; the cost of the matching then. */
  #replace(network: CheckedNetwork, node: number): number {
    const { requests, weights } = this.#built;
    const column = columnOf(this.#built, network, node);
    const blocks = slotBlocks(network.nodes[node], weights);
    const single: Column = { requests: [], costs: [] };
    const several: Column = { requests: [], costs: [] };
    column.requests.forEach((i, a) => {
      const list = requests[i].replicas > 1 ? several : single;
      list.requests.push(i);
      list.costs.push(column.costs[a]);
    });
    this.#market.removeNode(this.#at[node]);
    const at = this.#market.addNode({
      capacity: blocks.reduce((sum, { slots }) => sum + slots, 0),
      demands: single.requests,
      costs: single.costs,
      ...(blocks.length === 0 ? {} : { tiers: { slots: blocks.map(({ slots }) => slots), surcharge: blocks.map((b) => b.surcharge) } }),
    });
    // Replicas run on distinct nodes: an arc of theirs carries one unit.
    several.requests.forEach((i, a) => {
      this.#market.addArcs(i, { targets: [at], costs: [several.costs[a]], arcCapacity: 1 });
    });
    this.#at[node] = at;
    return this.#market.update({ deadlineMs: Number.POSITIVE_INFINITY }).objective;
  }
}

/** By building and solving again: for any problem. */
export class ColdTrial implements Trial {
  #built: BuiltProblem;
  #solution: Solution;

  constructor(built: BuiltProblem, solution: Solution) {
    this.#built = built;
    this.#solution = solution;
  }

  async cost(candidate: Candidate): Promise<number> {
    const { built, solution } = await solveChanged(this.#built, this.#solution, changedNetwork(this.#built.network, candidate));
    return placedCost(built, solution);
  }

  apply(_: Candidate, built: BuiltProblem, solution: Solution): void {
    this.#built = built;
    this.#solution = solution;
  }

  dispose(): void {}
}

/**
 * What the placements of a solution cost, unserved requests and surcharges included: its objective, unless gadgets count something
 * else beside them.
 */
export function placedCost(built: BuiltProblem, solution: Solution): number {
  const { plain, problem, requests, blocks, arcs } = built;
  if (problem === plain) return solution.objective;
  const used = new Float64Array(plain.nodes);
  let cost = 0;
  requests.forEach(({ replicas }, i) => {
    cost += replicas * plain.unservedCostOf(i);
  });
  for (const [i, j, units] of built.placements(solution)) {
    cost += units * (arcs.cost(requests[i], j) - plain.unservedCostOf(i));
    used[j] += units;
  }
  blocks.forEach((list, j) => {
    for (const { slots, surcharge } of list) {
      cost += Math.min(used[j], slots) * surcharge;
      used[j] -= Math.min(used[j], slots);
    }
  });
  return cost;
}

/** The same requests on a changed network, solved from the prices of a solution. */
export async function solveChanged(
  before: BuiltProblem,
  { prices, backend }: Solution,
  network: CheckedNetwork,
  signal?: AbortSignal,
): Promise<{ built: BuiltProblem; solution: Solution }> {
  const built = before.rebuild(network);
  const warm = prices.length === built.problem.nodes ? { prices } : {};
  return { built, solution: await solve(built.problem, { backend: backend.name, signal, ...warm }) };
}
