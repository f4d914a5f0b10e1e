/**
 * Matcher: a market that stays warm. Requests come and go every few milliseconds against the same nodes, some of them already
 * running; prices and placements are kept exact and repaired in time proportional to what changed.
 *
 * Ids of demands are numbers, never given out twice. Every call checks its arguments first; an error leaves the market as it was.
 */
import { chooseEngine } from './backend/choose-engine.js';
import { checkFields, plainNumbers } from './check-arrays.js';
import { OutbidError } from './errors.js';
import { knownOptions } from './known-options.js';
import { checkCapacity, checkNodeTiers, type MatcherDemand, type MatcherDemands } from './matcher-arguments.js';
import { MatcherGrid } from './matcher-grid.js';
import { type DemandArcs, MatcherMarket, type NewNode } from './matcher-market.js';
import { marketProblem, marketSolution } from './matcher-problem.js';
import { readSnapshot, writeSnapshot } from './matcher-snapshot.js';
import { stateOfProblem } from './matcher-start.js';
import type { Change, MatcherOptions, MatcherUpdate } from './matcher-types.js';
import type { BackendName } from './options.js';
import type { Problem } from './problem.js';
import type { BackendUsed, Solution } from './solution.js';

export type { MatcherDemand, MatcherDemands, NodeTiers } from './matcher-arguments.js';
export type { Change, MatcherOptions, MatcherStats, MatcherUpdate } from './matcher-types.js';

export class Matcher {
  /** What runs, and why. */
  readonly backend: BackendUsed;
  /** Costs are values. */
  readonly maximize: boolean;
  readonly #seed: number;
  readonly #market: MatcherMarket;
  #busy = false;
  #disposed = false;

  /**
   * A market with these nodes and no demands.
   *
   * @throws OutbidError CAPACITY_INVALID, TIERS_INVALID, TIERS_NOT_CONVEX, LENGTH_MISMATCH, OPTION_INVALID, FIELD_UNKNOWN, COST_RANGE,
   * BACKEND_UNAVAILABLE, BACKEND_UNSUPPORTED
   */
  constructor(options: MatcherOptions = {}) {
    checkFields(options, ['capacity', 'tiers', 'maximize', 'step', 'seed', 'backend'], 'Matcher');
    const { capacity = [], tiers, maximize = false, step, seed = 0, backend } = options;
    if (typeof maximize !== 'boolean')
      throw new OutbidError('TYPE_INVALID', `maximize must be true or false, not ${typeof maximize}`, { argument: 'maximize' });
    if (!Number.isSafeInteger(seed) || seed < 0)
      throw new OutbidError('OPTION_INVALID', 'seed must be a whole number from 0 to 2^53 - 1', { option: 'seed', value: seed });
    const slots = Array.from(plainNumbers(capacity, 'capacity'));
    if (tiers !== undefined && tiers.length !== slots.length)
      throw new OutbidError('LENGTH_MISMATCH', `tiers has ${tiers.length} entries, expected ${slots.length}`, { argument: 'tiers' });
    const nodes = slots.map((count, j) => checkNodeTiers(tiers?.[j], checkCapacity(count, 'capacity', j)));
    const grid = new MatcherGrid(step);
    const { engine, used } = chooseEngine(backend, seed);
    this.backend = used;
    this.maximize = maximize;
    this.#seed = seed;
    this.#market = new MatcherMarket(engine, grid, maximize ? -1 : 1);
    const surcharges = nodes.map(({ surcharge }) => surcharge);
    this.#market.admit(surcharges, 0, nodes.length);
    for (const node of nodes) this.#market.insertNode(node, new Int32Array(0), new Float64Array(0));
    this.#refuseClones();
  }

  /**
   * The market of a problem: its nodes, its demands (demand i has the id i) and, by one cold solve on this thread, its optimal
   * placements. A problem without an answer starts with nothing placed; updates place what can be.
   *
   * @throws OutbidError as the constructor, and whatever solveSync throws
   */
  static from(problem: Problem, options: Pick<MatcherOptions, 'step' | 'seed' | 'backend'> = {}): Matcher {
    checkFields(options, ['step', 'seed', 'backend'], 'Matcher.from');
    const matcher = new Matcher({ ...options, maximize: problem.maximize });
    const market = matcher.#market;
    const state = stateOfProblem(problem, options, (costs, units) => {
      market.admit(costs, units, problem.nodes);
      return market.grid.exponent;
    });
    market.load({
      state,
      generations: new Int32Array(problem.demands),
      freeSlots: new Int32Array(0),
      nodes: new Uint8Array(problem.nodes).fill(1),
    });
    return matcher;
  }

  /** Demands there are, committed ones included. */
  get demands(): number {
    return this.#run((market) => market.ids.count);
  }

  /** Node indexes there are: 0 to nodes - 1, those of removed nodes included. */
  get nodes(): number {
    return this.#run((market) => market.nodes.count);
  }

