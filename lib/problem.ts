/**
 * A Problem: demands, nodes and the arcs between them, as flat arrays.
 *
 *     minimise   sum cost_ij x_ij + sum r_i y_i + sum g_jk z_jk
 *     subject to sum_j x_ij + y_i = d_i ,  sum_i x_ij <= c_j ,  0 <= x_ij <= a_ij ,  all integral
 *
 * x: units of demand i on node j; y: units of i left unserved; z: slots used in tier k of node j. A missing arc is a forbidden
 * pair. With `maximize` the costs are values: sum value*x - sum r*y - sum g*z is maximised, r and g stay costs.
 *
 * The arrays given are kept by reference, never copied when they already are typed arrays of a usable kind: do not write to
 * them while a solve runs. Everything is checked once, here; an error names the demand, the node and the index.
 */
import { type CostSummary, checkArcs, checkCosts } from './check-arcs.js';
import { type CostArray, checkFields, costArray, count, integers, MAX_COUNT, numbers, wholeArray } from './check-arrays.js';
import { checkRange } from './check-range.js';
import { checkTiers, type Tiers } from './check-tiers.js';
import { digestProblem } from './digest.js';
import { OutbidError } from './errors.js';
import { type ProblemJSON, problemFromJSON, problemToJSON } from './problem-json.js';

export type { CostArray } from './check-arrays.js';
export type { Tiers } from './check-tiers.js';

/** A whole-number quantity for every demand, node or arc: one number for all, or one each. */
export type Quantity = number | ArrayLike<number>;

/** What every constructor accepts besides the arcs. */
export interface ProblemFields {
  /** Units each demand wants (default 1). */
  units?: Quantity;
  /** Cost per unit of leaving a demand unserved (default Infinity: it must be served). */
  unservedCost?: Quantity;
  /** Most units an arc may carry (default: no bound). */
  arcCapacity?: Quantity;
  /** Surcharges for later slots of a node: convex cost of load. */
  tiers?: Tiers;
  /** Costs are values to be maximised (default false). */
  maximize?: boolean;
}

/** Arcs by demand: the arcs of demand i are targets[offsets[i]] .. targets[offsets[i + 1] - 1]. */
export interface SparseInput extends ProblemFields {
  nodes: number;
  capacity: Quantity;
  offsets: Int32Array | ArrayLike<number>;
  targets: Int32Array | ArrayLike<number>;
  costs: CostArray | ArrayLike<number>;
}

export interface DenseInput extends ProblemFields {
  /** Rows of the matrix; taken from the matrix itself when it is an array of rows. */
  demands?: number;
  /** Columns of the matrix. */
  nodes?: number;
  /** Slots of each node (default 1). */
  capacity?: Quantity;
}

export interface ArcsInput extends ProblemFields {
  demands: number;
  nodes: number;
  /** Slots of each node (default 1). */
  capacity?: Quantity;
  /** [demand, node, cost] or [demand, node, cost, arc capacity], in any order. */
  arcs: Iterable<readonly [number, number, number] | readonly [number, number, number, number]>;
}

interface Parts extends ProblemFields {
  demands: number;
  nodes: number;
  capacity: Quantity;
  offsets: Int32Array | undefined;
  targets: Int32Array | undefined;
  costs: CostArray;
}

const COMMON_FIELDS = ['units', 'unservedCost', 'arcCapacity', 'tiers', 'maximize'];

export class Problem {
  /** Number of demands, n. */
  readonly demands: number;
  /** Number of nodes, m. */
  readonly nodes: number;
  /** Length of the cost array: arcs, or n*m for a dense problem (forbidden pairs included). Flow is indexed alike. */
  readonly arcs: number;
  readonly maximize: boolean;
  /** True for a matrix of costs: arc i*m + j joins demand i and node j, and there are no offsets or targets. */
  readonly dense: boolean;
  readonly offsets: Int32Array | undefined;
  readonly targets: Int32Array | undefined;
  readonly costs: CostArray;
  readonly units: number | Int32Array;
  readonly unservedCost: number | Float64Array;
  readonly capacity: number | Int32Array;
  readonly arcCapacity: number | Int32Array | undefined;
  readonly tiers: Tiers | undefined;
  /** All costs, finite unserved costs and surcharges are whole numbers: the answer is exact, gap 0. */
  readonly integer: boolean;
  /** The largest absolute value among costs, finite unserved costs and surcharges. */
  readonly largestCost: number;

