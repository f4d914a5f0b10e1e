/** Random lives of a ledger beside a model that works every answer out from all that ever happened. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { KINDS, ledgerStep, newLedgerWorld } from './ledger-steps.js';

const RUNS = 300;
const STEPS = 200;

const whole = (most: number) => fc.noBias(fc.nat(most));
const draw = fc.tuple(whole(KINDS - 1), whole(10), whole(2), whole(6), whole(30), whole(1000));
const options = fc.record({
  maxWaiting: fc.constantFrom(0, 2, 100),
  rememberMs: fc.constantFrom(0, 20, 1000),
  rememberIds: fc.constantFrom(0, 3, 100),
  reportMaxAgeMs: fc.constantFrom(10, 40, 1000),
  maxEvents: fc.constantFrom(1, 3, 100),
});

test(`${RUNS} lives of ${STEPS} random calls: every answer, every count and every error is the model's`, () => {
  fc.assert(
    fc.property(options, fc.array(draw, { minLength: STEPS, maxLength: STEPS }), (bounds, draws) => {
      const world = newLedgerWorld(bounds);
      for (const [k, name] of ['n0', 'n1', 'n2'].entries()) {
        world.ledger.setNode(name, 2 + k);
        world.model.nodes.set(name, { slots: 2 + k, since: Number.NEGATIVE_INFINITY, reports: [] });
      }
      for (const each of draws) ledgerStep(world, each);
      // When all is over, nothing is left.
      for (const { id } of world.ledger.reservations()) world.ledger.release(id, { now: world.ledger.now });
      for (const name of world.ledger.nodes()) expect(world.ledger.counts(name)).toMatchObject({ assigned: 0, running: 0 });
      expect(world.ledger.size).toBe(0);
    }),
    { seed: 20261120, numRuns: RUNS, endOnFailure: true },
  );
});
