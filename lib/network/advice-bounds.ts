/**
 * How much each change could save at most, for all changes in a few passes over the arcs, from one dual solution.
 *
 * Let u_i be the values and p_j the prices of an optimal answer of the plain problem. A change of node N gives it new or cheaper arcs
 * (i, N) of cost c_i and, or, other slots. Keep every price but that of N, which becomes p_N + t, t >= 0, and every u_i as far as the
 * changed arcs allow: that is a dual solution of the changed problem, so its objective is a lower bound there. What the old one
 * loses to it bounds the saving, for every t:
 *
 *     saving <= sum_i max(0, G_i - t) + sum_l max(0, t - s_l)       G_i = u_i - c_i - p_N ,  s_l = max(0, g_l - p_N)
 *
 * over the changed arcs (each carries at most one unit) and the slots l of N with surcharges g_l. Both sums ranked, the G falling
 * and the s rising, the least value over t is
 *
 *     sum_l max(0, G_l - s_l)                                        at most as many terms as N has slots.
 *
 * A node that was down had no slot in the dual objective: its price starts at 0, and all its arcs count. Slots alone leave the arcs
 * as they are: the saving is at most sum over new slots max(0, p_N - g) - the same over the old ones, and, as the optimum is convex
 * in the number of slots, at most k times the gain of one where k slots join at the last surcharge or above.
 *
 * An arc that gets dearer or goes away can only lower what is saved, and is left out. The passes see one network in which every
 * candidate of a kind is made at once: an arc to N does not depend on other nodes. Where terms are functions of the caller's, which
 * may look at all fields of a node, each candidate gets a network of its own, all arcs of its node count, and more slots are
 * bounded at t = 0 by both sums.
 */
import { type Candidate, changedNetwork, changedNode, hosting, rateOf } from './advice-changes.js';
import { columnOf } from './advice-column.js';
import { TopGains } from './advice-gains.js';
import type { BuiltProblem } from './build.js';
import { surroundingsOf } from './check-network.js';
import { COST_TERMS } from './cost.js';
import type { CheckedNetwork, CheckedNode, TokenRate } from './model.js';
import { type SlotBlock, slotBlocks } from './slots.js';

/** What the bounds rest on: an optimal answer of `built.plain`. */
export interface DualState {
  built: BuiltProblem;
  prices: ArrayLike<number>;
  values: ArrayLike<number>;
  gain: ArrayLike<number>;
}

/** Most that each candidate can save, in micro-USD. */
export function boundsOf(state: DualState, candidates: readonly Candidate[]): Float64Array {
  const bounds = new Float64Array(candidates.length);
  const passes = new Map<string, number[]>();
  const ownTerms = Object.keys(state.built.noTerms()).length > COST_TERMS.length;
  candidates.forEach(({ change, node }, c) => {
    if (ownTerms) {
      bounds[c] = boundAlone(state, candidates[c]);
      return;
    }
    if (change.kind === 'slots') {
      bounds[c] = slotsBound(state, node, changedNode(state.built.network, state.built.network.nodes[node], change));
      return;
    }
    const key = change.kind === 'enable' ? `enable ${change.mode}` : change.kind;
    const list = passes.get(key);
    if (list === undefined) passes.set(key, [c]);
    else list.push(c);
  });
  for (const list of passes.values()) passOver(state, candidates, list, bounds);
  return bounds;
}

function boundAlone(state: DualState, candidate: Candidate): number {
  const { built, prices, values } = state;
  const { change, node } = candidate;
  const changed = changedNetwork(built.network, candidate);
  const { requests, costs } = columnOf(built, changed, node);
  const base = change.kind === 'up' ? 0 : prices[node];
  const blocks = slotBlocks(changed.nodes[node], built.weights);
  const gains = requests.map((i, a) => Math.max(0, values[i] - costs[a] - base));
  if (change.kind !== 'slots') return best(Float64Array.from(gains).sort().reverse(), blocks, base);
  return gains.reduce((sum, gain) => sum + gain, Math.max(0, rent(blocks, base) - rent(built.blocks[node], base)));
}

/** What slots earn above their surcharges at a price: their part of the dual objective. */
function rent(blocks: readonly SlotBlock[], price: number): number {
  return blocks.reduce((sum, { slots, surcharge }) => sum + slots * Math.max(0, price - surcharge), 0);
}

