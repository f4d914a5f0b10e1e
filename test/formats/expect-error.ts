import { expect } from 'vitest';
import { OutbidError } from '../../lib/errors.js';

/** The error a call throws, which must be one of ours. */
export function thrownBy(call: () => unknown): OutbidError {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(OutbidError);
    return error as OutbidError;
  }
  throw new Error('nothing was thrown');
}

export async function rejection(promise: Promise<unknown>): Promise<OutbidError> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(OutbidError);
  return error as OutbidError;
}
