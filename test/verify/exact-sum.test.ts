import { describe, expect, it } from 'vitest';
import { ExactSum, restOfSum } from '../../lib/verify/exact-sum.js';
import { Random } from '../instances/random.js';
import { exact, nearestDouble } from '../oracle/exact-number.js';

function double(r: Random, low: number, high: number): number {
  return (r.real() - 0.5) * 2 ** r.whole(low, high);
}

describe('ExactSum', () => {
  it('is the sum of all terms, rounded once, where a running sum is not', () => {
    const sum = new ExactSum();
    for (const x of [1e100, 1, -1e100, 2 ** -80]) sum.add(x);
    expect(sum.value()).toBe(1);
    sum.add(-1);
    expect(sum.value()).toBe(2 ** -80);
    expect(sum.sign()).toBe(1);
    sum.add(-(2 ** -80));
    expect(sum.value()).toBe(0);
    expect(sum.sign()).toBe(0);
  });

  it('breaks ties to even, unless anything lies below', () => {
    expect(
      new ExactSum()
        .add(2 ** 53)
        .add(1)
        .value(),
    ).toBe(2 ** 53);
    expect(
      new ExactSum()
        .add(2 ** 53)
        .add(1)
        .add(2 ** -1074)
        .value(),
    ).toBe(2 ** 53 + 2);
    expect(
      new ExactSum()
        .add(2 ** 53 + 2)
        .add(1)
        .add(-(2 ** -1074))
        .value(),
    ).toBe(2 ** 53 + 2);
    expect(
      new ExactSum()
        .add(2 ** 53 + 2)
        .add(1)
        .value(),
    ).toBe(2 ** 53 + 4);
  });

  it('agrees with whole numbers of any size on random sums and products, subnormals included', () => {
    const r = new Random(1);
    for (let trial = 0; trial < 500; trial++) {
      const [low, high] = r.pick([
        [-1074, -1000],
        [-60, 60],
        [-1000, 900],
        [0, 30],
        [-3, 3],
      ] as const);
      const sum = new ExactSum();
      let whole = 0n;
      for (let k = r.whole(0, 40); k > 0; k--) {
        const x = r.chance(0.1) && k % 2 === 0 ? -sum.value() : double(r, low, high);
        if (r.chance(0.5)) {
          sum.add(x);
          whole += exact(x);
        } else {
          const factor = r.pick([1, -1, 0, 2 ** 31 - 1, 1 - 2 ** 31, r.whole(-50, 50), r.whole(0, 2 ** 31 - 1)]);
          sum.addProduct(factor, x);
          whole += BigInt(factor) * exact(x);
        }
      }
      expect(sum.value()).toBe(nearestDouble(whole) + 0);
      expect(sum.sign()).toBe(whole > 0n ? 1 : whole < 0n ? -1 : 0);
      const other = new ExactSum().addSum(sum, -1).add(3);
      expect(other.value()).toBe(nearestDouble(exact(3) - whole) + 0);
    }
  });

  it('gives the exact rest of a rounded addition', () => {
    const r = new Random(2);
    for (let k = 0; k < 2000; k++) {
      const x = double(r, -80, 80);
      const y = double(r, -80, 80);
      expect(exact(x + y) + exact(restOfSum(x, y, x + y))).toBe(exact(x) + exact(y));
    }
  });
});
