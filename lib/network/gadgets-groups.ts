/**
 * The groups of nodes that have a limit, and how they nest.
 *
 * Operators are apart from each other, and so are regions; so a node is in two groups at most, its operator's and its region's, and
 * groups nest two deep at most. An operator and a region that share nodes must be one inside the other, over all nodes of the
 * network, whatever their state: else no flow can hold both limits, and the pair is refused.
 */
import { OutbidError } from '../errors.js';
import type { CheckedNetwork, GroupLimit } from './model.js';

export interface NodeGroup {
  kind: 'operator' | 'region';
  name: string;
  /** Infinity: none. */
  cap: number;
  floor: number;
  /** Ascending. */
  nodes: number[];
  /** Position of the group around this one, -1 where there is none. */
  outer: number;
}

export interface NodeGroups {
  /** Inner groups stand before outer ones. */
  list: NodeGroup[];
  /** By node, the position of the smallest group that holds it, -1 where there is none. */
  innermost: Int32Array;
}

/** Throws GROUPS_CROSS naming both groups. */
export function nodeGroups(network: Pick<CheckedNetwork, 'nodes' | 'limits'>): NodeGroups {
  const groups = network.limits.flatMap((limit) => groupOf(limit) ?? []);
  const byName = new Map(groups.map((group) => [key(group), group]));
  const shared = new Map<NodeGroup, Map<NodeGroup, number>>();
  network.nodes.forEach(({ operator, region }, j) => {
    const own = byName.get(key({ kind: 'operator', name: operator }));
    const around = byName.get(key({ kind: 'region', name: region }));
    own?.nodes.push(j);
    around?.nodes.push(j);
    if (own === undefined || around === undefined) return;
    const counts = shared.get(own) ?? new Map<NodeGroup, number>();
    shared.set(own, counts.set(around, (counts.get(around) ?? 0) + 1));
  });
  const outer = new Map<NodeGroup, NodeGroup>();
  for (const [own, counts] of shared) {
    for (const [region, count] of counts) {
      if (count === own.nodes.length) outer.set(own, region);
      else if (count === region.nodes.length) outer.set(region, own);
      else
        throw new OutbidError(
          'GROUPS_CROSS',
          `operator ${own.name} and region ${region.name} have ${count} nodes in common, and others each: only limits of groups that are nested or apart hold together`,
          { field: 'limits', value: [own.name, region.name] },
        );
    }
  }
  const list = [...groups.filter((group) => outer.has(group)), ...groups.filter((group) => !outer.has(group))];
  const innermost = new Int32Array(network.nodes.length).fill(-1);
  list.forEach((group, g) => {
    const around = outer.get(group);
    group.outer = around === undefined ? -1 : list.indexOf(around);
    for (const j of group.nodes) if (innermost[j] < 0) innermost[j] = g;
  });
  return { list, innermost };
}

/** Whether any floor may want arcs that cost more than leaving a request unserved. */
export function hasFloors({ limits }: Pick<CheckedNetwork, 'limits'>): boolean {
  return limits.some(({ floor }) => floor !== undefined && floor > 0);
}

function groupOf({ operator, region, cap = Number.POSITIVE_INFINITY, floor = 0 }: GroupLimit): NodeGroup | undefined {
  if (cap === Number.POSITIVE_INFINITY && floor === 0) return undefined;
  if (operator !== undefined) return { kind: 'operator', name: operator, cap, floor, nodes: [], outer: -1 };
  if (region !== undefined) return { kind: 'region', name: region, cap, floor, nodes: [], outer: -1 };
  return undefined;
}

const key = ({ kind, name }: Pick<NodeGroup, 'kind' | 'name'>): string => `${kind} ${name}`;