  private constructor(parts: Parts) {
    const n = parts.demands;
    const m = parts.nodes;
    this.demands = n;
    this.nodes = m;
    this.dense = parts.targets === undefined;
    this.offsets = parts.offsets;
    this.targets = parts.targets;
    this.costs = parts.costs;
    this.arcs = parts.costs.length;
    if (parts.maximize !== undefined && typeof parts.maximize !== 'boolean') {
      throw new OutbidError('TYPE_INVALID', `maximize must be true or false, not ${typeof parts.maximize}`, { argument: 'maximize' });
    }
    this.maximize = parts.maximize === true;
    this.units = integers(parts.units === undefined ? 1 : parts.units, n, 'units', 'UNITS_INVALID', 'demand');
    this.capacity = integers(parts.capacity, m, 'capacity', 'CAPACITY_INVALID', 'node');
    this.unservedCost = numbers(parts.unservedCost === undefined ? Number.POSITIVE_INFINITY : parts.unservedCost, n);
    this.arcCapacity =
      parts.arcCapacity === undefined || parts.arcCapacity === Number.POSITIVE_INFINITY
        ? undefined
        : integers(parts.arcCapacity, this.arcs, 'arcCapacity', 'ARC_CAPACITY_INVALID', 'index', true);
    checkArcs(this);
    this.tiers = parts.tiers === undefined ? undefined : checkTiers(parts.tiers, this);
    const summary: CostSummary = checkCosts(this);
    this.integer = summary.integer;
    this.largestCost = summary.largest;
    checkRange(this, summary);
    Object.freeze(this);
  }

  /** Compressed sparse rows: one row of arcs per demand. The number of demands is offsets.length - 1. */
  static sparse(input: SparseInput): Problem {
    checkFields(input, ['nodes', 'capacity', 'offsets', 'targets', 'costs', ...COMMON_FIELDS], 'Problem.sparse');
    const offsets = wholeArray(input.offsets, 'offsets', 'OFFSETS_INVALID');
    if (offsets.length === 0)
      throw new OutbidError('OFFSETS_INVALID', 'offsets must have one entry more than there are demands', { argument: 'offsets' });
    const targets = wholeArray(input.targets, 'targets', 'TARGET_OUT_OF_RANGE');
    const costs = costArray(input.costs, 'costs');
    return new Problem({ ...input, demands: offsets.length - 1, nodes: count(input.nodes, 'nodes'), offsets, targets, costs });
  }

