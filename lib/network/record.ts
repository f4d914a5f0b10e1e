/**
 * Why a request is where it is, as plain data that can be kept and checked again: what it costs by term, the price of the node, the
 * request's value, the next best place, and the cheaper nodes at which it was outbid.
 *
 * At an optimum, with p_j the smallest price of a slot on node j that proves it (record-prices.ts) and u the value of the request (what one more unit of it would cost):
 *
 *     cost_j + p_j <= u     where it runs
 *     cost_j + p_j >= u     everywhere else that it may run, and its unserved cost >= u
 *
 * which is the part of the proof that speaks of this request. The statement is made for optimal answers of requests and nodes alone;
 * with limits or distinct operators between them the prices of nodes do not say it, and price, value and runner-up are null.
 * record-check.ts checks a record against the network and the requests, without a solver.
 *
 * Prices are marginal values for one batch: they are no payments, and must not be summed over nodes or ticks.
 */
import { OutbidError } from '../errors.js';
import { nearest as nearestName } from '../nearest-name.js';
import type { Status } from '../solution.js';
import type { BuiltProblem } from './build.js';
import type { CostTerms } from './cost.js';
import type { Placed } from './placed.js';
import { elsewhere, modeOn, runnerUp } from './record-places.js';
import { type Prices, smallestPrices } from './record-prices.js';
import type { UnservedReason, UnservedSummary } from './unserved.js';

export const RECORD_FORMAT = 'outbid-decision';
export const RECORD_VERSION = 1;
/** Most cheaper nodes that a record names, and most requests that it names at each. */
export const MOST_OUTBID = 3;

/** Costs and prices in whole micro-USD. */
export interface DecisionRecord {
  format: typeof RECORD_FORMAT;
  version: typeof RECORD_VERSION;
  /** The matching it belongs to, by the caller's count or the process's. */
  epoch: number;
  /** SHA-256 of the problem that was solved. */
  digest: string;
  status: Status;
  request: string;
  /** Units asked for. */
  wanted: number;
  placements: RecordedUnit[];
  /** Units without a place, what each costs, and why; null when there are none. */
  unserved: { units: number; cost: number; reason: UnservedReason | null };
  /** What one more unit of the request would cost; null where no statement is made. */
  value: number | null;
  runnerUp: RunnerUp | null;
  /** Nodes that would cost less than the dearest place it has, cheapest first, at most MOST_OUTBID. */
  outbidAt: OutbidAt[];
}

export interface RecordedUnit {
  node: string;
  /** The verification mode it runs in. */
  mode: string;
  /** By term; they add up to the cost. */
  terms: CostTerms;
  cost: number;
  /** Of a slot there; null where no statement is made. */
  price: number | null;
}

/** The best place it does not have. */
export interface RunnerUp {
  /** null: to be left unserved. */
  node: string | null;
  cost: number;
  price: number;
  /** cost + price, less what its dearest place costs and is priced (where it misses a place: less its unserved cost); >= 0. */
  extraCost: number;
}

export interface OutbidAt {
  node: string;
  cost: number;
  price: number;
  /** Slots that nobody uses: then the price is a surcharge. */
  free: number;
  /** Some of the requests that run there, none of which could go elsewhere for less than the price, and how many more there are. */
  by: string[];
  others: number;
}

export interface RecordOptions {
  /** Number of the matching: a whole number, 0 or more (default: results are counted as they are first recorded). */
  epoch?: number;
}

/** What records are made of: the result of a matching, or the tick of a network that keeps records. */
export interface Recordable {
  readonly status: Status;
  readonly built: BuiltProblem;
  readonly placed: Placed;
  readonly certificate: { readonly digest: string };
  readonly unserved: Pick<UnservedSummary, 'requests'>;
}

/** The decision on one request. @throws OutbidError DEMAND_UNKNOWN for a request that is not in the batch, OPTION_INVALID for a bad epoch */
export function decisionRecord(result: Recordable, requestId: string, options: RecordOptions = {}): DecisionRecord {
  const context = contextOf(result);
  const position = context.positions.get(requestId);
  if (position === undefined) {
    const close = nearestName(requestId, [...context.positions.keys()]);
    throw new OutbidError(
      'DEMAND_UNKNOWN',
      `there is no request '${requestId}'${close === undefined ? '' : `; did you mean '${close}'?`}`,
      {
        argument: 'requestId',
        nearest: close,
        value: requestId,
      },
    );
  }
  return recordAt(result, context, position, epochOf(context, options));
}

