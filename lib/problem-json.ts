/**
 * The JSON form of a Problem: { "format": "outbid-problem", "version": 1, ... }. JSON has no infinity: an unserved cost that is
 * absent or null means must-serve, a null in a cost matrix forbids the pair, a null arc capacity is no bound.
 */
import { checkFields } from './check-arrays.js';
import { OutbidError } from './errors.js';
import { Problem } from './problem.js';

export interface ProblemJSON {
  format: 'outbid-problem';
  version: 1;
  demands: number;
  nodes: number;
  maximize?: boolean;
  capacity: number | number[];
  units?: number | number[];
  unservedCost?: number | null | (number | null)[];
  arcCapacity?: number | null | (number | null)[];
  tiers?: { offsets: number[]; slots: number[]; surcharge: number[] };
  /** Sparse form. */
  offsets?: number[];
  targets?: number[];
  /** A flat list beside offsets and targets; rows, with null for forbidden pairs, without them. */
  costs: number[] | (number | null)[][];
}

const FIELDS = [
  'format',
  'version',
  'demands',
  'nodes',
  'maximize',
  'capacity',
  'units',
  'unservedCost',
  'arcCapacity',
  'tiers',
  'offsets',
  'targets',
  'costs',
];

export function problemToJSON(problem: Problem): ProblemJSON {
  const list = (q: number | ArrayLike<number>): number | number[] => (typeof q === 'number' ? q : Array.from(q));
  const json: ProblemJSON = {
    format: 'outbid-problem',
    version: 1,
    demands: problem.demands,
    nodes: problem.nodes,
    capacity: list(problem.capacity),
    costs: [],
  };
  if (problem.maximize) json.maximize = true;
  if (problem.units !== 1) json.units = list(problem.units);
  // JSON.stringify writes null for Infinity; do so here, so that the object itself equals its parsed text.
  const r = problem.unservedCost;
  if (typeof r !== 'number') json.unservedCost = Array.from(r, (x) => (Number.isFinite(x) ? x : null));
  else if (Number.isFinite(r)) json.unservedCost = r;
  if (problem.arcCapacity !== undefined) json.arcCapacity = list(problem.arcCapacity);
  if (problem.tiers !== undefined) {
    json.tiers = {
      offsets: Array.from(problem.tiers.offsets),
      slots: Array.from(problem.tiers.slots),
      surcharge: Array.from(problem.tiers.surcharge),
    };
  }
  if (problem.offsets !== undefined && problem.targets !== undefined) {
    json.offsets = Array.from(problem.offsets);
    json.targets = Array.from(problem.targets);
    json.costs = Array.from(problem.costs);
  } else {
    const m = problem.nodes;
    json.costs = Array.from({ length: problem.demands }, (_, i) =>
      Array.from(problem.costs.subarray(i * m, (i + 1) * m), (c) => (Number.isFinite(c) ? c : null)),
    );
  }
  return json;
}

export function problemFromJSON(value: unknown): Problem {
  checkFields(value, FIELDS, 'a problem in JSON');
  const json = value as Partial<ProblemJSON>;
  if (json.format !== 'outbid-problem')
    throw new OutbidError('FILE_FORMAT', `format must be "outbid-problem", not ${shown(json.format)}`, {
      field: 'format',
      value: json.format,
    });
  if (json.version !== 1)
    throw new OutbidError('FILE_FORMAT', `version must be 1, not ${shown(json.version)}`, {
      field: 'version',
      value: json.version,
    });
  const infinite = (q: number | null | (number | null)[] | undefined): number | number[] | undefined => {
    if (q === undefined) return undefined;
    if (q === null) return Number.POSITIVE_INFINITY;
    return Array.isArray(q) ? q.map((x) => (x === null ? Number.POSITIVE_INFINITY : x)) : q;
  };
  const rest = {
    capacity: json.capacity,
    units: json.units,
    unservedCost: infinite(json.unservedCost),
    arcCapacity: infinite(json.arcCapacity),
    maximize: json.maximize,
    ...(json.tiers === undefined ? {} : { tiers: tiersFromJSON(json.tiers) }),
  };
  if (json.offsets !== undefined || json.targets !== undefined) {
    const problem = Problem.sparse({
      ...rest,
      nodes: json.nodes,
      offsets: json.offsets,
      targets: json.targets,
      costs: json.costs,
    } as never);
    if (json.demands !== undefined && json.demands !== problem.demands) {
      throw new OutbidError('LENGTH_MISMATCH', `demands says ${json.demands}, offsets has ${problem.demands + 1} entries`, {
        field: 'demands',
        value: json.demands,
      });
    }
    return problem;
  }
  if (!Array.isArray(json.costs))
    throw new OutbidError('FILE_FORMAT', 'costs must be a list of rows, or a flat list beside offsets and targets', { field: 'costs' });
  return Problem.dense(json.costs as (number | null)[][], { ...rest, demands: json.demands, nodes: json.nodes } as never);
}

function tiersFromJSON(tiers: NonNullable<ProblemJSON['tiers']>): never {
  checkFields(tiers, ['offsets', 'slots', 'surcharge'], 'tiers');
  return tiers as never;
}

/** A value as it may stand in a message; what JSON cannot write is named by its type. */
function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  return typeof value === 'string' || typeof value === 'number' ? JSON.stringify(value) : value === null ? 'null' : typeof value;
}
