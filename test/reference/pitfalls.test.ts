/** Every wrong form the general algorithm was tried with, each on its smallest instance. */
import { describe, expect, it } from 'vitest';
import { Auction, forward } from '../../lib/reference/bid.js';
import { certify } from '../../lib/reference/certificate.js';
import { mergeClasses, splitClasses } from '../../lib/reference/classes.js';
import { finish } from '../../lib/reference/finish.js';
import { Problem, solveSync, verify } from '../../lib/reference/index.js';
import { excessPay, marketOf, priceError, quiet } from './market-of.js';

const MUST = Number.POSITIVE_INFINITY;
/** d 2; node A at cost 0, bound 1; node B at cost 10. */
const twoArcs = (units: number): Problem =>
  Problem.fromArcs({
    demands: 1,
    nodes: 2,
    capacity: 2,
    units,
    arcs: [
      [0, 0, 0, 1],
      [0, 1, 10, MUST],
    ],
  });
/** X: 2 units, A (1 slot) cost 0, B (2 slots) cost 1, r 100. Y: 2 units, B cost 0, r 50. */
const xAndY = (): Problem =>
  Problem.fromArcs({
    demands: 2,
    nodes: 2,
    capacity: [1, 2],
    units: 2,
    unservedCost: [100, 50],
    arcs: [
      [0, 0, 0],
      [0, 1, 1],
      [1, 1, 0],
    ],
  });

const finishes = (problem: Problem, prepare: (market: ReturnType<typeof marketOf>['market']) => void): number => {
  const { market, search, classes, nodes } = marketOf(problem);
  prepare(market);
  expect(finish(market, search, { pushes: 0, pulls: 0 }, quiet()).outcome).toBe('done');
  const proof = certify(classes, nodes, market, market.price, true);
  expect(proof).toMatchObject({ fault: undefined, complete: true, gap: 0 });
  return proof.primal;
};

describe('pull', () => {
  it('leaves a slot of surcharge 5 alone when the unit outside costs 3, although its price is 7', () => {
    const tiers = { offsets: Int32Array.of(0, 1), slots: Int32Array.of(1), surcharge: Float64Array.of(5) };
    const problem = Problem.fromArcs({ demands: 1, nodes: 1, capacity: 1, unservedCost: 3, tiers, arcs: [[0, 0, 0]] });
    const objective = finishes(problem, (market) => {
      market.price[0] = 7;
      market.unserved[0] = 1;
      market.unplaced[0] = 0;
    });
    expect(objective).toBe(3);
  });

  it('brings units along a path of full nodes without ever exceeding a capacity', () => {
    // The hungry node 0 takes the unit of node 1, which takes the unit of node 2: one slot each.
    const problem = Problem.fromArcs({
      demands: 3,
      nodes: 3,
      capacity: 1,
      unservedCost: [50, 50, 12],
      arcs: [
        [0, 0, 0],
        [0, 1, 9],
        [1, 1, 0],
        [1, 2, 9],
        [2, 2, 0],
      ],
    });
    let placed = 0;
    const objective = finishes(problem, (market) => {
      market.price[0] = 30;
      market.price[1] = 21;
      market.price[2] = 12;
      for (const arc of [1, 3]) {
        market.place(arc, 1, 0);
        market.unplaced[market.arcClass[arc]] = 0;
      }
      market.unserved[2] = 1;
      market.unplaced[2] = 0;
      const place = market.place.bind(market);
      market.place = (arc, k, bid) => {
        place(arc, k, bid);
        placed++;
        expect(market.load[market.node[arc]]).toBeLessThanOrEqual(1);
      };
    });
    expect(objective).toBe(0);
    expect(placed).toBe(3);
  });
});

describe('the certificate', () => {
  it('measures pay against arcs with room only: a saturated cheap arc is no reproach', () => {
    const solution = solveSync(twoArcs(2));
    expect(solution).toMatchObject({ status: 'optimal', objective: 10, gap: 0 });
    expect([...solution.flow]).toEqual([1, 1]);
    expect([...solution.values]).toEqual([10]);
  });

  it('is finite where no arc has room: the dearest used arc stands for u', () => {
    const problem = Problem.fromArcs({
      demands: 1,
      nodes: 2,
      capacity: 2,
      units: 2,
      arcs: [
        [0, 0, 0, 1],
        [0, 1, 10, 1],
      ],
    });
    const solution = solveSync(problem);
    expect(solution).toMatchObject({ status: 'optimal', objective: 10, bound: 10, gap: 0 });
    expect([...solution.values]).toEqual([Number.POSITIVE_INFINITY]);
  });

  it('needs a high price at a node of capacity 0, and gets it', () => {
    const problem = Problem.fromArcs({ demands: 1, nodes: 1, capacity: 0, unservedCost: 10, arcs: [[0, 0, 0]] });
    const solution = solveSync(problem);
    expect(solution).toMatchObject({ status: 'optimal', objective: 10, gap: 0 });
    expect(solution.prices[0]).toBeGreaterThanOrEqual(10);
  });

  it('also where every other arc of the demand is saturated', () => {
    const arcs: [number, number, number, number][] = [
      [0, 0, 0, 1],
      [0, 1, 10, 1],
      [0, 2, 3, MUST],
    ];
    const solution = solveSync(Problem.fromArcs({ demands: 1, nodes: 3, capacity: [2, 2, 0], units: 2, arcs }));
    expect(solution).toMatchObject({ status: 'optimal', objective: 10, gap: 0 });
    expect(solution.prices[2]).toBeGreaterThanOrEqual(7);
  });
});

