/**
 * Drives a Matcher through a random life and keeps a model of its own: which demands and nodes there are, where the caller was told
 * every unit is, what is committed. After every completed update the answer is verified and compared with a cold solve.
 */
import { expect } from 'vitest';
import { type Change, Matcher, type MatcherDemand } from '../../lib/matcher.js';
import type { BackendName } from '../../lib/options.js';
import { Problem } from '../../lib/problem.js';
import { solveSync } from '../../lib/solve.js';
import { verify } from '../../lib/verify/index.js';
import type { Random } from '../instances/random.js';

export interface Demand {
  spec: Required<Pick<MatcherDemand, 'units' | 'unservedCost'>> & { migratable: boolean; keep: number };
  /** Cost and bound of each arc. */
  arcs: Map<number, { cost: number; bound: number }>;
  committed: boolean;
  /** Units committed for good, by node. */
  fixed: Map<number, number>;
  /** Units by node, as the caller was told. */
  told: Map<number, number>;
}

export interface World {
  matcher: Matcher;
  demands: Map<number, Demand>;
  /** Capacity and tiers; undefined: removed. */
  nodes: (number | undefined)[];
  random: Random;
  backend: BackendName;
  /** Costs are multiples of this. */
  grain: number;
  maximize: boolean;
  /** Ids whose units an update was told of before. */
  known: Set<number>;
  stale: number[];
}

export function newWorld(random: Random, backend: BackendName, grain = 1): World {
  const nodes = random.list(random.whole(0, 5), () => random.whole(0, 4));
  const maximize = random.chance(0.2);
  const tiers = random.chance(0.3) ? nodes.map((capacity) => someTiers(random, capacity, grain)) : undefined;
  const matcher = new Matcher({ capacity: nodes, tiers, maximize, seed: random.whole(0, 99), backend });
  return { matcher, demands: new Map(), nodes: [...nodes], random, backend, grain, maximize, known: new Set(), stale: [] };
}

function someTiers(random: Random, capacity: number, grain: number): { slots: number[]; surcharge: number[] } {
  const first = random.whole(0, capacity);
  const g = random.whole(0, 3) * grain;
  return { slots: [first, capacity - first], surcharge: [g, g + random.whole(0, 4) * grain] };
}

const live = (world: World): number[] => world.nodes.flatMap((capacity, j) => (capacity === undefined ? [] : [j]));

function cost(world: World): number {
  return world.random.whole(-2, world.random.chance(0.7) ? 9 : 200) * world.grain;
}

export function someDemand(world: World): { spec: MatcherDemand; demand: Demand } {
  const { random } = world;
  const pinned = random.chance(0.1);
  const nodes = random.shuffle(live(world)).slice(0, pinned ? 1 : random.whole(0, 6));
  const units = random.chance(0.6) ? 1 : random.whole(0, 4);
  const unservedCost = random.chance(0.25) ? Number.POSITIVE_INFINITY : random.whole(0, 25) * world.grain;
  const migratable = random.chance(0.3);
  const keep = migratable ? random.whole(0, 5) * world.grain : 0;
  const bounded = !(migratable && units > 1) && random.chance(0.2);
  const arcs = new Map<number, { cost: number; bound: number }>();
  for (const j of nodes) arcs.set(j, { cost: cost(world), bound: bounded ? random.whole(0, 3) : Number.POSITIVE_INFINITY });
  const list = [...arcs.values()];
  const spec: MatcherDemand = {
    targets: nodes,
    costs: list.map((arc) => arc.cost),
    units,
    unservedCost,
    ...(bounded ? { arcCapacity: list.map((arc) => arc.bound) } : {}),
    ...(migratable ? { migratable, keep } : {}),
  };
  return { spec, demand: { spec: { units, unservedCost, migratable, keep }, arcs, committed: false, fixed: new Map(), told: new Map() } };
}

function tell(demand: Demand, node: number, units: number): void {
  const now = (demand.told.get(node) ?? 0) + units;
  if (now === 0) demand.told.delete(node);
  else demand.told.set(node, now);
}

export function applyChanges(world: World, changes: readonly Change[]): void {
  for (const { id, from, to, units } of changes) {
    const demand = world.demands.get(id);
    expect([id, demand !== undefined && units > 0 && from !== to]).toEqual([id, true]);
    if (demand === undefined) continue;
    if (from >= 0) tell(demand, from, -units);
    if (to >= 0) tell(demand, to, units);
  }
}

/** The last word on every demand is what the matcher holds. */
export function expectTold(world: World): void {
  for (const [id, demand] of world.demands) expect([id, new Map(world.matcher.placements(id))]).toEqual([id, demand.told]);
}

