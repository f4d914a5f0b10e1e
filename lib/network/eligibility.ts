/**
 * Which nodes may run a request: filters in a fixed order, and the indexes that spare testing every pair.
 *
 *     liveness  the node is up
 *     allow     it is allowed, not denied, and the one the request is pinned to
 *     model     it hosts the model, or can load it
 *     mode      it runs one of the modes
 *     region    it stands in an allowed region
 *     labels    it carries the labels
 *
 * (price and deadline follow; they depend on tokens, see request-arcs.ts.) The filters commute, so the indexes may apply model, mode
 * and region first; only the answer to "which filter removed the last node" needs the order, and only requests without any
 * node ask it.
 */
import type { CheckedNode, CheckedRequest } from './model.js';

/** The filters that do not depend on tokens, in the order they are applied. */
export const ELIGIBILITY_FILTERS = ['liveness', 'allow', 'model', 'mode', 'region', 'labels'] as const;

export type EligibilityFilter = (typeof ELIGIBILITY_FILTERS)[number];

/** What a request asks of a node, tokens aside. */
export type Requirement = Pick<CheckedRequest, 'model' | 'mode' | 'residency' | 'allow' | 'deny' | 'pinned' | 'labels'>;

export const PASSES: Record<EligibilityFilter, (request: Requirement, node: CheckedNode) => boolean> = {
  liveness: (_, node) => node.state === 'up',
  allow: ({ allow, deny, pinned }, node) =>
    (pinned === undefined || pinned === node.id) &&
    (allow === undefined || names(allow, node)) &&
    (deny === undefined || !names(deny, node)),
  model: ({ model }, node) => node.models.includes(model) || Object.hasOwn(node.loadable, model),
  mode: ({ mode }, node) => mode.some((one) => node.modes.includes(one)),
  region: ({ residency }, node) => residency === undefined || residency.includes(node.region),
  labels: ({ labels }, node) =>
    labels === undefined ||
    Object.entries(labels).every(([name, want]) => {
      const value = Object.hasOwn(node.labels, name) ? node.labels[name] : undefined;
      return value !== undefined && (typeof want === 'string' ? want === value : want.includes(value));
    }),
};

function names({ nodes, operators }: { nodes?: string[]; operators?: string[] }, node: CheckedNode): boolean {
  return nodes?.includes(node.id) === true || operators?.includes(node.operator) === true;
}

/** Nodes that are up, by model, mode and region. */
export class NodeIndex {
  readonly #nodes: readonly CheckedNode[];
  readonly #positions = new Map<string, number>();
  readonly #byModel = new Map<string, Map<string, Map<string, number[]>>>();

  readonly #someUp: boolean;

  constructor(nodes: readonly CheckedNode[]) {
    this.#nodes = nodes;
    this.#someUp = nodes.some((node) => node.state === 'up');
    nodes.forEach((node, j) => {
      this.#positions.set(node.id, j);
      if (node.state !== 'up') return;
      for (const model of [...node.models, ...Object.keys(node.loadable)]) {
        const byMode = at(this.#byModel, model, () => new Map<string, Map<string, number[]>>());
        for (const mode of node.modes) {
          const byRegion = at(byMode, mode, () => new Map<string, number[]>());
          at(byRegion, node.region, () => [] as number[]).push(j);
        }
      }
    });
  }

  /** Position of a node, undefined when there is none of that id. */
  position(id: string): number | undefined {
    return this.#positions.get(id);
  }

  /** Positions of the nodes that pass every filter, ascending. */
  eligible(request: Requirement): Int32Array {
    if (request.pinned !== undefined) {
      const j = this.#positions.get(request.pinned);
      const passes = j !== undefined && ELIGIBILITY_FILTERS.every((filter) => PASSES[filter](request, this.#nodes[j]));
      return passes ? Int32Array.of(j) : new Int32Array(0);
    }
    const byMode = this.#byModel.get(request.model);
    const found = new Set<number>();
    for (const mode of request.mode) {
      const byRegion = byMode?.get(mode);
      if (byRegion === undefined) continue;
      for (const region of request.residency ?? byRegion.keys()) for (const j of byRegion.get(region) ?? []) found.add(j);
    }
    let nodes = Int32Array.from(found);
    if (request.allow !== undefined || request.deny !== undefined) nodes = nodes.filter((j) => PASSES.allow(request, this.#nodes[j]));
    if (request.labels !== undefined) nodes = nodes.filter((j) => PASSES.labels(request, this.#nodes[j]));
    return nodes.sort();
  }

  /** The filter that removes the last node, in the order above; undefined when some node passes them all. */
  removedBy(request: Requirement): EligibilityFilter | undefined {
    const { model, mode, residency, allow, deny, pinned, labels } = request;
    if ((allow ?? deny ?? pinned ?? labels) === undefined && this.#someUp) {
      const byMode = this.#byModel.get(model);
      if (byMode === undefined) return 'model';
      const regions = mode.flatMap((one) => [...(byMode.get(one)?.keys() ?? [])]);
      if (regions.length === 0) return 'mode';
      return residency === undefined || regions.some((region) => residency.includes(region)) ? undefined : 'region';
    }
    let left: readonly CheckedNode[] = this.#nodes;
    for (const filter of ELIGIBILITY_FILTERS) {
      left = left.filter((node) => PASSES[filter](request, node));
      if (left.length === 0) return filter;
    }
    return undefined;
  }
}

function at<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  let value = map.get(key);
  if (value === undefined) {
    value = make();
    map.set(key, value);
  }
  return value;
}
