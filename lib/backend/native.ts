/** The C++ core, in this process: synchronous calls on this thread, asynchronous ones on a thread of their own. */
import { cpus } from 'node:os';
import { type ErrorCode, OutbidError } from '../errors.js';
import type { SolveRequest } from '../options.js';
import type { Problem } from '../problem.js';
import type { RawSolution } from '../solution.js';
import { type Addon, type AddonFault, addonProblem, addonRequest, isFault } from './addon.js';
import { addonCall } from './addon-call.js';
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
    const known = { usable: false, reason: binary.reason, device: processor() };
    return binary.state === 'broken' ? { ...known, code: 'NATIVE_UNREADABLE', file: binary.file } : { ...known, code: 'NATIVE_NOT_BUILT' };
  }

  solveSync(problem: Problem, request: SolveRequest): RawSolution {
    assertAttached(problem);
    const outcome = this.#addon().solveSync(addonProblem(problem), addonRequest(request));
    if (isFault(outcome)) throw this.#explained(outcome, problem, request);
    return outcome;
  }

  /** Settles when the thread has ended: after an abort, rejected with its reason, within a poll of the solver. */
  async solve(problem: Problem, request: SolveRequest, control: Control): Promise<RawSolution> {
    assertAttached(problem);
    const addon = this.#addon();
    return addonCall(
      (done, progress) => addon.startSolve(addonProblem(problem), addonRequest(request), done, progress),
      (fault) => this.#explained(fault, problem, request),
      control,
    );
  }

  slotValues(problem: Problem, prices: Float64Array, placedArcs: Int32Array, placedUnits: Int32Array): SlotValues {
    assertAttached(problem);
    const outcome = this.#addon().slotValues(addonProblem(problem), prices, placedArcs, placedUnits);
    if (isFault(outcome)) throw this.#explained(outcome, problem, undefined);
    return outcome;
  }

  engine(seed: number): MatcherEngine {
    const { NativeMatcher } = this.#addon();
    return new NativeEngine(new NativeMatcher(seed));
  }

  #addon(): Addon {
    const binary = this.#load();
    if (binary.state === 'loaded') return binary.addon;
    throw new OutbidError('BACKEND_UNAVAILABLE', `native: ${binary.reason}`, { backend: 'native', reason: this.probe().code });
  }

  #explained({ fault, argument }: AddonFault, problem: Problem, request: SolveRequest | undefined): OutbidError {
    return faultError(fault as ErrorCode, this.name, problem, request, { argument });
  }
}

let name: string | undefined;

function processor(): string {
  name ??= `${cpus()[0]?.model.trim() || 'CPU'} (${process.platform}-${process.arch})`;
  return name;
}
