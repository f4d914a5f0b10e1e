/**
 * How the batch is spread over operators, regions and nodes of different age, and how even the load is.
 *
 *     load of a node    (in flight + used) / slots
 *     Jain index        (sum load)^2 / (n sum load^2): 1 when all are equal, 1 / n when one has everything
 */
import type { BuiltProblem } from './build.js';
import { idleSlots } from './idle-pools.js';
import type { CheckedNode } from './model.js';
import type { Placed } from './placed.js';

/** Some of the nodes. slots = inFlight + used + idle. */
export interface GroupOutcome {
  name: string;
  nodes: number;
  slots: number;
  /** By work that is not part of the batch. */
  inFlight: number;
  /** By this batch. */
  used: number;
  idle: number;
  /** (inFlight + used) / slots; 0 without slots. */
  utilisation: number;
  /** Of the units served in all: those served here; 0 when none is. */
  share: number;
}

/** How even a load is. Over what is up and has slots; both 1 when nothing is, or nothing has any load. */
export interface Evenness {
  jain: number;
  /** The highest load over the mean one. */
  maxOverMean: number;
}

export interface Shares {
  /** By operator, the largest share first, then by name; likewise regions. */
  operators: GroupOutcome[];
  regions: GroupOutcome[];
  /** By time since they joined, the youngest first; every bucket is listed. */
  ages: GroupOutcome[];
  balance: { nodes: Evenness; operators: Evenness };
}

const DAY = 86_400;
/** Buckets of age by their upper end, in seconds. */
const AGES: [string, number][] = [
  ['under a day', DAY],
  ['a day to a week', 7 * DAY],
  ['a week to 30 days', 30 * DAY],
  ['30 days and more', Number.POSITIVE_INFINITY],
];

export function shares({ network, arcs }: BuiltProblem, placed: Placed): Shares {
  const served = network.nodes.reduce((sum, _, j) => sum + placed.usedOn(j), 0);
  const { now } = arcs.options;
  const groupsBy = (nameOf: (node: CheckedNode) => string, names: string[] = []): GroupOutcome[] => {
    const groups = new Map(names.map((name) => [name, empty(name)]));
    network.nodes.forEach((node, j) => {
      const name = nameOf(node);
      const group = groups.get(name) ?? empty(name);
      groups.set(name, group);
      group.nodes++;
      group.slots += node.slots;
      group.inFlight += Math.min(node.inFlight, node.slots);
      group.used += placed.usedOn(j);
      group.idle += idleSlots(node, placed.usedOn(j));
    });
    for (const group of groups.values()) {
      group.utilisation = loadOf(group);
      group.share = served === 0 ? 0 : group.used / served;
    }
    return [...groups.values()];
  };
  const largestFirst = (a: GroupOutcome, b: GroupOutcome): number => b.used - a.used || (a.name < b.name ? -1 : 1);
  const ageOf = ({ joinedAt }: CheckedNode): string => (AGES.find(([, end]) => now - joinedAt < end) ?? AGES[AGES.length - 1])[0];
  const nodeLoads: number[] = [];
  const operatorSlots = new Map<string, { slots: number; inFlight: number; used: number }>();
  network.nodes.forEach((node, j) => {
    if (node.state !== 'up' || node.slots === 0) return;
    const own = { slots: node.slots, inFlight: Math.min(node.inFlight, node.slots), used: placed.usedOn(j) };
    nodeLoads.push(loadOf(own));
    const sum = operatorSlots.get(node.operator) ?? { slots: 0, inFlight: 0, used: 0 };
    sum.slots += own.slots;
    sum.inFlight += own.inFlight;
    sum.used += own.used;
    operatorSlots.set(node.operator, sum);
  });
  return {
    operators: groupsBy(({ operator }) => operator).sort(largestFirst),
    regions: groupsBy(({ region }) => region).sort(largestFirst),
    ages: groupsBy(
      ageOf,
      AGES.map(([name]) => name),
    ),
    balance: { nodes: evenness(nodeLoads), operators: evenness([...operatorSlots.values()].map(loadOf)) },
  };
}

const empty = (name: string): GroupOutcome => ({ name, nodes: 0, slots: 0, inFlight: 0, used: 0, idle: 0, utilisation: 0, share: 0 });

function loadOf({ slots, inFlight, used }: { slots: number; inFlight: number; used: number }): number {
  return slots === 0 ? 0 : (inFlight + used) / slots;
}

export function evenness(loads: readonly number[]): Evenness {
  const sum = loads.reduce((total, load) => total + load, 0);
  if (sum === 0) return { jain: 1, maxOverMean: 1 };
  const squares = loads.reduce((total, load) => total + load * load, 0);
  return { jain: (sum * sum) / (loads.length * squares), maxOverMean: (loads.reduce((a, b) => Math.max(a, b), 0) * loads.length) / sum };
}
