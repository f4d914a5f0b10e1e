/**
 * Where would hardware help? A list of changes that belong together: the one that saves most, then the one that saves most on top
 * of it, and so on. Single values do not add up - two changes may serve the same request - so every saving here is the difference of
 * two matchings, and the cumulative one is what all changes so far save together, exactly: building the network with them and
 * matching it anew gives that cost.
 *
 * Each step finds the best single change without trying all of them. Every candidate has a bound that its saving cannot exceed
 * (advice-bounds.ts); they are tried exactly in falling order of bounds (advice-trial.ts), until the next bound is no more than the
 * best saving found. What was not tried saves no more. Bounds hold for one network only, so they are computed anew in every step.
 *
 * What this does not find: changes that save nothing alone and something together (a model and a mode on the same node); nor is a
 * list of best next steps always the best list. Costs are those of the batch: loads of models that must be loaded first keep the
 * shares that the result charged, and what a change costs to make is not counted. Savings are marginal, for this batch: they must
 * not be summed over ticks, nor over nodes or results, and are no payments.
 */

import { OutbidError } from '../errors.js';
import { knownOptions } from '../known-options.js';
import { slotValues } from '../slot-values.js';
import type { Solution } from '../solution.js';
import { solve } from '../solve.js';
import { boundsOf } from './advice-bounds.js';
import {
  type Candidate,
  CHANGE_KINDS,
  type Change,
  type ChangeKind,
  changedNetwork,
  changeInWords,
  findCandidates,
  type NotOffered,
} from './advice-changes.js';
import { placedCost, solveChanged, type Trial, trialOf } from './advice-trial.js';
import type { BuiltProblem } from './build.js';
import { inUsd } from './explain-words.js';
import type { MatchResult } from './matching.js';
import type { CheckedNetwork } from './model.js';

export interface AdviseOptions {
  /** Most changes in the list: a whole number, 0 or more (default 5). */
  changes?: number;
  /** Kinds of change to look for (default: all of CHANGE_KINDS). */
  kinds?: readonly ChangeKind[];
  /** Slots that one change of kind 'slots' adds: a whole number above 0 (default 1). */
  slotsPerChange?: number;
  /** Milliseconds after which no further candidate is tried (default: no limit). */
  budgetMs?: number;
  /** Whether a change can be made at all (default: every one can). */
  allowed?: (change: Change) => boolean;
}

/** Costs in whole micro-USD. */
export interface AdviceStep {
  change: Change;
  /** What it saves on top of the steps before it: exact. */
  saving: number;
  /** What it saves together with them: exact. */
  cumulative: number;
  /** Units served more than before this step; negative when dearer ones give way. Matchings of equal cost may differ in it. */
  servedMore: number;
  /** What the prices before this step proved that it can save at most. */
  bound: number;
  /** Candidates there were, and how many of them were tried. */
  candidates: number;
  tried: number;
  /** No single change saves more; false when the budget ended before that was sure. */
  best: boolean;
  words: string;
}

export interface Advice {
  steps: AdviceStep[];
  /** Cost of the matching before the first step and after the last. */
  before: number;
  after: number;
  /** Why the list ends: as many as asked for, no change saves anything, or the budget. */
  ended: 'changes' | 'nothing helps' | 'budget';
  /** After the last step, what no further single change can exceed; 0 proves that none helps. NaN unless that was looked into. */
  left: number;
  /** What was asked for and cannot be offered, as a figure is missing. */
  notOffered: NotOffered[];
  /** The network with all the steps made. */
  network: CheckedNetwork;
}

const OPTIONS: readonly (keyof AdviseOptions)[] = ['changes', 'kinds', 'slotsPerChange', 'budgetMs', 'allowed'];

/**
 * @throws OutbidError SOLUTION_NOT_OPTIMAL unless the result is optimal; UNKNOWN_OPTION; OPTION_INVALID; and whatever solve() throws
 */
