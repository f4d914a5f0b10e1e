/**
 * The cuda backend: a plug-in in a shared library of its own, which the native addon loads the first time somebody asks for it, runs
 * on a thread like its own core, and checks answer by answer. What the plug-in cannot do is BACKEND_UNSUPPORTED; slot values are the
 * native core's, which needs only the solution.
 */
import { OutbidError } from '../errors.js';
import type { SolveRequest } from '../options.js';
import type { Problem } from '../problem.js';
import type { RawSolution } from '../solution.js';
import { type Addon, type AddonFault, type AddonPlugin, type AddonRequest, addonProblem, addonRequest, isFault } from './addon.js';
import { addonCall } from './addon-call.js';
import { assertAttached } from './attached.js';
import type { Availability, Backend, Control, SlotValues } from './backend.js';
import { cudaPlugin } from './cuda-plugin.js';
import { faultError } from './faults.js';
import { loadNative } from './load-native.js';
import { NativeBackend } from './native.js';
import { isUnavailableCode, type UnavailableCode } from './unavailable.js';

type Found = { state: 'usable'; addon: Addon; file: string; plugin: AddonPlugin } | Unusable;
interface Unusable {
  state: 'unusable';
  code: UnavailableCode;
  reason: string;
  file?: string;
}

const DEVICE = 'NVIDIA GPU';

export class CudaBackend implements Backend {
  readonly name = 'cuda';
  readonly #native = new NativeBackend();
  /** The last file that could be used, and what it said: a driver is not asked again for every solve. */
  #known: (Found & { state: 'usable' }) | undefined;

  probe(): Availability {
    const found = this.#find();
    if (found.state === 'unusable') {
      const { code, reason, file } = found;
      return { usable: false, code, reason, device: DEVICE, ...(file === undefined ? {} : { file }) };
    }
    const { plugin, file } = found;
    return { usable: true, reason: `the plug-in ${plugin.version} loads and finds a device`, device: described(plugin), file };
  }

  solveSync(problem: Problem, request: SolveRequest): RawSolution {
    assertAttached(problem);
    const { addon, file } = this.#usable();
    const outcome = addon.solveSync(addonProblem(problem), pluginRequest(request, file));
    if (isFault(outcome)) throw this.#explained(outcome, problem, request);
    return outcome;
  }

  async solve(problem: Problem, request: SolveRequest, control: Control): Promise<RawSolution> {
    assertAttached(problem);
    const { addon, file } = this.#usable();
    return addonCall(
      (done, progress) => addon.startSolve(addonProblem(problem), pluginRequest(request, file), done, progress),
      (fault) => this.#explained(fault, problem, request),
      control,
    );
  }

  /** All in one call of the plug-in, which may solve them side by side. */
  async solveMany(problems: readonly Problem[], requests: readonly SolveRequest[], control: Control): Promise<RawSolution[]> {
    problems.forEach(assertAttached);
    const { addon, file } = this.#usable();
    const orders = requests.map((request) => pluginRequest(request, file));
    return addonCall(
      (done, progress) => addon.startSolveMany(problems.map(addonProblem), orders, done, progress),
      (fault) => this.#explained(fault, problems[fault.index ?? 0], requests[fault.index ?? 0]),
      control,
    );
  }

  slotValues(problem: Problem, prices: Float64Array, placedArcs: Int32Array, placedUnits: Int32Array): SlotValues {
    return this.#native.slotValues(problem, prices, placedArcs, placedUnits);
  }

  #usable(): Found & { state: 'usable' } {
    const found = this.#find();
    if (found.state === 'usable') return found;
    throw new OutbidError('BACKEND_UNAVAILABLE', `cuda: ${found.code}: ${found.reason}`, { backend: this.name, reason: found.code });
  }

  #find(): Found {
    const binary = loadNative();
    if (binary.state !== 'loaded') {
      const code = binary.state === 'none' ? 'NATIVE_NOT_BUILT' : 'NATIVE_UNREADABLE';
      return { state: 'unusable', code, reason: `plug-ins are loaded by the native build: ${binary.reason}` };
    }
    const place = cudaPlugin();
    if ('reason' in place) return { state: 'unusable', code: 'PLUGIN_NOT_INSTALLED', reason: place.reason };
    const { file } = place;
    if (this.#known?.file === file) return this.#known;
    const plugin = binary.addon.openPlugin(file);
    if (isFault(plugin)) {
      const code = isUnavailableCode(plugin.fault) ? plugin.fault : 'INTERNAL';
      return { state: 'unusable', code, reason: plugin.detail || plugin.fault, file };
    }
    this.#known = { state: 'usable', addon: binary.addon, file, plugin };
    return this.#known;
  }

  /** A device that went away since it was probed is one that cannot be used. */
  #explained(fault: AddonFault, problem: Problem, request: SolveRequest): OutbidError {
    const { fault: code, detail, argument } = fault;
    if (code === 'BACKEND_UNSUPPORTED')
      return new OutbidError(code, `the backend 'cuda' lacks what this problem or call needs: ${detail}`, {
        backend: this.name,
        lacks: detail,
      });
    if (code === 'DEVICE_FAILED' || !isUnavailableCode(code) || code === 'OUT_OF_MEMORY' || code === 'INTERNAL')
      return faultError(code, this.name, problem, request, { argument }, detail);
    this.#known = undefined;
    return new OutbidError('BACKEND_UNAVAILABLE', `cuda: ${code}: ${detail}`, { backend: this.name, reason: code });
  }
}

function pluginRequest(request: SolveRequest, file: string): AddonRequest {
  return { ...addonRequest(request), plugin: file, deterministic: request.deterministic };
}

function described({ devices }: AddonPlugin): string {
  return devices
    .map(
      ({ name, arch, memory }) =>
        `${name}, ${(memory / 2 ** 30).toFixed(0)} GiB (compute capability ${Math.floor(arch / 10)}.${arch % 10})`,
    )
    .join('; ');
}
