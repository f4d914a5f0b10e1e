/**
 * A problem in, a proven answer out: merge, put on the grid, auction, finish, refine where costs are no whole numbers, certify,
 * deal apart. Pure TypeScript, one thread; the native core tells the same story with the same names.
 */
import { OutbidError } from '../errors.js';
import type { SolveRequest } from '../options.js';
import type { Problem } from '../problem.js';
import type { RawSolution, SolveStats } from '../solution.js';
import { Best } from './best.js';
import { type Answer, certify } from './certificate.js';
import { type Classes, mergeClasses, splitClasses } from './classes.js';
import { complete } from './complete.js';
import { finalPrices } from './final-prices.js';
import { finish } from './finish.js';
import { firstLevel, type Level, scale } from './grid.js';
import { Market } from './market.js';
import { type Nodes, readNodes } from './nodes.js';
import { Poll, type SolveControl } from './poll.js';
import { hopelessClass, makeWitness } from './reach.js';
import { addPrices, refineLevel, type WidePrices } from './refine.js';
import { runSchedule } from './schedule.js';
import { Search } from './search.js';
import { demandValues, placementFault } from './values.js';

/** Levels of refinement after which costs count as too far apart; a gap may stay the same until the grid resolves what is left. */
const MOST_LEVELS = 40;

/**
 * Solves a problem on the reference. Costs, prices and the answer are in the caller's units and sense; an infeasible problem
 * comes back with empty arrays and a witness. Throws COST_RANGE when float costs lie too far apart to be refined, and
 * CERTIFICATE_FAILED instead of returning an answer that its own certificate rejects.
 */
export function solveReference(problem: Problem, request: SolveRequest, control: SolveControl): RawSolution {
  const started = performance.now();
  const poll = new Poll(control, request.deadline);
  const classes = mergeClasses(problem, problem.maximize ? -1 : 1);
  const nodes = readNodes(problem);
  const stats: SolveStats = { milliseconds: 0, classes: classes.count, bids: 0, pushes: 0, pulls: 0 };
  const finished = (raw: Omit<RawSolution, 'stats'>): RawSolution => {
    stats.milliseconds = performance.now() - started;
    return { ...raw, stats };
  };
  const hopeless = hopelessClass(classes, nodes);
  if (hopeless >= 0) return finished(infeasible(problem, classes, Int32Array.of(hopeless)));
  const level = firstLevel(classes, nodes, problem.integer);
  const market = new Market(classes, nodes, level, request.seed);
  const search = new Search(market);
  stats.layoutMilliseconds = performance.now() - started;

  // Nobody reads the answer of a run that is aborted; only a deadline asks for the best so far.
  const best = request.deadline < Number.POSITIVE_INFINITY ? new Best(classes, nodes, problem.integer) : undefined;
  const run = new Run(problem, classes, nodes, market, search, poll, best);
  const result = runSchedule(
    market,
    level,
    search,
    {
      warm: warmPrices(request, level),
      goodEnough: request.gap > 0 ? () => run.answer(level).proof.gap <= request.gap : undefined,
      note: best && (() => best.note(run.answer(level))),
    },
    run.counts,
    poll,
  );
  stats.bids = result.bids;
  if (result.outcome === 'infeasible') return finished(infeasible(problem, classes, result.witness ?? new Int32Array(0)));
  if (result.outcome === 'stopped') complete(market);
  let answer = run.answer(level);
  if (result.outcome === 'done') answer = run.refine(answer, level, request.gap);
  const open = answer.proof.gap > Math.max(answer.proof.tolerance, request.gap);
  if (result.outcome === 'done' && open && !poll.mustStop()) failed(`a gap of ${answer.proof.gap} is left`);
  if (best !== undefined && (result.outcome === 'stopped' || open)) answer = best.restore(answer);
  stats.pushes = run.counts.pushes;
  stats.pulls = run.counts.pulls;
  poll.report('certificate', market.placed(), market.placed(), 0.97);
  return finished(present(problem, classes, answer));
}

function failed(why: string): never {
  throw new OutbidError('CERTIFICATE_FAILED', `the reference found an answer its certificate rejects: ${why}`, { backend: 'reference' });
}

/** Warm prices on the grid of a level. */
function warmPrices(request: SolveRequest, level: Level): Float64Array | undefined {
  return request.prices?.map((price) => Math.max(0, Math.round(Math.min(scale(price, level.exponent), 2 ** 53))));
}

