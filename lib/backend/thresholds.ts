/**
 * From which size on 'auto' takes cuda. A line stands here only with the measurement that it rests on: a file of this repository
 * that shows cuda ahead of native at this size, on a named device. There is none yet, so 'auto' never takes cuda, never loads its
 * plug-in and creates no context on a device.
 */
import type { Problem } from '../problem.js';

/** What a call asks for; of several problems the sums, and their number. */
export interface Work {
  problems: number;
  demands: number;
  arcs: number;
  dense: boolean;
}

export interface Threshold {
  /** Only for problems given as a matrix, or only for others. */
  dense: boolean;
  /** All of them at least. */
  problems: number;
  demands: number;
  arcs: number;
  /** The file with the measurement, from the root of the repository. */
  measurement: string;
}

export const THRESHOLDS: readonly Threshold[] = [];

export function workOf(problems: readonly Problem[]): Work {
  const work = { problems: problems.length, demands: 0, arcs: 0, dense: problems.every(({ dense }) => dense) };
  for (const { demands, arcs } of problems) {
    work.demands += demands;
    work.arcs += arcs;
  }
  return work;
}

/** The first line that the work reaches, or undefined. */
export function thresholdReached(work: Work, thresholds: readonly Threshold[] = THRESHOLDS): Threshold | undefined {
  return thresholds.find(
    (line) => line.dense === work.dense && work.problems >= line.problems && work.demands >= line.demands && work.arcs >= line.arcs,
  );
}
