/** The C++ core, in this process: synchronous calls on this thread, asynchronous ones on a thread of their own. */
import { cpus } from 'node:os';
import { OutbidError } from '../errors.js';
import type { SolveRequest } from '../options.js';
import type { Problem } from '../problem.js';
import type { RawSolution } from '../solution.js';
import { type Addon, addonProblem, addonRequest, isFault } from './addon.js';
import { assertAttached } from './attached.js';
import type { Availability, Backend, Control, SlotValues } from './backend.js';
import type { MatcherEngine } from './engine.js';
import { faultError } from './faults.js';
import { loadNative, type NativeBinary } from './load-native.js';
import { NativeEngine } from './native-engine.js';

export class NativeBackend implements Backend {
  readonly name = 'native';
  readonly #load: () => NativeBinary;

  constructor(load: () => NativeBinary = loadNative) {
    this.#load = load;
  }

  probe(): Availability {
    const binary = this.#load();
    if (binary.state === 'loaded') return { usable: true, reason: 'the native build loads', device: processor(), file: binary.file };
    return { usable: false, reason: binary.reason, device: processor(), ...(binary.state === 'broken' ? { file: binary.file } : {}) };
  }

  solveSync(problem: Problem, request: SolveRequest): RawSolution {
    assertAttached(problem);
    const outcome = this.#addon().solveSync(addonProblem(problem), addonRequest(request));
    if (isFault(outcome)) throw faultError(outcome.fault, this.name, problem, request, { argument: outcome.argument });
    return outcome;
  }

  /** Settles when the thread has ended: after an abort, rejected with its reason, within a poll of the solver. */
  async solve(problem: Problem, request: SolveRequest, { signal, onProgress }: Control): Promise<RawSolution> {
    assertAttached(problem);
    const started = performance.now();
    const addon = this.#addon();
    return new Promise((resolve, reject) => {
      const tell =
        onProgress &&
        ((progress: Parameters<NonNullable<Parameters<Addon['startSolve']>[3]>>[0]) =>
          onProgress({ ...progress, milliseconds: performance.now() - started }));
      const stop = (): void => {
        if (!isFault(handle)) handle.stop();
      };
      const handle = addon.startSolve(
        addonProblem(problem),
        addonRequest(request),
        (outcome) => {
          signal?.removeEventListener('abort', stop);
          if (outcome === undefined) reject(signal?.reason);
          else if (isFault(outcome)) reject(faultError(outcome.fault, this.name, problem, request, { argument: outcome.argument }));
          else resolve(outcome);
        },
        tell,
      );
      if (isFault(handle)) reject(faultError(handle.fault, this.name, problem, request, { argument: handle.argument }));
      else if (signal?.aborted) stop();
      else signal?.addEventListener('abort', stop, { once: true });
    });
  }

  slotValues(problem: Problem, prices: Float64Array, placedArcs: Int32Array, placedUnits: Int32Array): SlotValues {
    assertAttached(problem);
    const outcome = this.#addon().slotValues(addonProblem(problem), prices, placedArcs, placedUnits);
    if (isFault(outcome)) throw faultError(outcome.fault, this.name, problem, undefined, { argument: outcome.argument });
    return outcome;
  }

  engine(seed: number): MatcherEngine {
    const { NativeMatcher } = this.#addon();
    return new NativeEngine(new NativeMatcher(seed));
  }

  #addon(): Addon {
    const binary = this.#load();
    if (binary.state === 'loaded') return binary.addon;
    throw new OutbidError('BACKEND_UNAVAILABLE', `native: ${binary.reason}`, { backend: 'native' });
  }
}

let name: string | undefined;

function processor(): string {
  name ??= `${cpus()[0]?.model.trim() || 'CPU'} (${process.platform}-${process.arch})`;
  return name;
}
