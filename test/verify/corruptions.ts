/** Every way to spoil one field of an answer, with the codes of which one at least must be reported for it. */
import type { ViolationCode } from '../../lib/verify/index.js';
import type { Case } from './cases.js';
import type { PlainSolution } from './exact-claims.js';
import { nextDown, nextUp } from './ulp.js';

export interface Corruption {
  what: string;
  codes: ViolationCode[];
  spoilt: unknown;
}

type Array1 = 'prices' | 'values' | 'assignment' | 'flow' | 'unserved';
const ARRAYS: Array1[] = ['prices', 'values', 'assignment', 'flow', 'unserved'];
const NUMBERS = { objective: 'OBJECTIVE_MISMATCH', bound: 'BOUND_MISMATCH', gap: 'GAP_MISMATCH', tolerance: 'TOLERANCE_MISMATCH' } as const;

/** The answer with one field replaced. */
function put(answer: PlainSolution, field: string, value: unknown): object {
  return { ...answer, [field]: value };
}

/** The answer with one entry of an array replaced, as doubles, so that any number can stand there. */
function putEntry(answer: PlainSolution, field: Array1, index: number, value: number): object {
  const list = Float64Array.from(answer[field] ?? []);
  list[index] = value;
  return put(answer, field, list);
}

/** Different doubles nearby and far; those that equal x are left out. */
function others(x: number): number[] {
  return [nextUp(x), nextDown(x), x + 1, x - 1, -x, 0, Number.NaN, Infinity, -Infinity].filter(
    (y) => y !== x && !(Number.isNaN(x) && Number.isNaN(y)),
  );
}

export function* corruptions({ problem, answer }: Case): Generator<Corruption> {
  const infeasible = answer.status === 'infeasible';
  const finite = Number.isFinite(answer.objective);
  for (const field of Object.keys(NUMBERS) as (keyof typeof NUMBERS)[]) {
    if (field === 'tolerance') continue;
    for (const y of others(answer[field]))
      yield { what: `${field} ${answer[field]} -> ${y}`, codes: [NUMBERS[field]], spoilt: put(answer, field, y) };
  }
  const t = answer.tolerance;
  const wrongTolerances = problem.integer
    ? [Number.MIN_VALUE, 1, -1, Number.NaN, Infinity]
    : finite
      ? [t * 1.01, t * 0.99, 0, -t, Number.NaN, Infinity]
      : [-1, Number.NaN];
  for (const y of wrongTolerances)
    yield { what: `tolerance ${t} -> ${y}`, codes: ['TOLERANCE_MISMATCH'], spoilt: put(answer, 'tolerance', y) };

  for (const status of ['optimal', 'feasible', 'stopped', 'infeasible'] as const) {
    if (status === answer.status) continue;
    yield {
      what: `status -> ${status}`,
      codes: status === 'infeasible' || infeasible ? ['LENGTH_MISMATCH'] : ['STATUS_MISMATCH'],
      spoilt: put(answer, 'status', status),
    };
  }
  for (const status of ['Optimal', '', null, undefined, 0, {}])
    yield { what: `status -> ${String(status)}`, codes: ['SHAPE_INVALID'], spoilt: put(answer, 'status', status) };

  for (const field of [...ARRAYS, ...Object.keys(NUMBERS)]) {
    for (const value of [null, 'x', 7n, true, {}, () => 1, { length: 'three' }, Symbol('x')]) {
      yield { what: `${field} -> ${typeof value} ${String(value)}`, codes: ['SHAPE_INVALID'], spoilt: put(answer, field, value) };
    }
    yield {
      what: `${field} throws`,
      codes: ['SHAPE_INVALID'],
      spoilt: Object.defineProperty({ ...answer }, field, {
        get() {
          throw new Error('no');
        },
      }),
    };
    const { [field as keyof PlainSolution]: _, ...without } = answer;
    const hasSingle = answer.assignment !== undefined;
    if (field !== 'assignment') yield { what: `${field} missing`, codes: ['SHAPE_INVALID'], spoilt: without };
    else if (hasSingle && !(infeasible && problem.units !== 1))
      yield { what: 'assignment missing', codes: ['ASSIGNMENT_MISMATCH'], spoilt: without };
  }
  for (const field of ARRAYS) {
    const list = answer[field];
    if (list === undefined) continue;
    const numbers = Array.from(list);
    const lengths: unknown[] = [
      [...numbers, 0],
      Float64Array.from([...numbers, 0]),
      { length: 2 ** 40 },
      { length: Number.NaN },
      { length: -1 },
    ];
    if (numbers.length > 0) lengths.push(numbers.slice(1), [], list.subarray(1));
    for (const value of lengths)
      yield {
        what: `${field} of length ${(value as { length: number }).length}`,
        codes: ['LENGTH_MISMATCH'],
        spoilt: put(answer, field, value),
      };
  }
  yield* witnessCorruptions(answer, problem.demands, problem.nodes);
  if (!infeasible) yield* entryCorruptions({ name: '', problem, answer });
}

