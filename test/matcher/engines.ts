/** The backends that have a warm market here. */
import { backends } from '../../lib/backend/choose.js';
import { Matcher } from '../../lib/matcher.js';
import type { BackendName } from '../../lib/options.js';

export const BACKENDS: BackendName[] = backends()
  .filter(({ usable }) => usable)
  .map(({ name }) => name)
  .filter((backend) => {
    try {
      new Matcher({ backend }).dispose();
      return true;
    } catch {
      return false;
    }
  });
