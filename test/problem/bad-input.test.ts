import { describe, expect, it } from 'vitest';
import { Problem, type Tiers } from '../../lib/problem.js';
import { type BadInput, expectRefusal } from './thrown.js';

const good = { nodes: 2, capacity: [1, 2], offsets: [0, 2, 3], targets: [0, 1, 1], costs: [3, 4, 5] };
/** Anything at all in the place of a field: the types of the interface are what is being broken. */
const sparse =
  (fields: Record<string, unknown>): (() => Problem) =>
  () =>
    Problem.sparse({ ...good, ...fields } as never);
const dense =
  (costs: unknown, fields?: unknown): (() => Problem) =>
  () =>
    Problem.dense(costs as never, fields as never);
const arcs =
  (fields: Record<string, unknown>): (() => Problem) =>
  () =>
    Problem.fromArcs({
      demands: 2,
      nodes: 2,
      arcs: [
        [0, 0, 1],
        [1, 1, 2],
      ],
      ...fields,
    } as never);
const json =
  (fields: Record<string, unknown>): (() => Problem) =>
  () =>
    Problem.fromJSON({ format: 'outbid-problem', version: 1, demands: 2, ...good, ...fields });
const tiers = (fields: Partial<Record<keyof Tiers, unknown>> & Record<string, unknown>): (() => Problem) =>
  sparse({ tiers: { offsets: [0, 1, 3], slots: [1, 1, 1], surcharge: [0, 1, 2], ...fields } });

function detached<T extends ArrayBufferView<ArrayBuffer>>(view: T): T {
  structuredClone(view.buffer, { transfer: [view.buffer] });
  return view;
}

/** A view whose buffer was resized below it after the view was made. */
function resized(View: Float64ArrayConstructor | Int32ArrayConstructor, length: number, bytesLeft: number): ArrayBufferView {
  const Resizable = ArrayBuffer as unknown as new (
    bytes: number,
    options: { maxByteLength: number },
  ) => ArrayBuffer & { resize(bytes: number): void };
  const buffer = new Resizable(length * View.BYTES_PER_ELEMENT, { maxByteLength: 1024 });
  const view = new View(buffer, 0, length);
  buffer.resize(bytesLeft);
  return view;
}

