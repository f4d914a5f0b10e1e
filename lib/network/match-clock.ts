/**
 * Time and progress of a matching that may take several solves: the deadline is that of them all, and so is the fraction done. How
 * many there will be is not known beforehand, so each takes half of what is left.
 */
import type { SolveOptions } from '../options.js';

export class MatchClock {
  readonly #started = performance.now();
  readonly #solving: SolveOptions;
  readonly #several: boolean;

  /** `several`: another solve may follow the first. */
  constructor(solving: SolveOptions, several: boolean) {
    this.#solving = solving;
    this.#several = several;
  }

  /** Since the matching began. */
  get milliseconds(): number {
    return performance.now() - this.#started;
  }

  /** The options of a solve that depend on those before it, counted from 0. */
  options(round: number): Pick<SolveOptions, 'deadlineMs' | 'onProgress'> {
    const { deadlineMs, onProgress } = this.#solving;
    const left = this.#several ? 0.5 ** round : 1;
    const share = this.#several ? left / 2 : 1;
    return {
      // What is no number is refused by the solver.
      ...(typeof deadlineMs === 'number' && deadlineMs >= 0 ? { deadlineMs: Math.max(0, deadlineMs - this.milliseconds) } : {}),
      ...(typeof onProgress === 'function'
        ? {
            onProgress: (progress) =>
              onProgress({ ...progress, fraction: 1 - left + share * progress.fraction, milliseconds: this.milliseconds }),
          }
        : {}),
    };
  }
}
