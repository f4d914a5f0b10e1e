import { expect } from 'vitest';
import { OutbidError } from '../../lib/errors.js';

/** One bad input: what it is, the call, and the code and place its error must have. */
export type BadInput = [what: string, call: () => unknown, error: { code: string } & Record<string, unknown>];

/** Runs a call that must throw an OutbidError with at least these fields; any other outcome fails the test. */
export function expectRefusal(call: () => unknown, error: BadInput[2]): void {
  let thrown: unknown;
  try {
    call();
  } catch (caught) {
    thrown = caught;
  }
  expect(thrown, 'the call must throw').toBeDefined();
  if (!(thrown instanceof OutbidError)) throw new Error(`no OutbidError: ${String((thrown as Error)?.stack ?? thrown)}`);
  expect({ ...thrown, code: thrown.code }).toMatchObject(error);
  expect(thrown.message).toContain(error.code);
}