const costs: BadInput[] = [
  [
    'NaN in sparse costs',
    sparse({ costs: [3, Number.NaN, 5] }),
    { code: 'COST_NOT_FINITE', argument: 'costs', demand: 0, node: 1, index: 1, value: Number.NaN },
  ],
  [
    'Infinity in sparse costs',
    sparse({ costs: [3, 4, Infinity] }),
    { code: 'COST_NOT_FINITE', argument: 'costs', demand: 1, node: 1, index: 2, value: Infinity },
  ],
  [
    '-Infinity in sparse costs',
    sparse({ costs: [-Infinity, 4, 5] }),
    { code: 'COST_NOT_FINITE', demand: 0, node: 0, index: 0, value: -Infinity },
  ],
  [
    'NaN in the row after empty rows',
    sparse({ offsets: [0, 0, 0, 2, 2], targets: [0, 1], costs: [3, Number.NaN] }),
    { code: 'COST_NOT_FINITE', demand: 2, node: 1, index: 1 },
  ],
  [
    'NaN in a matrix',
    dense([
      [1, 2],
      [3, Number.NaN],
    ]),
    { code: 'COST_NOT_FINITE', demand: 1, node: 1, index: 3 },
  ],
  [
    '-Infinity in a matrix to minimise',
    dense([[1, -Infinity]]),
    { code: 'COST_NOT_FINITE', demand: 0, node: 1, index: 1, value: -Infinity },
  ],
  [
    'Infinity in a matrix to maximise',
    dense([[Infinity, 1]], { maximize: true }),
    { code: 'COST_NOT_FINITE', demand: 0, node: 0, index: 0, value: Infinity },
  ],
  [
    'NaN in a typed matrix',
    dense(Float32Array.of(1, Number.NaN), { demands: 2, nodes: 1 }),
    { code: 'COST_NOT_FINITE', demand: 1, node: 0, index: 1 },
  ],
  [
    'NaN in an arc',
    arcs({
      arcs: [
        [1, 1, 2],
        [0, 1, Number.NaN],
      ],
    }),
    { code: 'COST_NOT_FINITE', argument: 'arcs', demand: 0, node: 1, index: 1 },
  ],
  ['Infinity in an arc', arcs({ arcs: [[1, 0, Infinity]] }), { code: 'COST_NOT_FINITE', argument: 'arcs', demand: 1, node: 0, index: 0 }],
  ['a whole cost one beyond the range', dense([[2 ** 51 + 1]]), { code: 'COST_RANGE', argument: 'costs', index: 0, value: 2 ** 51 + 1 }],
  [
    'a negative cost one beyond the range',
    dense([[5], [-(2 ** 51 + 1)]], { unservedCost: 1 }),
    { code: 'COST_RANGE', argument: 'costs', index: 1, value: 2 ** 51 + 1 },
  ],
  [
    'units times cost beyond the range',
    sparse({ units: [2 ** 31 - 1, 2], costs: [2 ** 22, 0, 1] }),
    { code: 'COST_RANGE', argument: 'costs', index: 0, value: 2 ** 22 },
  ],
  [
    'units times cost of exactly 2^53 + 1, which rounds to 2^53',
    dense([[28059810762433, 0]], { units: 321, unservedCost: 0 }),
    { code: 'COST_RANGE', argument: 'costs', index: 0, value: 28059810762433 },
  ],
  [
    'an unserved cost beyond the range',
    dense([[1], [1]], { unservedCost: [7, 2 ** 52] }),
    { code: 'COST_RANGE', argument: 'unservedCost', index: 1, value: 2 ** 52 },
  ],
  [
    'one unserved cost for all beyond the range',
    dense([[1]], { unservedCost: 2 ** 52 }),
    { code: 'COST_RANGE', argument: 'unservedCost', value: 2 ** 52 },
  ],
  [
    'a surcharge beyond the range',
    tiers({ surcharge: [0, 1, 2 ** 52] }),
    { code: 'COST_RANGE', argument: 'tiers.surcharge', index: 2, value: 2 ** 52 },
  ],
  ['a float cost no sum can hold', dense([[1e300, 0.5]]), { code: 'COST_RANGE', argument: 'costs', index: 0, value: 1e300 }],
];

