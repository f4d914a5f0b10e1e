/** Networks for the tests that change one and know the effect, and what they compare. */
import { expect } from 'vitest';
import { limitUse, type MatchOptions, type MatchResult, matchBatch } from '../../lib/network/index.js';
import type { LimitCase } from './limit-cases.js';
import { richNetwork } from './rich-network.js';

/** Every cost of a rich network is exact without cold loads, whose shares depend on which of several equal placements is found. */
export function rich(seed: number): LimitCase {
  const { network, requests } = richNetwork(seed);
  const nodes = network.nodes.map(({ loadable: _, tokensPerSecond, ...rest }) => {
    const rates = Object.entries(tokensPerSecond ?? {}).filter(([model]) => rest.models.includes(model));
    return { ...rest, tokensPerSecond: Object.fromEntries(rates) };
  });
  return { network: { ...network, nodes }, requests };
}

export const SEEDS = Array.from({ length: 14 }, (_, seed) => seed + 7000);

export async function matched({ network, requests }: LimitCase, options: MatchOptions = {}): Promise<MatchResult> {
  const result = await matchBatch(network, requests, { baselines: false, ...options });
  expect(result).toMatchObject({ status: 'optimal', certificate: { valid: true, complete: true, gap: 0 } });
  return result;
}

export const missedOf = ({ built, placed }: MatchResult): number => limitUse(built, placed).reduce((sum, { missed }) => sum + missed, 0);

/** Gain and loss by id of node. */
export const worths = ({ nodes }: MatchResult): Map<string, (number | undefined)[]> =>
  new Map(nodes.map(({ id, gain, loss }) => [id, [gain, loss]]));
