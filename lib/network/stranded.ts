/**
 * Why open idle slots stay idle beside unserved units: in a fixed order of stages, the largest matching of the units still
 * unserved to the slots still idle, over the pairs that
 *
 *     capped     nothing keeps apart but the cap of a group
 *     pricedOut  only price, deadline or a cost as high as leaving the unit unserved keeps apart
 *     allow, model, mode, region, labels     that filter alone keeps apart
 *
 * Each slot and each unit is in at most one pair of all stages, so that one unserved request never makes a thousand slots look
 * stranded. The first stage is empty in an optimal answer without limits; that is what optimal means. In an answer that a
 * deadline cut short without limits, it holds the slots the run did not get to, which are nobody's fault but the deadline's.
 *
 * To stay small, a seeker lists pools only until they hold as many slots as there are units in all: it can then always be
 * placed beside the others, whichever slots they take, so that pools left out make no matching larger.
 */
import type { BackendName } from '../options.js';
import type { BuiltProblem } from './build.js';
import { NodeIndex } from './eligibility.js';
import type { IdlePools } from './idle-pools.js';
import { asksFor, detailOf, type IdleStage } from './idle-stage.js';
import { largestMatching, type Seeker } from './largest-matching.js';
import { LiftedNetwork } from './lifted.js';
import type { CheckedRequest } from './model.js';
import { type Placed, repeats } from './placed.js';

/** Idle slots of a pool that units of a request would take, were it not for the stage. */
export interface StrandedPair {
  stage: IdleStage;
  request: number;
  /** Position in the IdlePools. */
  pool: number;
  units: number;
}

/** Units that are alike in a stage, and the requests they belong to. */
interface Alike extends Seeker {
  detail: string;
  requests: number[];
}

export class StrandedSlots {
  readonly pairs: StrandedPair[] = [];
  readonly #built: BuiltProblem;
  readonly #placed: Placed;
  readonly #pools: IdlePools;
  readonly #backend: BackendName;
  /** First pool of each node. */
  readonly #starts: Int32Array;
  /** Slots of each pool that no stage has taken. */
  readonly #left: Int32Array;
  /** Unserved units of each request that no stage has placed. */
  readonly #missing = new Map<number, number>();
  /** Nodes of the pools that units of a request with replicas are paired with. */
  readonly #paired = new Map<number, number[]>();
  #buffer = new Int32Array(64);

  constructor(built: BuiltProblem, placed: Placed, pools: IdlePools, backend: BackendName = 'auto') {
    this.#built = built;
    this.#placed = placed;
    this.#pools = pools;
    this.#backend = backend;
    this.#left = pools.slots.slice();
    this.#starts = new Int32Array(built.network.nodes.length + 1);
    for (const node of pools.nodes) this.#starts[node + 1]++;
    for (let j = 0; j < built.network.nodes.length; j++) this.#starts[j + 1] += this.#starts[j];
    built.requests.forEach(({ replicas }, i) => {
      if (replicas > placed.unitsOf(i)) this.#missing.set(i, replicas - placed.unitsOf(i));
    });
  }

