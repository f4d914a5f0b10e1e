/** The public solving calls: check the options, choose the backend, wait in the queue, hand out a Solution. */
import { setMaxListeners } from 'node:events';
import type { Control } from './backend/backend.js';
import { type Choice, choose } from './backend/choose.js';
import { queue } from './backend/queue.js';
import { workOf } from './backend/thresholds.js';
import { OutbidError } from './errors.js';
import { type CheckedOptions, checkOptions, type Progress, type SolveOptions } from './options.js';
import { Problem } from './problem.js';
import { type RawSolution, Solution } from './solution.js';

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
  let choice = choose(name, workOf([problem]));
  for (;;) {
    try {
      return solutionOf(problem, choice.backend.solveSync(problem, request), choice);
    } catch (error) {
      choice = insteadOf(choice, coded(error, choice.used.name));
    }
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
  try {
    if (rest.signal.aborted) throw rest.signal.reason;
    const [{ backend: name, onProgress }] = checked;
    let choice: Choice | undefined = choose(name, workOf(list));
    if (choice.backend.solveMany !== undefined) {
      try {
        return await inOneCall(list, checked, choice, rest.signal);
      } catch (error) {
        choice = insteadOf(choice, error);
      }
    } else choice = undefined;
    const tell = onProgress && together(list.length, onProgress);
    return await Promise.all(list.map((problem, k) => run(problem, { ...checked[k], signal: rest.signal, onProgress: tell?.[k] }, choice)));
  } catch (error) {
    rest.abort(error);
    throw error;
  } finally {
    unlink();
  }
}

/** On a backend that takes all problems at once. */
async function inOneCall(list: readonly Problem[], checked: readonly CheckedOptions[], choice: Choice, signal: AbortSignal) {
  const requests = checked.map(({ request }) => request);
  const raws = await queued(choice, signal, checked[0].onProgress, async (control) => choice.backend.solveMany?.(list, requests, control));
  return list.map((problem, k) => solutionOf(problem, (raws as RawSolution[])[k], choice));
}

/** `given`: the choice, where it was made for a whole batch. */
async function run(problem: Problem, { backend: name, request, signal, onProgress }: CheckedOptions, given?: Choice): Promise<Solution> {
  if (signal?.aborted) throw signal.reason;
  let choice = given ?? choose(name, workOf([problem]));
  const tell = onProgress && rising(onProgress);
  for (;;) {
    const { backend } = choice;
    try {
      return solutionOf(problem, await queued(choice, signal, tell, (control) => backend.solve(problem, request, control)), choice);
    } catch (error) {
      choice = insteadOf(choice, error);
    }
  }
}

/**
 * Runs `start` when its turn has come. Its promise settles when the backend's thread is free again, which is what the queue waits for;
 * the caller's settles as soon as the signal says so.
 */
function queued<Raw>(
  choice: Choice,
  signal: AbortSignal | undefined,
  onProgress: CheckedOptions['onProgress'],
  start: (control: Control) => Promise<Raw>,
): Promise<Raw> {
  return new Promise((resolve, reject) => {
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
      .enqueue(() => start({ signal: stop.signal, onProgress: tell }), stop.signal)
      .then((raw) => {
        if (!stop.signal.aborted) resolve(raw);
      })
      .catch((error) => reject(stop.signal.aborted ? stop.signal.reason : coded(error, choice.used.name)))
      .finally(unlink);
  });
}

/** What runs instead where 'auto' took a device that would not have it; any other error is thrown on. */
function insteadOf(choice: Choice, error: unknown): Choice {
  const instead = error instanceof OutbidError ? choice.otherwise?.(error) : undefined;
  if (instead === undefined) throw error;
  return instead;
}

function solutionOf(problem: Problem, raw: RawSolution, { used }: Choice): Solution {
  return new Solution(problem, raw, raw.device === undefined ? used : { ...used, device: raw.device });
}

/** A run that begins anew on another backend still has a fraction that never falls. */
function rising(onProgress: (progress: Progress) => void): (progress: Progress) => void {
  let highest = 0;
  return (progress) => {
    highest = Math.max(highest, progress.fraction);
    onProgress({ ...progress, fraction: highest });
  };
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