/** One run's state beyond the market: the way from it to proven answers. */
class Run {
  readonly counts = { pushes: 0, pulls: 0 };
  readonly #problem: Problem;
  readonly #classes: Classes;
  readonly #nodes: Nodes;
  readonly #market: Market;
  readonly #search: Search;
  readonly #poll: Poll;
  readonly #best: Best | undefined;

  constructor(problem: Problem, classes: Classes, nodes: Nodes, market: Market, search: Search, poll: Poll, best: Best | undefined) {
    this.#problem = problem;
    this.#classes = classes;
    this.#nodes = nodes;
    this.#market = market;
    this.#search = search;
    this.#poll = poll;
    this.#best = best;
  }

  /** The market as it stands on its first level, with its proof. */
  answer(level: Level): Answer {
    const wide = { high: new Float64Array(this.#nodes.count), low: new Float64Array(this.#nodes.count) };
    addPrices(wide, this.#market, level);
    return this.#prove(wide);
  }

  #prove(wide: WidePrices): Answer {
    const market = this.#market;
    const { integer } = this.#problem;
    const prices = finalPrices(market, this.#classes, this.#nodes, wide.high, integer ? undefined : wide.low);
    const proof = certify(this.#classes, this.#nodes, market, prices, integer);
    if (proof.fault !== undefined) failed(proof.fault);
    return { prices, flow: market.flow.slice(), unserved: market.unserved.slice(), unplaced: market.unplaced.slice(), proof };
  }

  /** Refines an answer of the first level until its gap is within the tolerance or within `gap`; the best so far when stopped. */
  refine(first: Answer, firstLevel: Level, gap: number): Answer {
    if (this.#problem.integer) return first;
    this.#best?.note(first);
    const market = this.#market;
    let best = first;
    let level = firstLevel;
    const wide = { high: new Float64Array(this.#nodes.count), low: new Float64Array(this.#nodes.count) };
    addPrices(wide, market, level);
    // A little below the tolerance, so that whoever sums its terms in another order comes to the same verdict.
    const done = ({ proof }: Answer): boolean => proof.gap <= Math.max(proof.tolerance * (1 - 2 ** -20), gap);
    for (let round = 0; !done(best); round++) {
      if (round === MOST_LEVELS) {
        throw new OutbidError(
          'COST_RANGE',
          `costs up to ${this.#problem.largestCost} lie too far apart to prove an optimum in doubles: a gap of ${best.proof.gap} is left`,
          { argument: 'costs', value: this.#problem.largestCost },
        );
      }
      level = refineLevel(market, this.#classes, this.#nodes, wide, level);
      market.enterLevel(level);
      const { outcome } = finish(market, this.#search, this.counts, this.#poll);
      if (outcome === 'stopped') return best;
      if (outcome === 'infeasible') failed('units that had a place lost it while refining');
      addPrices(wide, market, level);
      const next = this.#prove(wide);
      this.#best?.note(next);
      if (next.proof.gap < best.proof.gap) best = next;
    }
    return best;
  }
}

function infeasible(problem: Problem, classes: Classes, reached: Int32Array): Omit<RawSolution, 'stats'> {
  const witness = makeWitness(problem, classes, reached);
  if (!(witness.needed > witness.available)) failed(`the witness needs ${witness.needed} units and may have ${witness.available}`);
  const worst = problem.maximize ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return {
    status: 'infeasible',
    objective: worst,
    bound: worst,
    gap: Number.NaN,
    tolerance: 0,
    prices: new Float64Array(0),
    values: new Float64Array(0),
    placedArcs: new Int32Array(0),
    placedUnits: new Int32Array(0),
    witness,
  };
}

/** An answer in the caller's terms: by demand, and in the caller's sense. */
function present(problem: Problem, classes: Classes, { prices, flow, proof }: Answer): Omit<RawSolution, 'stats'> {
  const placements = splitClasses(problem, classes, flow);
  const fault = placementFault(
    problem,
    placements,
    flow.reduce((sum, units) => sum + units, 0),
  );
  if (fault !== undefined) failed(fault);
  const sign = problem.maximize ? -1 : 1;
  return {
    status: !proof.complete ? 'stopped' : proof.gap <= proof.tolerance ? 'optimal' : 'feasible',
    objective: sign * proof.primal + 0,
    bound: sign * proof.dual + 0,
    gap: proof.gap,
    tolerance: proof.tolerance,
    prices,
    values: demandValues(problem, prices, placements),
    ...placements,
  };
}
