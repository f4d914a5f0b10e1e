/**
 * One joint matching of a batch: the problem is built, solved, checked by the independent verifier, and read back in terms of
 * nodes and requests. The policies in use today place the same batch on the same problem beside it.
 */
import type { SlotValues } from '../backend/backend.js';
import type { SolveOptions } from '../options.js';
import { slotValues } from '../slot-values.js';
import type { BackendUsed, Solution, SolveStats, Status } from '../solution.js';
import { solve } from '../solve.js';
import { type Certificate, verify } from '../verify/index.js';
import { POLICIES, type PolicyResult } from './baselines.js';
import { type BuildOptions, type BuiltProblem, buildChecked } from './build.js';
import { checkNetwork } from './check-network.js';
import { checkRequests } from './check-requests.js';
import { COST_TERMS, type CostTerms } from './cost.js';
import type { CheckedNetwork, CheckedRequest, InferenceRequest, Network } from './model.js';
import { explainUnserved, type UnservedSummary } from './unserved.js';

export interface MatchOptions extends BuildOptions, Omit<SolveOptions, 'prices'> {
  /** Whether to place the batch by the policies of baselines.ts, too (default true). */
  baselines?: boolean;
}

/** One node and what its slots did. Costs in micro-USD. */
export interface NodeOutcome {
  id: string;
  operator: string;
  region: string;
  gpu: string;
  gpus: number;
  slots: number;
  used: number;
  idle: number;
  /** Requests of this batch that may run here. */
  eligible: number;
  /** What one slot more would save, one slot less would cost; undefined unless the answer is optimal. */
  gain: number | undefined;
  loss: number | undefined;
}

export interface SlotSummary {
  total: number;
  used: number;
  idle: number;
  /** Idle by why; the two add up to `idle`. */
  idleBy: {
    /** On nodes that no request of this batch may use. */
    noEligibleRequest: number;
    /** On nodes that requests may use, all of which are better off elsewhere: one slot more there is worth nothing. */
    surplus: number;
  };
  nodes: number;
  /** Nodes whose every slot is idle. */
  idleNodes: number;
  /** Nodes with no slot idle. */
  fullNodes: number;
}

/** In whole micro-USD; the parts add up to the total. */
export interface CostSummary extends CostTerms {
  total: number;
  unserved: number;
}

export interface BaselineOutcome {
  policy: string;
  served: number;
  unserved: number;
  idle: number;
  /** Unserved cost included, micro-USD. */
  cost: number;
  /** Its cost over the cost of the joint matching; 1 when both are 0. */
  ratio: number;
}

export interface Placement {
  request: string;
  /** Undefined when unserved. */
  node: string | undefined;
}

export interface MatchResult {
  status: Status;
  demand: number;
  served: number;
  unserved: UnservedSummary;
  slots: SlotSummary;
  cost: CostSummary;
  nodes: NodeOutcome[];
  placements: Placement[];
  baselines: BaselineOutcome[];
  certificate: Certificate;
  backend: BackendUsed;
  stats: SolveStats;
  /** Milliseconds to build the problem, and to check the answer. */
  buildMilliseconds: number;
  verifyMilliseconds: number;
  arcs: number;
  built: BuiltProblem;
  solution: Solution;
}

/** Throws NETWORK_INVALID for a bad network or request, and whatever solve() throws. */
export async function matchBatch(
  network: Network,
  requests: readonly InferenceRequest[],
  options: MatchOptions = {},
): Promise<MatchResult> {
  return await matchChecked(checkNetwork(network), checkRequests(requests).requests, options);
}

