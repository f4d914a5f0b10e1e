/**
 * A Problem's own copy for the reference solver, which trusts what it reads. The arrays of a Problem stay in the caller's
 * hands; they may have been written to since they were checked, or be shared with a thread that writes right now. So the
 * reference works on a copy nobody else can reach, checked once more: a changed buffer is an error, never an endless loop.
 */
import { OutbidError } from '../errors.js';
import { type CostArray, Problem, type Tiers } from '../problem.js';

export interface ProblemCopy {
  demands: number;
  nodes: number;
  offsets: Int32Array | undefined;
  targets: Int32Array | undefined;
  costs: CostArray;
  units: number | Int32Array;
  unservedCost: number | Float64Array;
  capacity: number | Int32Array;
  arcCapacity: number | Int32Array | undefined;
  tiers: Tiers | undefined;
  maximize: boolean;
}

type Keep = <T>(value: T) => T;

/** Copies every array, onto buffers of their own; `buffers` lists them for transfer to another thread. */
export function copyProblem(problem: Problem): { copy: ProblemCopy; buffers: ArrayBuffer[] } {
  const buffers: ArrayBuffer[] = [];
  const copy = pick(problem, (value) => {
    if (!isArray(value)) return value;
    const own = duplicate(value);
    buffers.push(own.buffer as ArrayBuffer);
    return own;
  });
  return { copy, buffers };
}

/** For a run on this thread: only shared memory can change under it, so only that is copied. */
export function copyShared(problem: Problem): ProblemCopy {
  return pick(problem, (value) => (isArray(value) && value.buffer instanceof SharedArrayBuffer ? duplicate(value) : value));
}

/** Builds and checks the copy; PROBLEM_CHANGED when it no longer passes. */
export function problemFromCopy(copy: ProblemCopy): Problem {
  const { demands, nodes, offsets, targets, costs, ...rest } = copy;
  try {
    if (offsets === undefined || targets === undefined) return Problem.dense(costs, { demands, nodes, ...rest });
    return Problem.sparse({ nodes, offsets, targets, costs, ...rest });
  } catch (cause) {
    if (!(cause instanceof OutbidError)) throw cause;
    const { argument, index, demand, node } = cause;
    throw new OutbidError('PROBLEM_CHANGED', `the problem's arrays changed after it was built: ${cause.message}`, {
      argument,
      index,
      demand,
      node,
      cause,
    });
  }
}

const PLAIN = { Float64Array, Float32Array, Int32Array, Uint32Array, Int16Array, Uint16Array, Int8Array, Uint8Array };
type Plain = InstanceType<(typeof PLAIN)[keyof typeof PLAIN]>;

/** A subclass may do otherwise in its own slice(): that of a Buffer is a view, not a copy. */
function duplicate<T extends Plain>(value: T): T {
  return new PLAIN[value[Symbol.toStringTag] as keyof typeof PLAIN](value) as unknown as T;
}

function isArray<T>(value: T): value is T & Plain {
  return ArrayBuffer.isView(value);
}

function pick(problem: Problem, keep: Keep): ProblemCopy {
  const { demands, nodes, tiers, maximize } = problem;
  return {
    demands,
    nodes,
    offsets: keep(problem.offsets),
    targets: keep(problem.targets),
    costs: keep(problem.costs),
    units: keep(problem.units),
    unservedCost: keep(problem.unservedCost),
    capacity: keep(problem.capacity),
    arcCapacity: keep(problem.arcCapacity),
    tiers: tiers && { offsets: keep(tiers.offsets), slots: keep(tiers.slots), surcharge: keep(tiers.surcharge) },
    maximize,
  };
}