function slotsBound({ built, prices, gain }: DualState, j: number, changed: CheckedNode): number {
  const before = built.blocks[j];
  const after = slotBlocks(changed, built.weights);
  const bound = Math.max(0, rent(after, prices[j]) - rent(before, prices[j]));
  const added = addedAtTheEnd(before, after);
  return added === undefined ? bound : Math.min(bound, added * gain[j]);
}

/** How many slots joined, if those before are still there and the new ones cost as much as the last of them, or more. */
function addedAtTheEnd(before: readonly SlotBlock[], after: readonly SlotBlock[]): number | undefined {
  const count = new Map<number, number>();
  for (const { slots, surcharge } of after) count.set(surcharge, (count.get(surcharge) ?? 0) + slots);
  for (const { slots, surcharge } of before) count.set(surcharge, (count.get(surcharge) ?? 0) - slots);
  const last = before.at(-1)?.surcharge ?? 0;
  let added = 0;
  for (const [surcharge, slots] of count) {
    if (slots < 0 || (slots > 0 && surcharge < last)) return undefined;
    added += slots;
  }
  return added;
}

/** Bounds of candidates whose changes can be made in one network without touching each other's arcs. */
function passOver(state: DualState, candidates: readonly Candidate[], list: readonly number[], bounds: Float64Array): void {
  const { built, prices, values } = state;
  const { network, weights, requests } = built;
  const wide = widened(
    network,
    list.map((c) => candidates[c]),
  );
  const arcs = built.arcs.over(wide);
  // For a model (of any, ''), the candidate of each node; -1: none.
  const byModel = new Map<string, Int32Array>();
  const gains: TopGains[] = [];
  const base = new Float64Array(network.nodes.length);
  list.forEach((c, k) => {
    const { change, node } = candidates[c];
    const model = change.kind === 'host' ? change.model : '';
    let row = byModel.get(model);
    if (row === undefined) {
      row = new Int32Array(network.nodes.length).fill(-1);
      byModel.set(model, row);
    }
    row[node] = k;
    base[node] = change.kind === 'up' ? 0 : prices[node];
    gains.push(new TopGains(slotsOf(slotBlocks(wide.nodes[node], weights))));
  });
  const first = candidates[list[0]].change;
  requests.forEach((request, i) => {
    const row = byModel.get('') ?? byModel.get(request.model);
    if (row === undefined || (first.kind === 'enable' && !request.mode.includes(first.mode))) return;
    const { nodes, costs, length } = arcs.fill(request, values[i]);
    for (let a = 0; a < length; a++) {
      const node = nodes[a];
      if (row[node] >= 0) gains[row[node]].add(values[i] - costs[a] - base[node]);
    }
  });
  list.forEach((c, k) => {
    const { node } = candidates[c];
    bounds[c] = best(gains[k].falling(), slotBlocks(wide.nodes[node], weights), base[node]);
  });
}

const slotsOf = (blocks: readonly SlotBlock[]): number => blocks.reduce((sum, { slots }) => sum + slots, 0);

/** sum_l max(0, G_l - s_l), the G falling and the s rising. */
function best(gains: Float64Array, blocks: readonly SlotBlock[], base: number): number {
  let sum = 0;
  let at = 0;
  for (const { slots, surcharge } of blocks) {
    const extra = Math.max(0, surcharge - base);
    for (const end = Math.min(gains.length, at + slots); at < end; at++) sum += Math.max(0, gains[at] - extra);
  }
  return sum;
}

/** The network with all the candidates' changes made. */
function widened(network: CheckedNetwork, list: readonly Candidate[]): CheckedNetwork {
  if (list.length === 1) return changedNetwork(network, list[0]);
  const { rates } = surroundingsOf(network);
  const nodes = network.nodes.slice();
  const models = new Map<number, Map<string, TokenRate>>();
  for (const { change, node } of list) {
    if (change.kind !== 'host') {
      nodes[node] = changedNode(network, nodes[node], change);
      continue;
    }
    const rate = rateOf(rates, nodes[node], change.model);
    const mine = models.get(node) ?? new Map<string, TokenRate>();
    if (rate !== undefined) models.set(node, mine.set(change.model, rate));
  }
  for (const [node, more] of models) nodes[node] = hosting(nodes[node], more);
  return { ...network, nodes };
}
