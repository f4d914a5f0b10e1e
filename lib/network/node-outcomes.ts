/** What each node did in a matching, and what they did together. */
import type { SlotValues } from '../backend/backend.js';
import type { BuiltProblem } from './build.js';
import { everyArc } from './every-arc.js';
import type { Placed } from './placed.js';

/** One node and what its slots did. Costs in micro-USD. */
export interface NodeOutcome {
  id: string;
  operator: string;
  region: string;
  gpu: string;
  gpus: number;
  /** In all, those of work in flight included. */
  slots: number;
  /** By this batch. */
  used: number;
  /** By work that is not part of the batch. slots = inFlight + used + idle. */
  inFlight: number;
  /** Neither used by this batch nor in flight. */
  idle: number;
  /** Requests of this batch that may run here. */
  eligible: number;
  /** What one slot more would save, one slot less would cost; undefined unless the answer is optimal and slots were valued. */
  gain: number | undefined;
  loss: number | undefined;
}

/** total = inFlight + used + idle. */
export interface SlotSummary {
  total: number;
  inFlight: number;
  used: number;
  idle: number;
  nodes: number;
  /** Nodes whose every slot is idle. */
  idleNodes: number;
  /** Nodes with no slot idle. */
  fullNodes: number;
}

export function nodeOutcomes(built: BuiltProblem, placed: Placed, values: SlotValues | undefined): NodeOutcome[] {
  const { network, plain, requests, whole } = built;
  const eligible = new Int32Array(network.nodes.length);
  for (let arc = 0; whole && arc < plain.arcs; arc++) eligible[plain.target(arc)]++;
  for (let i = 0; !whole && i < requests.length; i++) {
    const { nodes, length } = everyArc(built, i);
    for (let a = 0; a < length; a++) eligible[nodes[a]]++;
  }
  return network.nodes.map(({ id, operator, region, gpu, gpus, slots, inFlight }, j) => ({
    id,
    operator,
    region,
    gpu,
    gpus,
    slots,
    inFlight: Math.min(inFlight, slots),
    used: placed.usedOn(j),
    idle: Math.max(0, slots - inFlight) - placed.usedOn(j),
    eligible: eligible[j],
    gain: values?.gain[j],
    loss: values?.loss[j],
  }));
}

export function slotSummary(nodes: NodeOutcome[]): SlotSummary {
  const sum = (take: (node: NodeOutcome) => number): number => nodes.reduce((total, node) => total + take(node), 0);
  return {
    total: sum((node) => node.slots),
    inFlight: sum((node) => node.inFlight),
    used: sum((node) => node.used),
    idle: sum((node) => node.idle),
    nodes: nodes.length,
    idleNodes: sum((node) => (node.slots > 0 && node.idle === node.slots ? 1 : 0)),
    fullNodes: sum((node) => (node.slots > 0 && node.idle === 0 ? 1 : 0)),
  };
}