export async function advise(result: MatchResult, options: AdviseOptions = {}): Promise<Advice> {
  const started = performance.now();
  const { changes, kinds, slotsPerChange, budgetMs, allowed } = checkAdviseOptions(options);
  const overBudget = (): boolean => performance.now() - started > budgetMs;
  let state = await firstState(result);
  const before = placedCost(state.built, state.solution);
  const advice: Advice = {
    steps: [],
    before,
    after: before,
    ended: 'changes',
    left: Number.NaN,
    notOffered: [],
    network: state.built.network,
  };
  let trial: Trial | undefined;
  try {
    while (advice.steps.length < changes) {
      const { network, requests } = state.built;
      const { offered, notOffered } = findCandidates(network, requests, { kinds, slotsPerChange, allowed });
      if (advice.steps.length === 0) advice.notOffered = notOffered;
      const bounds = await candidateBounds(state, offered);
      const order = Array.from(offered.keys())
        .filter((c) => bounds[c] > 0)
        .sort((a, b) => bounds[b] - bounds[a] || a - b);
      if (order.length > 0) trial ??= trialOf(state.built, state.solution);
      const found = { candidate: -1, saving: 0, tried: 0, best: true };
      for (const c of order) {
        if (bounds[c] <= found.saving) break;
        if (overBudget()) {
          found.best = false;
          break;
        }
        const saving = placedCost(state.built, state.solution) - (await (trial as Trial).cost(offered[c]));
        found.tried++;
        if (saving > found.saving) Object.assign(found, { candidate: c, saving });
      }
      if (found.candidate < 0) {
        advice.ended = found.best ? 'nothing helps' : 'budget';
        advice.left = found.best ? 0 : bounds[order[found.tried]];
        break;
      }
      const next = await applied(state, trial as Trial, offered[found.candidate], found.saving);
      const cumulative = before - placedCost(next.built, next.solution);
      const step = {
        change: offered[found.candidate].change,
        saving: found.saving,
        cumulative,
        servedMore: served(next) - served(state),
        bound: bounds[found.candidate],
        candidates: offered.length,
        tried: found.tried,
        best: found.best,
      };
      advice.steps.push({ ...step, words: stepInWords(step) });
      state = next;
      if (!found.best) {
        advice.ended = 'budget';
        break;
      }
    }
  } finally {
    trial?.dispose();
  }
  return { ...advice, after: placedCost(state.built, state.solution), network: state.built.network };
}

interface State {
  built: BuiltProblem;
  solution: Solution;
}

async function firstState({ built, solution }: MatchResult): Promise<State> {
  if (solution.status !== 'optimal')
    throw new OutbidError('SOLUTION_NOT_OPTIMAL', `savings are told from an optimum only; this solution is '${solution.status}'`, {
      argument: 'result',
      value: solution.status,
    });
  // Arcs left out for being far may be of use once the network has changed.
  return built.whole ? { built, solution } : await solveChanged(built, solution, built.network);
}

/**
 * With limits, no matching costs less than one without: what the limits cost now is the most that they can add to the bound of the
 * problem without them.
 */
async function candidateBounds({ built, solution }: State, offered: readonly Candidate[]): Promise<Float64Array> {
  const { plain, problem } = built;
  const free = plain === problem ? solution : await solve(plain, { backend: solution.backend.name });
  const limits = Math.max(0, placedCost(built, solution) - free.objective);
  const { gain } = slotValues(plain, free);
  const bounds = boundsOf({ built, prices: free.prices, values: free.values, gain }, offered);
  return limits === 0 ? bounds : bounds.map((bound) => bound + limits);
}

/** The state after a change: built and solved by itself, so that the answer carries its own certificate. */
async function applied(state: State, trial: Trial, candidate: Candidate, saving: number): Promise<State> {
  const next = await solveChanged(state.built, state.solution, changedNetwork(state.built.network, candidate));
  const saved = placedCost(state.built, state.solution) - placedCost(next.built, next.solution);
  if (saved !== saving)
    throw new OutbidError('INTERNAL', `${changeInWords(candidate.change)} saved ${saving} when tried and ${saved} when made`, {
      backend: next.solution.backend.name,
    });
  trial.apply(candidate, next.built, next.solution);
  return next;
}

function served({ built, solution }: State): number {
  let units = 0;
  for (const [, , count] of built.placements(solution)) units += count;
  return units;
}

function stepInWords({ change, saving, cumulative, servedMore, best }: Omit<AdviceStep, 'words'>): string {
  const more = servedMore === 0 ? '' : `, and serves ${Math.abs(servedMore)} ${servedMore > 0 ? 'more' : 'fewer'}`;
  const text = `${changeInWords(change)}: saves ${inUsd(saving)}${more}; ${inUsd(cumulative)} with the steps before`;
  return best ? text : `${text} (the budget ended before every other change was ruled out)`;
}

function checkAdviseOptions(options: AdviseOptions): Required<Omit<AdviseOptions, 'kinds'>> & { kinds: ReadonlySet<ChangeKind> } {
  knownOptions(options, OPTIONS);
  const { changes = 5, kinds = CHANGE_KINDS, slotsPerChange = 1, budgetMs = Number.POSITIVE_INFINITY, allowed = () => true } = options;
  const check = (option: keyof AdviseOptions, right: boolean, wanted: string): void => {
    if (!right) throw new OutbidError('OPTION_INVALID', `${option} must be ${wanted}`, { option, value: options[option] });
  };
  check('changes', Number.isInteger(changes) && changes >= 0, 'a whole number, 0 or more');
  check('kinds', Array.isArray(kinds) && kinds.every((kind) => CHANGE_KINDS.includes(kind)), `a list of ${CHANGE_KINDS.join(', ')}`);
  check('slotsPerChange', Number.isInteger(slotsPerChange) && slotsPerChange > 0, 'a whole number above 0');
  check('budgetMs', typeof budgetMs === 'number' && budgetMs >= 0, 'a number, 0 or more');
  check('allowed', typeof allowed === 'function', 'a function of a change');
  return { changes, kinds: new Set(kinds), slotsPerChange, budgetMs, allowed };
}
