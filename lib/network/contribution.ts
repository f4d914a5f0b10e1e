/**
 * What an operator is worth to the network, and what it would gain by showing less than it has.
 *
 *     loss      cost of the matching without the operator's nodes, less the cost with them. Without means that they take no work;
 *               requests that ran there before still pay to move. It is exact, and below 0 only where a floor asks for dear work
 *               that goes with them. It is not the sum of the losses of its slots: each of those counts on the others to stay.
 *     hiding    if every used slot were paid its worth - slotValues' gain, the smallest price that proves the optimum - an operator
 *               could raise that worth by hiding slots. The k slots whose loss is least are hidden one after another, the batch is
 *               matched anew after each, and what all its used slots would be paid is compared. Which slots are hidden is a greedy
 *               choice: the gain told is one that the operator can have, not always the most.
 *
 * A positive gain is the reason why these values are no payments: an operator that is paid by the margin is paid for scarcity, also for scarcity
 * of its own making. Nor must they be summed over nodes or ticks: each belongs to one batch and one network.
 */
import { OutbidError } from '../errors.js';
import { nearest as nearestName } from '../nearest-name.js';
import type { Solution } from '../solution.js';
import { withSlots } from './advice-changes.js';
import { placedCost, solveChanged } from './advice-trial.js';
import { worthOf } from './advice-worth.js';
import type { BuiltProblem } from './build.js';
import { counted, inUsd } from './explain-words.js';
import type { MatchResult } from './matching.js';
import type { CheckedNetwork, CheckedNode } from './model.js';

export interface ContributionOptions {
  /** Slots to hide: a whole number, 0 or more (default 1). Those it has not are not hidden. */
  hide?: number;
}

/** Costs in whole micro-USD. */
export interface OperatorContribution {
  operator: string;
  nodes: string[];
  /** Slots of its nodes that this batch may use, and uses. */
  slots: number;
  used: number;
  /** What the matching would cost more without its nodes: exact. */
  loss: number;
  /** Units served less without them. Matchings of equal cost may differ in it. */
  servedLess: number;
  hiding: Hiding;
  words: string;
}

export interface Hiding {
  /** Slots hidden, and where. */
  slots: number;
  nodes: { node: string; slots: number }[];
  /** What its used slots would be paid, each at its worth: with all slots shown, and with these hidden. */
  incomeBefore: number;
  incomeAfter: number;
  /** incomeAfter - incomeBefore. */
  gain: number;
  /** What hiding them costs the network. */
  cost: number;
}

interface State {
  built: BuiltProblem;
  solution: Solution;
}

/**
 * @throws OutbidError SOLUTION_NOT_OPTIMAL unless the result is optimal; OPTION_INVALID for an operator without nodes or a bad
 *   `hide`; UNKNOWN_OPTION; and whatever solve() throws
 */
export async function operatorContribution(
  result: MatchResult,
  operator: string,
  options: ContributionOptions = {},
): Promise<OperatorContribution> {
  const hide = checkHide(options);
  const { built, solution } = result;
  if (solution.status !== 'optimal')
    throw new OutbidError('SOLUTION_NOT_OPTIMAL', `a loss is told from an optimum only; this solution is '${solution.status}'`, {
      argument: 'result',
      value: solution.status,
    });
  const mine = nodesOf(built.network, operator);
  const state: State = built.whole ? { built, solution } : await solveChanged(built, solution, built.network);
  const gone = await changed(state, mine, (node) => ({ ...node, state: 'down' }));
  const hiding = await hideSlots(state, mine, hide);
  const contribution = {
    operator,
    nodes: mine.map((j) => built.network.nodes[j].id),
    slots: mine.reduce((sum, j) => sum + usable(built, j), 0),
    used: mine.reduce((sum, j) => sum + result.placed.usedOn(j), 0),
    loss: placedCost(gone.built, gone.solution) - placedCost(state.built, state.solution),
    servedLess: units(state).reduce((a, b) => a + b, 0) - units(gone).reduce((a, b) => a + b, 0),
    hiding,
  };
  return { ...contribution, words: inWords(contribution) };
}