describe('a bidding class', () => {
  it('does not use the pay without its last node as level while it owns slots elsewhere', () => {
    const { market, level } = marketOf(xAndY());
    const auction = new Auction(market, level);
    market.unplaced[1] = 0;
    expect(forward(auction, MUST, 1000, quiet())).toBe('done');
    expect(excessPay(market)).toBeLessThanOrEqual(1);
    market.unplaced[1] = 2;
    expect(forward(auction, MUST, 1000, quiet())).toBe('done');
    expect(excessPay(market)).toBeLessThanOrEqual(1);
    expect(priceError(market)).toBe(0);
  });

  it('lifts its own nodes to one common level when it holds all their slots', () => {
    for (const unservedCost of [MUST, 1000]) {
      const problem = Problem.fromArcs({
        demands: 1,
        nodes: 2,
        capacity: 1,
        units: 2,
        unservedCost,
        arcs: [
          [0, 0, 0],
          [0, 1, 50],
        ],
      });
      const { market, level } = marketOf(problem);
      expect(forward(new Auction(market, level), MUST, 1000, quiet())).toBe('done');
      expect(market.placed()).toBe(2);
      expect(Math.abs(market.pay(0) - market.pay(1))).toBeLessThanOrEqual(1);
    }
  });
});

describe('a state that a change left behind is repaired by the finish', () => {
  it('a unit left the cheap arc: the one on the dear arc moves there', () => {
    const objective = finishes(twoArcs(1), (market) => {
      market.place(1, 1, 0);
      market.unplaced[0] = 0;
    });
    expect(objective).toBe(0);
  });

  it("another class's slot was cut: who lost it, and who pays too much now, is asked again", () => {
    // A has one slot left, held by the second demand, which could as well go to C.
    const problem = Problem.fromArcs({
      demands: 2,
      nodes: 3,
      capacity: [1, 2, 1],
      units: [2, 1],
      arcs: [
        [0, 0, 0, 1],
        [0, 1, 10, MUST],
        [1, 0, 0, MUST],
        [1, 2, 3, MUST],
      ],
    });
    const objective = finishes(problem, (market) => {
      market.place(1, 1, 0);
      market.place(2, 1, 0);
      market.unplaced[0] = 1;
      market.unplaced[1] = 0;
    });
    expect(objective).toBe(13);
  });

  it('a node appeared at its floor price: the unit outside comes in', () => {
    const problem = Problem.fromArcs({ demands: 1, nodes: 1, capacity: 1, unservedCost: 10, arcs: [[0, 0, 0]] });
    const objective = finishes(problem, (market) => {
      market.unserved[0] = 1;
      market.unplaced[0] = 0;
    });
    expect(objective).toBe(0);
  });
});

describe('bounds of unequal demands', () => {
  it('are never summed: units 1 and 3, bound 2 each, place 3 on the arc, not 4', () => {
    const arcs: [number, number, number, number][] = [
      [0, 0, 0, 2],
      [0, 1, 9, MUST],
      [1, 0, 0, 2],
      [1, 1, 9, MUST],
    ];
    const problem = Problem.fromArcs({ demands: 2, nodes: 2, capacity: 10, units: [1, 3], arcs });
    expect(mergeClasses(problem, 1).count).toBe(2);
    const solution = solveSync(problem);
    expect(solution.objective).toBe(9);
    expect(verify(problem, solution).violations).toEqual([]);
  });

  it('of equal demands are summed, and dealt so that each member keeps its own', () => {
    const arcs = [0, 1, 2].flatMap((i): [number, number, number, number][] => [
      [i, 0, 0, 3],
      [i, 1, 2, 4],
      [i, 2, 9, MUST],
    ]);
    const problem = Problem.fromArcs({ demands: 3, nodes: 3, capacity: [7, 8, 100], units: 6, arcs });
    const classes = mergeClasses(problem, 1);
    expect(classes.count).toBe(1);
    expect([...(classes.bound as Float64Array)]).toEqual([9, 12, Number.POSITIVE_INFINITY]);
    const { placedArcs, placedUnits } = splitClasses(problem, classes, Float64Array.of(7, 8, 3));
    const byDemand = [0, 1, 2].map((i) =>
      [...placedUnits].filter((_, k) => Math.floor(placedArcs[k] / 3) === i).reduce((a, b) => a + b, 0),
    );
    expect(byDemand).toEqual([6, 6, 6]);
    for (const [k, arc] of placedArcs.entries()) expect(placedUnits[k]).toBeLessThanOrEqual(problem.arcCapacityOf(arc));
    expect([...placedArcs]).toEqual([...placedArcs].sort((a, b) => a - b));
    expect(solveSync(problem)).toMatchObject({ status: 'optimal', objective: 8 * 2 + 3 * 9, gap: 0 });
  });
});