const arrays: BadInput[] = [
  ['offsets that do not start at 0', sparse({ offsets: [1, 2, 3] }), { code: 'OFFSETS_INVALID', argument: 'offsets', index: 0, value: 1 }],
  [
    'descending offsets',
    sparse({ offsets: [0, 3, 2, 3] }),
    { code: 'OFFSETS_INVALID', argument: 'offsets', index: 2, demand: 1, value: 2 },
  ],
  [
    'descending offsets in an Int32Array',
    sparse({ offsets: Int32Array.of(0, -1, 3) }),
    { code: 'OFFSETS_INVALID', argument: 'offsets', index: 1, demand: 0, value: -1 },
  ],
  ['offsets that end too early', sparse({ offsets: [0, 1, 2] }), { code: 'OFFSETS_INVALID', argument: 'offsets', index: 2, value: 2 }],
  ['offsets that end too late', sparse({ offsets: [0, 1, 4] }), { code: 'OFFSETS_INVALID', argument: 'offsets', index: 2, value: 4 }],
  ['no offsets at all', sparse({ offsets: [] }), { code: 'OFFSETS_INVALID', argument: 'offsets' }],
  [
    'a negative offset in a plain list',
    sparse({ offsets: [0, -1, 3] }),
    { code: 'OFFSETS_INVALID', argument: 'offsets', index: 1, value: -1 },
  ],
  ['a fractional offset', sparse({ offsets: [0, 1.5, 3] }), { code: 'OFFSETS_INVALID', argument: 'offsets', index: 1, value: 1.5 }],
  [
    'an offset beyond 32 bits, which would wrap to a good one',
    sparse({ offsets: [0, 2 ** 32 + 2, 3] }),
    { code: 'OFFSETS_INVALID', argument: 'offsets', index: 1 },
  ],
  [
    'a target one too high',
    sparse({ targets: [0, 2, 1] }),
    { code: 'TARGET_OUT_OF_RANGE', argument: 'targets', demand: 0, index: 1, value: 2 },
  ],
  [
    'a negative target',
    sparse({ targets: Int32Array.of(0, 1, -1) }),
    { code: 'TARGET_OUT_OF_RANGE', argument: 'targets', demand: 1, index: 2, value: -1 },
  ],
  ['a fractional target', sparse({ targets: [0, 0.5, 1] }), { code: 'TARGET_OUT_OF_RANGE', argument: 'targets', index: 1, value: 0.5 }],
  ['a duplicate arc', sparse({ targets: [1, 1, 1] }), { code: 'DUPLICATE_ARC', argument: 'targets', demand: 0, node: 1, index: 1 }],
  [
    'a duplicate among arcs',
    arcs({
      arcs: [
        [0, 0, 1],
        [1, 1, 2],
        [0, 0, 3],
      ],
    }),
    { code: 'DUPLICATE_ARC', demand: 0, node: 0 },
  ],
  [
    'an arc of a demand that does not exist',
    arcs({
      arcs: [
        [0, 0, 1],
        [2, 0, 1],
      ],
    }),
    { code: 'DEMAND_OUT_OF_RANGE', argument: 'arcs', index: 1, value: 2 },
  ],
  ['an arc of demand -1', arcs({ arcs: [[-1, 0, 1]] }), { code: 'DEMAND_OUT_OF_RANGE', argument: 'arcs', index: 0, value: -1 }],
  [
    'an arc to a node that does not exist',
    arcs({ arcs: [[1, 2, 1]] }),
    { code: 'TARGET_OUT_OF_RANGE', argument: 'arcs', demand: 1, index: 0, value: 2 },
  ],
  [
    'an arc of two numbers',
    arcs({
      arcs: [
        [0, 0, 1],
        [1, 1],
      ],
    }),
    { code: 'TYPE_INVALID', argument: 'arcs', index: 1 },
  ],
  ['an arc of five numbers', arcs({ arcs: [[0, 0, 1, 1, 1]] }), { code: 'TYPE_INVALID', argument: 'arcs', index: 0 }],
  ['an arc of strings', arcs({ arcs: [['0', '0', '1']] }), { code: 'TYPE_INVALID', argument: 'arcs', index: 0 }],
  ['arcs that are no list', arcs({ arcs: 5 }), { code: 'TYPE_INVALID', argument: 'arcs' }],
  ['fewer targets than costs', sparse({ targets: [0, 1] }), { code: 'LENGTH_MISMATCH', argument: 'targets', value: 2 }],
  ['more targets than costs', sparse({ targets: [0, 1, 1, 0] }), { code: 'LENGTH_MISMATCH', argument: 'targets', value: 4 }],
  [
    'a matrix of the wrong length',
    dense(new Float64Array(5), { demands: 2, nodes: 3 }),
    { code: 'LENGTH_MISMATCH', argument: 'costs', value: 5 },
  ],
  ['a ragged matrix', dense([[1, 2], [3]]), { code: 'LENGTH_MISMATCH', argument: 'costs', demand: 1, value: 1 }],
  ['a matrix with a missing row', dense([[1, 2], undefined]), { code: 'LENGTH_MISMATCH', argument: 'costs', demand: 1 }],
  ['a matrix whose first row is missing', dense([null, [1, 2]]), { code: 'LENGTH_MISMATCH', argument: 'costs', demand: 0 }],
  ['a matrix whose only row is a string', dense(['xy']), { code: 'TYPE_INVALID', argument: 'costs', demand: 0 }],
  ['a matrix with a string for a row', dense([[1, 2], 'xy']), { code: 'TYPE_INVALID', argument: 'costs', demand: 1 }],
  ['a matrix with a number for a row', dense([[1], 7]), { code: 'TYPE_INVALID', argument: 'costs', demand: 1 }],
  ['a matrix with an object for a row', dense([{ a: 1 }, [1]]), { code: 'TYPE_INVALID', argument: 'costs', demand: 0 }],
  ['a matrix with fewer rows than said', dense([[1, 2]], { demands: 2 }), { code: 'LENGTH_MISMATCH', argument: 'costs', value: 1 }],
  ['a matrix with a string', dense([[1, '2']]), { code: 'TYPE_INVALID', argument: 'costs', demand: 0, node: 1, index: 1 }],
  ['a matrix with undefined', dense([[1, undefined]]), { code: 'TYPE_INVALID', argument: 'costs', demand: 0, node: 1 }],
  [
    'a matrix said to be far wider than it is',
    dense([[1]], { nodes: 2 ** 31 - 1 }),
    { code: 'LENGTH_MISMATCH', argument: 'costs', demand: 0, value: 1 },
  ],
  ['a detached cost array', sparse({ costs: detached(Float64Array.of(3, 4, 5)) }), { code: 'BUFFER_DETACHED', argument: 'costs' }],
  ['detached offsets', sparse({ offsets: detached(Int32Array.of(0, 2, 3)) }), { code: 'BUFFER_DETACHED', argument: 'offsets' }],
  ['detached targets', sparse({ targets: detached(Int32Array.of(0, 1, 1)) }), { code: 'BUFFER_DETACHED', argument: 'targets' }],
  ['detached capacities', sparse({ capacity: detached(Int32Array.of(1, 2)) }), { code: 'BUFFER_DETACHED', argument: 'capacity' }],
  ['detached units', sparse({ units: detached(Int32Array.of(1, 2)) }), { code: 'BUFFER_DETACHED', argument: 'units' }],
  [
    'detached unserved costs',
    sparse({ unservedCost: detached(Float64Array.of(1, 2)) }),
    { code: 'BUFFER_DETACHED', argument: 'unservedCost' },
  ],
  [
    'detached arc capacities',
    sparse({ arcCapacity: detached(Int32Array.of(1, 2, 3)) }),
    { code: 'BUFFER_DETACHED', argument: 'arcCapacity' },
  ],
  [
    'detached arc capacities beside arcs',
    arcs({ arcCapacity: detached(Int32Array.of(1, 2)) }),
    { code: 'BUFFER_DETACHED', argument: 'arcCapacity' },
  ],
  ['a detached matrix', dense(detached(Float64Array.of(1, 2)), { demands: 1, nodes: 2 }), { code: 'BUFFER_DETACHED', argument: 'costs' }],
  [
    'detached surcharges',
    tiers({ surcharge: detached(Float64Array.of(0, 1, 2)) }),
    { code: 'BUFFER_DETACHED', argument: 'tiers.surcharge' },
  ],
  ['costs whose buffer was shrunk', sparse({ costs: resized(Float64Array, 3, 16) }), { code: 'BUFFER_DETACHED', argument: 'costs' }],
  [
    'costs whose buffer was shrunk to nothing',
    sparse({ costs: resized(Float64Array, 3, 0) }),
    { code: 'BUFFER_DETACHED', argument: 'costs' },
  ],
  ['offsets whose buffer was shrunk', sparse({ offsets: resized(Int32Array, 3, 4) }), { code: 'BUFFER_DETACHED', argument: 'offsets' }],
];