  /**
   * Adds a demand, which waits for the next update. Returns its id.
   *
   * @throws OutbidError TARGET_OUT_OF_RANGE, DUPLICATE_ARC, COST_NOT_FINITE, COST_RANGE, LENGTH_MISMATCH, UNITS_INVALID,
   * UNSERVED_COST_INVALID, ARC_CAPACITY_INVALID, OPTION_INVALID, OPTION_UNSUPPORTED, FIELD_UNKNOWN, TYPE_INVALID
   */
  add(demand: MatcherDemand): number {
    return this.#run((market) => market.add(demand));
  }

  /** Adds many demands in one call. Returns their ids, in order. @throws OutbidError as add, and OFFSETS_INVALID */
  addMany(demands: MatcherDemands): Float64Array {
    return this.#run((market) => market.addMany(demands));
  }

  /**
   * Adds a demand and places it at once, by one exact push for each of its units. Waiting demands may move for it; the next update
   * says so. `node` is the one that has all its units; -1: it is unserved, or its units are on several nodes.
   *
   * @throws OutbidError as add
   */
  place(demand: MatcherDemand): { id: number; node: number } {
    return this.#run((market) => market.place(demand));
  }

  /**
   * The demand was dispatched: its units hold their slots and no longer move; migratable ones move when that saves more than `keep`.
   * Returns the node that has them all, which is where to dispatch to: since the last update a `place` may have moved it. -1: they
   * are on several nodes, see `placements`.
   *
   * @throws OutbidError DEMAND_UNKNOWN; DEMAND_NOT_PLACED if some unit has no place
   */
  commit(id: number): number {
    return this.#run((market) => market.commit(id));
  }

  /** Ends a demand, waiting or committed. @throws OutbidError DEMAND_UNKNOWN */
  remove(id: number): void {
    this.#run((market) => market.remove(Int32Array.of(market.ids.slot(id))));
  }

  /** Ends many demands; none if one of the ids is unknown or stands there twice. @throws OutbidError DEMAND_UNKNOWN, TYPE_INVALID */
  removeMany(ids: ArrayLike<number>): void {
    this.#run((market) => market.remove(market.slots(ids, 'ids')));
  }

  /**
   * A node joins. `demands` (ids) and `costs` are arcs from demands that are already there; those that wait elsewhere may come with
   * the next update. Returns its index. That of a removed node is used again, but not before an update has told where its units went.
   *
   * @throws OutbidError CAPACITY_INVALID, TIERS_INVALID, TIERS_NOT_CONVEX, DEMAND_UNKNOWN, COST_NOT_FINITE, LENGTH_MISMATCH, COST_RANGE,
   * FIELD_UNKNOWN, TYPE_INVALID
   */
  addNode(node: NewNode): number {
    return this.#run((market) => market.addNode(node));
  }

  /**
   * A node leaves with all its arcs. Its units lose their place, committed ones too, which wait again. They are returned, with `to`
   * -1; the next update says where they went.
   *
   * @throws OutbidError NODE_UNKNOWN
   */
  removeNode(node: number): Change[] {
    return this.#run((market) => market.removeNode(node));
  }

  /**
   * A new number of slots: they come off the last tiers and are added to the last. Committed units keep theirs, even with capacity 0,
   * which lets nobody else in; waiting units, and as the last migratable committed ones, make room.
   *
   * @throws OutbidError NODE_UNKNOWN, CAPACITY_INVALID
   */
  setCapacity(node: number, capacity: number): void {
    this.#run((market) => market.setCapacity(node, capacity));
  }

  /**
   * New costs of arcs that a demand has.
   *
   * @throws OutbidError DEMAND_UNKNOWN, ARC_UNKNOWN, TARGET_OUT_OF_RANGE, DUPLICATE_ARC, LENGTH_MISMATCH, COST_NOT_FINITE, COST_RANGE
   */
  setCosts(id: number, arcs: DemandArcs): void {
    this.#run((market) => market.setCosts(id, arcs));
  }

  /** More nodes for a demand. @throws OutbidError as setCosts but ARC_UNKNOWN, and ARC_CAPACITY_INVALID, OPTION_UNSUPPORTED */
  addArcs(id: number, arcs: DemandArcs & { arcCapacity?: number | ArrayLike<number> }): void {
    this.#run((market) => market.addArcs(id, arcs));
  }

  /**
   * Nodes that a demand may no longer use; its waiting units there lose their place.
   *
   * @throws OutbidError DEMAND_UNKNOWN, ARC_UNKNOWN, TARGET_OUT_OF_RANGE, DUPLICATE_ARC; DEMAND_COMMITTED if committed units are there
   */
  removeArcs(id: number, targets: ArrayLike<number>): void {
    this.#run((market) => market.removeArcs(id, targets));
  }

  /** A new unserved cost; Infinity: it must be served. @throws OutbidError DEMAND_UNKNOWN, UNSERVED_COST_INVALID, COST_RANGE */
  setUnservedCost(id: number, cost: number): void {
    this.#run((market) => market.setUnservedCost(id, cost));
  }

