/** The outcome of a solve as the one JSON object of `--json` and as the lines a person reads. Both say the same. */
import type { Problem } from '../problem.js';
import type { Solution, Status } from '../solution.js';
import type { Certificate } from '../verify/index.js';

export interface Outcome {
  status: Status;
  /** Infinite and undefined numbers are null in JSON: the objective of a stopped run, every number of an infeasible problem. */
  objective: number | null;
  bound: number | null;
  gap: number | null;
  tolerance: number;
  maximize: boolean;
  backend: { name: string; device: string; file?: string; reason: string };
  /** served and unserved are null for an infeasible problem. */
  counts: { demands: number; nodes: number; arcs: number; units: number; served: number | null; unserved: number | null };
  /** Of the solve alone; reading and checking are beside it. */
  milliseconds: number;
  readMilliseconds: number;
  verifyMilliseconds: number;
  digest: string;
  certificate: { valid: boolean; complete: boolean; violations: number };
  witness?: { demands: number[]; nodes: number[]; needed: number; available: number };
}

export interface Times {
  read: number;
  solve: number;
  verify: number;
}

export function outcomeOf(problem: Problem, solution: Solution, certificate: Certificate, times: Times): Outcome {
  const finite = (x: number): number | null => (Number.isFinite(x) ? x : null);
  const units = unitsOf(problem);
  let served: number | null = null;
  if (solution.status !== 'infeasible') {
    served = 0;
    for (const [, , placed] of solution.placements()) served += placed;
  }
  const { witness } = solution;
  return {
    status: solution.status,
    objective: finite(solution.objective),
    bound: finite(solution.bound),
    gap: finite(solution.gap),
    tolerance: solution.tolerance,
    maximize: problem.maximize,
    backend: solution.backend,
    counts: {
      demands: problem.demands,
      nodes: problem.nodes,
      arcs: allowedArcs(problem),
      units,
      served,
      unserved: served === null ? null : units - served,
    },
    milliseconds: round(times.solve),
    readMilliseconds: round(times.read),
    verifyMilliseconds: round(times.verify),
    digest: certificate.digest,
    certificate: { valid: certificate.valid, complete: certificate.complete, violations: certificate.violations.length },
    ...(witness === undefined
      ? {}
      : {
          witness: {
            demands: Array.from(witness.demands),
            nodes: Array.from(witness.nodes),
            needed: witness.needed,
            available: witness.available,
          },
        }),
  };
}

export function outcomeText(outcome: Outcome): string {
  const { counts, backend, witness } = outcome;
  const lines: [string, string][] = [
    ['status', outcome.status],
    ['objective', show(outcome.objective) + (outcome.maximize ? ' (maximised)' : '')],
    ['bound', show(outcome.bound)],
    ['gap', `${show(outcome.gap)}${outcome.tolerance > 0 ? ` (tolerance ${outcome.tolerance})` : ''}`],
    ['demands', `${counts.demands}, ${counts.units} units: ${show(counts.served)} served, ${show(counts.unserved)} unserved`],
    ['nodes', String(counts.nodes)],
    ['arcs', String(counts.arcs)],
  ];
  if (witness !== undefined) {
    lines.push([
      'witness',
      `${list('demand', witness.demands)} need${witness.demands.length === 1 ? 's' : ''} ${witness.needed} units; ${witness.nodes.length === 0 ? 'no node they reach' : list('node', witness.nodes)} can give ${witness.available}`,
    ]);
  }
  lines.push(
    ['backend', `${backend.name} on ${backend.device}: ${backend.reason}`],
    ['milliseconds', `${outcome.milliseconds} to solve, ${outcome.readMilliseconds} to read, ${outcome.verifyMilliseconds} to verify`],
    ['certificate', certificateLine(outcome)],
    ['digest', outcome.digest],
  );
  return lines.map(([name, text]) => `${name.padEnd(13)} ${text}\n`).join('');
}

function certificateLine({ certificate, status, objective, bound, gap }: Outcome): string {
  if (!certificate.valid) return `INVALID: ${certificate.violations} violations`;
  if (status === 'infeasible') return 'valid: the witness proves that no answer exists';
  if (!certificate.complete) return `valid, not complete: nothing beats ${show(bound)}`;
  return `valid: primal ${show(objective)}, dual ${show(bound)}, gap ${show(gap)}`;
}

/** Sum of the units of all demands. */
export function unitsOf(problem: Problem): number {
  if (typeof problem.units === 'number') return problem.units * problem.demands;
  let units = 0;
  for (const d of problem.units) units += d;
  return units;
}

function allowedArcs(problem: Problem): number {
  if (!problem.dense) return problem.arcs;
  let arcs = 0;
  for (let a = 0; a < problem.arcs; a++) if (!problem.forbidden(a)) arcs++;
  return arcs;
}

function show(value: number | null): string {
  return value === null ? '-' : String(value);
}

function list(name: string, members: number[]): string {
  const shown = members.slice(0, 8).join(', ');
  return `${name}${members.length === 1 ? '' : 's'} ${shown}${members.length > 8 ? ` and ${members.length - 8} more` : ''}`;
}

function round(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
