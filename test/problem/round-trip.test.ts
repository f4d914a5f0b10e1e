import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Problem } from '../../lib/problem.js';
import { FAMILIES } from '../instances/families.js';
import { market, type Recipe } from '../instances/market.js';
import { Random } from '../instances/random.js';

const anyProblem = fc.tuple(fc.constantFrom(...FAMILIES), fc.nat()).map(([f, seed]) => f.make(seed));

/** All that a problem says, arcs with a forbidden pair left out. */
function meaning(p: Problem): unknown {
  const tiers = p.tiers === undefined ? undefined : [Array.from(p.tiers.offsets), Array.from(p.tiers.slots), Array.from(p.tiers.surcharge)];
  return {
    maximize: p.maximize,
    integer: p.integer,
    tiers,
    nodes: Array.from({ length: p.nodes }, (_, j) => p.capacityOf(j)),
    demands: Array.from({ length: p.demands }, (_, i) => {
      const arcs: number[][] = [];
      for (let a = p.rowStart(i); a < p.rowEnd(i); a++)
        if (!p.forbidden(a)) arcs.push([p.target(a), p.costs[a], Math.min(2 ** 31 - 1, p.arcCapacityOf(a))]);
      return [p.unitsOf(i), p.unservedCostOf(i), arcs];
    }),
  };
}

describe('a problem in JSON', () => {
  it('comes back the same, through text, digest included', () => {
    fc.assert(
      fc.property(anyProblem, (problem) => {
        const back = Problem.fromJSON(JSON.parse(JSON.stringify(problem)));
        expect(meaning(back)).toEqual(meaning(problem));
        expect(back.digest()).toBe(problem.digest());
        expect(back.dense).toBe(problem.dense);
        expect(back.toJSON()).toEqual(problem.toJSON());
      }),
      { seed: 1, numRuns: 500 },
    );
  });

  it('as an object equals its own parsed text', () => {
    fc.assert(
      fc.property(anyProblem, (problem) => {
        expect(JSON.parse(JSON.stringify(problem.toJSON()))).toEqual(problem.toJSON());
      }),
      { seed: 2, numRuns: 300 },
    );
  });

  it('says its format and version, and leaves out what is at its default', () => {
    expect(Problem.dense([[1, null]]).toJSON()).toEqual({
      format: 'outbid-problem',
      version: 1,
      demands: 1,
      nodes: 2,
      capacity: 1,
      costs: [[1, null]],
    });
  });
});

