/**
 * Reads what a solution claims without trusting it: fields may be missing, of any type, of any length, or throw when read.
 * What comes out has the type and the length it says; what could not be read is undefined and was reported.
 */
import type { Problem } from '../problem.js';
import type { Status } from '../solution.js';
import type { Findings } from './violations.js';

export type Numbers = Float64Array | Int32Array;

export interface Claims {
  status: Status | undefined;
  objective: number | undefined;
  bound: number | undefined;
  gap: number | undefined;
  tolerance: number | undefined;
  /** Of the length the problem calls for, or empty where the status is infeasible; an entry that was no number reads NaN. */
  prices: Numbers | undefined;
  values: Numbers | undefined;
  flow: Numbers | undefined;
  unserved: Numbers | undefined;
  /** 'none': the solution says there is none. */
  assignment: Numbers | 'none' | undefined;
  witness: WitnessClaim | 'none' | undefined;
}

export interface WitnessClaim {
  demands: Numbers;
  nodes: Numbers;
  needed: number;
  available: number;
}

const STATUSES: readonly unknown[] = ['optimal', 'feasible', 'stopped', 'infeasible'];

export function readClaims(problem: Problem, solution: unknown, findings: Findings): Claims | undefined {
  if (typeof solution !== 'object' || solution === null) {
    findings.report('SHAPE_INVALID', Number.NaN);
    return undefined;
  }
  const number = (field: string): number | undefined => {
    const value = readField(solution, field);
    if (typeof value === 'number') return value;
    findings.report('SHAPE_INVALID', Number.NaN, { field });
    return undefined;
  };
  const status = readField(solution, 'status');
  if (!STATUSES.includes(status)) findings.report('SHAPE_INVALID', Number.NaN, { field: 'status' });
  const numbers = (field: string, length: number): Numbers | undefined => {
    const expected = status === 'infeasible' ? 0 : length;
    return readNumbers(readField(solution, field), field, expected, expected, findings);
  };
  return {
    status: STATUSES.includes(status) ? (status as Status) : undefined,
    objective: number('objective'),
    bound: number('bound'),
    gap: number('gap'),
    tolerance: number('tolerance'),
    prices: numbers('prices', problem.nodes),
    values: numbers('values', problem.demands),
    flow: numbers('flow', problem.arcs),
    unserved: numbers('unserved', problem.demands),
    assignment: readField(solution, 'assignment') === undefined ? 'none' : numbers('assignment', problem.demands),
    witness: readWitness(problem, readField(solution, 'witness'), findings),
  };
}

const UNREADABLE = Symbol('a getter threw');

function readField(object: object, field: string): unknown {
  try {
    return (object as Record<string, unknown>)[field];
  } catch {
    return UNREADABLE;
  }
}

function readNumbers(value: unknown, field: string, least: number, most: number, findings: Findings): Numbers | undefined {
  try {
    const list = value as ArrayLike<unknown>;
    if (typeof list === 'object' && list !== null && typeof list.length === 'number') {
      const length = list.length;
      if (!(length >= least && length <= most)) {
        findings.report('LENGTH_MISMATCH', length - (length > most ? most : least), { field });
        return undefined;
      }
      if (value instanceof Float64Array || value instanceof Int32Array) return value;
      const copy = new Float64Array(length);
      for (let k = 0; k < length; k++) {
        const entry = list[k];
        copy[k] = typeof entry === 'number' ? entry : Number.NaN;
      }
      return copy;
    }
  } catch {
    // Reported below: a list that cannot be read is no list.
  }
  findings.report('SHAPE_INVALID', Number.NaN, { field });
  return undefined;
}

function readWitness(problem: Problem, value: unknown, findings: Findings): WitnessClaim | 'none' | undefined {
  if (value === undefined) return 'none';
  if (typeof value === 'object' && value !== null) {
    const demands = readNumbers(readField(value, 'demands'), 'witness.demands', 0, problem.demands, findings);
    const nodes = readNumbers(readField(value, 'nodes'), 'witness.nodes', 0, problem.nodes, findings);
    const needed = readField(value, 'needed');
    const available = readField(value, 'available');
    if (demands === undefined || nodes === undefined) return undefined;
    if (typeof needed === 'number' && typeof available === 'number') return { demands, nodes, needed, available };
  }
  findings.report('SHAPE_INVALID', Number.NaN, { field: 'witness' });
  return undefined;
}
