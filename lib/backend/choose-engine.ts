/** Which warm market a Matcher runs on: that of the backend `choose` takes. */
import { OutbidError } from '../errors.js';
import type { BackendName } from '../options.js';
import type { BackendUsed } from '../solution.js';
import { choose } from './choose.js';
import type { MatcherEngine } from './engine.js';

/** @throws OutbidError BACKEND_UNAVAILABLE, BACKEND_UNSUPPORTED, OPTION_INVALID */
export function chooseEngine(name: BackendName | undefined, seed: number): { engine: MatcherEngine; used: BackendUsed } {
  if (name !== undefined && !['auto', 'native', 'reference', 'cuda'].includes(name))
    throw new OutbidError('OPTION_INVALID', `backend must be 'auto', 'native', 'reference' or 'cuda', not ${String(name)}`, {
      option: 'backend',
      value: name,
    });
  const { backend, used } = choose(name ?? 'auto');
  if (backend.engine === undefined)
    throw new OutbidError('BACKEND_UNSUPPORTED', `the backend '${backend.name}' has no warm market`, { backend: backend.name });
  return { engine: backend.engine(seed), used };
}