const quantities: BadInput[] = [
  ['a negative capacity', sparse({ capacity: [1, -1] }), { code: 'CAPACITY_INVALID', argument: 'capacity', node: 1, index: 1, value: -1 }],
  [
    'a negative capacity in an Int32Array',
    sparse({ capacity: Int32Array.of(-2, 1) }),
    { code: 'CAPACITY_INVALID', argument: 'capacity', node: 0, value: -2 },
  ],
  ['a fractional capacity', sparse({ capacity: [0.5, 1] }), { code: 'CAPACITY_INVALID', node: 0, value: 0.5 }],
  ['an infinite capacity', sparse({ capacity: Infinity }), { code: 'CAPACITY_INVALID', argument: 'capacity', value: Infinity }],
  ['a capacity of 2^31', sparse({ capacity: [1, 2 ** 31] }), { code: 'CAPACITY_INVALID', node: 1, value: 2 ** 31 }],
  ['capacities for too many nodes', sparse({ capacity: [1, 1, 1] }), { code: 'LENGTH_MISMATCH', argument: 'capacity', value: 3 }],
  ['no capacity', sparse({ capacity: undefined }), { code: 'TYPE_INVALID', argument: 'capacity' }],
  ['a null capacity', dense([[1]], { capacity: null }), { code: 'TYPE_INVALID', argument: 'capacity' }],
  ['negative units', sparse({ units: [1, -3] }), { code: 'UNITS_INVALID', argument: 'units', demand: 1, index: 1, value: -3 }],
  ['fractional units', sparse({ units: 1.5 }), { code: 'UNITS_INVALID', argument: 'units', value: 1.5 }],
  ['units of NaN', sparse({ units: [Number.NaN, 1] }), { code: 'UNITS_INVALID', demand: 0 }],
  ['units of 2^31', sparse({ units: 2 ** 31 }), { code: 'UNITS_INVALID', value: 2 ** 31 }],
  ['units for too few demands', sparse({ units: [1] }), { code: 'LENGTH_MISMATCH', argument: 'units', value: 1 }],
  ['units as strings', sparse({ units: ['1', '2'] }), { code: 'TYPE_INVALID', argument: 'units', index: 0 }],
  ['units as big integers', sparse({ units: BigInt64Array.of(1n, 2n) }), { code: 'TYPE_INVALID', argument: 'units', index: 0 }],
  ['null units', sparse({ units: null }), { code: 'TYPE_INVALID', argument: 'units' }],
  ['units with a hole', sparse({ units: [1, undefined] }), { code: 'TYPE_INVALID', argument: 'units', index: 1 }],
  ['units as a DataView', sparse({ units: new DataView(new ArrayBuffer(8)) }), { code: 'TYPE_INVALID', argument: 'units' }],
  [
    'a negative arc capacity',
    sparse({ arcCapacity: [1, 2, -1] }),
    { code: 'ARC_CAPACITY_INVALID', argument: 'arcCapacity', index: 2, value: -1 },
  ],
  ['a fractional arc capacity', sparse({ arcCapacity: 0.5 }), { code: 'ARC_CAPACITY_INVALID', argument: 'arcCapacity', value: 0.5 }],
  ['an arc capacity of NaN', sparse({ arcCapacity: [Number.NaN, 1, 1] }), { code: 'ARC_CAPACITY_INVALID', index: 0 }],
  ['arc capacities for too few arcs', sparse({ arcCapacity: [1, 2] }), { code: 'LENGTH_MISMATCH', argument: 'arcCapacity', value: 2 }],
  ['a null arc capacity', arcs({ arcCapacity: null }), { code: 'TYPE_INVALID', argument: 'arcCapacity' }],
  ['arc capacities as strings beside arcs', arcs({ arcCapacity: ['1', '2'] }), { code: 'TYPE_INVALID', argument: 'arcCapacity', index: 0 }],
  ['arc capacities for too few of the arcs', arcs({ arcCapacity: [1] }), { code: 'LENGTH_MISMATCH', argument: 'arcCapacity', value: 1 }],
  [
    'a bad capacity beside arcs, named where the caller wrote it',
    arcs({
      arcs: [
        [1, 1, 2],
        [0, 0, 1],
      ],
      arcCapacity: [-1, 1],
    }),
    { code: 'ARC_CAPACITY_INVALID', argument: 'arcCapacity', index: 0, value: -1 },
  ],
  [
    'a bad capacity in an arc',
    arcs({
      arcs: [
        [1, 1, 2, 1],
        [0, 0, 1, -4],
      ],
    }),
    { code: 'ARC_CAPACITY_INVALID', argument: 'arcs', index: 1, demand: 0, node: 0, value: -4 },
  ],
  [
    'arc capacities in and beside the arcs',
    arcs({ arcs: [[0, 0, 1, 1]], arcCapacity: 1 }),
    { code: 'TYPE_INVALID', argument: 'arcCapacity' },
  ],
  [
    'an unserved cost of NaN',
    sparse({ unservedCost: [1, Number.NaN] }),
    { code: 'UNSERVED_COST_INVALID', argument: 'unservedCost', demand: 1, index: 1, value: Number.NaN },
  ],
  [
    'an unserved cost of -Infinity',
    sparse({ unservedCost: -Infinity }),
    { code: 'UNSERVED_COST_INVALID', argument: 'unservedCost', value: -Infinity },
  ],
  [
    'unserved costs for too many demands',
    sparse({ unservedCost: [1, 2, 3] }),
    { code: 'LENGTH_MISMATCH', argument: 'unservedCost', value: 3 },
  ],
  ['a null unserved cost', sparse({ unservedCost: null }), { code: 'TYPE_INVALID', argument: 'unservedCost' }],
  ['an unserved cost as a string', sparse({ unservedCost: '7' }), { code: 'TYPE_INVALID', argument: 'unservedCost' }],
  ['a negative number of nodes', sparse({ nodes: -1 }), { code: 'SIZE_INVALID', argument: 'nodes', value: -1 }],
  ['a fractional number of nodes', sparse({ nodes: 1.5 }), { code: 'SIZE_INVALID', argument: 'nodes', value: 1.5 }],
  ['2^31 demands', arcs({ demands: 2 ** 31 }), { code: 'SIZE_INVALID', argument: 'demands', value: 2 ** 31 }],
  ['nodes as a string', sparse({ nodes: '2' }), { code: 'TYPE_INVALID', argument: 'nodes' }],
  ['nodes as a big integer', sparse({ nodes: 2n }), { code: 'TYPE_INVALID', argument: 'nodes' }],
  ['no nodes', sparse({ nodes: undefined }), { code: 'TYPE_INVALID', argument: 'nodes' }],
  ['a typed matrix without its shape', dense(new Float64Array(4)), { code: 'TYPE_INVALID', argument: 'demands' }],
  [
    'more than 2^31 - 1 pairs in a matrix',
    dense(new Float64Array(4), { demands: 2 ** 20, nodes: 2 ** 20 }),
    { code: 'LENGTH_MISMATCH', argument: 'costs', value: 4 },
  ],
  ['maximize as a string', sparse({ maximize: 'yes' }), { code: 'TYPE_INVALID', argument: 'maximize' }],
  ['maximize as null', sparse({ maximize: null }), { code: 'TYPE_INVALID', argument: 'maximize' }],
];