  /**
   * A matrix of costs, row-major (typed array with `demands` and `nodes`) or as an array of rows. +Infinity or null forbids a
   * pair (-Infinity or null when maximising).
   */
  static dense(costs: CostArray | ArrayLike<ArrayLike<number | null>>, input: DenseInput = {}): Problem {
    checkFields(input, ['demands', 'nodes', 'capacity', ...COMMON_FIELDS], 'Problem.dense');
    const forbidden = input.maximize === true ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
    if (ArrayBuffer.isView(costs)) {
      const flat = costArray(costs, 'costs');
      const demands = count(input.demands, 'demands');
      const nodes = count(input.nodes, 'nodes');
      if (flat.length !== demands * nodes) {
        throw new OutbidError(
          'LENGTH_MISMATCH',
          `costs has ${flat.length} entries, ${demands} demands x ${nodes} nodes call for ${demands * nodes}`,
          { argument: 'costs', value: flat.length },
        );
      }
      return new Problem({
        ...input,
        demands,
        nodes,
        capacity: input.capacity === undefined ? 1 : input.capacity,
        offsets: undefined,
        targets: undefined,
        costs: flat,
      });
    }
    if (typeof costs !== 'object' || costs === null || typeof (costs as ArrayLike<unknown>).length !== 'number') {
      throw new OutbidError('TYPE_INVALID', 'costs must be a typed array or an array of rows', { argument: 'costs' });
    }
    const rows = costs as ArrayLike<ArrayLike<number | null>>;
    const demands = rows.length;
    const nodes = input.nodes ?? (demands > 0 ? (rows[0]?.length ?? 0) : 0);
    if (input.demands !== undefined && input.demands !== demands) {
      throw new OutbidError('LENGTH_MISMATCH', `costs has ${demands} rows, demands says ${input.demands}`, {
        argument: 'costs',
        value: demands,
      });
    }
    count(nodes, 'nodes');
    // Lengths first: nothing is allocated for a matrix that is not there.
    for (let i = 0; i < demands; i++) {
      const row = rows[i];
      if (typeof row !== 'object' || row === null || row.length !== nodes) {
        throw new OutbidError('LENGTH_MISMATCH', `row ${i} has ${row?.length ?? 'no'} entries, expected ${nodes}`, {
          argument: 'costs',
          demand: i,
          value: row?.length,
        });
      }
    }
    if (demands * nodes > MAX_COUNT)
      throw new OutbidError('SIZE_INVALID', `${demands} x ${nodes} pairs are more than 2^31 - 1`, {
        argument: 'costs',
        value: demands * nodes,
      });
    const flat = new Float64Array(demands * nodes);
    for (let i = 0; i < demands; i++) {
      const row = rows[i];
      for (let j = 0; j < nodes; j++) {
        const value: unknown = row[j];
        if (value !== null && typeof value !== 'number') {
          throw new OutbidError('TYPE_INVALID', `cost of demand ${i}, node ${j} is ${typeof value}, expected a number or null`, {
            argument: 'costs',
            demand: i,
            node: j,
            index: i * nodes + j,
          });
        }
        flat[i * nodes + j] = value === null ? forbidden : value;
      }
    }
    return new Problem({
      ...input,
      demands,
      nodes,
      capacity: input.capacity === undefined ? 1 : input.capacity,
      offsets: undefined,
      targets: undefined,
      costs: flat,
    });
  }