describe('the digest', () => {
  const recipe = (random: Random): Recipe => ({
    demands: 6,
    nodes: 5,
    cost: () => (random.chance(0.7) ? random.whole(-9, 9) + random.pick([0, 0.5]) : undefined),
    capacity: () => random.whole(0, 4),
    units: () => random.whole(0, 3),
    unservedCost: () => random.pick([Infinity, 7, 2.5]),
    arcCapacity: () => random.pick([Infinity, 2]),
    tierStep: () => random.whole(0, 3),
    maximize: random.chance(0.5),
  });

  it('is the same for a matrix, for the same arcs in rows, and for a list of them', () => {
    for (let seed = 0; seed < 200; seed++) {
      const p = market(new Random(seed), { ...recipe(new Random(seed + 1)), form: 'dense' });
      const m = p.nodes;
      const { units, unservedCost, capacity, tiers, maximize } = p;
      const fields = { units, unservedCost, capacity, maximize, ...(tiers === undefined ? {} : { tiers }) };
      const arcs: [number, number, number, number][] = [];
      for (let a = 0; a < p.arcs; a++) if (!p.forbidden(a)) arcs.push([Math.floor(a / m), a % m, p.costs[a], p.arcCapacityOf(a)]);
      const offsets = Array.from({ length: p.demands + 1 }, (_, i) => arcs.filter(([demand]) => demand < i).length);
      const sparse = Problem.sparse({
        ...fields,
        nodes: m,
        offsets,
        targets: arcs.map((x) => x[1]),
        costs: arcs.map((x) => x[2]),
        arcCapacity: arcs.map((x) => x[3]),
      });
      const listed = Problem.fromArcs({ ...fields, demands: p.demands, nodes: m, arcs });
      expect(sparse.digest()).toBe(p.digest());
      expect(listed.digest()).toBe(p.digest());
    }
  });

  it('is the same for one number for all as for one each, and for every type of cost array', () => {
    const forAll = Problem.dense(
      [
        [1, 2],
        [3, 4],
      ],
      { units: 2, capacity: 3, unservedCost: 9, arcCapacity: 5 },
    ).digest();
    expect(
      Problem.dense(
        [
          [1, 2],
          [3, 4],
        ],
        { units: [2, 2], capacity: [3, 3], unservedCost: [9, 9], arcCapacity: [5, 5, 5, 5] },
      ).digest(),
    ).toBe(forAll);
    for (const View of [Float64Array, Float32Array, Int32Array, Uint32Array, Int16Array, Uint16Array, Int8Array, Uint8Array]) {
      expect(
        Problem.dense(View.of(1, 2, 3, 4), { demands: 2, nodes: 2, units: 2, capacity: 3, unservedCost: 9, arcCapacity: 5 }).digest(),
      ).toBe(forAll);
    }
  });

  it('is the same for no tiers as for one of surcharge 0, for no arc capacity as for an infinite one, for 0 as for -0', () => {
    const plain = Problem.dense([[0, 2]], { capacity: [1, 3] }).digest();
    const tiers = { offsets: Int32Array.of(0, 1, 1), slots: Int32Array.of(1), surcharge: Float64Array.of(0) };
    expect(Problem.dense([[0, 2]], { capacity: [1, 3], tiers }).digest()).toBe(plain);
    expect(Problem.dense([[0, 2]], { capacity: [1, 3], arcCapacity: [Infinity, 2 ** 31 - 1] }).digest()).toBe(plain);
    expect(Problem.dense([[-0, 2]], { capacity: [1, 3] }).digest()).toBe(plain);
  });

  it('differs as soon as anything differs', () => {
    const base = {
      nodes: 2,
      capacity: [1, 2],
      offsets: [0, 2, 3],
      targets: [0, 1, 0],
      costs: [3, 4, 5],
      units: [1, 1],
      unservedCost: [9, 9],
      arcCapacity: [4, 4, 4],
      maximize: false,
    };
    const tiers = { offsets: [0, 1, 3], slots: [1, 1, 1], surcharge: [0, 0, 2] };
    const problems = [
      base,
      { ...base, nodes: 3, capacity: [1, 2, 0] },
      { ...base, capacity: [1, 3] },
      { ...base, offsets: [0, 1, 3] },
      { ...base, offsets: [0, 2, 3, 3], units: [1, 1, 1], unservedCost: [9, 9, 9] },
      { ...base, targets: [1, 0, 0] },
      { ...base, costs: [3, 4, 5 + 2 ** -50] },
      { ...base, costs: [3, 5, 4] },
      { ...base, units: [1, 2] },
      { ...base, unservedCost: [9, Infinity] },
      { ...base, arcCapacity: [4, 4, 3] },
      { ...base, maximize: true },
      { ...base, tiers },
      { ...base, tiers: { ...tiers, surcharge: [0, 0, 3] } },
      { ...base, tiers: { ...tiers, slots: [1, 2, 0] } },
    ].map((input) => Problem.sparse(input as never).digest());
    expect(new Set(problems).size).toBe(problems.length);
  });

  it('is SHA-256 of the documented bytes', () => {
    const tiers = { offsets: Int32Array.of(0, 0, 2), slots: Int32Array.of(1, 2), surcharge: Float64Array.of(0, 1.5) };
    const problem = Problem.dense(
      [
        [4, null],
        [2, 0],
      ],
      { capacity: [1, 3], tiers, units: [2, 1], unservedCost: [Infinity, 7], arcCapacity: [Infinity, 1, 2, 1] },
    );
    const bytes: number[] = [];
    const int = (x: number): void => void bytes.push(...new Uint8Array(Int32Array.of(x).buffer));
    const double = (x: number): void => void bytes.push(...new Uint8Array(Float64Array.of(x).buffer));
    for (const character of 'outbid-problem') int(character.charCodeAt(0));
    // version, demands, nodes, maximize; then capacity and tiers of each node
    for (const x of [1, 2, 2, 0]) int(x);
    for (const x of [1, 1, 1]) int(x);
    double(0);
    for (const x of [3, 2, 1]) int(x);
    double(0);
    int(2);
    double(1.5);
    // demand 0: units, unserved cost, one arc, end
    int(2);
    double(Infinity);
    for (const x of [0, 2 ** 31 - 1]) int(x);
    double(4);
    int(-1);
    // demand 1
    int(1);
    double(7);
    for (const x of [0, 2]) int(x);
    double(2);
    for (const x of [1, 1]) int(x);
    double(0);
    int(-1);
    expect(problem.digest()).toBe(createHash('sha256').update(Uint8Array.from(bytes)).digest('hex'));
  });
});