/** The same for a network and requests that have been checked. */
export async function matchChecked(network: CheckedNetwork, requests: CheckedRequest[], options: MatchOptions = {}): Promise<MatchResult> {
  const { weights, unservedCost, baselines = true, ...solving } = options;
  const started = performance.now();
  const built = buildChecked(network, requests, { weights, unservedCost });
  const buildMilliseconds = performance.now() - started;
  const { problem } = built;
  const solution = await solve(problem, solving);
  const solved = performance.now();
  const certificate = verify(problem, solution);
  const verifyMilliseconds = performance.now() - solved;
  // Every unserved cost is finite and every demand one unit, so there always is a complete answer and it has an assignment.
  const assignment = solution.assignment ?? new Int32Array(problem.demands).fill(-1);
  const nodes = nodeOutcomes(built, assignment, solution.status === 'optimal' ? slotValues(problem, solution) : undefined);
  const cost = costSummary(built, assignment);
  const unserved = explainUnserved(built, assignment);
  return {
    status: solution.status,
    demand: problem.demands,
    served: problem.demands - unserved.total,
    unserved,
    slots: slotSummary(nodes),
    cost,
    nodes,
    placements: built.requests.map((request, i) => ({
      request: request.id,
      node: assignment[i] < 0 ? undefined : built.network.nodes[assignment[i]].id,
    })),
    baselines: baselines ? baselineOutcomes(built, nodes, cost.total, options.seed) : [],
    certificate,
    backend: solution.backend,
    stats: solution.stats,
    buildMilliseconds,
    verifyMilliseconds,
    arcs: problem.arcs,
    built,
    solution,
  };
}

function nodeOutcomes(built: BuiltProblem, assignment: Int32Array, values: SlotValues | undefined): NodeOutcome[] {
  const { network, problem } = built;
  const used = new Int32Array(network.nodes.length);
  const eligible = new Int32Array(network.nodes.length);
  for (const node of assignment) if (node >= 0) used[node]++;
  for (let arc = 0; arc < problem.arcs; arc++) eligible[problem.target(arc)]++;
  return network.nodes.map(({ id, operator, region, gpu, gpus, slots }, j) => ({
    id,
    operator,
    region,
    gpu,
    gpus,
    slots,
    used: used[j],
    idle: slots - used[j],
    eligible: eligible[j],
    gain: values?.gain[j],
    loss: values?.loss[j],
  }));
}

function slotSummary(nodes: NodeOutcome[]): SlotSummary {
  const sum = (take: (node: NodeOutcome) => number): number => nodes.reduce((total, node) => total + take(node), 0);
  return {
    total: sum((node) => node.slots),
    used: sum((node) => node.used),
    idle: sum((node) => node.idle),
    idleBy: {
      noEligibleRequest: sum((node) => (node.eligible === 0 ? node.idle : 0)),
      surplus: sum((node) => (node.eligible === 0 ? 0 : node.idle)),
    },
    nodes: nodes.length,
    idleNodes: sum((node) => (node.slots > 0 && node.used === 0 ? 1 : 0)),
    fullNodes: sum((node) => (node.slots > 0 && node.idle === 0 ? 1 : 0)),
  };
}

function costSummary(built: BuiltProblem, assignment: Int32Array): CostSummary {
  const cost: CostSummary = { total: 0, price: 0, latency: 0, service: 0, unserved: 0 };
  assignment.forEach((node, i) => {
    if (node < 0) {
      cost.unserved += built.problem.unservedCostOf(i);
      return;
    }
    const terms = built.terms(i, node);
    for (const term of COST_TERMS) cost[term] += terms[term];
  });
  cost.total = cost.unserved + COST_TERMS.reduce((sum, term) => sum + cost[term], 0);
  return cost;
}

function baselineOutcomes(built: BuiltProblem, nodes: NodeOutcome[], joint: number, seed = 0): BaselineOutcome[] {
  const stickyKeys = built.requests.map((request) => request.client);
  const slots = nodes.reduce((sum, node) => sum + node.slots, 0);
  return POLICIES.map((policy) => {
    const { policy: name, served, unserved, cost }: PolicyResult = policy(built.problem, { seed, order: built.order, stickyKeys });
    return { policy: name, served, unserved, idle: slots - served, cost, ratio: cost === joint ? 1 : cost / joint };
  });
}
