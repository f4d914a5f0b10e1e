/**
 * Which backend runs. 'auto' takes the fastest usable one; the environment variable OUTBID_BACKEND stands in for 'auto' and
 * for nothing else. A backend asked for by name is never replaced by another.
 */
import { OutbidError } from '../errors.js';
import { nearest } from '../nearest-name.js';
import type { BackendName } from '../options.js';
import type { BackendUsed } from '../solution.js';
import type { Availability, Backend } from './backend.js';
import { NativeBackend } from './native.js';
import { ReferenceBackend } from './reference.js';

export interface BackendInfo {
  name: 'native' | 'reference' | 'cuda';
  usable: boolean;
  /** Why it is usable, or why not. */
  why: string;
  /** What it runs on, in words. */
  device: string;
  /** File of the native binary, where there is one. */
  file?: string;
  /** True for the one that 'auto' takes now. */
  chosen: boolean;
}

const native = new NativeBackend();
const reference = new ReferenceBackend();
// Fastest first.
const IMPLEMENTED: readonly Backend[] = [native, reference];
const CUDA: Availability = { usable: false, reason: 'it is not built in this version', device: 'NVIDIA GPU' };
const NAMES = ['cuda', 'native', 'reference'] as const;

/** Every backend: whether it can be used here and why, and which one 'auto' takes. Never throws. */
export function backends(): BackendInfo[] {
  let chosen: string | undefined;
  try {
    chosen = pick('auto').backend.name;
  } catch {
    // OUTBID_BACKEND names one that cannot be used: 'auto' takes none, and a solve says why.
  }
  return NAMES.map((name) => {
    const { usable, reason, device, file } = availability(name);
    return { name, usable, why: reason, device, ...(file === undefined ? {} : { file }), chosen: name === chosen };
  });
}

/** The backend for a call and the record of the choice. BACKEND_UNAVAILABLE when the one named cannot be used. */
export function choose(name: BackendName): { backend: Backend; used: BackendUsed } {
  const { backend, reason } = pick(name);
  if (reason.startsWith(FALLBACK)) warnOnce(reason);
  const { device, file } = backend.probe();
  return { backend, used: { name: backend.name, device, ...(file === undefined ? {} : { file }), reason } };
}

/** The backend of that name if it can be used, else what 'auto' takes: for questions about a solution that already is. */
export function chooseLike(name: BackendUsed['name']): Backend {
  return IMPLEMENTED.find((backend) => backend.name === name && backend.probe().usable) ?? pick('auto').backend;
}

const FALLBACK = 'auto: native cannot be used: ';

function pick(asked: BackendName): { backend: Backend; reason: string } {
  let name = asked;
  let reason = `asked for by name: '${asked}'`;
  if (asked === 'auto') {
    name = wished();
    reason = `OUTBID_BACKEND=${name}`;
  }
  if (name !== 'auto') {
    const { usable, reason: why } = availability(name);
    const backend = IMPLEMENTED.find((one) => one.name === name);
    if (!usable || backend === undefined) throw new OutbidError('BACKEND_UNAVAILABLE', `${name} (${reason}): ${why}`, { backend: name });
    return { backend, reason };
  }
  const { usable, reason: why } = native.probe();
  return usable ? { backend: native, reason: 'auto: the fastest usable backend' } : { backend: reference, reason: FALLBACK + why };
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

function availability(name: BackendUsed['name']): Availability {
  return IMPLEMENTED.find((backend) => backend.name === name)?.probe() ?? CUDA;
}

let warned = false;

/** Once for each thread: slower by far than what could run here is worth a line, not one with every call. */
function warnOnce(reason: string): void {
  if (warned) return;
  warned = true;
  const broken = native.probe().file !== undefined;
  process.emitWarning(`running on the TypeScript reference: ${reason.slice(FALLBACK.length)}`, {
    type: 'OutbidWarning',
    code: broken ? 'OUTBID_NATIVE_BROKEN' : 'OUTBID_REFERENCE',
  });
}