const wrongTiers: BadInput[] = [
  [
    'a falling surcharge',
    tiers({ surcharge: [0, 2, 1] }),
    { code: 'TIERS_NOT_CONVEX', argument: 'tiers.surcharge', node: 1, tier: 1, index: 2, value: 1 },
  ],
  ['a negative surcharge', tiers({ surcharge: [-1, 0, 0] }), { code: 'TIERS_NOT_CONVEX', node: 0, tier: 0, index: 0, value: -1 }],
  [
    'an infinite surcharge',
    tiers({ surcharge: [0, 1, Infinity] }),
    { code: 'COST_NOT_FINITE', argument: 'tiers.surcharge', node: 1, tier: 1, index: 2 },
  ],
  ['a surcharge of NaN', tiers({ surcharge: [Number.NaN, 1, 2] }), { code: 'COST_NOT_FINITE', node: 0, tier: 0 }],
  ['a surcharge as a string', tiers({ surcharge: ['0', '1', '2'] }), { code: 'TYPE_INVALID', argument: 'tiers.surcharge', index: 0 }],
  ['surcharges as big integers', tiers({ surcharge: BigInt64Array.of(0n, 1n, 2n) }), { code: 'TYPE_INVALID', argument: 'tiers.surcharge' }],
  ['no surcharges', tiers({ surcharge: undefined }), { code: 'TYPE_INVALID', argument: 'tiers.surcharge' }],
  ['too few surcharges', tiers({ surcharge: [0, 1] }), { code: 'LENGTH_MISMATCH', argument: 'tiers.surcharge', value: 2 }],
  [
    'slots that do not add up to the capacity',
    tiers({ slots: [1, 1, 2] }),
    { code: 'TIERS_INVALID', argument: 'tiers.slots', node: 1, value: 3 },
  ],
  ['negative slots', tiers({ slots: [1, 3, -1] }), { code: 'TIERS_INVALID', argument: 'tiers.slots', index: 2, value: -1 }],
  ['fractional slots', tiers({ slots: [1, 0.5, 1.5] }), { code: 'TIERS_INVALID', argument: 'tiers.slots', index: 1, value: 0.5 }],
  ['one number of slots for all', tiers({ slots: 1 }), { code: 'TYPE_INVALID', argument: 'tiers.slots' }],
  ['too few slots', tiers({ slots: [1, 1] }), { code: 'LENGTH_MISMATCH', argument: 'tiers.slots', value: 2 }],
  ['tier offsets of too few nodes', tiers({ offsets: [0, 3] }), { code: 'LENGTH_MISMATCH', argument: 'tiers.offsets', value: 2 }],
  [
    'tier offsets that do not start at 0',
    tiers({ offsets: [1, 1, 3] }),
    { code: 'TIERS_INVALID', argument: 'tiers.offsets', index: 0, value: 1 },
  ],
  ['descending tier offsets', tiers({ offsets: [0, 4, 3] }), { code: 'TIERS_INVALID', argument: 'tiers.offsets', index: 2, node: 1 }],
  ['a misspelt field of tiers', tiers({ surcharges: [0] }), { code: 'FIELD_UNKNOWN', field: 'surcharges', nearest: 'surcharge' }],
  ['tiers as null', sparse({ tiers: null }), { code: 'TYPE_INVALID', argument: 'tiers' }],
  ['tiers as a number', sparse({ tiers: 3 }), { code: 'TYPE_INVALID', argument: 'tiers' }],
];

