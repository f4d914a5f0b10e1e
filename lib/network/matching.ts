/**
 * One joint matching of a batch: the problem is built, solved, checked by the independent verifier, and read back in terms of
 * nodes and requests. The policies in use today place the same batch on the same problem beside it.
 */

import { knownOptions } from '../known-options.js';
import type { SolveOptions } from '../options.js';
import type { BackendUsed, Solution, SolveStats, Status } from '../solution.js';
import { type Certificate, verify } from '../verify/index.js';
import { worthOf } from './advice-worth.js';
import { POLICIES } from './baselines.js';
import { BUILD_OPTIONS, type BuildOptions, type BuiltProblem } from './build.js';
import { checkNetwork } from './check-network.js';
import { checkRequests } from './check-requests.js';
import { type CostSummary, costSummary } from './cost-summary.js';
import { cappedReason } from './gadgets-capped.js';
import type { CheckedNetwork, CheckedRequest, InferenceRequest, NetworkData } from './model.js';
import { type NodeOutcome, nodeOutcomes, type SlotSummary, slotSummary } from './node-outcomes.js';
import type { PolicyResult } from './one-at-a-time.js';
import { Placed } from './placed.js';
import { policyRules } from './policy-rules.js';
import { type Shares, shares } from './shares.js';
import { type BatchOptions, solveBatch } from './solve-batch.js';
import { type IdleSplit, idleSplit, type UsedSplit, usedSplit } from './splits.js';
import { explainUnserved, type UnservedFacts, type UnservedSummary } from './unserved.js';

export type { CostSummary };

export interface MatchOptions extends BatchOptions, Omit<SolveOptions, 'prices'> {
  /** Whether to place the batch by the policies of baselines.ts, too (default true). They see every arc, with the nearest ones alone as well. */
  baselines?: boolean;
  /**
   * Whether to value a slot more and less on every node (default true). It takes a look at every arc, also of a batch solved with the
   * nearest ones, two searches for each group that is at its cap, and two warm solves for each that is at its floor.
   */
  worth?: boolean;
}

const SOLVE_OPTIONS: readonly (keyof MatchOptions)[] = [
  'backend',
  'gap',
  'deadlineMs',
  'signal',
  'seed',
  'threads',
  'deterministic',
  'onProgress',
];
const KNOWN = ['nearest', 'baselines', 'worth', ...BUILD_OPTIONS, ...SOLVE_OPTIONS];

export interface BaselineOutcome {
  policy: string;
  served: number;
  unserved: number;
  idle: number;
  /** Unserved cost included, micro-USD. */
  cost: number;
  /** Its cost over the cost of the joint matching; 1 when both are 0. Below 1 only where floors, which bind no policy, ask for dear work. */
  ratio: number;
}

export interface Placement {
  request: string;
  /** Undefined when unserved; the first of `nodes` else. */
  node: string | undefined;
  /** One entry per replica that has a place. */
  nodes: string[];
  placed: number;
  wanted: number;
}

/** Who serves how much, and how evenly: `operators`, `regions`, `ages` and `balance`. */
export interface MatchResult extends Shares {
  status: Status;
  /** Units asked for: replicas count each. */
  demand: number;
  served: number;
  unserved: UnservedSummary;
  slots: SlotSummary;
  /** Used slots by what for. */
  used: UsedSplit;
  /** Idle slots by why, in slots, tokens per second and USD per hour. Found out when first read. */
  readonly idle: IdleSplit;
  cost: CostSummary;
  nodes: NodeOutcome[];
  placements: Placement[];
  baselines: BaselineOutcome[];
  certificate: Certificate;
  backend: BackendUsed;
  stats: SolveStats;
  /** How often the problem was solved, and arcs added between: more than once with `nearest` or cold loads. */
  rounds: number;
  arcsAdded: number;
  /** Cost terms that rest on shares of something paid once; empty: the answer is exact for the costs shown. */
  approximate: 'coldLoad'[];
  /** Milliseconds to build the problem, and to check the answer. */
  buildMilliseconds: number;
  verifyMilliseconds: number;
  arcs: number;
  built: BuiltProblem;
  solution: Solution;
  placed: Placed;
  /** What the reasons of unserved requests rest on besides. */
  facts: UnservedFacts;
}

