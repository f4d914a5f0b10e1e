/** The public solving calls: check the options, choose the backend, wait in the queue, hand out a Solution. */
import { setMaxListeners } from 'node:events';
import { choose } from './backend/choose.js';
import { queue } from './backend/queue.js';
import { OutbidError } from './errors.js';
import { type CheckedOptions, checkOptions, type Progress, type SolveOptions } from './options.js';
import { Problem } from './problem.js';
import { Solution } from './solution.js';

/**
 * Solves off the JavaScript thread. Never throws: every error rejects. `signal` rejects with its reason at once, wherever the
 * run is; an error thrown by `onProgress` ends the run and rejects with it. `deadlineMs` counts from this call, time spent
 * waiting for a free processor included.
 */
export async function solve(problem: Problem, options?: SolveOptions): Promise<Solution> {
  assertProblem(problem, 'problem');
  return run(problem, checkOptions(options, problem.nodes, false));
}

/** Solves on this thread, which does nothing else meanwhile. */
export function solveSync(problem: Problem, options?: SolveOptions): Solution {
  assertProblem(problem, 'problem');
  const { backend: name, request } = checkOptions(options, problem.nodes, true);
  const { backend, used } = choose(name);
  try {
    return new Solution(problem, backend.solveSync(problem, request), used);
  } catch (error) {
    throw coded(error, used.name);
  }
}

/**
 * Solves many problems, as many at once as there are processors; solutions in the order of the problems. The options hold for
 * each of them, the deadline for all together. The first error ends the rest. `onProgress` speaks of them all: units are those
 * of the problems begun so far, the fraction is the mean.
 */
export async function solveMany(problems: Iterable<Problem>, options?: SolveOptions): Promise<Solution[]> {
  if (typeof (problems as Iterable<Problem> | undefined)?.[Symbol.iterator] !== 'function')
    throw new OutbidError('TYPE_INVALID', 'problems must be an iterable of Problem', { argument: 'problems' });
  const list = [...problems];
  list.forEach((problem, index) => {
    assertProblem(problem, 'problems', index);
  });
  const checked = list.map((problem) => checkOptions(options, problem.nodes, false));
  if (list.length === 0) {
    const { backend, signal } = checkOptions(options, 0, false);
    signal?.throwIfAborted();
    choose(backend);
    return [];
  }
  const rest = new AbortController();
  const unlink = forward(checked[0].signal, rest);
  const tell = checked[0].onProgress && together(list.length, checked[0].onProgress);
  try {
    return await Promise.all(list.map((problem, k) => run(problem, { ...checked[k], signal: rest.signal, onProgress: tell?.[k] })));
  } catch (error) {
    rest.abort(error);
    throw error;
  } finally {
    unlink();
  }
}

/**
 * The backend's promise settles when its thread is free again, which is what the queue waits for; the caller's settles as
 * soon as the signal says so.
 */
function run(problem: Problem, { backend: name, request, signal, onProgress }: CheckedOptions): Promise<Solution> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const { backend, used } = choose(name);
    const stop = new AbortController();
    const unlink = forward(signal, stop);
    stop.signal.addEventListener('abort', () => reject(stop.signal.reason), { once: true });
    const begun = performance.now();
    const tell =
      onProgress &&
      ((progress: Progress): void => {
        if (stop.signal.aborted) return;
        try {
          onProgress({ ...progress, milliseconds: performance.now() - begun });
        } catch (error) {
          stop.abort(error);
        }
      });
    queue
      .enqueue(() => backend.solve(problem, request, { signal: stop.signal, onProgress: tell }), stop.signal)
      .then((raw) => {
        if (!stop.signal.aborted) resolve(new Solution(problem, raw, used));
      })
      .catch((error) => reject(stop.signal.aborted ? stop.signal.reason : coded(error, used.name)))
      .finally(unlink);
  });
}

/** Passes an abort on, and returns what takes the listener off again: a signal may outlive many solves. */
function forward(signal: AbortSignal | undefined, to: AbortController): () => void {
  if (signal === undefined) return () => {};
  const pass = (): void => to.abort(signal.reason);
  if (signal.aborted) pass();
  // One signal for many solves is the rule, not a leak: no warning for it.
  if (signal instanceof EventTarget) setMaxListeners(0, signal);
  signal.addEventListener('abort', pass, { once: true });
  return () => signal.removeEventListener('abort', pass);
}

function together(count: number, onProgress: (progress: Progress) => void): ((progress: Progress) => void)[] {
  const latest: (Progress | undefined)[] = new Array(count).fill(undefined);
  return latest.map((_, k) => (progress: Progress) => {
    latest[k] = progress;
    const sum = { placed: 0, units: 0, fraction: 0 };
    for (const one of latest) {
      sum.placed += one?.placed ?? 0;
      sum.units += one?.units ?? 0;
      sum.fraction += (one?.fraction ?? 0) / count;
    }
    onProgress({ ...progress, ...sum });
  });
}

function assertProblem(problem: unknown, argument: string, index?: number): void {
  if (problem instanceof Problem) return;
  const place = index === undefined ? { argument } : { argument, index };
  throw new OutbidError(
    'TYPE_INVALID',
    `${argument}${index === undefined ? '' : `[${index}]`} must be a Problem (Problem.sparse, .dense or .fromArcs)`,
    place,
  );
}

/** An error without a code is a defect in a backend; it keeps its cause. */
function coded(error: unknown, backend: string): unknown {
  if (error instanceof OutbidError) return error;
  return new OutbidError('INTERNAL', `the backend '${backend}' failed: ${error instanceof Error ? error.message : String(error)}`, {
    backend,
    cause: error,
  });
}