const objects: BadInput[] = [
  ['no input', () => Problem.sparse(undefined as never), { code: 'TYPE_INVALID', argument: 'Problem.sparse' }],
  ['null as input', () => Problem.fromArcs(null as never), { code: 'TYPE_INVALID', argument: 'Problem.fromArcs' }],
  ['a misspelt field', sparse({ capacitys: 1 }), { code: 'FIELD_UNKNOWN', field: 'capacitys', nearest: 'capacity' }],
  ['the British spelling', sparse({ maximise: true }), { code: 'FIELD_UNKNOWN', field: 'maximise', nearest: 'maximize' }],
  ['a field of another call', dense([[1]], { offsets: [0] }), { code: 'FIELD_UNKNOWN', field: 'offsets' }],
  ['a field like no other', sparse({ zzz: 1 }), { code: 'FIELD_UNKNOWN', field: 'zzz' }],
  ['costs as a string', sparse({ costs: '345' }), { code: 'TYPE_INVALID', argument: 'costs' }],
  ['costs as strings', sparse({ costs: ['3', '4', '5'] }), { code: 'TYPE_INVALID', argument: 'costs', index: 0 }],
  ['costs as big integers', sparse({ costs: BigInt64Array.of(3n, 4n, 5n) }), { code: 'TYPE_INVALID', argument: 'costs' }],
  ['costs as clamped bytes', sparse({ costs: Uint8ClampedArray.of(3, 4, 5) }), { code: 'TYPE_INVALID', argument: 'costs' }],
  ['null in sparse costs', sparse({ costs: [3, null, 5] }), { code: 'TYPE_INVALID', argument: 'costs', index: 1 }],
  ['a matrix that is null', dense(null), { code: 'TYPE_INVALID', argument: 'costs' }],
  ['a matrix that is a number', dense(3), { code: 'TYPE_INVALID', argument: 'costs' }],
  ['targets missing', sparse({ targets: undefined }), { code: 'TYPE_INVALID', argument: 'targets' }],
];