  /** Pairs what the stage accounts for; stages count in the order they are run. Returns the units that any slot left would suit. */
  run(stage: IdleStage): Map<string, number> {
    const wanting = new Map<string, number>();
    const alike = this.#alike(stage);
    for (const { detail, units } of alike) wanting.set(detail, (wanting.get(detail) ?? 0) + units);
    for (const { requests } of alike) requests.reverse();
    for (const [seeker, pool, units] of largestMatching(alike, this.#left, this.#backend)) {
      this.#left[pool] -= units;
      this.#deal(stage, alike[seeker].requests, pool, units);
    }
    return wanting;
  }

  /** Deals units out to the requests of a class, the last of the list first: in the order of the batch. */
  #deal(stage: IdleStage, requests: number[], pool: number, units: number): void {
    for (let left = units; left > 0; ) {
      const request = requests[requests.length - 1];
      const missing = this.#missing.get(request) ?? 0;
      const given = Math.min(left, missing);
      this.pairs.push({ stage, request, pool, units: given });
      left -= given;
      if (this.#built.requests[request].replicas > 1)
        this.#paired.set(request, [...(this.#paired.get(request) ?? []), this.#pools.nodes[pool]]);
      if (given === missing) this.#missing.delete(request);
      else this.#missing.set(request, missing - given);
      if (given === missing) requests.pop();
    }
  }

  #alike(stage: IdleStage): Alike[] {
    const nodes = this.#nodesLeft();
    if (nodes.length === 0 || this.#missing.size === 0) return [];
    const units = [...this.#missing.values()].reduce((sum, missing) => sum + missing, 0);
    const suits = this.#suits(stage, nodes);
    const dearest = this.#pools.surcharges.reduce((a, b) => Math.max(a, b), 0);
    const sure = new Map<unknown, Alike>();
    const classes = new Map<string, Alike[]>();
    const all: Alike[] = [];
    for (const [i, missing] of this.#missing) {
      const request = this.#built.requests[i];
      // Lifting what a request does not ask for changes nothing; what nothing keeps apart, the first stage has paired.
      if (!asksFor(stage, request)) continue;
      const several = missing > 1;
      // The pools of those that run surely on all nodes of a table are looked up once.
      const table = this.#placed.unitsOf(i) === 0 && !several ? suits.surely?.(i, dearest) : undefined;
      const alike = table && sure.get(table);
      if (alike !== undefined) {
        alike.units += missing;
        alike.requests.push(i);
        continue;
      }
      const found = this.#found(i, suits.of(i), nodes, several ? Number.POSITIVE_INFINITY : units);
      if (found.length === 0) continue;
      const detail = detailOf(stage, request);
      if (several) {
        all.push({ units: missing, pools: found.slice(), groups: this.#groups(request, found), detail, requests: [i] });
        continue;
      }
      const key = `${hash(found)} ${detail}`;
      const same = classes.get(key);
      const twin = same?.find(({ pools }) => equal(pools, found));
      if (twin !== undefined) {
        if (table) sure.set(table, twin);
        twin.units += missing;
        twin.requests.push(i);
        continue;
      }
      const first: Alike = { units: missing, pools: found.slice(), detail, requests: [i] };
      if (table) sure.set(table, first);
      if (same === undefined) classes.set(key, [first]);
      else same.push(first);
      all.push(first);
    }
    return all;
  }

  #nodesLeft(): Int32Array {
    const { nodes } = this.#pools;
    return Int32Array.from(new Set(nodes.filter((_, pool) => this.#left[pool] > 0)));
  }

  /** For a request, the places in `nodes` it could run on in this stage, and the surcharge from which a slot there is too dear. */
  #suits(stage: IdleStage, nodes: Int32Array): Suits {
    const { requests, network } = this.#built;
    if (stage === 'pricedOut') {
      const index = new NodeIndex(Array.from(nodes, (j) => network.nodes[j]));
      const known = new Map<string, Int32Array>();
      const of = (i: number): Suiting => {
        const { model, mode, residency, allow, deny, pinned, labels } = requests[i];
        const key = JSON.stringify([model, mode, residency, allow, deny, pinned, labels]);
        const places = known.get(key) ?? index.eligible(requests[i]);
        known.set(key, places);
        return { places, length: places.length, below: Number.POSITIVE_INFINITY };
      };
      return { of };
    }
    const asking = Array.from(this.#missing.keys(), (i) => requests[i]);
    const lifted = new LiftedNetwork(this.#built, nodes, stage === 'capped' ? undefined : stage, asking);
    const of = (i: number): Suiting => {
      const below = lifted.fill(i);
      const { nodes: places, costs, length } = lifted.arcs.found;
      return { places, length, costs, below };
    };
    return { of, surely: (i, surcharge) => lifted.surely(i, surcharge) };
  }

  /** The pools with slots left on those places that the request may take, as far as they are needed. */
  #found(i: number, { places, length, costs, below }: Suiting, nodes: Int32Array, enough: number): Int32Array {
    const paired = this.#paired.get(i) ?? [];
    let slots = 0;
    let count = 0;
    for (let a = 0; a < length && slots < enough; a++) {
      const j = nodes[places[a]];
      if (this.#placed.repeats(this.#built, i, j) || repeats(this.#built, i, paired, j)) continue;
      for (let pool = this.#starts[j]; pool < this.#starts[j + 1]; pool++) {
        if (costs !== undefined && costs[a] + this.#pools.surcharges[pool] >= below) break;
        if (this.#left[pool] === 0) continue;
        if (count === this.#buffer.length) {
          const larger = new Int32Array(2 * count);
          larger.set(this.#buffer);
          this.#buffer = larger;
        }
        this.#buffer[count++] = pool;
        slots += this.#left[pool];
      }
    }
    return this.#buffer.subarray(0, count);
  }

  /** Replicas of one request need distinct nodes, or operators. */
  #groups({ distinct }: CheckedRequest, pools: Int32Array): Int32Array {
    if (distinct === 'node') return pools.map((pool) => this.#pools.nodes[pool]);
    const numbers = new Map<string, number>();
    return pools.map((pool) => {
      const { operator } = this.#built.network.nodes[this.#pools.nodes[pool]];
      if (!numbers.has(operator)) numbers.set(operator, numbers.size);
      return numbers.get(operator) as number;
    });
  }
}

interface Suits {
  of(i: number): Suiting;
  /** What requests share that suit all of the same places at every surcharge; undefined where that is not sure. */
  surely?(i: number, surcharge: number): object | undefined;
}

interface Suiting {
  places: Int32Array;
  length: number;
  /** Per place (default: no cost removes a slot). */
  costs?: Float64Array;
  below: number;
}

function hash(list: Int32Array): number {
  let value = list.length;
  for (let k = 0; k < list.length; k++) value = Math.imul(value ^ list[k], 0x01000193);
  return value;
}

function equal(a: Int32Array, b: Int32Array): boolean {
  if (a.length !== b.length) return false;
  for (let k = 0; k < a.length; k++) if (a[k] !== b[k]) return false;
  return true;
}
