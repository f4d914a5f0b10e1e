/** One asynchronous call of the addon as a promise: abort, progress and faults, alike for the core and for a plug-in. */
import { type AddonFault, type AddonHandle, type AddonProgress, isFault } from './addon.js';
import type { Control } from './backend.js';

type Start<Outcome> = (
  done: (outcome: Outcome | AddonFault | undefined) => void,
  progress: ((progress: AddonProgress) => void) | undefined,
) => AddonHandle | AddonFault;

/** Settles when the thread has ended: after an abort, rejected with its reason, within a poll of the solver. */
export function addonCall<Outcome extends object>(
  start: Start<Outcome>,
  explain: (fault: AddonFault) => unknown,
  { signal, onProgress }: Control,
): Promise<Outcome> {
  const started = performance.now();
  return new Promise((resolve, reject) => {
    const tell = onProgress && ((progress: AddonProgress): void => onProgress({ ...progress, milliseconds: performance.now() - started }));
    const stop = (): void => {
      if (!isFault(handle)) handle.stop();
    };
    const handle = start((outcome) => {
      signal?.removeEventListener('abort', stop);
      if (outcome === undefined) reject(signal?.reason);
      else if (isFault(outcome)) reject(explain(outcome));
      else resolve(outcome);
    }, tell);
    if (isFault(handle)) reject(explain(handle));
    else if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
