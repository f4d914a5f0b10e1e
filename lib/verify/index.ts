/**
 * The check of an answer, by whoever found it: verify(problem, solution) recomputes both objectives from the flow and the prices
 * alone and compares every claim with them, exactly, on the doubles given. It shares no code with a solver and imports nothing
 * of Node, so it runs wherever JavaScript does.
 *
 * What it proves. The flow keeps every capacity, so `primal` can be had; the prices are >= 0, so by weak duality nothing better
 * than `dual` exists; `gap` is the distance between them. Status, objective, bound, gap, values, assignment and unserved units
 * must be what follows from flow and prices, to the last bit.
 *
 * What it cannot notice. A price no demand's value and no bound depends on may be any other price that proves as much: for
 * instance a higher one at a node without capacity, or any of several optimal dual vectors whose values agree. Such a change
 * makes no claim false. `tolerance` is compared to one part in a million, as it is no exact sum.
 */
import { OutbidError } from '../errors.js';
import { Problem } from '../problem.js';
import type { Status } from '../solution.js';
import { type Claims, type Numbers, readClaims } from './claims.js';
import { ExactSum } from './exact-sum.js';
import { PRICE_LIMIT, passOverArcs, type Tally } from './pass.js';
import { checkUnchanged } from './unchanged.js';
import { Findings, type Violation } from './violations.js';
import { checkWitness } from './witness.js';

export { VIOLATION_CODES, type Violation, type ViolationCode } from './violations.js';

export interface Certificate {
  /** No claim of the solution is false. A stopped or infeasible answer can be valid. */
  valid: boolean;
  /** Every must-serve unit has a place. */
  complete: boolean;
  /** Objective of the flow, nearest double; Infinity when incomplete (-Infinity when maximising). */
  primal: number;
  /** What the prices prove: a lower bound (upper, when maximising), nearest double; -Infinity (Infinity) when they prove nothing. */
  dual: number;
  /** |primal - dual|, exact, nearest double; Infinity where either is infinite, NaN for an infeasible problem. */
  gap: number;
  /** Largest gap that counts as optimal: 0 for integer data. */
  tolerance: number;
  /** SHA-256 of the problem, hex. */
  digest: string;
  /** At most 100 of a code. */
  violations: Violation[];
}

/** 4 x the rounding unit 2^-53: the tolerance per unit of summed term sizes. */
const TOLERANCE_PER_SIZE = 2 ** -51;

/**
 * Checks a solution (an instance, or any object with its fields) against its problem. Never throws on a wrong solution.
 *
 * @throws OutbidError TYPE_INVALID if `problem` is no Problem; PROBLEM_CHANGED if its arrays were detached or spoiled.
 */
export function verify(problem: Problem, solution: unknown): Certificate {
  if (!(problem instanceof Problem)) throw new OutbidError('TYPE_INVALID', 'verify takes a Problem first', { argument: 'problem' });
  checkUnchanged(problem);
  const findings = new Findings();
  const claims = readClaims(problem, solution, findings);
  const verdict =
    claims === undefined
      ? unproven(problem)
      : claims.status === 'infeasible'
        ? checkInfeasible(problem, claims, findings)
        : checkAnswer(problem, claims, findings);
  return { valid: findings.none, ...verdict, digest: problem.digest(), violations: findings.violations };
}

type Verdict = Omit<Certificate, 'valid' | 'digest' | 'violations'>;

/** The direction of worse: an objective that was not reached is infinite that way, a bound that was not proven the other way. */
function worst(problem: Problem): number {
  return problem.maximize ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}

function unproven(problem: Problem): Verdict {
  return { complete: false, primal: worst(problem), dual: -worst(problem), gap: Number.POSITIVE_INFINITY, tolerance: 0 };
}

function checkInfeasible(problem: Problem, claims: Claims, findings: Findings): Verdict {
  const infinite = worst(problem);
  compare('OBJECTIVE_MISMATCH', claims.objective, infinite, findings);
  compare('BOUND_MISMATCH', claims.bound, infinite, findings);
  compare('GAP_MISMATCH', claims.gap, Number.NaN, findings);
  checkLooseTolerance(problem, claims.tolerance, findings);
  // Empty like the other arrays; a problem whose units are not all 1 may also have none.
  if (claims.assignment === 'none' && hasUnitDemands(problem)) findings.report('ASSIGNMENT_MISMATCH', Number.NaN);
  if (claims.witness === 'none') findings.report('WITNESS_INVALID', Number.NaN);
  else if (claims.witness !== undefined) checkWitness(problem, claims.witness, findings);
  const proven = !findings.violations.some((violation) => violation.code === 'WITNESS_INVALID' || violation.field?.startsWith('witness'));
  return { complete: false, primal: infinite, dual: proven ? infinite : -infinite, gap: Number.NaN, tolerance: 0 };
}

