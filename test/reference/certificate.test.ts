import { describe, expect, it, vi } from 'vitest';
import { certify } from '../../lib/reference/certificate.js';
import { mergeClasses } from '../../lib/reference/classes.js';
import { ExactSum } from '../../lib/reference/exact-sum.js';
import { Problem, solveSync } from '../../lib/reference/index.js';
import { readNodes } from '../../lib/reference/nodes.js';
import { nextUp, roundUp } from '../../lib/reference/pays.js';
import { Random } from '../instances/random.js';

vi.setConfig({ testTimeout: 60_000 });

/** Every double is a whole multiple of 2^-1074. */
function asWhole(x: number): bigint {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, x);
  const word = bits.getBigUint64(0);
  const exponent = Number((word >> 52n) & 2047n);
  const fraction = word & ((1n << 52n) - 1n);
  const size = exponent === 0 ? fraction : (fraction | (1n << 52n)) << BigInt(exponent - 1);
  return x < 0 ? -size : size;
}

/** x * 2^-1074 rounded to nearest, ties to even. */
function toDouble(x: bigint): number {
  const size = x < 0n ? -x : x;
  const drop = Math.max(0, size.toString(2).length - 53);
  let kept = size >> BigInt(drop);
  const rest = size - (kept << BigInt(drop));
  const half = drop === 0 ? 0n : 1n << BigInt(drop - 1);
  if (drop > 0 && (rest > half || (rest === half && (kept & 1n) === 1n))) kept++;
  const value = drop >= 1074 ? Number(kept) * 2 ** (drop - 1074) : Number(kept) * 2 ** Math.max(-1074, drop - 1074);
  return x < 0n ? -value : value;
}

describe('an exact sum', () => {
  it('is the exact sum of products, rounded once', () => {
    const random = new Random(1);
    for (let round = 0; round < 3000; round++) {
      const sum = new ExactSum();
      let exact = 0n;
      const spread = random.pick([0, 10, 60, 200]);
      for (let k = random.whole(1, 12); k > 0; k--) {
        const units = random.pick([1, -1, random.whole(-(2 ** 31), 2 ** 31)]);
        const value = random.chance(0.3) ? random.whole(-(2 ** 53), 2 ** 53) : (random.real() - 0.5) * 2 ** random.whole(-spread, spread);
        sum.addProduct(units, value);
        exact += BigInt(units) * asWhole(value);
        if (random.chance(0.2)) {
          sum.addProduct(-units, value);
          exact -= BigInt(units) * asWhole(value);
        }
      }
      expect(sum.value(), `round ${round}`).toBe(toDouble(exact) + 0);
    }
  });

  it('keeps what cancels: 2^53 + 1 - 2^53, 1e300 + 1e-300 - 1e300, ties broken by what is far below', () => {
    const total = (...terms: number[]): number => {
      const sum = new ExactSum();
      for (const term of terms) sum.add(term);
      return sum.value();
    };
    expect(total(2 ** 53, 1, -(2 ** 53))).toBe(1);
    expect(total(2 ** 53 - 1, 2, -(2 ** 53))).toBe(1);
    expect(total(1e300, 1e-300, -1e300)).toBe(1e-300);
    expect(total(2 ** 53, 1, 2 ** -60)).toBe(2 ** 53 + 2);
    expect(total(2 ** 53, 1, -(2 ** -60))).toBe(2 ** 53);
    expect(Object.is(total(0.5, -0.5), 0)).toBe(true);
  });
});

describe('a price that is no double', () => {
  it('is rounded up, never down, and an exact one is left alone', () => {
    expect(nextUp(1)).toBe(1 + 2 ** -52);
    expect(nextUp(0)).toBe(Number.MIN_VALUE);
    expect(nextUp(-1)).toBe(-1 + 2 ** -53);
    expect(roundUp(1, 2 ** -70)).toBe(1 + 2 ** -52);
    expect(roundUp(1, -(2 ** -70))).toBe(1);
    expect(roundUp(3, 2 ** -51)).toBe(3 + 2 ** -51);
    expect(roundUp(7, 0)).toBe(7);
  });
});

describe('the certificate', () => {
  const tiers = { offsets: Int32Array.of(0, 2, 3), slots: Int32Array.of(1, 1, 2), surcharge: Float64Array.of(0, 3, 1) };
  const problem = Problem.fromArcs({
    demands: 2,
    nodes: 2,
    capacity: 2,
    units: [2, 1],
    unservedCost: [20, 9],
    tiers,
    arcs: [
      [0, 0, 1, 1],
      [0, 1, 4, 2],
      [1, 0, 2, 2],
    ],
  });
  const classes = mergeClasses(problem, 1);
  const nodes = readNodes(problem);
  const state = () => ({ flow: Float64Array.of(1, 1, 1), unserved: new Float64Array(2), unplaced: new Float64Array(2) });

  it('sums both objectives and the gap as their definitions say', () => {
    // primal: 1 + 4 + 2, surcharges 0 + 3 and 1. dual at prices 2, 1: pays 3, 5 | 4, so D = 3 + 5 and 4; tiers: node 0 1 * 2, node 1 0.
    expect(certify(classes, nodes, state(), Float64Array.of(2, 1), true)).toEqual({
      fault: undefined,
      complete: true,
      primal: 11,
      dual: 10,
      gap: 1,
      tolerance: 0,
    });
    expect(certify(classes, nodes, state(), Float64Array.of(3, 1), true)).toMatchObject({ primal: 11, dual: 11, gap: 0 });
  });

  it('has a gap of exactly primal - dual at any prices', () => {
    const random = new Random(3);
    for (let round = 0; round < 500; round++) {
      const { primal, dual, gap } = certify(classes, nodes, state(), Float64Array.of(random.whole(0, 30), random.whole(0, 30)), true);
      expect(gap).toBe(primal - dual);
      expect(dual).toBeLessThanOrEqual(11);
    }
  });

  it.each([
    ['a unit too many', { flow: Float64Array.of(1, 2, 1) }],
    ['a bound exceeded', { flow: Float64Array.of(2, 0, 1) }],
    ['half a unit', { flow: Float64Array.of(0.5, 1.5, 1) }],
    ['units below zero', { flow: Float64Array.of(1, 2, 1), unserved: Float64Array.of(-1, 0) }],
    ['a unit lost', { flow: Float64Array.of(1, 1, 0) }],
  ])('finds %s', (_, wrong) => {
    expect(certify(classes, nodes, { ...state(), ...wrong }, Float64Array.of(3, 1), true).fault).toBeTypeOf('string');
  });

  it('finds a capacity exceeded and a price that is none', () => {
    const tight = { ...nodes, capacity: Float64Array.of(1, 2) };
    expect(certify(classes, tight, state(), Float64Array.of(3, 1), true).fault).toContain('node 0');
    expect(certify(classes, nodes, state(), Float64Array.of(-1, 1), true).fault).toContain('price');
    expect(certify(classes, nodes, state(), Float64Array.of(3, Number.NaN), true).fault).toContain('price');
  });
});

it('float answers are proven to the tolerance, which is a few ulps of the terms', () => {
  const random = new Random(11);
  for (let round = 0; round < 60; round++) {
    const n = random.whole(5, 30);
    const costs = Float64Array.from({ length: n * n }, () => 10 ** (9 * random.real() - 4.5));
    const solution = solveSync(Problem.dense(costs, { demands: n, nodes: n }));
    expect(solution.status).toBe('optimal');
    expect(solution.gap).toBeLessThanOrEqual(solution.tolerance);
    expect(solution.tolerance).toBeLessThan(1e-13 * n * Math.max(...costs));
  }
});
