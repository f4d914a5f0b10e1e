/**
 * What binds a policy beyond the plain problem, as it binds the joint matching: caps of operators, regions and tenants, and
 * replicas on distinct operators. A policy that places one unit after another keeps them by counting.
 */
import type { CheckedNetwork, CheckedRequest } from './model.js';
import type { PlacementRules } from './one-at-a-time.js';

/** Rules for one run of a policy; undefined where there are none. */
export function policyRules({ limits, nodes }: CheckedNetwork, requests: readonly CheckedRequest[]): PlacementRules | undefined {
  const caps = limits.filter(({ cap }) => cap !== undefined);
  const spread = requests.some(({ distinct, replicas }) => distinct === 'operator' && replicas > 1);
  if (caps.length === 0 && !spread) return undefined;
  const left = caps.map(({ cap }) => cap as number);
  const operatorCaps = positions(caps.map(({ operator }) => operator));
  const regionCaps = positions(caps.map(({ region }) => region));
  const tenantCaps = positions(caps.map(({ tenant }) => tenant));
  const capsOf = (demand: number, node: number): (number | undefined)[] => [
    operatorCaps.get(nodes[node].operator),
    regionCaps.get(nodes[node].region),
    tenantCaps.get(requests[demand].tenant ?? ''),
  ];
  const operatorsOf = new Map<number, Set<string>>();
  const apart = (demand: number): boolean => requests[demand].distinct === 'operator';
  return {
    allowed: (demand, node) =>
      capsOf(demand, node).every((cap) => cap === undefined || left[cap] > 0) &&
      !(apart(demand) && operatorsOf.get(demand)?.has(nodes[node].operator) === true),
    placed(demand, node) {
      for (const cap of capsOf(demand, node)) if (cap !== undefined) left[cap]--;
      if (apart(demand)) operatorsOf.set(demand, new Set(operatorsOf.get(demand)).add(nodes[node].operator));
    },
  };
}

/** Where each name stands. Names are never empty, so that '' finds none. */
function positions(names: readonly (string | undefined)[]): Map<string, number> {
  const found = new Map<string, number>();
  names.forEach((name, k) => {
    if (name !== undefined) found.set(name, k);
  });
  return found;
}