function checkAnswer(problem: Problem, claims: Claims, findings: Findings): Verdict {
  if (claims.witness !== 'none' && claims.witness !== undefined)
    findings.report('WITNESS_INVALID', claims.witness.needed - claims.witness.available);
  const priced = claims.prices !== undefined && checkPrices(claims.prices, findings);
  const placed = claims.flow !== undefined;
  const tally = passOverArcs(
    problem,
    {
      flow: claims.flow ?? new Int32Array(problem.arcs),
      prices: priced && claims.prices !== undefined ? claims.prices : new Float64Array(problem.nodes),
      unserved: placed ? claims.unserved : allUnits(problem),
      assignment: placed ? assignmentToCheck(problem, claims, findings) : undefined,
      values: placed && priced ? claims.values : undefined,
    },
    findings,
  );
  const complete = placed && tally.unplaced.length === 0;
  const verdict = conclude(problem, tally, complete, priced);
  if (!placed) return { ...verdict, primal: worst(problem), gap: Number.POSITIVE_INFINITY };

  if (claims.status !== 'stopped') {
    for (const { demand, units } of tally.unplaced) findings.report('UNSERVED_MUST_SERVE', units, { demand });
  }
  compare('OBJECTIVE_MISMATCH', claims.objective, verdict.primal, findings);
  if (!priced) return verdict;
  compare('BOUND_MISMATCH', claims.bound, verdict.dual, findings);
  compare('GAP_MISMATCH', claims.gap, verdict.gap, findings);
  if (complete) checkTolerance(claims.tolerance, verdict.tolerance, findings);
  else checkLooseTolerance(problem, claims.tolerance, findings);
  const expected: Status = !complete ? 'stopped' : verdict.gap <= verdict.tolerance ? 'optimal' : 'feasible';
  if (claims.status !== undefined && claims.status !== expected) findings.report('STATUS_MISMATCH', verdict.gap);
  return verdict;
}

function conclude(problem: Problem, tally: Tally, complete: boolean, priced: boolean): Verdict {
  // + 0 keeps a maximised 0 from reading -0.
  const sign = problem.maximize ? -1 : 1;
  const dual = !priced ? -worst(problem) : tally.dualFinite ? sign * tally.dual.value() + 0 : worst(problem);
  const finite = complete && priced && tally.dualFinite;
  return {
    complete,
    primal: complete ? sign * tally.primal.value() + 0 : worst(problem),
    dual,
    gap: finite ? Math.abs(new ExactSum().addSum(tally.primal, 1).addSum(tally.dual, -1).value()) : Number.POSITIVE_INFINITY,
    tolerance: problem.integer ? 0 : tally.size * TOLERANCE_PER_SIZE,
  };
}

/** True if the prices prove something. */
function checkPrices(prices: Numbers, findings: Findings): boolean {
  let proves = true;
  for (let j = 0; j < prices.length; j++) {
    const p = prices[j];
    if (p >= 0 && p <= PRICE_LIMIT) continue;
    proves = false;
    if (p < 0) findings.report('PRICE_NEGATIVE', -p, { node: j });
    else findings.report('PRICE_NOT_FINITE', p, { node: j });
  }
  return proves;
}

function hasUnitDemands(problem: Problem): boolean {
  const { units, demands } = problem;
  return typeof units === 'number' ? units === 1 || demands === 0 : units.every((d) => d === 1);
}

/** An assignment stands where every demand has one unit, and only there. */
function assignmentToCheck(problem: Problem, claims: Claims, findings: Findings): Numbers | undefined {
  if ((claims.assignment !== 'none') === hasUnitDemands(problem)) return claims.assignment === 'none' ? undefined : claims.assignment;
  if (claims.assignment !== undefined) findings.report('ASSIGNMENT_MISMATCH', Number.NaN);
  return undefined;
}

/** Without a flow nothing is placed: stands in for the claim, so that its loss is reported once and not for every demand. */
function allUnits(problem: Problem): Numbers {
  return Float64Array.from({ length: problem.demands }, (_, i) => problem.unitsOf(i));
}

function compare(
  code: 'OBJECTIVE_MISMATCH' | 'BOUND_MISMATCH' | 'GAP_MISMATCH',
  claim: number | undefined,
  exact: number,
  findings: Findings,
): void {
  if (claim === undefined || claim === exact || (Number.isNaN(claim) && Number.isNaN(exact))) return;
  findings.report(code, Math.abs(claim - exact));
}

function checkTolerance(claim: number | undefined, own: number, findings: Findings): void {
  if (claim !== undefined && !(Math.abs(claim - own) <= own * 1e-6)) findings.report('TOLERANCE_MISMATCH', Math.abs(claim - own));
}

/** Where no finite objective stands, the tolerance of float data is not defined: any one >= 0 will do. */
function checkLooseTolerance(problem: Problem, claim: number | undefined, findings: Findings): void {
  if (claim === undefined) return;
  if (problem.integer ? claim !== 0 : !(claim >= 0)) findings.report('TOLERANCE_MISMATCH', Math.abs(claim));
}
