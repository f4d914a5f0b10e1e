/** The TypeScript solver as a backend: synchronous calls on this thread, asynchronous ones in a worker thread. */
import { OutbidError } from '../errors.js';
import type { SolveRequest } from '../options.js';
import type { Problem } from '../problem.js';
import { slotValuesReference } from '../reference/slot-values.js';
import { solveReference } from '../reference/solve.js';
import { ReferenceEngine } from '../reference/ticks/engine.js';
import type { RawSolution } from '../solution.js';
import { assertAttached } from './attached.js';
import type { Availability, Backend, Control, SlotValues } from './backend.js';
import type { MatcherEngine } from './engine.js';
import { faultError } from './faults.js';
import { copyProblem, copyShared, problemFromCopy } from './problem-copy.js';
import { referenceControl } from './reference-control.js';
import { runInWorker } from './reference-pool.js';

export class ReferenceBackend implements Backend {
  readonly name = 'reference';

  probe(): Availability {
    return { usable: true, reason: 'it is TypeScript and runs everywhere', device: `JavaScript (V8 ${process.versions.v8})` };
  }

  solveSync(problem: Problem, request: SolveRequest): RawSolution {
    assertAttached(problem);
    try {
      return solveReference(problemFromCopy(copyShared(problem)), request, referenceControl(request.deadline));
    } catch (error) {
      throw this.#explained(error, problem, request);
    }
  }

  async solve(problem: Problem, request: SolveRequest, { signal, onProgress }: Control): Promise<RawSolution> {
    assertAttached(problem);
    const started = performance.now();
    const { copy, buffers } = copyProblem(problem);
    const stop = new Int32Array(new SharedArrayBuffer(4));
    const order = {
      problem: copy,
      request: { ...request, deadline: request.deadline + performance.timeOrigin },
      stop,
      wantsProgress: onProgress !== undefined,
    };
    try {
      return await runInWorker(
        order,
        buffers,
        signal,
        onProgress && ((progress) => onProgress({ ...progress, milliseconds: performance.now() - started })),
      );
    } catch (error) {
      throw this.#explained(error, problem, request);
    }
  }

  slotValues(problem: Problem, prices: Float64Array, placedArcs: Int32Array, placedUnits: Int32Array): SlotValues {
    assertAttached(problem);
    return slotValuesReference(problemFromCopy(copyShared(problem)), prices, placedArcs, placedUnits);
  }

  engine(seed: number): MatcherEngine {
    return new ReferenceEngine(seed);
  }

  /** A failed certificate gets its dump; everything else is what the solver said. */
  #explained(error: unknown, problem: Problem, request: SolveRequest): unknown {
    if (error instanceof OutbidError && error.code === 'CERTIFICATE_FAILED' && error.dump === undefined) {
      return faultError('CERTIFICATE_FAILED', this.name, problem, request, { cause: error });
    }
    if (error instanceof RangeError && /allocation|Invalid array length/.test(error.message))
      return faultError('OUT_OF_MEMORY', this.name, problem, request, { cause: error });
    return error;
  }
}