  /** A list of [demand, node, cost] (or [demand, node, cost, arc capacity]) in any order; within a demand the order is kept. */
  static fromArcs(input: ArcsInput): Problem {
    checkFields(input, ['demands', 'nodes', 'capacity', 'arcs', ...COMMON_FIELDS], 'Problem.fromArcs');
    const demands = count(input.demands, 'demands');
    const nodes = count(input.nodes, 'nodes');
    if (typeof (input.arcs as Iterable<unknown> | undefined)?.[Symbol.iterator] !== 'function') {
      throw new OutbidError('TYPE_INVALID', 'arcs must be an iterable of [demand, node, cost]', { argument: 'arcs' });
    }
    const list: (readonly number[])[] = [];
    let bounded = 0;
    for (const arc of input.arcs) {
      const index = list.length;
      if (!Array.isArray(arc) || arc.length < 3 || arc.length > 4 || arc.some((x) => typeof x !== 'number')) {
        throw new OutbidError('TYPE_INVALID', `arc ${index} must be [demand, node, cost] or [demand, node, cost, capacity]`, {
          argument: 'arcs',
          index,
        });
      }
      if (!Number.isInteger(arc[0]) || arc[0] < 0 || arc[0] >= demands) {
        throw new OutbidError('DEMAND_OUT_OF_RANGE', `arc ${index} names demand ${arc[0]}, there are ${demands}`, {
          argument: 'arcs',
          index,
          value: arc[0],
        });
      }
      if (!Number.isInteger(arc[1]) || arc[1] < 0 || arc[1] >= nodes) {
        throw new OutbidError('TARGET_OUT_OF_RANGE', `arc ${index} names node ${arc[1]}, there are ${nodes}`, {
          argument: 'arcs',
          index,
          demand: arc[0],
          value: arc[1],
        });
      }
      const place = { argument: 'arcs', index, demand: arc[0], node: arc[1] };
      if (!Number.isFinite(arc[2]))
        throw new OutbidError('COST_NOT_FINITE', `cost of arc ${index} is ${arc[2]}`, { ...place, value: arc[2] });
      if (arc.length === 4) {
        const bound: number = arc[3];
        if (bound !== Number.POSITIVE_INFINITY && !(Number.isInteger(bound) && bound >= 0 && bound <= MAX_COUNT)) {
          throw new OutbidError(
            'ARC_CAPACITY_INVALID',
            `capacity of arc ${index} is ${bound}, expected a whole number from 0 to 2^31 - 1, or Infinity`,
            {
              ...place,
              value: bound,
            },
          );
        }
        bounded++;
      }
      list.push(arc);
    }
    if (bounded > 0 && input.arcCapacity !== undefined) {
      throw new OutbidError('TYPE_INVALID', 'give arc capacities in the arcs or in arcCapacity, not in both', { argument: 'arcCapacity' });
    }
    const offsets = new Int32Array(demands + 1);
    for (const arc of list) offsets[arc[0] + 1]++;
    for (let i = 0; i < demands; i++) offsets[i + 1] += offsets[i];
    const next = offsets.slice();
    const targets = new Int32Array(list.length);
    const costs = new Float64Array(list.length);
    const bounds = new Float64Array(bounded > 0 ? list.length : 0);
    list.forEach((arc) => {
      const at = next[arc[0]]++;
      targets[at] = arc[1];
      costs[at] = arc[2];
      if (bounded > 0) bounds[at] = arc[3] ?? Number.POSITIVE_INFINITY;
    });
    // An arcCapacity array beside the arcs is in the order the arcs were given.
    let arcCapacity: Quantity | undefined = bounded > 0 ? bounds : input.arcCapacity;
    if (typeof input.arcCapacity === 'object') {
      const given = integers(input.arcCapacity, list.length, 'arcCapacity', 'ARC_CAPACITY_INVALID', 'index', true) as Int32Array;
      const place = offsets.slice();
      const sorted = new Int32Array(list.length);
      list.forEach((arc, index) => {
        sorted[place[arc[0]]++] = given[index];
      });
      arcCapacity = sorted;
    }
    return new Problem({
      ...input,
      demands,
      nodes,
      capacity: input.capacity === undefined ? 1 : input.capacity,
      offsets,
      targets,
      costs,
      arcCapacity,
    });
  }

  /** The inverse of toJSON. */
  static fromJSON(json: ProblemJSON | unknown): Problem {
    return problemFromJSON(json);
  }

  toJSON(): ProblemJSON {
    return problemToJSON(this);
  }

  /** SHA-256 (hex) of the canonical form: equal for equal problems, however they were built, with arcs in the same order. */
  digest(): string {
    return digestProblem(this);
  }

  /** First arc of a demand. */
  rowStart(demand: number): number {
    return this.offsets === undefined ? demand * this.nodes : this.offsets[demand];
  }

  /** One past the last arc of a demand. */
  rowEnd(demand: number): number {
    return this.offsets === undefined ? (demand + 1) * this.nodes : this.offsets[demand + 1];
  }

  /** Node of an arc. */
  target(arc: number): number {
    return this.targets === undefined ? arc % this.nodes : this.targets[arc];
  }

  /** True for the forbidden pairs of a dense problem, which keep their place in the cost array. */
  forbidden(arc: number): boolean {
    return this.dense && !Number.isFinite(this.costs[arc]);
  }

  unitsOf(demand: number): number {
    return typeof this.units === 'number' ? this.units : this.units[demand];
  }

  /** Infinity for a demand that must be served. */
  unservedCostOf(demand: number): number {
    return typeof this.unservedCost === 'number' ? this.unservedCost : this.unservedCost[demand];
  }

  capacityOf(node: number): number {
    return typeof this.capacity === 'number' ? this.capacity : this.capacity[node];
  }

  /** Infinity for an arc without a bound. */
  arcCapacityOf(arc: number): number {
    if (this.arcCapacity === undefined) return Number.POSITIVE_INFINITY;
    return typeof this.arcCapacity === 'number' ? this.arcCapacity : this.arcCapacity[arc];
  }
}
