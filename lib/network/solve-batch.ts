/**
 * Solving a batch, in as many rounds as its exactness takes.
 *
 *     nearest    with only the k cheapest arcs of each request the answer is optimal for those. The arcs left out are priced: one
 *                that costs less than the request's value at the prices found would help; the best of them are added, and the
 *                problem solved again, until none is left. The last answer is optimal for all arcs, and any other is within its gap:
 *                prices bound the cost of the whole batch as soon as no arc left out undercuts them. Where a deadline comes before,
 *                one last round has every arc.
 *     cold load  a model loaded once serves every request of the batch that runs there. The first round charges each request the
 *                share it pays if the node's slots fill; the second, and last, the share by the requests that came. That is a fixed
 *                charge, no flow problem, and so the answer is exact only for the shares charged: it is marked approximate. A second
 *                round that a deadline cuts short is dropped: the first one was whole.
 */
import { OutbidError } from '../errors.js';
import type { SolveOptions } from '../options.js';
import type { Solution } from '../solution.js';
import { solve } from '../solve.js';
import { type BuildOptions, type BuiltProblem, buildChecked, type Refinement } from './build.js';
import { everyArc } from './every-arc.js';
import { MatchClock } from './match-clock.js';
import type { CheckedNetwork, CheckedRequest } from './model.js';
import { freeSlots } from './slots.js';

export interface BatchOptions extends BuildOptions {
  /** Arcs per request to start with, the cheapest; more are added where they help (default: all). */
  nearest?: number;
}

export interface SolvedBatch {
  built: BuiltProblem;
  solution: Solution;
  /** How often the problem was solved. */
  rounds: number;
  /** Arcs added because pricing found that they help. */
  arcsAdded: number;
  /** Cost terms that rest on shares of something paid once. Empty: the answer is exact. */
  approximate: 'coldLoad'[];
  buildMilliseconds: number;
}

export async function solveBatch(
  network: CheckedNetwork,
  requests: CheckedRequest[],
  options: BatchOptions,
  solving: SolveOptions,
): Promise<SolvedBatch> {
  const { nearest, ...building } = options;
  if (nearest !== undefined && (!Number.isInteger(nearest) || nearest < 1))
    throw new OutbidError('OPTION_INVALID', `nearest must be a whole number above 0, not ${String(nearest)}`, {
      option: 'nearest',
      value: nearest,
    });
  const solved: SolvedBatch = {
    built: undefined as unknown as BuiltProblem,
    solution: undefined as unknown as Solution,
    rounds: 0,
    arcsAdded: 0,
    approximate: [],
    buildMilliseconds: 0,
  };
  const { signal, deadlineMs = Number.POSITIVE_INFINITY } = solving;
  const clock = new MatchClock(solving, nearest !== undefined || network.nodes.some(({ loadable }) => Object.keys(loadable).length > 0));
  const refinement: Refinement = { nearest, coldShare: expectedShare(network, requests) };
  const round = async (): Promise<void> => {
    if (signal?.aborted) throw signal.reason;
    const begun = performance.now();
    solved.built = buildChecked(network, requests, building, refinement);
    solved.buildMilliseconds += performance.now() - begun;
    // Unit demands are solved faster from nothing than from prices. Others carry prices over, where the nodes of the problem are the same.
    const { problem, plain } = solved.built;
    const warm = solved.rounds > 0 && problem !== plain && solved.solution.prices.length === problem.nodes;
    const prices = warm ? solved.solution.prices : undefined;
    solved.solution = await solve(problem, { ...solving, ...(prices ? { prices } : {}), ...clock.options(solved.rounds) });
    solved.rounds++;
  };
  const priced = async (): Promise<void> => {
    await round();
    if (nearest === undefined) return;
    for (let added = addHelpful(solved, refinement); added > 0; added = addHelpful(solved, refinement)) {
      const late = clock.milliseconds >= deadlineMs;
      if (late) refinement.nearest = undefined;
      solved.arcsAdded += added;
      await round();
      if (late) return;
    }
  };
  await priced();
  const loads = coldLoads(solved.built, solved.solution);
  if (loads.size === 0) return solved;
  solved.approximate.push('coldLoad');
  if (clock.milliseconds >= deadlineMs) return solved;
  const { built, solution } = solved;
  const first = refinement.coldShare as (model: string, node: number) => number;
  refinement.coldShare = (model, node) => 1 / (loads.get(loadKey(model, node)) ?? 1 / first(model, node));
  await priced();
  if (solution.status === 'optimal' && solved.solution.status !== 'optimal' && clock.milliseconds >= deadlineMs) {
    refinement.coldShare = first;
    Object.assign(solved, { built, solution });
  }
  return solved;
}

const loadKey = (model: string, node: number): string => `${node} ${model}`;

/** A load is shared by as many requests as ask for the model and have a slot there. */
function expectedShare(network: CheckedNetwork, requests: CheckedRequest[]): (model: string, node: number) => number {
  const wanted = new Map<string, number>();
  for (const { model, replicas } of requests) wanted.set(model, (wanted.get(model) ?? 0) + replicas);
  return (model, node) => 1 / Math.max(1, Math.min(wanted.get(model) ?? 1, freeSlots(network.nodes[node])));
}

/** Units placed where their model must be loaded first, by model and node. */
function coldLoads(built: BuiltProblem, solution: Solution): Map<string, number> {
  const loads = new Map<string, number>();
  for (const [i, j, units] of built.placements(solution)) {
    const { model } = built.requests[i];
    if (!Object.hasOwn(built.network.nodes[j].loadable, model)) continue;
    loads.set(loadKey(model, j), (loads.get(loadKey(model, j)) ?? 0) + units);
  }
  return loads;
}

/** Most arcs added to a request in a round, in multiples of those it starts with. */
const ROUND_ARCS = 2;

/** Marks the arcs left out that cost less than their request's value at the prices found; how many there are. */
function addHelpful({ built, solution }: SolvedBatch, refinement: Refinement): number {
  if (built.whole) return 0;
  const { plain } = built;
  const kept = new Map(refinement.kept);
  const most = ROUND_ARCS * (refinement.nearest as number);
  let added = 0;
  for (let i = 0; i < built.requests.length; i++) {
    const arcs = everyArc(built, i);
    const row = plain.rowEnd(i) - plain.rowStart(i);
    if (arcs.length === row) continue;
    const held = new Set<number>();
    for (let a = plain.rowStart(i); a < plain.rowEnd(i); a++) held.add(plain.target(a));
    const helpful: { node: number; pay: number }[] = [];
    for (let a = 0; a < arcs.length; a++) {
      const node = arcs.nodes[a];
      const pay = arcs.costs[a] + built.entryPrice(solution, node);
      if (pay < solution.values[i] && !held.has(node)) helpful.push({ node, pay });
    }
    if (helpful.length === 0) continue;
    // A request that got no place would take any node. Its best will do: what they leave to be wished, the next round finds.
    if (helpful.length > most) helpful.sort((x, y) => x.pay - y.pay || x.node - y.node).length = most;
    const mine = new Set(kept.get(i));
    for (const { node } of helpful) mine.add(node);
    kept.set(i, mine);
    added += helpful.length;
  }
  refinement.kept = kept;
  return added;
}
