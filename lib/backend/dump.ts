/**
 * A problem whose answer failed its own certificate is a defect in a backend, and only the problem shows it again. With the
 * environment variable OUTBID_DUMP_DIR set, it is written there: NAME.problem.json (`outbid solve` reads it) and
 * NAME.request.json (gap, seed and warm prices of the run). Without it nothing is written: demand can be confidential.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SolveRequest } from '../options.js';
import type { Problem } from '../problem.js';

/** The path of the problem file, or undefined when none was asked for or none could be written. */
export function dumpProblem(problem: Problem, request: SolveRequest): string | undefined {
  const directory = process.env.OUTBID_DUMP_DIR;
  if (directory === undefined || directory === '') return undefined;
  try {
    const name = join(directory, `outbid-${problem.digest().slice(0, 16)}`);
    mkdirSync(directory, { recursive: true });
    writeFileSync(`${name}.problem.json`, JSON.stringify(problem));
    const { gap, seed, prices } = request;
    writeFileSync(`${name}.request.json`, JSON.stringify({ gap, seed, prices: prices === undefined ? undefined : Array.from(prices) }));
    return `${name}.problem.json`;
  } catch (cause) {
    process.emitWarning(`OUTBID_DUMP_DIR: the problem could not be written: ${cause instanceof Error ? cause.message : String(cause)}`, {
      code: 'OUTBID_DUMP',
    });
    return undefined;
  }
}
