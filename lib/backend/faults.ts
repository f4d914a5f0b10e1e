/** What a backend reports as a code becomes an OutbidError here, with the words and the place a caller needs. */
import { type ErrorCode, type ErrorPlace, OutbidError } from '../errors.js';
import type { SolveRequest } from '../options.js';
import type { Problem } from '../problem.js';
import { dumpProblem } from './dump.js';

const TEXT: Partial<Record<ErrorCode, string>> = {
  PROBLEM_CHANGED: "the problem's arrays changed after it was built and no longer make a valid problem",
  COST_RANGE: 'the costs lie too far apart to be refined to the float tolerance; scale the largest down or drop what can never be chosen',
  OUT_OF_MEMORY: 'there is not enough memory for a problem of this size',
  DEVICE_OUT_OF_MEMORY: 'the device has less memory free than the problem needs there',
  DEVICE_FAILED: 'the device or its driver reported an error',
  CERTIFICATE_FAILED: 'the answer found does not pass its own certificate, a defect in outbid; it is withheld',
};

export function faultError(
  fault: ErrorCode,
  backend: string,
  problem: Problem,
  request: SolveRequest | undefined,
  place: ErrorPlace = {},
  detail = '',
): OutbidError {
  let text = TEXT[fault] ?? `the backend '${backend}' failed`;
  const where: ErrorPlace = { backend, ...place };
  if (detail !== '') text += `: ${detail}`;
  if (place.argument !== undefined) text += ` (${place.argument})`;
  if (fault === 'CERTIFICATE_FAILED' && request !== undefined) {
    where.dump = dumpProblem(problem, request);
    text += where.dump === undefined ? '; set OUTBID_DUMP_DIR to a folder to keep the problem' : `; the problem is in ${where.dump}`;
  }
  return new OutbidError(fault, text, where);
}
