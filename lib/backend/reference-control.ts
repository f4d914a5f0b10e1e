/** How the outside reaches a running reference solve: deadline, stop flag and progress, polled by the solver. */

export interface Progressed {
  phase: 'auction' | 'finish' | 'certificate';
  placed: number;
  units: number;
  fraction: number;
}

export interface ReferenceControl {
  mustStop(): boolean;
  progress(phase: Progressed['phase'], placed: number, units: number, fraction: number): void;
}

const REPORT_EVERY_MS = 50;
const POLLS_PER_CLOCK = 16;

/**
 * `deadline` on the clock of performance.now() of this thread; `stop[0]` is set by another thread to end the run.
 * Progress is told at most once every 50 ms, and its fraction never falls.
 */
export function referenceControl(deadline: number, stop?: Int32Array, tell?: (progress: Progressed) => void): ReferenceControl {
  let ended = false;
  let polls = 0;
  let highest = 0;
  let next = performance.now() + REPORT_EVERY_MS;
  return {
    mustStop() {
      if (ended) return true;
      if (stop !== undefined && Atomics.load(stop, 0) !== 0) ended = true;
      else if (deadline !== Number.POSITIVE_INFINITY && polls++ % POLLS_PER_CLOCK === 0 && performance.now() >= deadline) ended = true;
      return ended;
    },
    progress(phase, placed, units, fraction) {
      if (tell === undefined) return;
      const now = performance.now();
      if (now < next) return;
      next = now + REPORT_EVERY_MS;
      highest = Math.max(highest, fraction);
      tell({ phase, placed, units, fraction: highest });
    },
  };
}