export function checkUpdate(world: World, deadlineMs = Number.POSITIVE_INFINITY): void {
  const { matcher } = world;
  const before = new Map([...world.demands].map(([id, { told }]) => [id, new Map(told)]));
  const update = matcher.update({ deadlineMs });
  applyChanges(world, update.changes);
  expectTold(world);
  for (const [id, { told, fixed, committed, spec }] of world.demands) {
    for (const [j, units] of fixed) expect([id, j, (told.get(j) ?? 0) >= units]).toEqual([id, j, true]);
    if (committed && !spec.migratable) expect([id, told]).toEqual([id, before.get(id)]);
  }
  if (deadlineMs === Number.POSITIVE_INFINITY) expect(update.complete).toBe(true);
  const problem = matcher.problem();
  const solution = matcher.solution();
  const certificate = verify(problem, solution);
  expect(certificate.violations).toEqual([]);
  expect(certificate.valid).toBe(true);
  expect(update.objective).toBeCloseTo(solution.objective, 6);
  if (!update.complete) {
    expect(solution.gap).toBeLessThanOrEqual(update.gap);
    return;
  }
  expect(update.gap).toBe(0);
  expect(solution.gap).toBe(0);
  expect(solution.status).toBe('optimal');
  const cold = solveSync(problem);
  expect(cold.status).toBe('optimal');
  expect(solution.objective).toBe(cold.objective);
  expect(update.objective).toBe(cold.objective);
  expectModel(world, problem.demands, matcher.ids());
  world.known = new Set(world.demands.keys());
}

/** Units, missing ones included, add up to the model's. */
function expectModel(world: World, rows: number, ids: Float64Array): void {
  const { matcher } = world;
  expect(ids.length).toBe(rows);
  expect(matcher.demands).toBe(world.demands.size);
  const problem = matcher.problem();
  let units = 0;
  for (let i = 0; i < rows; i++) {
    expect(world.demands.has(ids[i])).toBe(true);
    units += problem.unitsOf(i);
  }
  let expected = 0;
  const missing = new Set<number>();
  for (const [id, { spec, committed, told }] of world.demands) {
    const placed = [...told.values()].reduce((sum, x) => sum + x, 0);
    const must = spec.unservedCost === Number.POSITIVE_INFINITY || (committed && spec.migratable);
    if (must && placed < spec.units) missing.add(id);
    expected += must ? placed : spec.units;
  }
  expect(units).toBe(expected);
  expect(new Set(matcher.unplaced())).toEqual(missing);
  expectNoneMissingNeedlessly(world, missing);
}

/** As many must-serve units as can be are served: with one more of those left out the problem is infeasible. */
function expectNoneMissingNeedlessly(world: World, missing: Set<number>): void {
  if (missing.size === 0) return;
  const json = world.matcher.problem().toJSON();
  for (const id of missing) {
    const more = Problem.fromJSON({ ...json, ...withUnit(json, world.demands.get(id) as Demand, world) });
    expect([id, solveSync(more).status]).toEqual([id, 'infeasible']);
  }
}

type JSONOf = ReturnType<ReturnType<Matcher['problem']>['toJSON']>;

/** The problem with one more must-serve unit of a demand, as a row of its own. */
function withUnit(json: JSONOf, demand: Demand, world: World): Record<string, unknown> {
  const arcs = [...demand.arcs].filter(([j, arc]) => arc.bound > (demand.told.get(j) ?? 0));
  const list = (value: unknown, length: number): number[] =>
    Array.isArray(value) ? (value as number[]) : new Array<number>(length).fill(value as number);
  const n = (json.offsets as number[]).length - 1;
  const sign = world.maximize ? -1 : 1;
  return {
    demands: n + 1,
    offsets: [...(json.offsets as number[]), (json.offsets as number[])[n] + arcs.length],
    targets: [...(json.targets as number[]), ...arcs.map(([j]) => j)],
    costs: [...(json.costs as number[]), ...arcs.map(([, arc]) => sign * arc.cost)],
    units: [...list(json.units, n), 1],
    unservedCost: [...list(json.unservedCost, n), null],
    ...(json.arcCapacity === undefined
      ? {}
      : { arcCapacity: [...list(json.arcCapacity, (json.costs as number[]).length), ...arcs.map(() => 1)] }),
  };
}

