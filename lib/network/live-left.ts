/** A running network as a batch finds it: what work in flight leaves of its slots and limits. */
import type { BuildOptions } from './build.js';
import { checkRequests } from './check-requests.js';
import type { Ledger } from './ledger.js';
import { type MatchOptions, type MatchResult, matchChecked } from './matching.js';
import type { CheckedNetwork, GroupLimit, InferenceRequest } from './model.js';

/** `limits`: what is left of them. */
export function whatIsLeft(network: CheckedNetwork, ledger: Pick<Ledger, 'counts'>, limits: GroupLimit[]): CheckedNetwork {
  const nodes = network.nodes.map((node) => {
    const { assigned, running, foreign } = ledger.counts(node.id);
    return { ...node, inFlight: node.inFlight + assigned + running + foreign };
  });
  return { ...network, nodes, limits };
}

/** A batch matched to it; `clock` in milliseconds, not finite before the first time given. A request that does not say when it came comes then. */
export async function matchNow(
  left: CheckedNetwork,
  requests: readonly InferenceRequest[],
  clock: number,
  options: BuildOptions & MatchOptions,
): Promise<MatchResult> {
  const now = Number.isFinite(clock) ? Math.max(0, clock / 1000) : undefined;
  const { requests: batch } = checkRequests(
    now === undefined ? requests : requests.map((one) => (Object(one) === one ? { at: now, ...one } : one)),
  );
  return await matchChecked(left, batch, { ...(now === undefined ? {} : { now }), ...options });
}