/** The decisions on all requests of a matching, in the order of the batch. */
export function* decisionRecords(result: Recordable, options: RecordOptions = {}): Generator<DecisionRecord> {
  const context = contextOf(result);
  const epoch = epochOf(context, options);
  for (let i = 0; i < result.built.requests.length; i++) yield recordAt(result, context, i, epoch);
}

/** The smallest prices that prove the optimum, by node, for checkRecord; undefined where records make no statement. */
export function decisionPrices(result: Recordable): Float64Array | undefined {
  return contextOf(result).prices?.prices;
}

/** What the records of a matching share. */
interface Context {
  counted: number;
  /** Undefined where no statement is made. */
  prices: Prices | undefined;
  positions: Map<string, number>;
  /** Positions of the requests on each node. */
  onNode: number[][];
  reasons: Map<string, UnservedReason>;
}

const contexts = new WeakMap<Recordable, Context>();
let recorded = 0;

function contextOf(result: Recordable): Context {
  let context = contexts.get(result);
  if (context === undefined) {
    const { requests, network } = result.built;
    const onNode: number[][] = network.nodes.map(() => []);
    requests.forEach((_, i) => {
      for (const j of result.placed.on(i)) onNode[j].push(i);
    });
    const positions = new Map(requests.map(({ id }, i) => [id, i]));
    const reasons = new Map(result.unserved.requests.map(({ id, reason }) => [id, reason]));
    // Arcs left out for being far have a say in the smallest prices.
    const { plain } = result.built.whole ? result.built : result.built.rebuild(network);
    // Prices of others than an optimum of requests and nodes alone say nothing.
    const priced = result.status === 'optimal' && result.built.problem === result.built.plain;
    const prices = priced ? smallestPrices(plain, (i) => result.placed.on(i)) : undefined;
    context = { counted: recorded++, prices, positions, onNode, reasons };
    contexts.set(result, context);
  }
  return context;
}

function epochOf({ counted }: Context, { epoch = counted }: RecordOptions): number {
  if (!Number.isSafeInteger(epoch) || epoch < 0)
    throw new OutbidError('OPTION_INVALID', `epoch must be a whole number, 0 or more, not ${String(epoch)}`, {
      option: 'epoch',
      value: epoch,
    });
  return epoch;
}

function recordAt(result: Recordable, context: Context, i: number, epoch: number): DecisionRecord {
  const { built, status, placed, certificate } = result;
  const { prices, values } = context.prices ?? {};
  const { network, requests } = built;
  const request = requests[i];
  const units = request.replicas - placed.unitsOf(i);
  const unservedCost = built.plain.unservedCostOf(i);
  const placements = placed.on(i).map((j): RecordedUnit => {
    const terms = built.terms(i, j);
    const cost = Object.values(terms).reduce((sum, term) => sum + term, 0);
    return { node: network.nodes[j].id, mode: modeOn(built, i, j), terms, cost, price: prices?.[j] ?? null };
  });
  const record: DecisionRecord = {
    format: RECORD_FORMAT,
    version: RECORD_VERSION,
    epoch,
    digest: certificate.digest,
    status,
    request: request.id,
    wanted: request.replicas,
    placements,
    unserved: { units, cost: unservedCost, reason: units === 0 ? null : (context.reasons.get(request.id) ?? null) },
    value: values?.[i] ?? null,
    runnerUp: null,
    outbidAt: [],
  };
  if (prices === undefined) return record;
  const others = elsewhere(built, i, placed.on(i));
  record.runnerUp = runnerUp(record, built, others, prices);
  const dearest = units > 0 ? unservedCost : Math.max(...placements.map(({ cost }) => cost));
  record.outbidAt = others
    .filter(({ cost }) => cost < dearest)
    .sort((a, b) => a.cost - b.cost || a.node - b.node)
    .slice(0, MOST_OUTBID)
    .map(({ node, cost }) => {
      const by = context.onNode[node].map((k) => requests[k].id);
      const free = placed.freeOn(node);
      const price = prices[node];
      return {
        node: network.nodes[node].id,
        cost,
        price,
        free,
        by: by.slice(0, MOST_OUTBID),
        others: Math.max(0, by.length - MOST_OUTBID),
      };
    });
  return record;
}
