/** What a matching says of one id: of the request, of the node, or of both where they share it. */
import { OutbidError } from '../errors.js';
import { nearest } from '../nearest-name.js';
import { answerOf } from '../network/answer.js';
import { type CostTerms, totalCost } from '../network/cost.js';
import { explain } from '../network/explain.js';
import { explainNode } from '../network/explain-node.js';
import type { MatchResult } from '../network/matching.js';
import { rankedNodes } from '../network/ranked-nodes.js';
import { grouped, usd } from './numbers.js';
import { pairs } from './table.js';

/** Costs in micro-USD. */
export interface RequestExplanation {
  id: string;
  model: string;
  mode: string[];
  placed: number;
  wanted: number;
  /** Where it was placed, and the cost there by term, surcharges of slots aside. */
  placements: { node: string; cost: number; terms: CostTerms }[];
  /** Why units have no place, and in words. */
  reason: string | null;
  words: string | null;
  /** The next-best nodes, and how much more than at the best one it would cost there, prices of slots included. */
  alternatives: { node: string; cost: number; more: number }[];
}

export interface NodeExplanation {
  id: string;
  slots: number;
  used: number;
  idle: number;
  eligible: number;
  /** What one slot more would save, and one less cost; null where it is not known. */
  gain: number | null;
  loss: number | null;
  /** Requests of this batch that it runs. */
  requests: string[];
}

export interface Explanation {
  request: RequestExplanation | null;
  node: NodeExplanation | null;
}

const ALTERNATIVES = 3;
const REQUESTS_SHOWN = 10;

/** Throws USAGE for an id that is neither a request's nor a node's. */
export function explainId(result: MatchResult, id: string): Explanation {
  const { requests, network } = result.built;
  const i = requests.findIndex((request) => request.id === id);
  const j = network.nodes.findIndex((node) => node.id === id);
  if (i < 0 && j < 0) {
    const close = nearest(
      id,
      [...network.nodes, ...requests].map((entry) => entry.id),
    );
    const hint = close === undefined ? '' : `; did you mean '${close}'?`;
    throw new OutbidError('USAGE', `there is no request and no node '${id}'${hint}`, { option: 'explain', value: id, nearest: close });
  }
  return { request: i < 0 ? null : ofRequest(result, i), node: j < 0 ? null : ofNode(result, j) };
}

function ofRequest(result: MatchResult, i: number): RequestExplanation {
  const { built, placed } = result;
  const request = built.requests[i];
  const { id, model, mode, replicas } = request;
  const on = placed.on(i);
  const idOf = (j: number): string => built.network.nodes[j].id;
  const { unserved } = answerOf(result, id);
  const ranked = rankedNodes(built, result, request, on);
  return {
    id,
    model,
    mode,
    placed: placed.unitsOf(i),
    wanted: replicas,
    placements: on.map((j) => {
      const terms = built.terms(i, j);
      return { node: idOf(j), cost: totalCost(terms), terms };
    }),
    reason: unserved?.reason ?? null,
    words: unserved?.words ?? null,
    alternatives: ranked
      .slice(on.length, on.length + ALTERNATIVES)
      .map(({ node, cost, pay }) => ({ node: idOf(node), cost, more: pay - ranked[0].pay })),
  };
}

function ofNode({ built, nodes, placed }: MatchResult, j: number): NodeExplanation {
  const { id, slots, used, idle, eligible, gain, loss } = nodes[j];
  const known = (value: number | undefined): number | null => (value === undefined || !Number.isFinite(value) ? null : value);
  const requests = built.requests.filter((_, i) => placed.on(i).includes(j)).map((request) => request.id);
  return { id, slots, used, idle, eligible, gain: known(gain), loss: known(loss), requests };
}

/** The same in sentences. */
export function inWords(result: MatchResult, { request, node }: Explanation): string {
  const said = [request === null ? [] : [explain(result, request.id)], node === null ? [] : [explainNode(result, node.id)]].flat();
  return said.map((text) => `${text}\n\n`).join('');
}

/** The same for people, as figures. */
export function explanationText({ request, node }: Explanation): string {
  return [request === null ? '' : requestText(request), node === null ? '' : nodeText(node)].filter((text) => text !== '').join('\n');
}

function requestText({ id, model, mode, placed, wanted, placements, words, alternatives: others }: RequestExplanation): string {
  return `Request ${id}\n${pairs([
    ['asks for', `${model} in ${mode.join(' or ')}${wanted === 1 ? '' : `, ${grouped(wanted)} replicas`}`],
    ['served', `${grouped(placed)} of ${grouped(wanted)}`],
    ...placements.map(({ node, cost, terms }): [string, string] => [`on ${node}`, `${usd(cost)}: ${termsText(terms)}`]),
    ...(words === null ? [] : [['unserved', words] as [string, string]]),
    ...others.map(({ node, cost, more }): [string, string] => [
      `else ${node}`,
      `${usd(cost)}, ${usd(more)} more with what its slots are worth`,
    ]),
  ])}`;
}

function termsText(terms: CostTerms): string {
  const parts = Object.entries(terms).filter(([, value]) => value !== 0);
  return parts.length === 0 ? 'nothing' : parts.map(([name, value]) => `${name} ${usd(value)}`).join(', ');
}

function nodeText({ id, slots, used, idle, eligible, gain, loss, requests }: NodeExplanation): string {
  const shown = requests.slice(0, REQUESTS_SHOWN).join(', ');
  const more = requests.length > REQUESTS_SHOWN ? ` and ${grouped(requests.length - REQUESTS_SHOWN)} more` : '';
  return `Node ${id}\n${pairs([
    ['slots', `${grouped(slots)}: ${grouped(used)} used by this batch, ${grouped(idle)} idle`],
    ['runs', requests.length === 0 ? 'nothing of this batch' : `${shown}${more}`],
    ['may run', `${grouped(eligible)} of its requests`],
    ['one more slot', gain === null ? 'not known' : `saves ${usd(gain)}`],
    ['one slot less', loss === null ? 'not known' : `costs ${usd(loss)}`],
  ])}`;
}