const files: BadInput[] = [
  ['null', () => Problem.fromJSON(null), { code: 'TYPE_INVALID' }],
  ['a string', () => Problem.fromJSON('{}'), { code: 'TYPE_INVALID' }],
  ['an empty object', () => Problem.fromJSON({}), { code: 'FILE_FORMAT', field: 'format' }],
  ['an array', () => Problem.fromJSON([]), { code: 'FILE_FORMAT', field: 'format' }],
  ['another format', json({ format: 'outbid-solution' }), { code: 'FILE_FORMAT', field: 'format', value: 'outbid-solution' }],
  ['a format that cannot be printed', json({ format: 1n }), { code: 'FILE_FORMAT', field: 'format' }],
  ['a later version', json({ version: 2 }), { code: 'FILE_FORMAT', field: 'version', value: 2 }],
  ['a version as a string', json({ version: '1' }), { code: 'FILE_FORMAT', field: 'version', value: '1' }],
  ['a misspelt field', json({ unitz: 1 }), { code: 'FIELD_UNKNOWN', field: 'unitz', nearest: 'units' }],
  ['another number of demands', json({ demands: 3 }), { code: 'LENGTH_MISMATCH', field: 'demands', value: 3 }],
  ['no costs', json({ offsets: undefined, targets: undefined, costs: undefined }), { code: 'FILE_FORMAT', field: 'costs' }],
  [
    'a matrix with another number of rows',
    json({ offsets: undefined, targets: undefined, costs: [[1, 2]] }),
    { code: 'LENGTH_MISMATCH', argument: 'costs', value: 1 },
  ],
  ['targets without offsets', json({ offsets: undefined }), { code: 'TYPE_INVALID', argument: 'offsets' }],
  ['null units', json({ units: null }), { code: 'TYPE_INVALID', argument: 'units' }],
  ['a string among unserved costs', json({ unservedCost: [1, 'x'] }), { code: 'TYPE_INVALID', argument: 'unservedCost', index: 1 }],
  ['null tiers', json({ tiers: null }), { code: 'TYPE_INVALID', argument: 'tiers' }],
  ['no capacity', json({ capacity: undefined }), { code: 'TYPE_INVALID', argument: 'capacity' }],
];

