/**
 * Changes of hardware that advice may propose, and the network each of them makes.
 *
 *     host M on N      N runs model M, loaded and ready, at the rate its own figures or the network's throughput table give
 *     enable V on N    N runs verification mode V, too
 *     k slots on N     k slots more; with tiers, in the last of them
 *     bring N up       N, which is down, takes work
 *
 * Regions, labels, prices and caps are policy, not hardware: none of them is offered. What a change costs to make is not known
 * here, and neither is whether a node has the memory or the device for it: `allowed` of the options leaves out what cannot be had.
 */

import { surroundingsOf } from './check-network.js';
import { rateKey } from './check-node.js';
import type { CheckedNetwork, CheckedNode, CheckedRequest, TokenRate } from './model.js';

export const CHANGE_KINDS = ['host', 'enable', 'slots', 'up'] as const;

export type ChangeKind = (typeof CHANGE_KINDS)[number];

/** One change of one node, which is named by its id. */
export type Change =
  | { kind: 'host'; node: string; model: string }
  | { kind: 'enable'; node: string; mode: string }
  | { kind: 'slots'; node: string; slots: number }
  | { kind: 'up'; node: string };

/** What somebody asks for and no node can be offered, because a figure is missing. */
export interface NotOffered {
  kind: 'host' | 'enable';
  /** Of the model or mode. */
  name: string;
  /** Ids of the nodes. */
  nodes: string[];
  words: string;
}

/** A change and the position of its node. */
export interface Candidate {
  change: Change;
  node: number;
}

export interface Candidates {
  offered: Candidate[];
  notOffered: NotOffered[];
}

export interface CandidateChoice {
  kinds: ReadonlySet<ChangeKind>;
  slotsPerChange: number;
  allowed(change: Change): boolean;
}

const MAX_SLOTS = 2 ** 31 - 1;

export function changeInWords(change: Change): string {
  switch (change.kind) {
    case 'host':
      return `host ${change.model} on ${change.node}`;
    case 'enable':
      return `enable ${change.mode} on ${change.node}`;
    case 'slots':
      return `${change.slots} more slot${change.slots === 1 ? '' : 's'} on ${change.node}`;
    case 'up':
      return `bring ${change.node} up`;
  }
}

/** The network with one node changed; its other nodes are the same objects, in the same places. */
export function changedNetwork(network: CheckedNetwork, { change, node }: Candidate): CheckedNetwork {
  const nodes = network.nodes.slice();
  nodes[node] = changedNode(network, nodes[node], change);
  return { ...network, nodes };
}

export function changedNode(network: CheckedNetwork, node: CheckedNode, change: Change): CheckedNode {
  switch (change.kind) {
    case 'host': {
      const rate = rateOf(surroundingsOf(network).rates, node, change.model);
      if (rate === undefined) return node;
      return hosting(node, new Map([[change.model, rate]]));
    }
    case 'enable':
      return { ...node, modes: [...node.modes, change.mode] };
    case 'slots':
      return withSlots(node, change.slots);
    case 'up':
      return { ...node, state: 'up' };
  }
}

/** The node with more slots, or fewer (a negative count, at most all of them): they join, or leave, the last tier that has any. */
export function withSlots(node: CheckedNode, more: number): CheckedNode {
  const slots = node.slots + more;
  const changed: CheckedNode = { ...node, slots, headroom: Math.min(node.headroom, slots) };
  if (node.tiers === undefined) return changed;
  const tiers = node.tiers.map((tier) => ({ ...tier }));
  if (more > 0) {
    if (tiers.length === 0) tiers.push({ slots: 0, surcharge: 0 });
    tiers[tiers.length - 1].slots += more;
  }
  for (let k = tiers.length - 1, left = -more; k >= 0 && left > 0; k--) {
    const taken = Math.min(left, tiers[k].slots);
    tiers[k].slots -= taken;
    left -= taken;
  }
  return { ...changed, tiers };
}

/** The node with these models loaded and ready, those it has to load now included. */
export function hosting(node: CheckedNode, models: ReadonlyMap<string, TokenRate>): CheckedNode {
  return {
    ...node,
    models: [...node.models, ...models.keys()],
    loadable: Object.fromEntries(Object.entries(node.loadable).filter(([model]) => !models.has(model))),
    tokensPerSecond: { ...node.tokensPerSecond, ...Object.fromEntries(models) },
  };
}

/** How fast a node runs, or would run, a model: its own figure, else that of its GPUs; undefined when nobody says. */
export function rateOf(rates: ReadonlyMap<string, TokenRate>, node: CheckedNode, model: string): TokenRate | undefined {
  if (Object.hasOwn(node.tokensPerSecond, model)) return node.tokensPerSecond[model];
  const rate = rates.get(rateKey(model, node.gpu, node.gpus));
  return rate === undefined ? undefined : { input: rate.input, output: rate.output };
}

/**
 * Every change that could be made, by node and kind, for models and modes that some request asks for; of a node that is down only
 * bringing it up, and of one that drains none.
 */
export function findCandidates(network: CheckedNetwork, requests: readonly CheckedRequest[], choice: CandidateChoice): Candidates {
  const { kinds, slotsPerChange, allowed } = choice;
  const models = kinds.has('host') ? [...new Set(requests.map(({ model }) => model))] : [];
  const modes = kinds.has('enable') ? [...new Set(requests.flatMap(({ mode }) => mode))] : [];
  const { rates } = surroundingsOf(network);
  const offered: Candidate[] = [];
  const missing = new Map<string, NotOffered>();
  const refuse = (kind: 'host' | 'enable', name: string, node: CheckedNode): void => {
    const key = `${kind} ${name}`;
    const entry = missing.get(key);
    if (entry === undefined) missing.set(key, { kind, name, nodes: [node.id], words: '' });
    else entry.nodes.push(node.id);
  };
  network.nodes.forEach((node, j) => {
    const offer = (change: Change): void => {
      if (allowed(change)) offered.push({ change, node: j });
    };
    if (node.state === 'down' && kinds.has('up')) offer({ kind: 'up', node: node.id });
    if (node.state !== 'up') return;
    for (const model of models) {
      if (node.models.includes(model)) continue;
      if (rateOf(rates, node, model) === undefined) refuse('host', model, node);
      else offer({ kind: 'host', node: node.id, model });
    }
    for (const mode of modes) {
      if (node.modes.includes(mode)) continue;
      if (network.modes !== undefined && !Object.hasOwn(network.modes, mode)) refuse('enable', mode, node);
      else offer({ kind: 'enable', node: node.id, mode });
    }
    if (kinds.has('slots') && node.slots + slotsPerChange <= MAX_SLOTS) offer({ kind: 'slots', node: node.id, slots: slotsPerChange });
  });
  return { offered, notOffered: [...missing.values()].map((entry) => ({ ...entry, words: refusal(entry) })) };
}

function refusal({ kind, name, nodes }: NotOffered): string {
  const count = `${nodes.length} node${nodes.length === 1 ? '' : 's'}`;
  return kind === 'host'
    ? `hosting ${name} is not offered on ${count}: neither the node nor the throughput table says how fast it would run there`
    : `enabling ${name} is not offered on ${count}: the network's modes do not list it, so its multiplier is not known`;
}