/** One random call. */
export function step(world: World): void {
  const { random, matcher } = world;
  const nodes = live(world);
  const ids = [...world.demands.keys()];
  const id = ids.length > 0 ? random.pick(ids) : undefined;
  const demand = id === undefined ? undefined : world.demands.get(id);
  const kind = random.whole(0, 99);
  if (kind < 18 || (id === undefined && kind < 60)) {
    const { spec, demand: made } = someDemand(world);
    world.demands.set(matcher.add(spec), made);
  } else if (kind < 26) {
    const { spec, demand: made } = someDemand(world);
    const { id: placed, node } = matcher.place(spec);
    made.told = new Map(matcher.placements(placed));
    expect(node).toBe(made.told.size === 1 && [...made.told.values()][0] === made.spec.units ? [...made.told.keys()][0] : -1);
    world.demands.set(placed, made);
  } else if (kind < 32) burst(world);
  else if (id === undefined || demand === undefined) joinNode(world);
  else if (kind < 42) {
    matcher.remove(id);
    world.demands.delete(id);
    world.stale.push(id);
  } else if (kind < 44) {
    const gone = random.chance(0.2) ? ids : ids.filter(() => random.chance(0.4));
    matcher.removeMany(gone);
    for (const one of gone) world.demands.delete(one);
    world.stale.push(...gone);
  } else if (kind < 58) {
    const held = new Map(matcher.placements(id));
    if ([...held.values()].reduce((sum, x) => sum + x, 0) < demand.spec.units)
      expect(() => matcher.commit(id)).toThrow('DEMAND_NOT_PLACED');
    else {
      matcher.commit(id);
      demand.committed = true;
      demand.told = held;
      if (!demand.spec.migratable) demand.fixed = new Map(held);
    }
  } else if (kind < 64) {
    if (nodes.length === 0) return;
    const j = random.pick(nodes);
    const capacity = random.chance(0.4) ? 0 : random.whole(0, 6);
    matcher.setCapacity(j, capacity);
    world.nodes[j] = capacity;
  } else if (kind < 68) joinNode(world);
  else if (kind < 72) {
    if (nodes.length === 0) return;
    leaveNode(world, random.pick(nodes));
  } else if (kind < 84) {
    const targets = [...demand.arcs.keys()].filter(() => random.chance(0.6));
    const costs = targets.map(() => cost(world));
    matcher.setCosts(id, { targets, costs });
    targets.forEach((j, k) => {
      (demand.arcs.get(j) as { cost: number }).cost = costs[k];
    });
  } else if (kind < 88) {
    const targets = nodes.filter((j) => !demand.arcs.has(j) && random.chance(0.5));
    const costs = targets.map(() => cost(world));
    matcher.addArcs(id, { targets, costs });
    targets.forEach((j, k) => {
      demand.arcs.set(j, { cost: costs[k], bound: Number.POSITIVE_INFINITY });
    });
  } else if (kind < 93) {
    const targets = [...demand.arcs.keys()].filter(() => random.chance(0.3));
    const held = demand.committed ? new Map(matcher.placements(id)) : demand.fixed;
    if (targets.some((j) => held.has(j))) expect(() => matcher.removeArcs(id, targets)).toThrow('DEMAND_COMMITTED');
    else {
      matcher.removeArcs(id, targets);
      for (const j of targets) demand.arcs.delete(j);
    }
  } else {
    const unservedCost = random.chance(0.3) ? Number.POSITIVE_INFINITY : random.whole(0, 30) * world.grain;
    matcher.setUnservedCost(id, unservedCost);
    demand.spec.unservedCost = unservedCost;
  }
}

function burst(world: World): void {
  const { random, matcher } = world;
  const count = random.whole(0, 6);
  const offsets = [0];
  const targets: number[] = [];
  const costs: number[] = [];
  const units: number[] = [];
  const unservedCost: number[] = [];
  const made: Demand[] = [];
  for (let k = 0; k < count; k++) {
    const { demand } = someDemand(world);
    demand.spec.migratable = false;
    demand.spec.keep = 0;
    for (const [j, arc] of demand.arcs) {
      arc.bound = Number.POSITIVE_INFINITY;
      targets.push(j);
      costs.push(arc.cost);
    }
    offsets.push(targets.length);
    units.push(demand.spec.units);
    unservedCost.push(demand.spec.unservedCost);
    made.push(demand);
  }
  const ids = matcher.addMany({ offsets, targets, costs, units, unservedCost });
  made.forEach((demand, k) => {
    world.demands.set(ids[k], demand);
  });
}

function joinNode(world: World): void {
  const { random, matcher } = world;
  if (live(world).length > 7) return;
  const capacity = random.whole(0, 4);
  const demands = [...world.demands.keys()].filter(() => random.chance(0.5));
  const costs = demands.map(() => cost(world));
  const tiers = random.chance(0.3) ? someTiers(random, capacity, world.grain) : undefined;
  const j = matcher.addNode({ capacity, demands, costs, ...(tiers === undefined ? {} : { tiers }) });
  expect(world.nodes[j]).toBe(undefined);
  world.nodes[j] = capacity;
  demands.forEach((id, k) => {
    world.demands.get(id)?.arcs.set(j, { cost: costs[k], bound: Number.POSITIVE_INFINITY });
  });
}

function leaveNode(world: World, j: number): void {
  const { matcher } = world;
  const held = [...world.demands.keys()].flatMap((id) =>
    matcher.placements(id).flatMap(([node, units]) => (node === j ? [[id, units]] : [])),
  );
  const out = matcher.removeNode(j);
  expect(new Map(out.map(({ id, units }) => [id, units]))).toEqual(new Map(held as [number, number][]));
  world.nodes[j] = undefined;
  for (const { id } of out) {
    const demand = world.demands.get(id);
    if (demand !== undefined) demand.committed = false;
  }
  for (const demand of world.demands.values()) {
    demand.arcs.delete(j);
    demand.fixed.delete(j);
  }
}

/** The same market from its bytes, on any backend. */
export function restored(world: World, backend: BackendName): void {
  const bytes = world.matcher.snapshot();
  world.matcher.dispose();
  world.matcher = Matcher.restore(bytes, { backend });
}