/**
 * Rejects with NETWORK_INVALID for a bad network or request, with `signal.reason` if aborted before the result is there, and with
 * whatever solve() throws. `deadlineMs` ends the search; reading, worths and policies come on top.
 */
export async function matchBatch(
  network: NetworkData,
  requests: readonly InferenceRequest[],
  options: MatchOptions = {},
): Promise<MatchResult> {
  return await matchChecked(checkNetwork(network), checkRequests(requests).requests, options);
}

/** The same for a network and requests that have been checked. */
export async function matchChecked(network: CheckedNetwork, requests: CheckedRequest[], options: MatchOptions = {}): Promise<MatchResult> {
  knownOptions(options, KNOWN);
  const { baselines = true, worth = true, ...rest } = options;
  const { building, solving } = divide(rest);
  const { signal } = solving;
  const { built, solution, ...batch } = await solveBatch(network, requests, building, solving);
  const checking = performance.now();
  const certificate = verify(built.problem, solution);
  const verifyMilliseconds = performance.now() - checking;
  const placed = Placed.read(built, solution);
  const nodes = nodeOutcomes(built, placed, worth && solution.status === 'optimal' ? await worthOf(built, solution, signal) : undefined);
  const cost = costSummary(built, placed);
  const facts: UnservedFacts = { proven: solution.status === 'optimal' };
  if (network.limits.length > 0) facts.capped = (i) => cappedReason(built, placed, i) !== undefined;
  const unserved = explainUnserved(built, placed, facts);
  const demand = requests.reduce((sum, { replicas }) => sum + replicas, 0);
  const compared = baselines ? baselineOutcomes(built, nodes, cost.total, options.seed) : [];
  // What may have come while nothing waited for the solver: a caller who gave up gets no result.
  if (signal?.aborted) throw signal.reason;
  const open = network.limits.length > 0 || solution.status !== 'optimal';
  let idle: IdleSplit | undefined;
  return {
    status: solution.status,
    demand,
    served: demand - unserved.total,
    unserved,
    slots: slotSummary(nodes),
    used: usedSplit(built, placed),
    get idle() {
      idle ??= idleSplit(built, placed, { open, backend: solution.backend.name });
      return idle;
    },
    ...shares(built, placed),
    cost,
    nodes,
    placements: requests.map(({ id, replicas }, i) => {
      const on = placed.on(i).map((j) => network.nodes[j].id);
      return { request: id, node: on[0], nodes: on, placed: on.length, wanted: replicas };
    }),
    baselines: compared,
    certificate,
    backend: solution.backend,
    stats: solution.stats,
    ...batch,
    verifyMilliseconds,
    arcs: built.problem.arcs,
    built,
    solution,
    placed,
    facts,
  };
}

/** Options of the build from those of the solver, which refuses what it does not know. */
function divide({ nearest, ...options }: BatchOptions & SolveOptions): { building: BatchOptions; solving: SolveOptions } {
  const own = Object.entries(options).filter(([name]) => (BUILD_OPTIONS as readonly string[]).includes(name));
  const others = Object.entries(options).filter(([name]) => !(BUILD_OPTIONS as readonly string[]).includes(name));
  return { building: { nearest, ...(Object.fromEntries(own) as BuildOptions) }, solving: Object.fromEntries(others) };
}

function baselineOutcomes(built: BuiltProblem, nodes: NodeOutcome[], joint: number, seed = 0): BaselineOutcome[] {
  const { network, requests, order } = built;
  // A policy may place on any node, also on one that the matching found too far to look at.
  const { plain } = built.whole ? built : built.rebuild(network);
  const stickyKeys = requests.map(({ client }) => client);
  const pools = requests.map(({ model }) => model);
  const idle = nodes.reduce((sum, node) => sum + node.idle + node.used, 0);
  return POLICIES.map((policy) => {
    const options = { seed, order, stickyKeys, pools, rules: policyRules(network, requests) };
    const { policy: name, served, unserved, cost }: PolicyResult = policy(plain, options);
    return { policy: name, served, unserved, idle: idle - served, cost, ratio: cost === joint ? 1 : cost / joint };
  });
}