  /**
   * Repairs, and says what moved. Ends within `deadlineMs` (default 5; Infinity: when done), in the middle of a search if need be; what
   * is left goes on in the next update, and until then placements are valid and `gap` says how good. A search that had to begin
   * anew, because the market changed, may look at twice as much as before: so every repair ends, even with deadlines of 0.
   *
   * Among the optimal placements it takes one that moves the fewest units since the last update.
   *
   * @throws OutbidError OPTION_INVALID, UNKNOWN_OPTION
   */
  update(options?: { deadlineMs?: number }): MatcherUpdate {
    return this.#run((market) => {
      const { deadlineMs } = knownOptions(options, ['deadlineMs']) as { deadlineMs?: number };
      return market.update(deadlineMs);
    });
  }

  /** [node, units] for every node that has units of a demand, as of now. @throws OutbidError DEMAND_UNKNOWN */
  placements(id: number): [node: number, units: number][] {
    return this.#run((market) => market.placements(id));
  }

  /**
   * The problem as it stands. Committed units are demands of their own with one arc each, and nodes have at least as many slots as
   * committed units; must-serve units without a place are left out, see `unplaced`. `ids` names the demands.
   */
  problem(): Problem {
    return this.#run((market) => marketProblem(market.engine.exportState(), this.maximize).problem);
  }

  /**
   * The placements and prices as they stand, for `verify(matcher.problem(), matcher.solution())`.
   *
   * @throws OutbidError CERTIFICATE_FAILED instead of an answer that should be optimal and is not
   */
  solution(): Solution {
    return this.#run(({ engine, grid, complete }) => {
      const state = engine.exportState();
      const exact = complete && grid.exponent === 0;
      return marketSolution(state, marketProblem(state, this.maximize), grid.exponent, exact, this.backend);
    });
  }

  /** Ids of the demands of `problem()`, in their order; one with committed units may stand there more than once. */
  ids(): Float64Array {
    return this.#run((market) => market.idsOf(marketProblem(market.engine.exportState(), this.maximize).slots));
  }

  /** Ids of must-serve demands that miss a place for some unit. */
  unplaced(): Float64Array {
    return this.#run((market) => market.unplaced());
  }

  /** The whole market as bytes, ids and node indexes included. */
  snapshot(): Uint8Array {
    return this.#run(({ engine, ids, nodes, grid: { stepExponent, exponent, rounded } }) =>
      writeSnapshot({
        state: engine.exportState(),
        ...ids.export(),
        nodes: nodes.export(),
        options: { maximize: this.maximize, seed: this.#seed, stepExponent, exponent, rounded },
      }),
    );
  }

  /**
   * The market of a snapshot, on any backend, in any process.
   *
   * @throws OutbidError SNAPSHOT_INVALID, TYPE_INVALID, UNKNOWN_OPTION, BACKEND_UNAVAILABLE, BACKEND_UNSUPPORTED
   */
  static restore(bytes: Uint8Array, options?: { backend?: BackendName }): Matcher {
    const { backend } = knownOptions(options, ['backend']) as { backend?: BackendName };
    const snapshot = readSnapshot(bytes);
    const { maximize, seed, stepExponent, exponent, rounded } = snapshot.options;
    const matcher = new Matcher({ maximize, seed, step: 2 ** -stepExponent, backend });
    const { engine, grid } = matcher.#market;
    if (exponent > 0) engine.refineGrid(exponent);
    Object.assign(grid, { exponent, rounded });
    matcher.#market.load(snapshot);
    return matcher;
  }

  /** Frees what the market holds; every later call but dispose is an error. @throws OutbidError REENTRANT */
  dispose(): void {
    if (this.#disposed) return;
    this.#run((market) => market.engine.dispose());
    this.#disposed = true;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Arguments may run code of the caller's while they are read; it must not find the market half changed. */
  #run<T>(call: (market: MatcherMarket) => T): T {
    if (this.#disposed) throw new OutbidError('DISPOSED', 'the matcher was disposed of');
    if (this.#busy) throw new OutbidError('REENTRANT', 'the matcher is in the middle of another call');
    this.#busy = true;
    try {
      return call(this.#market);
    } catch (error) {
      if (error instanceof Error && error.message === 'std::bad_alloc')
        throw new OutbidError('OUT_OF_MEMORY', 'there is not enough memory for a market of this size', {
          backend: this.backend.name,
          cause: error,
        });
      throw error;
    } finally {
      this.#busy = false;
    }
  }

  /** A structured clone reads every property, this one too; nothing else does. */
  #refuseClones(): void {
    Object.defineProperty(this, 'cannot be cloned', {
      enumerable: true,
      get(): never {
        throw new OutbidError('NOT_CLONEABLE', 'a Matcher cannot be cloned or sent to another thread: send its snapshot()');
      },
    });
  }
}
