/**
 * The answer for one request: where its units run and what each costs by term, where else it could go and how much dearer that
 * would be, or why it is unserved. Looked up when asked, not kept for every request of a batch.
 *
 * Every term of a placement is its own but one: surcharges belong to the slots of a node, not to who holds which. They are
 * dealt out in order of the batch - the k-th request on a node pays the surcharge of its k-th usable slot - so that the costs
 * of all units, with the unserved costs, add up to the total.
 */
import { alternatives } from '../alternatives.js';
import { OutbidError } from '../errors.js';
import type { BuiltProblem } from './build.js';
import { type CostTerms, totalCost } from './cost.js';
import { everyArc } from './every-arc.js';
import type { MatchResult } from './matching.js';
import { surchargeOf } from './slots.js';
import { KIND_OF, type UnservedKind, type UnservedReason, unservedReason, unservedWords } from './unserved.js';

/** In whole micro-USD: every term of COST_TERMS and the caller's own, and `congestion`; they add up to `total`. */
export type UnitCost = CostTerms & { congestion: number; total: number };

export interface PlacedUnit {
  node: string;
  /** The mode it runs in, of those the request may be run in. */
  mode: string;
  cost: UnitCost;
}

export interface RankedAlternative {
  node: string;
  /** Of the arc, surcharges aside, in micro-USD. */
  cost: number;
  /**
   * What the whole matching would cost more at least if a unit of the request ran here, in micro-USD: 0 or more, and never more
   * than the truth. The node may be full: then this counts what making room costs.
   */
  extraCost: number;
}

export interface RequestAnswer {
  request: string;
  placed: number;
  wanted: number;
  /** One entry per unit that has a place. */
  units: PlacedUnit[];
  /** Of the units that have none; undefined when all have. */
  unserved:
    | {
        units: number;
        reason: UnservedReason;
        kind: UnservedKind;
        /** The reason in words. */
        words: string;
        /** Micro-USD for all of them. */
        cost: number;
      }
    | undefined;
  /** The nodes that come next, the least extra cost first; as many as were asked for, or fewer. */
  alternatives: RankedAlternative[];
  /**
   * False where limits or distinct operators stand beside nodes and requests in the problem that was solved: extraCost then
   * leaves out what their bounds are worth, and is an estimate.
   */
  alternativesExact: boolean;
}

export interface AnswerOptions {
  /** Most alternatives to list (default 0). */
  alternatives?: number;
}

/**
 * Throws DEMAND_UNKNOWN for an id that no request of the batch has, OPTION_INVALID if `alternatives` is no whole number >= 0.
 * The first look-up in a result indexes it; every further one takes time in proportion to the arcs of its request.
 */
export function answerOf(
  result: Pick<MatchResult, 'built' | 'placed' | 'solution' | 'facts'>,
  requestId: string,
  options: AnswerOptions = {},
): RequestAnswer {
  const { built, placed, facts } = result;
  const i = positionOf(built, requestId);
  const { alternatives: k = 0 } = options;
  if (!Number.isInteger(k) || k < 0)
    throw new OutbidError('OPTION_INVALID', `alternatives must be a whole number >= 0, not ${String(k)}`, {
      option: 'alternatives',
      value: k,
    });
  const request = built.requests[i];
  const nodes = placed.on(i);
  const table = nodes.length > 0 ? built.arcs.table(request) : undefined;
  const missing = request.replicas - nodes.length;
  const reason = missing > 0 ? unservedReason(built, placed, i, facts) : undefined;
  return {
    request: request.id,
    placed: nodes.length,
    wanted: request.replicas,
    units: nodes.map((j) => {
      const terms = built.terms(i, j);
      const congestion = surchargeOf(built.blocks[j], placed.rankOn(j, i));
      const cost = { ...terms, congestion, total: totalCost(terms) + congestion } as UnitCost;
      return { node: built.network.nodes[j].id, mode: table?.modes[table.entryOf(j)] ?? '', cost };
    }),
    unserved:
      reason === undefined
        ? undefined
        : {
            units: missing,
            reason,
            kind: KIND_OF[reason],
            words: unservedWords(request, reason, facts),
            cost: missing * built.plain.unservedCostOf(i),
          },
    alternatives: ranked(result, i, k),
    alternativesExact: built.problem === built.plain,
  };
}

const positions = new WeakMap<BuiltProblem, Map<string, number>>();

function positionOf(built: BuiltProblem, id: string): number {
  let index = positions.get(built);
  if (index === undefined) {
    index = new Map(built.requests.map((request, i) => [request.id, i]));
    positions.set(built, index);
  }
  const i = index.get(id);
  if (i === undefined)
    throw new OutbidError('DEMAND_UNKNOWN', `there is no request ${JSON.stringify(id)} in this batch`, {
      argument: 'requestId',
      value: id,
    });
  return i;
}

/**
 * With gadgets, or arcs left out for being far, the arcs are priced by hand: cost and price of the node, less the request's value.
 * Demands and nodes of the plain problem come first in the one that was solved, and its prices of limits are left out.
 */
function ranked(
  { built, placed, solution }: Pick<MatchResult, 'built' | 'placed' | 'solution'>,
  i: number,
  k: number,
): RankedAlternative[] {
  const { plain, problem, network, whole } = built;
  const named = (node: number, cost: number, extraCost: number): RankedAlternative => ({ node: network.nodes[node].id, cost, extraCost });
  if (problem === plain && whole)
    return alternatives(plain, solution, i, k).map(({ node, cost, reducedCost }) => named(node, cost, reducedCost));
  const list: { node: number; cost: number; pay: number }[] = [];
  const { nodes, costs, length } = everyArc(built, i);
  for (let a = 0; a < length; a++) {
    const node = nodes[a];
    if (placed.on(i).includes(node) || plain.capacityOf(node) === 0) continue;
    list.push({ node, cost: costs[a], pay: costs[a] + solution.prices[node] });
  }
  list.sort((a, b) => a.pay - b.pay || a.node - b.node);
  return list.slice(0, k).map(({ node, cost, pay }) => named(node, cost, Math.max(0, pay - solution.values[i])));
}
