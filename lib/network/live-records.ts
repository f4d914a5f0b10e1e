/**
 * What a running network decided, as the joint matching that it was: the requests that waited, for the units they still wanted, and the
 * slots and limits that work in flight had left. Decision records are made of it, and checked against it.
 *
 * It is built beside the market, from the same nodes and requests, and solved anew by a solver that knows nothing of the market. Only
 * where the two agree on the cost are the placements called optimal; prices are told of no others.
 */
import type { BackendName } from '../options.js';
import type { Status } from '../solution.js';
import { solveSync } from '../solve.js';
import { type BuildOptions, type BuiltProblem, buildChecked, type Loading, wholeLoads } from './build.js';
import { costSummary } from './cost-summary.js';
import { cappedReason } from './gadgets-capped.js';
import type { Ledger } from './ledger.js';
import { whatIsLeft } from './live-left.js';
import type { Assignment, Decision } from './live-types.js';
import type { Waiting, WaitingMarket } from './live-waiting.js';
import type { CheckedNetwork, CheckedRequest, InferenceRequest, NetworkData } from './model.js';
import { Placed } from './placed.js';
import { decisionRecord, type Recordable } from './record.js';
import { explainUnserved } from './unserved.js';
import { writable } from './writable.js';

/** A tick, or a request that got a slot at once, as a matching: for decisionRecord, decisionRecords, decisionPrices and checkRecord. */
export interface LiveMatching extends Recordable {
  /** What the problem is built from, as plain data but for the caller's own terms: for checkRecord elsewhere and later. */
  ground(): { network: NetworkData; requests: InferenceRequest[]; options: BuildOptions; loading: Loading };
}

/** What waits as a problem, and the loads under way when it was built: they change with what is placed. */
export interface Planned {
  built: BuiltProblem;
  loading: Loading;
}

/** Of a reservation, what its record says in short. */
export type Proof = Pick<Decision, 'price' | 'extraCost' | 'digest'>;

export class LiveRecords {
  readonly #network: CheckedNetwork;
  readonly #options: BuildOptions;
  readonly #market: WaitingMarket;
  readonly #solving: { backend?: BackendName; seed?: number };

  constructor(network: CheckedNetwork, options: BuildOptions, market: WaitingMarket, solving: { backend?: BackendName; seed?: number }) {
    this.#network = network;
    this.#options = options;
    this.#market = market;
    this.#solving = solving;
  }

  /** What waits, before it is matched; `now` is in seconds. */
  build(waiting: Iterable<Waiting>, ledger: Ledger, now: number): Planned {
    const network = whatIsLeft(this.#network, ledger, this.#market.limits());
    const loading = this.#market.costs.loading();
    const coldShare = wholeLoads(network, loading);
    return { built: buildChecked(network, Array.from(waiting, whatWaits), { ...this.#options, now }, { coldShare }), loading };
  }

  /** The same with what became of it. */
  matched({ built, loading }: Planned, assigned: readonly Assignment[], complete: boolean, now: number): LiveMatching {
    const { network, requests, problem } = built;
    const onNodes = new Map(requests.map(({ id }) => [id, [] as number[]]));
    for (const { request, node } of assigned) onNodes.get(request)?.push(built.arcs.index.position(node) as number);
    const placed = new Placed(
      built,
      requests.map(({ id }) => (onNodes.get(id) as number[]).sort((a, b) => a - b)),
    );
    const status: Status = complete && this.#agrees(built, placed) ? 'optimal' : 'feasible';
    const capped = (i: number): boolean => cappedReason(built, placed, i) !== undefined;
    const unserved = explainUnserved(built, placed, { proven: status === 'optimal', capped });
    const options = { ...this.#options, now };
    return {
      status,
      built,
      placed,
      certificate: { digest: problem.digest() },
      unserved,
      ground: () => ({
        network: writable(network) as NetworkData,
        requests: writable(requests) as InferenceRequest[],
        options,
        loading,
      }),
    };
  }

  /** Floors are weighed in the problem, not in the cost: there the market's own matching, which is of the same problem, stands. */
  #agrees(built: BuiltProblem, placed: Placed): boolean {
    if (built.limits.weight > 0) return true;
    return costSummary(built, placed).total === solveSync(built.problem, this.#solving).objective + built.offset;
  }
}

/** Price, distance of the runner-up and digest of each reservation. */
export function* proofs(matching: LiveMatching, assigned: readonly Assignment[], epoch: number): Generator<[string, Proof]> {
  for (const { request, reservation, node } of assigned) {
    const { digest, placements, runnerUp } = decisionRecord(matching, request, { epoch });
    const price = placements.find((one) => one.node === node)?.price ?? null;
    yield [reservation, { price, extraCost: runnerUp?.extraCost ?? null, digest }];
  }
}

/** A request for the units of it that wait. */
function whatWaits({ request, held }: Waiting): CheckedRequest {
  if (held.length === 0) return request;
  const { nodes = [], operators = [] } = request.deny ?? {};
  return {
    ...request,
    replicas: request.replicas - held.length,
    deny: {
      nodes: [...nodes, ...held.map(({ node }) => node)],
      operators: request.distinct === 'operator' ? [...operators, ...held.map(({ operator }) => operator)] : operators,
    },
  };
}
