/**
 * A progress bar on standard error. It appears only on a terminal and only when the run has taken a second, so that short runs
 * and logs stay clean; done() wipes it.
 */
import type { Progress } from '../options.js';
import type { CommandIO } from './command.js';

const APPEARS_AFTER = 1000;
const REDRAW_EVERY = 100;
const CELLS = 30;

export interface ProgressBar {
  /** Hand this to solve(). */
  onProgress(progress: Progress): void;
  /** Wipes the bar; call it before anything else is written, and when the run failed. */
  done(): void;
}

/** `clock` is in milliseconds. */
export function progressBar(io: Pick<CommandIO, 'stderr' | 'isTTY'>, clock: () => number = () => performance.now()): ProgressBar {
  const started = clock();
  let drawnAt = Number.NEGATIVE_INFINITY;
  return {
    onProgress(progress) {
      const now = clock();
      if (!io.isTTY || now - started < APPEARS_AFTER || now - drawnAt < REDRAW_EVERY) return;
      drawnAt = now;
      const fraction = progress.fraction > 0 ? Math.min(1, progress.fraction) : 0;
      const full = Math.floor(fraction * CELLS);
      const bar = '#'.repeat(full) + '.'.repeat(CELLS - full);
      const seconds = ((now - started) / 1000).toFixed(1);
      io.stderr(
        `\r\x1b[K[${bar}] ${Math.floor(fraction * 100)}% ${progress.phase} ${progress.placed}/${progress.units} units ${seconds} s`,
      );
    },
    done() {
      if (drawnAt !== Number.NEGATIVE_INFINITY) io.stderr('\r\x1b[K');
      drawnAt = Number.NEGATIVE_INFINITY;
    },
  };
}