function* entryCorruptions({ problem, answer }: Case): Generator<Corruption> {
  const { demands: n, nodes: m } = problem;
  for (let i = 0; i < n; i++) {
    for (const y of others(answer.values[i]))
      yield { what: `values[${i}] ${answer.values[i]} -> ${y}`, codes: ['VALUE_MISMATCH'], spoilt: putEntry(answer, 'values', i, y) };
    for (const y of [answer.unserved[i] + 1, answer.unserved[i] - 1, Number.NaN, 0.5, Infinity]) {
      yield { what: `unserved[${i}] -> ${y}`, codes: ['UNITS_MISMATCH', 'UNSERVED_INVALID'], spoilt: putEntry(answer, 'unserved', i, y) };
    }
    if (answer.assignment === undefined) continue;
    for (const y of [-2, -1, ...Array.from({ length: m + 1 }, (_, j) => j), 0.5, Number.NaN, Infinity]) {
      if (y !== answer.assignment[i])
        yield { what: `assignment[${i}] -> ${y}`, codes: ['ASSIGNMENT_MISMATCH'], spoilt: putEntry(answer, 'assignment', i, y) };
    }
  }
  if (answer.assignment === undefined)
    yield { what: 'an assignment of many units', codes: ['ASSIGNMENT_MISMATCH'], spoilt: put(answer, 'assignment', new Int32Array(n)) };

  for (const y of [Number.NaN, Infinity, -Infinity, 1e300, -1, -Number.MIN_VALUE, -0.5]) {
    for (let j = 0; j < m; j++)
      yield {
        what: `prices[${j}] -> ${y}`,
        codes: [y < 0 ? 'PRICE_NEGATIVE' : 'PRICE_NOT_FINITE'],
        spoilt: putEntry(answer, 'prices', j, y),
      };
  }
  const words = Array.from(answer.prices, String);
  yield { what: 'prices as strings', codes: ['PRICE_NOT_FINITE'], spoilt: put(answer, 'prices', words) };
  yield { what: 'flow as big integers', codes: ['FLOW_NOT_WHOLE'], spoilt: put(answer, 'flow', BigInt64Array.from(answer.flow, BigInt)) };

  for (let i = 0; i < n; i++) {
    const must = problem.unservedCostOf(i) === Infinity;
    for (let a = problem.rowStart(i); a < problem.rowEnd(i); a++) {
      const x = answer.flow[a];
      if (problem.forbidden(a)) {
        yield { what: `flow[${a}] on a forbidden pair`, codes: ['FORBIDDEN_ARC'], spoilt: putEntry(answer, 'flow', a, 1) };
        continue;
      }
      yield { what: `flow[${a}] + 1`, codes: ['UNITS_MISMATCH'], spoilt: putEntry(answer, 'flow', a, x + 1) };
      yield { what: `flow[${a}] - 1`, codes: [x === 0 ? 'FLOW_NEGATIVE' : 'UNITS_MISMATCH'], spoilt: putEntry(answer, 'flow', a, x - 1) };
      for (const y of [x + 0.5, Number.NaN, Infinity, 2 ** 31, -(2 ** 40)])
        yield { what: `flow[${a}] -> ${y}`, codes: ['FLOW_NOT_WHOLE'], spoilt: putEntry(answer, 'flow', a, y) };
      if (x === 0) continue;
      const unserved = answer.unserved.slice();
      unserved[i]++;
      const complete = answer.status === 'stopped' ? 'VALUE_MISMATCH' : must ? 'UNSERVED_MUST_SERVE' : 'OBJECTIVE_MISMATCH';
      const dropped = { ...putEntry(answer, 'flow', a, x - 1), unserved };
      yield { what: `a unit of arc ${a} dropped`, codes: [complete, 'ASSIGNMENT_MISMATCH'], spoilt: dropped };
      for (let b = problem.rowStart(i); b < problem.rowEnd(i); b++) {
        if (b === a || problem.forbidden(b)) continue;
        const flow = answer.flow.slice();
        flow[a]--;
        flow[b]++;
        yield {
          what: `a unit moved from arc ${a} to arc ${b}`,
          codes: ['ASSIGNMENT_MISMATCH', 'OBJECTIVE_MISMATCH', 'NODE_OVER_CAPACITY', 'FLOW_OVER_ARC_CAPACITY'],
          spoilt: put(answer, 'flow', flow),
        };
      }
    }
  }
}

