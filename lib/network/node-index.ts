/**
 * Nodes by model, mode and region. A request finds the nodes that may run it by look-up, and requests that ask for the same
 * share the answer: no request is tested against a node that does not host its model.
 */
import type { CheckedNetwork } from './model.js';

/** The filters, in the order they are applied. */
export type EligibilityFilter = 'model' | 'mode' | 'region';

export interface Candidates {
  /** Positions in network.nodes, ascending. */
  nodes: number[];
  /** The filter that removed the last node, when none is left. */
  removedBy: EligibilityFilter | undefined;
}

export class NodeIndex {
  readonly #byModel = new Map<string, Map<string, Map<string, number[]>>>();
  readonly #answers = new Map<string, Candidates>();

  constructor(network: CheckedNetwork) {
    network.nodes.forEach((node, j) => {
      for (const model of node.models) {
        const byMode = at(this.#byModel, model, () => new Map<string, Map<string, number[]>>());
        for (const mode of node.modes)
          at(
            at(byMode, mode, () => new Map<string, number[]>()),
            node.region,
            () => [] as number[],
          ).push(j);
        // A node that runs no mode at all still hosts the model: the mode filter removes it, not the model filter.
      }
    });
  }

  /** Nodes that host the model, run the mode and stand in one of the regions (undefined: any). */
  candidates(model: string, mode: string, residency: readonly string[] | undefined): Candidates {
    return at(this.#answers, JSON.stringify([model, mode, residency]), () => this.#look(model, mode, residency));
  }

  #look(model: string, mode: string, residency: readonly string[] | undefined): Candidates {
    const byMode = this.#byModel.get(model);
    if (byMode === undefined) return { nodes: [], removedBy: 'model' };
    const byRegion = byMode.get(mode);
    if (byRegion === undefined) return { nodes: [], removedBy: 'mode' };
    const regions = residency ?? [...byRegion.keys()];
    const nodes = regions.flatMap((region) => byRegion.get(region) ?? []).sort((a, b) => a - b);
    return { nodes, removedBy: nodes.length === 0 ? 'region' : undefined };
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
