/**
 * Which backend runs. 'auto' takes the fastest usable one; the environment variable OUTBID_BACKEND stands in for 'auto' and
 * for nothing else. A backend asked for by name is never replaced by another. cuda is what 'auto' takes only for work that reaches a
 * measured threshold; nothing of its plug-in is loaded before somebody names it, such work comes, or backends() asks.
 */
import { OutbidError } from '../errors.js';
import { nearest } from '../nearest-name.js';
import type { BackendName } from '../options.js';
import type { BackendUsed } from '../solution.js';
import type { Backend } from './backend.js';
import { CudaBackend } from './cuda.js';
import { NativeBackend } from './native.js';
import { ReferenceBackend } from './reference.js';
import { thresholdReached, type Work } from './thresholds.js';
import type { UnavailableCode } from './unavailable.js';

export interface BackendInfo {
  name: 'native' | 'reference' | 'cuda';
  usable: boolean;
  /** Why it is not usable, as a code. */
  code?: UnavailableCode;
  /** Why it is usable, or why not. */
  why: string;
  /** What it runs on, in words. */
  device: string;
  /** File of the native binary or of the plug-in, where there is one. */
  file?: string;
  /** True for the one that 'auto' takes now, for work below every threshold of cuda. */
  chosen: boolean;
}

/** The backend of a call and the record of the choice. */
export interface Choice {
  backend: Backend;
  used: BackendUsed;
  /** 'auto' took a device that can still refuse: what runs then. */
  otherwise?: (error: OutbidError) => Choice | undefined;
}

const BACKENDS = { cuda: new CudaBackend(), native: new NativeBackend(), reference: new ReferenceBackend() };
const NAMES = ['cuda', 'native', 'reference'] as const;

/** Every backend: whether it can be used here and why, and which one 'auto' takes. Loads the plug-in of cuda. Never throws. */
export function backends(): BackendInfo[] {
  let chosen: string | undefined;
  try {
    chosen = pick('auto').backend.name;
  } catch {
    // OUTBID_BACKEND names one that cannot be used: 'auto' takes none, and a solve says why.
  }
  return NAMES.map((name) => {
    const { usable, code, reason, device, file } = BACKENDS[name].probe();
    return {
      name,
      usable,
      ...(code === undefined ? {} : { code }),
      why: reason,
      device,
      ...(file === undefined ? {} : { file }),
      chosen: name === chosen,
    };
  });
}

/** The backend for a call. BACKEND_UNAVAILABLE when the one named cannot be used. */
export function choose(name: BackendName, work?: Work): Choice {
  const { backend, reason, spare } = pick(name, work);
  if (reason.startsWith(FALLBACK)) warnOnce(reason);
  const choice: Choice = { backend, used: record(backend, reason) };
  if (spare !== undefined)
    choice.otherwise = (error) =>
      REFUSALS.has(error.code) ? { backend: spare, used: record(spare, `auto: cuda did not run it: ${error.message}`) } : undefined;
  return choice;
}

/** The backend of that name if it can be used, else what 'auto' takes: for questions about a solution that already is. */
export function chooseLike(name: BackendUsed['name']): Backend {
  const backend = BACKENDS[name];
  return backend.probe().usable ? backend : pick('auto').backend;
}

// What says nothing about the problem or about outbid, only that the device would not have it.
const REFUSALS: ReadonlySet<string> = new Set(['DEVICE_OUT_OF_MEMORY', 'DEVICE_FAILED', 'BACKEND_UNSUPPORTED', 'BACKEND_UNAVAILABLE']);
const FALLBACK = 'auto: native cannot be used: ';

function record(backend: Backend, reason: string): BackendUsed {
  const { device, file } = backend.probe();
  return { name: backend.name, device, ...(file === undefined ? {} : { file }), reason };
}

interface Pick {
  backend: Backend;
  reason: string;
  spare?: Backend;
}

function pick(asked: BackendName, work?: Work): Pick {
  let name = asked;
  let reason = `asked for by name: '${asked}'`;
  if (asked === 'auto') {
    name = wished();
    reason = `OUTBID_BACKEND=${name}`;
  }
  if (name === 'auto') return fastest(work);
  const backend = BACKENDS[name];
  const { usable, code, reason: why } = backend.probe();
  if (usable) return { backend, reason };
  throw new OutbidError('BACKEND_UNAVAILABLE', `${name} (${reason}): ${code === undefined ? '' : `${code}: `}${why}`, {
    backend: name,
    reason: code,
  });
}

function fastest(work: Work | undefined): Pick {
  const { cuda, native, reference } = BACKENDS;
  const { usable, reason } = native.probe();
  if (!usable) return { backend: reference, reason: FALLBACK + reason };
  const threshold = work && thresholdReached(work);
  if (threshold === undefined) return { backend: native, reason: 'auto: the fastest usable backend' };
  const found = cuda.probe();
  if (found.usable) return { backend: cuda, reason: `auto: the fastest at this size (${threshold.measurement})`, spare: native };
  return { backend: native, reason: `auto: cuda would be faster at this size and cannot be used: ${found.code}: ${found.reason}` };
}

function wished(): BackendName {
  const value = process.env.OUTBID_BACKEND;
  if (value === undefined || value === '') return 'auto';
  if (value === 'auto' || (NAMES as readonly string[]).includes(value)) return value as BackendName;
  const known = ['auto', ...NAMES];
  const close = nearest(value, known);
  throw new OutbidError(
    'OPTION_INVALID',
    `the environment variable OUTBID_BACKEND is '${value}'; known are ${known.join(', ')}${close === undefined ? '' : `; did you mean '${close}'?`}`,
    {
      option: 'OUTBID_BACKEND',
      nearest: close,
      value,
    },
  );
}

let warned = false;

/** Once for each thread: slower by far than what could run here is worth a line, not one with every call. */
function warnOnce(reason: string): void {
  if (warned) return;
  warned = true;
  const broken = BACKENDS.native.probe().file !== undefined;
  process.emitWarning(`running on the TypeScript reference: ${reason.slice(FALLBACK.length)}`, {
    type: 'OutbidWarning',
    code: broken ? 'OUTBID_NATIVE_BROKEN' : 'OUTBID_REFERENCE',
  });
}
