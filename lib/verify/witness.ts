/**
 * Checks a witness that no answer exists: must-serve demands S whose units exceed what all nodes they have arcs to can give
 * them (Hall's condition, with capacities):
 *
 *     needed = sum of units of S  >  available = sum over nodes of min(capacity, sum of the capacities of the arcs from S)
 */
import type { Problem } from '../problem.js';
import type { WitnessClaim } from './claims.js';
import { ExactSum } from './exact-sum.js';
import type { Findings } from './violations.js';

export function checkWitness(problem: Problem, witness: WitnessClaim, findings: Findings): void {
  const { demands, nodes } = witness;
  const inside = new Uint8Array(problem.demands);
  const reached = new Float64Array(problem.nodes).fill(-1);
  const needed = new ExactSum();
  for (const i of demands) {
    if (
      !(Number.isInteger(i) && i >= 0 && i < problem.demands) ||
      inside[i] === 1 ||
      problem.unservedCostOf(i) !== Number.POSITIVE_INFINITY
    ) {
      findings.report('WITNESS_INVALID', Number.NaN, { field: 'witness.demands', demand: i });
      return;
    }
    inside[i] = 1;
    needed.add(problem.unitsOf(i));
    for (let a = problem.rowStart(i); a < problem.rowEnd(i); a++) {
      if (problem.forbidden(a)) continue;
      const j = problem.target(a);
      reached[j] = Math.max(0, reached[j]) + problem.arcCapacityOf(a);
    }
  }

  // Every node named must be reached, once; then equal counts mean that none is left out.
  let reachedCount = 0;
  const available = new ExactSum();
  for (let j = 0; j < problem.nodes; j++) {
    if (reached[j] < 0) continue;
    reachedCount++;
    available.add(Math.min(problem.capacityOf(j), reached[j]));
  }
  const named = new Uint8Array(problem.nodes);
  for (const j of nodes) {
    if (!(Number.isInteger(j) && j >= 0 && j < problem.nodes) || named[j] === 1 || reached[j] < 0) {
      findings.report('WITNESS_INVALID', Number.NaN, { field: 'witness.nodes', node: j });
      return;
    }
    named[j] = 1;
  }
  if (nodes.length !== reachedCount) findings.report('WITNESS_INVALID', nodes.length - reachedCount, { field: 'witness.nodes' });
  if (witness.needed !== needed.value())
    findings.report('WITNESS_INVALID', Math.abs(witness.needed - needed.value()), { field: 'witness.needed' });
  if (witness.available !== available.value()) {
    findings.report('WITNESS_INVALID', Math.abs(witness.available - available.value()), { field: 'witness.available' });
  }
  const excess = new ExactSum().addSum(needed, 1).addSum(available, -1);
  if (excess.sign() <= 0) findings.report('WITNESS_INVALID', excess.value(), { field: 'witness' });
}
