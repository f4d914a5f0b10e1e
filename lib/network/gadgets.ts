/** What the plain problem of requests and nodes cannot say. */
import { OutbidError } from '../errors.js';
import type { Problem } from '../problem.js';
import type { Solution } from '../solution.js';
import type { CheckedNetwork, CheckedRequest } from './model.js';

export interface WithGadgets {
  /** The problem to solve. */
  problem: Problem;
  /** What its objective counts beside the placements, in micro-USD. */
  offset: number;
  /** Units by request and node of a solution of it. */
  placements(solution: Solution): Iterable<[request: number, node: number, units: number]>;
}

export function addGadgets(plain: Problem, network: CheckedNetwork, requests: CheckedRequest[]): WithGadgets {
  if (network.limits.length > 0) throw new OutbidError('OPTION_UNSUPPORTED', 'limits are not supported', { field: 'limits' });
  if (requests.some(({ distinct, replicas }) => distinct === 'operator' && replicas > 1))
    throw new OutbidError('OPTION_UNSUPPORTED', 'distinct operators are not supported', { field: 'distinct' });
  return { problem: plain, offset: 0, placements: (solution) => solution.placements() };
}
