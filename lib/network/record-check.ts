/**
 * Checks a decision record against the network and the requests it speaks of, without a solver and without trusting the record.
 *
 * What it proves: the problem is the one whose digest the record carries; the request may run where the record says, in that mode,
 * at those terms; its places and unserved units are as many as it asks for; and, where the record makes the statement, what it pays
 * where it runs is at most its value, its value is what follows from the places named, and the runner-up and the cheaper nodes cost
 * and pay what is said, which is no less than what it pays.
 *
 * What it cannot notice: another epoch; requests named at a cheaper node that run elsewhere; which of the reasons that depend on
 * others (full, capped, deferred) a request with arcs is unserved for; a price that contradicts nothing
 * else: shifted together with all that is computed from it, or one of several places of a request with replicas; a runner-up that is
 * not the next best. The last two it does notice when the prices are given, too.
 */
import { type BuildOptions, type BuiltProblem, buildProblem, type Loading } from './build.js';
import { ELIGIBILITY_FILTERS } from './eligibility.js';
import type { InferenceRequest, NetworkData } from './model.js';
import { type DecisionRecord, MOST_OUTBID, type RecordedUnit } from './record.js';
import { dearestPay, elsewhere, modeOn, runnerUp } from './record-places.js';
import { recordShape } from './record-shape.js';
import { KIND_OF } from './unserved.js';

export const RECORD_VIOLATIONS = {
  FORMAT: 'A field is missing, unknown or of the wrong type, or format or version is another.',
  DIGEST_MISMATCH: 'The problem built is not the one that was solved.',
  REQUEST_UNKNOWN: 'The batch has no such request.',
  NODE_UNKNOWN: 'The network has no such node.',
  UNITS_MISMATCH: 'Places and unserved units are not as many as the request asks for, or two places are on one node.',
  ARC_MISSING: 'The request may not run on that node.',
  MODE_MISMATCH: 'It would run in another mode there.',
  TERM_MISMATCH: 'A cost term is another, is missing, or does not exist.',
  COST_MISMATCH: 'A cost is another, or not the sum of its terms.',
  REASON_MISMATCH: 'A reason is given where every unit has a place, none where one has not, or another than the filters give.',
  PRICE_NEGATIVE: 'A price is below 0.',
  PRICE_MISMATCH: 'A price is another than in the prices given.',
  PAYS_TOO_MUCH: 'Cost and price of a place exceed the value of the request.',
  VALUE_MISMATCH: 'The value does not follow from the places, or is missing, or is there where no statement can be made.',
  RUNNER_UP_MISMATCH: 'The runner-up is no other place, its cost or extra cost is another, or it is better than where the request runs.',
  OUTBID_MISMATCH: 'A cheaper node is none, costs something else, or would have been better.',
} as const;

export type RecordViolationCode = keyof typeof RECORD_VIOLATIONS;

export interface RecordViolation {
  code: RecordViolationCode;
  /** Where in the record. */
  field?: string;
  expected?: unknown;
  found?: unknown;
}

/**
 * What a record is checked against: the problem as it was built, or what it is built from. A matching with `nearest` or with cold
 * loads solves a problem that depends on its rounds: match again, which gives the same, and give its `built`. A running network charges
 * loads whole, but for those under way.
 */
export type RecordGround =
  | BuiltProblem
  | { network: NetworkData; requests: readonly InferenceRequest[]; options?: BuildOptions; loading?: Loading };

/**
 * What is false in a record; empty when nothing is. Never throws on a wrong record.
 *
 * @param prices by node, as decisionPrices gives them: what it cannot notice without them is said above.
 * @throws OutbidError whatever buildProblem throws
 */
export function checkRecord(record: unknown, ground: RecordGround, prices?: ArrayLike<number>): RecordViolation[] {
  const malformed = recordShape(record);
  if (malformed !== undefined) return [{ code: 'FORMAT', ...malformed }];
  const built = 'rebuild' in ground ? ground : buildProblem(ground.network, ground.requests, ground.options, ground.loading);
  return new RecordCheck(record as DecisionRecord, built, prices).run();
}

/** Why a request that has arcs may be unserved. */
const WITH_ARCS: ReadonlySet<string> = new Set(
  Object.keys(KIND_OF).filter((reason) => !([...ELIGIBILITY_FILTERS, 'price', 'deadline'] as string[]).includes(reason)),
);

