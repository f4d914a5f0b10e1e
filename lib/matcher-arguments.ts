/** Checks on what is given to a Matcher. What an engine is handed is a copy, or was checked after the last of the caller's code ran. */
import type { DemandRows } from './backend/engine.js';
import { checkFields, costArray, integers, numbers, plainNumbers, wholeArray } from './check-arrays.js';
import { OutbidError } from './errors.js';
import type { MatcherNodes } from './matcher-nodes.js';
import type { CostArray, Quantity } from './problem.js';

const NO_BOUND = 2 ** 31 - 1;
const KEPT = 4096;

/** A demand as `Matcher.add` and `Matcher.place` take it: one unit unless `units` says otherwise. */
export interface MatcherDemand {
  /** Nodes that may serve it, none twice. */
  targets: Int32Array | ArrayLike<number>;
  /** Cost per unit on each of them (value, when maximising). */
  costs: CostArray | ArrayLike<number>;
  /** Default 1. */
  units?: number;
  /** Cost per unit left unserved (default Infinity: it must be served as soon as there is room). */
  unservedCost?: number;
  /** Most units on each arc: one number, or one per target (default: no bound). */
  arcCapacity?: Quantity;
  /** Once committed it may still be moved, when that pays for `keep`, but not be left unserved (default false). */
  migratable?: boolean;
  /** What moving a committed unit must save at least, >= 0 (default 0); for migratable demands. */
  keep?: number;
}

/** Many demands at once, as in Problem.sparse: demand k has the arcs offsets[k] .. offsets[k + 1] - 1. */
export interface MatcherDemands {
  offsets: Int32Array | ArrayLike<number>;
  targets: Int32Array | ArrayLike<number>;
  costs: CostArray | ArrayLike<number>;
  units?: Quantity;
  unservedCost?: Quantity;
  arcCapacity?: Quantity;
  migratable?: boolean;
  keep?: number;
}

const FIELDS = ['targets', 'costs', 'units', 'unservedCost', 'arcCapacity', 'migratable', 'keep'];

/** A typed array that no other thread can write to while a call runs: itself, or a copy of a shared one. */
function unshared<T extends Int32Array | Float64Array>(list: T): T {
  return list.buffer instanceof ArrayBuffer ? list : (list.slice() as T);
}

/** One value for every demand. Engines keep nothing of what they are given: a short list serves again when as many come the next time. */
function repeated<T extends Int32Array | Float64Array>(make: (length: number) => T): (list: number | T, length: number) => T {
  let last = make(0);
  return (list, length) => {
    if (typeof list !== 'number') return list;
    if (length > KEPT) return make(length).fill(list) as T;
    if (last.length !== length) last = make(length).fill(list) as T;
    else if (last[0] !== list) last.fill(list);
    return last;
  };
}

const sameUnits = repeated<Int32Array>((length) => new Int32Array(length));
const sameCost = repeated<Float64Array>((length) => new Float64Array(length));
const sameKeep = repeated<Float64Array>((length) => new Float64Array(length));

function owned<T extends Int32Array | Float64Array>(list: number | T): number | T {
  return typeof list === 'number' ? list : (list.slice() as T);
}

function spread(value: number | Int32Array, length: number): Int32Array {
  return typeof value === 'number' ? new Int32Array(length).fill(value) : value.slice();
}

function keepOf(migratable: unknown, keep: unknown): number {
  if (migratable !== undefined && typeof migratable !== 'boolean')
    throw new OutbidError('TYPE_INVALID', `migratable must be true or false, not ${typeof migratable}`, { argument: 'migratable' });
  if (keep !== undefined && (typeof keep !== 'number' || !(keep >= 0 && keep < Number.POSITIVE_INFINITY)))
    throw new OutbidError('OPTION_INVALID', `keep must be a number >= 0, not ${String(keep)}`, { option: 'keep', value: keep });
  if (keep !== undefined && migratable !== true)
    throw new OutbidError('OPTION_INVALID', 'keep is for migratable demands: others never move once committed', { option: 'keep' });
  return migratable === true ? ((keep as number | undefined) ?? 0) : -1;
}

/** Costs as doubles; the sign makes values costs. */
function readCosts(value: unknown, sign: number): Float64Array {
  const given = costArray(value, 'costs');
  if (sign > 0) return given instanceof Float64Array ? unshared(given) : new Float64Array(given);
  return new Float64Array(given).map((cost) => -cost);
}

function assertCosts(costs: Float64Array, length: number): void {
  if (costs.length !== length)
    throw new OutbidError('LENGTH_MISMATCH', `costs has ${costs.length} entries, there are ${length} targets`, {
      argument: 'costs',
      value: costs.length,
    });
  for (let a = 0; a < length; a++) {
    if (!Number.isFinite(costs[a]))
      throw new OutbidError('COST_NOT_FINITE', `costs[${a}] is not finite; leave the arc out instead`, {
        argument: 'costs',
        index: a,
        value: costs[a],
      });
  }
}

export function checkCosts(value: unknown, length: number, sign: number): Float64Array {
  const costs = readCosts(value, sign);
  assertCosts(costs, length);
  return costs;
}

export function checkBounds(value: unknown, length: number): Int32Array | undefined {
  if (value === undefined || value === Number.POSITIVE_INFINITY) return undefined;
  return spread(integers(value, length, 'arcCapacity', 'ARC_CAPACITY_INVALID', 'index', true), length);
}

export function checkTargets(value: unknown): Int32Array {
  return unshared(wholeArray(value, 'targets', 'TARGET_OUT_OF_RANGE'));
}

