/**
 * The backends that the suites of this folder run over. cuda is the plug-in that OUTBID_CUDA_PLUGIN names; where it names none, the
 * stub, so that the whole way through loader, contract and the host's check is under the same properties on any machine.
 */
import { nativeMissing } from '../skip.js';
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
