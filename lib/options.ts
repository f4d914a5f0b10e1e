/** Options of solve, solveSync and solveMany: one table that parser, documentation and command line read. */
import { OutbidError } from './errors.js';
import { knownOptions } from './known-options.js';

export type BackendName = 'auto' | 'native' | 'reference' | 'cuda';

/** What a run is doing. `fraction` runs from 0 to 1 and never falls. */
export interface Progress {
  phase: 'auction' | 'finish' | 'certificate';
  /** Units that have a place. */
  placed: number;
  units: number;
  fraction: number;
  milliseconds: number;
}

export interface SolveOptions {
  /** Which backend runs (default 'auto': the fastest usable one). */
  backend?: BackendName;
  /** Stop as soon as the proven gap is at most this, in cost (default 0: go on to the optimum). */
  gap?: number;
  /** Milliseconds from the call after which the best answer so far is returned with its gap (default: none). */
  deadlineMs?: number;
  /** Rejects the call with signal.reason when aborted. Asynchronous calls only. */
  signal?: AbortSignal;
  /** Prices to start from, one per node: changes time and ties, never the objective. */
  prices?: ArrayLike<number>;
  /** Breaks ties by a hash of (seed, demand, node) (default 0). */
  seed?: number;
  /** Threads to use (default 1). Never changes the answer. */
  threads?: number;
  /**
   * Also the assignment is the same on every run, not only status, objective and bound (default false). The native and the reference
   * backend always are; on cuda it can take longer.
   */
  deterministic?: boolean;
  /** Called now and then during long runs. Asynchronous calls only. */
  onProgress?: (progress: Progress) => void;
}

export const OPTION_NAMES = ['backend', 'gap', 'deadlineMs', 'signal', 'prices', 'seed', 'threads', 'deterministic', 'onProgress'] as const;

/** Checked options with defaults filled in; what backends see. */
export interface SolveRequest {
  gap: number;
  /** On the clock of performance.now(); Infinity for none. */
  deadline: number;
  prices: Float64Array | undefined;
  seed: number;
  threads: number;
  deterministic: boolean;
}

export interface CheckedOptions {
  backend: BackendName;
  request: SolveRequest;
  signal: AbortSignal | undefined;
  onProgress: ((progress: Progress) => void) | undefined;
}

export function checkOptions(options: unknown, nodes: number, synchronous: boolean): CheckedOptions {
  const started = performance.now();
  const o = knownOptions(options, OPTION_NAMES) as SolveOptions;
  const bad = (option: string, value: unknown, expected: string): OutbidError =>
    new OutbidError('OPTION_INVALID', `${option} must be ${expected}, not ${shown(value)}`, { option, value });
  const backend = o.backend === undefined ? 'auto' : o.backend;
  if (!['auto', 'native', 'reference', 'cuda'].includes(backend)) throw bad('backend', backend, "'auto', 'native', 'reference' or 'cuda'");
  const gap = o.gap === undefined ? 0 : o.gap;
  if (typeof gap !== 'number' || !(gap >= 0)) throw bad('gap', gap, 'a number >= 0');
  if (o.deadlineMs !== undefined && (typeof o.deadlineMs !== 'number' || !(o.deadlineMs >= 0)))
    throw bad('deadlineMs', o.deadlineMs, 'a number >= 0');
  const seed = o.seed === undefined ? 0 : o.seed;
  if (!Number.isSafeInteger(seed) || seed < 0) throw bad('seed', seed, 'a whole number from 0 to 2^53 - 1');
  const threads = o.threads === undefined ? 1 : o.threads;
  if (!Number.isInteger(threads) || threads < 1 || threads > 1024) throw bad('threads', threads, 'a whole number from 1 to 1024');
  if (o.deterministic !== undefined && typeof o.deterministic !== 'boolean') throw bad('deterministic', o.deterministic, 'true or false');
  if (o.signal !== undefined && !isSignal(o.signal)) throw bad('signal', o.signal, 'an AbortSignal');
  if (o.onProgress !== undefined && typeof o.onProgress !== 'function') throw bad('onProgress', o.onProgress, 'a function');
  for (const option of ['signal', 'onProgress'] as const) {
    if (synchronous && o[option] !== undefined)
      throw new OutbidError(
        'OPTION_UNSUPPORTED',
        `${option} needs the asynchronous call: nothing can reach a synchronous one while it runs`,
        { option },
      );
  }
  return {
    backend,
    request: {
      gap,
      deadline: o.deadlineMs === undefined ? Number.POSITIVE_INFINITY : started + o.deadlineMs,
      prices: warmPrices(o.prices, nodes),
      seed,
      threads,
      deterministic: o.deterministic ?? false,
    },
    signal: o.signal,
    onProgress: o.onProgress,
  };
}

/** A value as it may stand in a message: objects and functions by their type, as not all of them can be printed. */
function shown(value: unknown): string {
  return value === null ? 'null' : typeof value === 'object' || typeof value === 'function' ? `a ${typeof value}` : String(value);
}

function isSignal(value: unknown): value is AbortSignal {
  const signal = value as Partial<AbortSignal> | null;
  return (
    typeof signal === 'object' && signal !== null && typeof signal.aborted === 'boolean' && typeof signal.addEventListener === 'function'
  );
}

/** Warm prices: length m, finite; negatives clamp to 0. Copied, so that the caller may write on. */
function warmPrices(prices: unknown, nodes: number): Float64Array | undefined {
  if (prices === undefined) return undefined;
  const list = prices as ArrayLike<number> | null;
  if (typeof list !== 'object' || list === null || typeof list.length !== 'number')
    throw new OutbidError('OPTION_INVALID', 'prices must be an array of numbers', { option: 'prices' });
  if (list.length !== nodes)
    throw new OutbidError('LENGTH_MISMATCH', `prices has ${list.length} entries, there are ${nodes} nodes`, {
      option: 'prices',
      argument: 'prices',
      value: list.length,
    });
  const copy = new Float64Array(nodes);
  for (let j = 0; j < nodes; j++) {
    const p: unknown = list[j];
    if (typeof p !== 'number' || !Number.isFinite(p))
      throw new OutbidError('OPTION_INVALID', `prices[${j}] is ${shown(p)}, expected a finite number`, {
        option: 'prices',
        node: j,
        index: j,
        value: p,
      });
    copy[j] = Math.max(0, p);
  }
  return copy;
}
