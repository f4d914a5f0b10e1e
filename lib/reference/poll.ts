/** How the outside reaches a running solve: asked now and then, every few hundred bids or expansions. */
import type { Progress } from '../options.js';

/** What a caller gives: a way to end the run, and a listener. */
export interface SolveControl {
  mustStop(): boolean;
  progress(phase: Progress['phase'], placed: number, units: number, fraction: number): void;
}

export class Poll {
  readonly #control: SolveControl;
  readonly #deadline: number;
  #ended = false;
  #fraction = 0;

  /** `deadline` is on the clock of performance.now(). */
  constructor(control: SolveControl, deadline: number) {
    this.#control = control;
    this.#deadline = deadline;
  }

  /** True once the run must end, and ever after. */
  mustStop(): boolean {
    if (!this.#ended && (this.#control.mustStop() || (this.#deadline < Number.POSITIVE_INFINITY && performance.now() >= this.#deadline)))
      this.#ended = true;
    return this.#ended;
  }

  /** Reports where the run is; the fraction never falls. */
  report(phase: Progress['phase'], placed: number, units: number, fraction: number): void {
    this.#fraction = Math.min(1, Math.max(this.#fraction, fraction));
    this.#control.progress(phase, placed, units, this.#fraction);
  }
}