class RecordCheck {
  readonly #record: DecisionRecord;
  readonly #built: BuiltProblem;
  readonly #prices: ArrayLike<number> | undefined;
  readonly #violations: RecordViolation[] = [];

  constructor(record: DecisionRecord, built: BuiltProblem, prices: ArrayLike<number> | undefined) {
    this.#record = record;
    this.#built = built;
    this.#prices = prices;
  }

  run(): RecordViolation[] {
    const { request, digest, placements } = this.#record;
    this.#same('DIGEST_MISMATCH', 'digest', this.#built.problem.digest(), digest);
    const i = this.#built.requests.findIndex(({ id }) => id === request);
    if (i < 0) this.#report('REQUEST_UNKNOWN', 'request', undefined, request);
    else {
      const on = placements.map(({ node }, k) => this.#node(node, `placements[${k}].node`));
      this.#units(i);
      placements.forEach((placement, k) => {
        this.#placement(i, on[k], placement, `placements[${k}]`);
      });
      this.#unserved(i);
      if (!on.includes(-1)) this.#statement(i, on);
    }
    return this.#violations;
  }

  #units(i: number): void {
    const { wanted, placements, unserved } = this.#record;
    this.#same('UNITS_MISMATCH', 'wanted', this.#built.requests[i].replicas, wanted);
    this.#same('UNITS_MISMATCH', 'unserved.units', wanted - placements.length, unserved.units);
    this.#same('UNITS_MISMATCH', 'placements', placements.length, new Set(placements.map(({ node }) => node)).size);
  }