async function hideSlots(first: State, mine: readonly number[], hide: number): Promise<Hiding> {
  const hidden = new Map<number, number>();
  let state = first;
  for (let k = 0; k < hide; k++) {
    const { loss } = await worthOf(state.built, state.solution);
    const open = mine.filter((j) => usable(state.built, j) > 0);
    if (open.length === 0) break;
    const cheapest = open.reduce((best, j) => (loss[j] < loss[best] ? j : best));
    state = await changed(state, [cheapest], (node) => withSlots(node, -1));
    hidden.set(cheapest, (hidden.get(cheapest) ?? 0) + 1);
  }
  const incomeBefore = await income(first, mine);
  const incomeAfter = await income(state, mine);
  const { nodes } = first.built.network;
  return {
    slots: [...hidden.values()].reduce((sum, count) => sum + count, 0),
    nodes: [...hidden].sort(([a], [b]) => a - b).map(([j, slots]) => ({ node: nodes[j].id, slots })),
    incomeBefore,
    incomeAfter,
    gain: incomeAfter - incomeBefore,
    cost: placedCost(state.built, state.solution) - placedCost(first.built, first.solution),
  };
}

/** A node whose slots are worth anything has none free in any optimal answer, so that this is the same for all of them. */
async function income(state: State, mine: readonly number[]): Promise<number> {
  const { gain } = await worthOf(state.built, state.solution);
  const used = units(state);
  return mine.reduce((sum, j) => sum + (used[j] === 0 ? 0 : used[j] * gain[j]), 0);
}

/** Units placed on each node. */
function units({ built, solution }: State): number[] {
  const used = built.network.nodes.map(() => 0);
  for (const [, j, count] of built.placements(solution)) used[j] += count;
  return used;
}

function usable({ blocks }: BuiltProblem, node: number): number {
  return blocks[node].reduce((sum, { slots }) => sum + slots, 0);
}

async function changed({ built, solution }: State, which: readonly number[], change: (node: CheckedNode) => CheckedNode): Promise<State> {
  const nodes = built.network.nodes.slice();
  for (const j of which) nodes[j] = change(nodes[j]);
  return await solveChanged(built, solution, { ...built.network, nodes });
}

function nodesOf({ nodes }: CheckedNetwork, operator: string): number[] {
  const mine = [...nodes.keys()].filter((j) => nodes[j].operator === operator);
  if (mine.length > 0) return mine;
  const close = nearestName(operator, [...new Set(nodes.map((node) => node.operator))]);
  throw new OutbidError(
    'OPTION_INVALID',
    `there is no node of operator '${operator}'${close === undefined ? '' : `; did you mean '${close}'?`}`,
    { argument: 'operator', nearest: close, value: operator },
  );
}

function checkHide(options: ContributionOptions): number {
  const other = Object.keys(options).find((name) => name !== 'hide');
  if (other !== undefined) throw new OutbidError('UNKNOWN_OPTION', `there is no option '${other}'; known is hide`, { option: other });
  const { hide = 1 } = options;
  if (!Number.isInteger(hide) || hide < 0)
    throw new OutbidError('OPTION_INVALID', `hide must be a whole number, 0 or more, not ${String(hide)}`, { option: 'hide', value: hide });
  return hide;
}

function inWords({ operator, nodes, slots, used, loss, servedLess, hiding }: Omit<OperatorContribution, 'words'>): string {
  const sentences = [
    `${operator} has ${counted(nodes.length, 'node')} with ${counted(slots, 'slot')} for this batch, ${used} of them used.`,
    loss === 0
      ? 'Without its nodes the matching would cost the same.'
      : `Without its nodes the matching would cost ${inUsd(loss)} more${servedLess > 0 ? ` and serve ${servedLess} fewer` : ''}.`,
  ];
  if (hiding.slots > 0) {
    const what = `If every used slot were paid its worth, hiding ${counted(hiding.slots, 'slot')} would`;
    if (hiding.gain > 0)
      sentences.push(
        `${what} raise its income from ${inUsd(hiding.incomeBefore)} to ${inUsd(hiding.incomeAfter)}: worths are no payments.`,
      );
    else if (hiding.gain < 0)
      sentences.push(`${what} lower its income from ${inUsd(hiding.incomeBefore)} to ${inUsd(hiding.incomeAfter)}.`);
    else sentences.push(`${what} leave its income at ${inUsd(hiding.incomeBefore)}.`);
  }
  return sentences.join(' ');
}
