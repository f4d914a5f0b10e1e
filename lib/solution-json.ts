/** The JSON form of a Solution: { "format": "outbid-solution", "version": 1, ... }. What is not finite is null. */
import { checkFields } from './check-arrays.js';
import { OutbidError } from './errors.js';
import type { Problem } from './problem.js';
import type { BackendUsed, RawSolution, SolveStats, Status } from './solution.js';

export interface SolutionJSON {
  format: 'outbid-solution';
  version: 1;
  status: Status;
  objective: number | null;
  bound: number | null;
  gap: number | null;
  tolerance: number;
  prices: number[];
  values: (number | null)[];
  placedArcs: number[];
  placedUnits: number[];
  witness?: { demands: number[]; nodes: number[]; needed: number; available: number };
  backend: BackendUsed;
  stats: SolveStats;
}

/** Checks the shapes of a solution in JSON against its problem; whether it is right, `verify` says. */
export function readSolutionJSON(problem: Problem, value: unknown): { raw: RawSolution; backend: BackendUsed } {
  checkFields(
    value,
    [
      'format',
      'version',
      'status',
      'objective',
      'bound',
      'gap',
      'tolerance',
      'prices',
      'values',
      'placedArcs',
      'placedUnits',
      'witness',
      'backend',
      'stats',
    ],
    'a solution in JSON',
  );
  const json = value as SolutionJSON;
  if (json.format !== 'outbid-solution')
    throw new OutbidError('FILE_FORMAT', `format must be "outbid-solution", not ${JSON.stringify(json.format) ?? 'missing'}`, {
      field: 'format',
      value: json.format,
    });
  if (json.version !== 1)
    throw new OutbidError('FILE_FORMAT', `version must be 1, not ${JSON.stringify(json.version) ?? 'missing'}`, {
      field: 'version',
      value: json.version,
    });
  if (!['optimal', 'feasible', 'stopped', 'infeasible'].includes(json.status))
    throw new OutbidError('SOLUTION_INVALID', `status ${JSON.stringify(json.status)} is not known`, {
      field: 'status',
      value: json.status,
    });
  const wrong = problem.maximize ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  const integers = (list: unknown, field: string, below: number): Int32Array => {
    if (!Array.isArray(list) || list.some((x) => !Number.isInteger(x) || x < 0 || x >= below))
      throw new OutbidError('SOLUTION_INVALID', `${field} must be a list of whole numbers from 0 to ${below - 1}`, { field });
    return Int32Array.from(list);
  };
  const doubles = (list: unknown, field: string, absent: number): Float64Array => {
    if (!Array.isArray(list) || list.some((x) => x !== null && typeof x !== 'number'))
      throw new OutbidError('SOLUTION_INVALID', `${field} must be a list of numbers`, { field });
    return Float64Array.from(list, (x: number | null) => x ?? absent);
  };
  const real = (field: 'objective' | 'bound' | 'gap', absent: number): number => {
    const x: unknown = json[field];
    if (x !== null && typeof x !== 'number') throw new OutbidError('SOLUTION_INVALID', `${field} must be a number or null`, { field });
    return x ?? absent;
  };
  const placedArcs = integers(json.placedArcs, 'placedArcs', problem.arcs);
  const placedUnits = integers(json.placedUnits, 'placedUnits', 2 ** 31);
  if (placedUnits.length !== placedArcs.length)
    throw new OutbidError('SOLUTION_INVALID', 'placedArcs and placedUnits differ in length', { field: 'placedUnits' });
  for (let k = 1; k < placedArcs.length; k++) {
    if (placedArcs[k] <= placedArcs[k - 1])
      throw new OutbidError('SOLUTION_INVALID', `placedArcs must ascend; entry ${k} does not`, { field: 'placedArcs', index: k });
  }
  const raw: RawSolution = {
    status: json.status,
    objective: real('objective', wrong),
    bound: real('bound', wrong),
    gap: real('gap', json.status === 'infeasible' ? Number.NaN : Number.POSITIVE_INFINITY),
    tolerance: json.tolerance ?? 0,
    prices: doubles(json.prices, 'prices', Number.NaN),
    values: doubles(json.values, 'values', wrong),
    placedArcs,
    placedUnits,
    stats: json.stats ?? { milliseconds: 0 },
  };
  if (json.witness !== undefined) {
    const w = json.witness;
    if (typeof w !== 'object' || w === null) throw new OutbidError('SOLUTION_INVALID', 'witness must be an object', { field: 'witness' });
    raw.witness = {
      demands: integers(w.demands, 'witness.demands', problem.demands),
      nodes: integers(w.nodes, 'witness.nodes', problem.nodes),
      needed: w.needed,
      available: w.available,
    };
  }
  return { raw, backend: json.backend ?? { name: 'reference', device: 'unknown', reason: 'read from a file' } };
}