  #placement(i: number, j: number, { mode, terms, cost }: RecordedUnit, field: string): void {
    if (j < 0) return;
    const { arcs, requests } = this.#built;
    const { nodes, length } = arcs.fill(requests[i], Number.POSITIVE_INFINITY);
    if (!nodes.subarray(0, length).includes(j)) {
      this.#report('ARC_MISSING', `${field}.node`, undefined, this.#built.network.nodes[j].id);
      return;
    }
    this.#same('MODE_MISMATCH', `${field}.mode`, modeOn(this.#built, i, j), mode);
    const right = this.#built.terms(i, j);
    for (const name of new Set([...Object.keys(right), ...Object.keys(terms)]))
      this.#same('TERM_MISMATCH', `${field}.terms.${name}`, right[name], terms[name]);
    this.#same('COST_MISMATCH', `${field}.cost`, sum(right), cost);
  }

  #unserved(i: number): void {
    const { units, cost, reason } = this.#record.unserved;
    this.#same('COST_MISMATCH', 'unserved.cost', this.#built.plain.unservedCostOf(i), cost);
    const removed = this.#built.noArcs[i];
    if (units === 0) this.#same('REASON_MISMATCH', 'unserved.reason', null, reason);
    else if (removed !== undefined ? reason !== removed : reason === null || !WITH_ARCS.has(reason))
      this.#report('REASON_MISMATCH', 'unserved.reason', removed, reason);
  }

  /** The reduced costs, where they are told. */
  #statement(i: number, on: readonly number[]): void {
    const { status, value, placements, unserved, runnerUp: second, outbidAt } = this.#record;
    const told = status === 'optimal' && this.#built.problem === this.#built.plain;
    if (!told || value === null) {
      if (told !== (value !== null)) this.#report('VALUE_MISMATCH', 'value', told ? undefined : null, value);
      placements.forEach(({ price }, k) => {
        if (price !== null) this.#report('PRICE_MISMATCH', `placements[${k}].price`, null, price);
      });
      if (second !== null) this.#report('RUNNER_UP_MISMATCH', 'runnerUp', null, second);
      if (outbidAt.length > 0) this.#report('OUTBID_MISMATCH', 'outbidAt', [], outbidAt);
      return;
    }
    let most = unserved.cost;
    placements.forEach(({ cost, price }, k) => {
      const field = `placements[${k}].price`;
      if (price === null) {
        this.#report('PRICE_MISMATCH', field, undefined, price);
        return;
      }
      this.#price(field, on[k], price);
      if (cost + price > value) this.#report('PAYS_TOO_MUCH', field, value - cost, price);
      // The arc of a request with replicas is full with one unit: it says nothing of the next.
      if (this.#record.wanted === 1) most = Math.min(most, cost + price);
    });
    if (second !== null && second.node !== null) most = Math.min(most, second.cost + second.price);
    this.#same('VALUE_MISMATCH', 'value', most, value);
    const others = elsewhere(this.#built, i, on);
    this.#runnerUp(others);
    this.#outbid(others);
  }

  #runnerUp(others: readonly { node: number; cost: number }[]): void {
    const { runnerUp: second, unserved } = this.#record;
    const reference = dearestPay(this.#record);
    if (second === null) {
      // Nothing else there is: then no node is left, and it is unserved already.
      if (others.length > 0 || unserved.units === 0) this.#report('RUNNER_UP_MISMATCH', 'runnerUp', undefined, second);
      return;
    }
    if (second.node === null) {
      if (unserved.units > 0) this.#report('RUNNER_UP_MISMATCH', 'runnerUp.node', undefined, second.node);
      this.#same('RUNNER_UP_MISMATCH', 'runnerUp.price', 0, second.price);
      this.#same('RUNNER_UP_MISMATCH', 'runnerUp.cost', unserved.cost, second.cost);
    } else {
      const j = this.#node(second.node, 'runnerUp.node');
      const found = others.find(({ node }) => node === j);
      this.#same('RUNNER_UP_MISMATCH', 'runnerUp.cost', found?.cost, second.cost);
      if (j >= 0) this.#price('runnerUp.price', j, second.price);
    }
    const extra = second.cost + second.price - reference;
    this.#same('RUNNER_UP_MISMATCH', 'runnerUp.extraCost', extra, second.extraCost);
    if (extra < 0) this.#report('RUNNER_UP_MISMATCH', 'runnerUp.extraCost', 0, extra);
    if (this.#prices === undefined) return;
    const right = runnerUp(this.#record, this.#built, others, this.#prices);
    this.#same('RUNNER_UP_MISMATCH', 'runnerUp.node', right?.node, second.node);
  }

  #outbid(others: readonly { node: number; cost: number }[]): void {
    const { outbidAt, placements, unserved } = this.#record;
    const reference = dearestPay(this.#record);
    const dearest = unserved.units > 0 ? unserved.cost : Math.max(...placements.map(({ cost }) => cost));
    const cheaper = others.filter(({ cost }) => cost < dearest).sort((a, b) => a.cost - b.cost || a.node - b.node);
    this.#same('OUTBID_MISMATCH', 'outbidAt', Math.min(MOST_OUTBID, cheaper.length), outbidAt.length);
    outbidAt.forEach(({ node, cost, price, free, by, others: more }, k) => {
      const field = `outbidAt[${k}]`;
      const right = cheaper[k];
      if (right === undefined) return;
      this.#same('OUTBID_MISMATCH', `${field}.node`, this.#built.network.nodes[right.node].id, node);
      this.#same('OUTBID_MISMATCH', `${field}.cost`, right.cost, cost);
      this.#price(`${field}.price`, right.node, price);
      if (cost + price < reference) this.#report('OUTBID_MISMATCH', `${field}.price`, reference - cost, price);
      this.#same('OUTBID_MISMATCH', `${field}.free`, this.#built.plain.capacityOf(right.node) - by.length - more, free);
      for (const id of by)
        if (!this.#built.requests.some((request) => request.id === id)) this.#report('REQUEST_UNKNOWN', `${field}.by`, undefined, id);
    });
  }

  #price(field: string, node: number, price: number): void {
    if (price < 0) this.#report('PRICE_NEGATIVE', field, 0, price);
    if (this.#prices !== undefined) this.#same('PRICE_MISMATCH', field, this.#prices[node], price);
  }

  #node(id: string, field: string): number {
    const j = this.#built.arcs.index.position(id) ?? -1;
    if (j < 0) this.#report('NODE_UNKNOWN', field, undefined, id);
    return j;
  }

  #same(code: RecordViolationCode, field: string, expected: unknown, found: unknown): void {
    if (expected !== found) this.#report(code, field, expected, found);
  }

  #report(code: RecordViolationCode, field: string, expected: unknown, found: unknown): void {
    this.#violations.push({ code, field, expected, found });
  }
}

function sum(terms: Record<string, number>): number {
  return Object.values(terms).reduce((total, term) => total + term, 0);
}
