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

import { readArcs } from './arcs-input.js';
import { type CostSummary, checkArcs, checkCosts } from './check-arcs.js';
import { type CostArray, checkFields, costArray, count, integers, MAX_COUNT, numbers, wholeArray } from './check-arrays.js';
import { checkRange } from './check-range.js';
import { checkTiers, type Tiers } from './check-tiers.js';
import { readDense } from './dense-input.js';
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

/** What the constructors hand on, arguments read, values not yet checked. */
export interface ProblemParts extends ProblemFields {
  demands: number;
  nodes: number;
  capacity: Quantity;
  offsets: Int32Array | undefined;
  targets: Int32Array | undefined;
  costs: CostArray;
}

export const COMMON_FIELDS = ['units', 'unservedCost', 'arcCapacity', 'tiers', 'maximize'];

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

  private constructor(parts: ProblemParts) {
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
    return new Problem(readDense(costs, input));
  }

  /** A list of [demand, node, cost] (or [demand, node, cost, arc capacity]) in any order; within a demand the order is kept. */
  static fromArcs(input: ArcsInput): Problem {
    return new Problem(readArcs(input));
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

  /** Infinity for an arc without a bound; 2^31 - 1 units never fill one. */
  arcCapacityOf(arc: number): number {
    const bound = typeof this.arcCapacity === 'object' ? this.arcCapacity[arc] : (this.arcCapacity ?? MAX_COUNT);
    return bound >= MAX_COUNT ? Number.POSITIVE_INFINITY : bound;
  }
}
