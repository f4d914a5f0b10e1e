/** A list of arcs in any order, sorted into the rows of a Problem. Within a demand the order given is kept. */
import { checkFields, count, integers, MAX_COUNT } from './check-arrays.js';
import { OutbidError } from './errors.js';
import { type ArcsInput, COMMON_FIELDS, type ProblemParts, type Quantity } from './problem.js';

export function readArcs(input: ArcsInput): ProblemParts {
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
  return {
    ...input,
    demands,
    nodes,
    capacity: input.capacity === undefined ? 1 : input.capacity,
    offsets,
    targets,
    costs,
    arcCapacity,
  };
}
