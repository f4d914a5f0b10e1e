/**
 * The backends that the suites of this folder run over. cuda is the plug-in that OUTBID_CUDA_PLUGIN names; where it names none, the
 * stub, so that the whole way through loader, contract and the host's check is under the same properties on any machine. The stub lacks
 * nothing; what a real plug-in lacks is left out, by its own BACKEND_UNSUPPORTED.
 */
import { OutbidError } from '../../lib/errors.js';
import { type NeedingTest, nativeMissing, requireTool } from '../skip.js';
import { STUB, stubMissing } from './stub-plugin.js';

process.env.OUTBID_CUDA_PLUGIN ||= STUB;

export type TestedBackend = 'native' | 'reference' | 'cuda';

/** What keeps a backend from being tested here, or undefined. */
export function backendMissing(backend: TestedBackend): string | undefined {
  if (backend === 'reference') return undefined;
  return backend === 'native' || process.env.OUTBID_CUDA_PLUGIN !== STUB ? nativeMissing() : stubMissing();
}

/** By name, those first that are the fastest. */
export const BACKENDS: readonly TestedBackend[] = (['native', 'reference', 'cuda'] as const).filter(
  (backend) => backendMissing(backend) === undefined,
);

function isLacking(backend: TestedBackend, error: unknown): error is OutbidError {
  const real = backend === 'cuda' && process.env.OUTBID_CUDA_PLUGIN !== STUB;
  return real && error instanceof OutbidError && error.code === 'BACKEND_UNSUPPORTED';
}

/** What the call returns; undefined where the plug-in lacks what it needs. */
export function unlessLacking<T>(backend: TestedBackend, call: () => T): T | undefined {
  try {
    return call();
  } catch (error) {
    if (isLacking(backend, error)) return undefined;
    throw error;
  }
}

/** `test` on a backend: skips by name where it is missing, or lacks what the test needs. */
export function onBackend(backend: TestedBackend): NeedingTest {
  const needing = requireTool(backendMissing(backend));
  return (name, options, body) =>
    needing(name, options, async (context) => {
      try {
        await body(context);
      } catch (error) {
        if (!isLacking(backend, error)) throw error;
        context.skip(error.message);
      }
    });
}
