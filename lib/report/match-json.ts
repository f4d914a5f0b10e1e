/** The result of a matching as one plain object for JSON: no typed arrays, null for what is infinite or undefined. */
import { limitUse } from '../network/gadgets-capped.js';
import type { MatchResult } from '../network/matching.js';

const finite = (value: number | undefined): number | null => (value === undefined || !Number.isFinite(value) ? null : value);

/** Costs in micro-USD, times in milliseconds. */
export function matchJSON(result: MatchResult) {
  const { certificate, unserved, backend } = result;
  const { byNode: _, ...idle } = result.idle;
  return {
    format: 'outbid-match' as const,
    version: 1 as const,
    status: result.status,
    counts: { requests: result.demand, nodes: result.slots.nodes, arcs: result.arcs, served: result.served, unserved: unserved.total },
    unserved: { byKind: unserved.byKind, byReason: unserved.byReason, groups: unserved.groups, requests: unserved.requests },
    slots: result.slots,
    used: result.used,
    idle,
    operators: result.operators,
    regions: result.regions,
    ages: result.ages,
    balance: result.balance,
    cost: result.cost,
    nodes: result.nodes.map((node) => ({ ...node, gain: finite(node.gain), loss: finite(node.loss) })),
    placements: result.placements.map((placement) => ({ ...placement, node: placement.node ?? null })),
    baselines: result.baselines.map((outcome) => ({ ...outcome, ratio: finite(outcome.ratio) })),
    approximate: result.approximate,
    limits: limitUse(result.built, result.placed),
    certificate: {
      valid: certificate.valid,
      complete: certificate.complete,
      primal: finite(certificate.primal),
      dual: finite(certificate.dual),
      gap: finite(certificate.gap),
      tolerance: finite(certificate.tolerance),
      violations: certificate.violations,
    },
    digest: certificate.digest,
    backend,
    milliseconds: { build: result.buildMilliseconds, solve: result.stats.milliseconds, verify: result.verifyMilliseconds },
  };
}