function* witnessCorruptions(answer: PlainSolution, n: number, m: number): Generator<Corruption> {
  const w = answer.witness;
  const codes: ViolationCode[] = ['WITNESS_INVALID'];
  if (w === undefined) {
    const other = { demands: Int32Array.of(0), nodes: Int32Array.of(0), needed: 2, available: 1 };
    yield { what: 'a witness where none belongs', codes, spoilt: put(answer, 'witness', other) };
    yield { what: 'witness null', codes: ['SHAPE_INVALID'], spoilt: put(answer, 'witness', null) };
    return;
  }
  const change = (what: string, fields: object, expected = codes): Corruption => ({
    what: `witness: ${what}`,
    codes: expected,
    spoilt: put(answer, 'witness', { ...w, ...fields }),
  });
  yield { what: 'witness missing', codes, spoilt: put(answer, 'witness', undefined) };
  for (const value of [null, 'x', 3, {}])
    yield { what: `witness -> ${String(value)}`, codes: ['SHAPE_INVALID'], spoilt: put(answer, 'witness', value) };
  for (const field of ['needed', 'available'] as const) {
    for (const y of others(w[field])) yield change(`${field} -> ${y}`, { [field]: y });
    for (const y of [null, undefined, '3', 3n]) yield change(`${field} -> ${typeof y}`, { [field]: y }, ['SHAPE_INVALID']);
  }
  yield change('needed and available both raised', { needed: w.needed + 1, available: w.available + 1 });
  for (const [field, count] of [
    ['demands', n],
    ['nodes', m],
  ] as const) {
    const list = Array.from(w[field]);
    for (const [k, at] of list.entries()) {
      for (const y of [-1, count, 0.5, Number.NaN, ...Array.from({ length: count }, (_, v) => v)]) {
        if (y !== at) yield change(`${field}[${k}] -> ${y}`, { [field]: list.with(k, y) });
      }
      yield change(`${field} without entry ${k}`, { [field]: list.toSpliced(k, 1) });
      if (list.length < count) yield change(`${field} with entry ${k} twice`, { [field]: [...list, at] });
    }
    for (let v = 0; v < count; v++) if (!list.includes(v)) yield change(`${field} with ${v} too`, { [field]: [...list, v] });
    yield change(`no ${field}`, { [field]: [] });
    for (const y of [null, undefined, 3, {}]) yield change(`${field} -> ${String(y)}`, { [field]: y }, ['SHAPE_INVALID']);
    yield change(`${field} too long`, { [field]: new Int32Array(count + 1) }, ['LENGTH_MISMATCH']);
  }
}