/** One demand: a row of its own. */
export function checkDemand(input: MatcherDemand, nodes: MatcherNodes, sign: number): DemandRows {
  checkFields(input, FIELDS, 'a demand');
  const targets = checkTargets(input.targets);
  const { units, unservedCost } = input;
  for (const [name, value] of Object.entries({ units, unservedCost }))
    if (value !== undefined && typeof value !== 'number')
      throw new OutbidError('TYPE_INVALID', `${name} of a demand must be a number, not ${typeof value}`, { argument: name });
  return checkRows(input as MatcherFields, Int32Array.of(0, targets.length), targets, nodes, sign);
}

export function checkDemands(input: MatcherDemands, nodes: MatcherNodes, sign: number): DemandRows {
  checkFields(input, ['offsets', ...FIELDS], 'addMany');
  const offsets = unshared(wholeArray(input.offsets, 'offsets', 'OFFSETS_INVALID'));
  return checkRows(input, offsets, checkTargets(input.targets), nodes, sign);
}

type MatcherFields = Pick<MatcherDemands, 'costs' | 'units' | 'unservedCost' | 'arcCapacity' | 'migratable' | 'keep'>;

function checkRows(input: MatcherFields, offsets: Int32Array, targets: Int32Array, nodes: MatcherNodes, sign: number): DemandRows {
  const count = offsets.length - 1;
  if (count < 0) throw badOffsets(targets.length);
  // Reading may run code of the caller's, which may write to arrays that were read before: what is not a copy is checked last.
  const costs = readCosts(input.costs, sign);
  const givenUnits = owned(integers(input.units ?? 1, count, 'units', 'UNITS_INVALID', 'demand'));
  const givenUnserved = owned(numbers(input.unservedCost ?? Number.POSITIVE_INFINITY, count));
  const bounds = checkBounds(input.arcCapacity, targets.length);
  const givenKeep = keepOf(input.migratable, input.keep);
  // Nothing of the caller's runs from here on: lists that serve again are not taken for another matcher in between.
  const units = sameUnits(givenUnits, count);
  const unservedCost = sameCost(givenUnserved, count);
  const keep = sameKeep(givenKeep, count);
  if (offsets[0] !== 0 || offsets[count] !== targets.length) throw badOffsets(targets.length);
  for (let k = 0; k < count; k++) {
    if (offsets[k + 1] < offsets[k])
      throw new OutbidError('OFFSETS_INVALID', `offsets[${k + 1}] is below offsets[${k}]`, { argument: 'offsets', index: k + 1 });
  }
  assertCosts(costs, targets.length);
  for (let k = 0; k < count; k++) {
    if (bounds !== undefined && givenKeep >= 0 && units[k] > 1)
      throw new OutbidError('OPTION_UNSUPPORTED', 'a migratable demand of several units cannot have arcCapacity', {
        option: 'arcCapacity',
        demand: k,
      });
    nodes.checkRow(targets, offsets[k], offsets[k + 1], k);
  }
  const slots = new Int32Array(count);
  return { slots, offsets, targets, costs, bounds, units, unservedCost, keep };
}

function badOffsets(arcs: number): OutbidError {
  return new OutbidError('OFFSETS_INVALID', `offsets must start at 0 and end at the number of arcs, ${arcs}`, { argument: 'offsets' });
}

/** A list of numbers, copied: ids or demands. */
export function checkNumbers(value: unknown, argument: string): Float64Array {
  const list = plainNumbers(value, argument);
  return list instanceof Float64Array ? list.slice() : Float64Array.from(list);
}

/** Tiers of one node as an object of two lists; undefined: one tier of surcharge 0. */
export interface NodeTiers {
  slots: ArrayLike<number>;
  surcharge: ArrayLike<number>;
}

export function checkCapacity(value: unknown, argument = 'capacity', node?: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= NO_BOUND) return value;
  throw new OutbidError(
    typeof value === 'number' ? 'CAPACITY_INVALID' : 'TYPE_INVALID',
    `${argument} must be a whole number from 0 to 2^31 - 1, not ${typeof value === 'number' ? value : typeof value}`,
    { argument, ...(node === undefined ? {} : { node }), value },
  );
}

export function checkNodeTiers(tiers: unknown, capacity: number): { slots: Int32Array; surcharge: Float64Array } {
  if (tiers === undefined) return { slots: Int32Array.of(capacity), surcharge: Float64Array.of(0) };
  checkFields(tiers, ['slots', 'surcharge'], 'tiers');
  const { slots: given, surcharge: extra } = tiers as NodeTiers;
  const slots = wholeArray(given, 'tiers.slots', 'TIERS_INVALID').slice();
  const surcharge = Float64Array.from(plainNumbers(extra, 'tiers.surcharge'));
  if (slots.length !== surcharge.length || slots.length === 0 || slots.reduce((sum, s) => sum + s, 0) !== capacity)
    throw new OutbidError('TIERS_INVALID', `the slots of the tiers must add up to the capacity, ${capacity}`, { argument: 'tiers' });
  for (let t = 0; t < slots.length; t++) {
    if (slots[t] < 0 || !Number.isFinite(surcharge[t]))
      throw new OutbidError('TIERS_INVALID', `tier ${t} has ${slots[t]} slots at a surcharge of ${surcharge[t]}`, {
        argument: 'tiers',
        tier: t,
      });
    if (surcharge[t] < (t === 0 ? 0 : surcharge[t - 1]))
      throw new OutbidError('TIERS_NOT_CONVEX', `the surcharge of tier ${t} is ${surcharge[t]}: they must be >= 0 and not descend`, {
        argument: 'tiers',
        tier: t,
      });
  }
  return { slots, surcharge };
}
