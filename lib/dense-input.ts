/** A matrix of costs, flat or as rows, read into the parts of a Problem. */
import { type CostArray, checkFields, costArray, count, MAX_COUNT } from './check-arrays.js';
import { OutbidError } from './errors.js';
import { COMMON_FIELDS, type DenseInput, type ProblemParts } from './problem.js';

export function readDense(costs: CostArray | ArrayLike<ArrayLike<number | null>>, input: DenseInput): ProblemParts {
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
    return parts(flat, demands, nodes, input);
  }
  if (typeof costs !== 'object' || costs === null || typeof (costs as ArrayLike<unknown>).length !== 'number') {
    throw new OutbidError('TYPE_INVALID', 'costs must be a typed array or an array of rows', { argument: 'costs' });
  }
  const rows = costs as ArrayLike<ArrayLike<number | null>>;
  const demands = rows.length;
  if (demands > 0) checkRow(rows[0], 0);
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
    checkRow(row, i);
    if (row?.length !== nodes) {
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
  return parts(flat, demands, nodes, input);
}

function parts(costs: CostArray, demands: number, nodes: number, input: DenseInput): ProblemParts {
  const capacity = input.capacity === undefined ? 1 : input.capacity;
  return { ...input, demands, nodes, capacity, offsets: undefined, targets: undefined, costs };
}

/** A row that is missing has the wrong length; one that is there must be a list, and a string is none. */
function checkRow(row: unknown, demand: number): void {
  if (row === undefined || row === null) return;
  if (typeof row === 'object' && typeof (row as ArrayLike<unknown>).length === 'number') return;
  throw new OutbidError('TYPE_INVALID', `row ${demand} is ${typeof row === 'object' ? 'an object' : `a ${typeof row}`}, expected a list`, {
    argument: 'costs',
    demand,
  });
}