describe('a problem refuses bad input with a code and a place', () => {
  it.each(costs)('costs: %s', (_, call, error) => expectRefusal(call, error));
  it.each(arrays)('arrays: %s', (_, call, error) => expectRefusal(call, error));
  it.each(quantities)('quantities: %s', (_, call, error) => expectRefusal(call, error));
  it.each(wrongTiers)('tiers: %s', (_, call, error) => expectRefusal(call, error));
  it.each(objects)('objects: %s', (_, call, error) => expectRefusal(call, error));
  it.each(files)('JSON: %s', (_, call, error) => expectRefusal(call, error));

  it('in many more than forty ways', () => {
    expect(costs.length + arrays.length + quantities.length + wrongTiers.length + objects.length + files.length).toBeGreaterThan(100);
  });
});

describe('a problem accepts what lies just inside the limits', () => {
  it.each<[string, () => Problem]>([
    ['the largest whole cost: 2 C (min(n, m) + 1) = 2^53', dense([[2 ** 51]])],
    ['the same, negative', dense([[-(2 ** 51)]])],
    ['units times cost of exactly 2^53', dense([[2 ** 22]], { units: 2 ** 31 - 1, capacity: 2 ** 31 - 1 })],
    ['the largest quantities', sparse({ units: 2 ** 31 - 1, capacity: 2 ** 31 - 1, arcCapacity: 2 ** 31 - 1, costs: [1, 1, 1] })],
    ['zero units, capacities and arc capacities', sparse({ units: 0, capacity: 0, arcCapacity: 0 })],
    ['float costs up to the limit', dense([[2 ** 958, 0.5]])],
    ['infinities that forbid or do not bind', dense([[Infinity, 1, null]], { unservedCost: Infinity, arcCapacity: Infinity })],
    ['-Infinity as forbidden when maximising', dense([[-Infinity, 1]], { maximize: true })],
    ['no demands, no nodes, no arcs', sparse({ nodes: 0, capacity: [], offsets: [0], targets: [], costs: [] })],
    [
      'empty typed arrays',
      sparse({ nodes: 0, capacity: new Int32Array(0), offsets: new Int32Array(1), targets: new Int32Array(0), costs: new Float64Array(0) }),
    ],
    ['a node without tiers beside one with', tiers({ offsets: [0, 0, 2], slots: [1, 1], surcharge: [0, 0] })],
    ['a null arc capacity and unserved cost in JSON: no bound, must be served', json({ arcCapacity: null, unservedCost: null })],
  ])('%s', (_, call) => {
    expect(call()).toBeInstanceOf(Problem);
  });
});
