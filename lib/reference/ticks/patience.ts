/**
 * How long a repair may go on. Searches say how many entries of rows, columns and lists they have looked at; the clock is asked when
 * that doubles, at most every BETWEEN entries, and a search that is late stops where it is: prices and placements are untouched, and it
 * goes on with the next update. Where the market has changed by then it starts anew, with leave to look at twice as many
 * entries before it stops again; so every search ends at last, whatever the deadlines, and what was thrown away is at most twice
 * what it took. TELLING is kept back for what an update still owes when no search is under way any more: a report for each demand that
 * moved and each node whose price counts moves, and a new price for each node that the search has settled.
 */
const LEAST = 32;
const BETWEEN = 1024;
/** Milliseconds. */
const TELLING = 0.001;

export class Patience {
  #deadline = Number.POSITIVE_INFINITY;
  #end = Number.POSITIVE_INFINITY;
  #seen = 0;
  #first = 0;
  #ask = 0;
  #step = LEAST;
  #leave = 0;

  /** `deadline` as performance.now() reads. */
  until(deadline: number): void {
    this.#deadline = this.#end = deadline;
    this.#step = LEAST;
    this.#ask = this.#seen + LEAST;
  }

  /** A search begins, or goes on. */
  begin(anew: boolean, owed: number): void {
    if (anew) this.#first = this.#seen;
    this.#end = this.#deadline;
    this.owe(owed);
  }

  owe(more: number): void {
    this.#end -= TELLING * more;
  }

  /** True when the search has to stop. */
  sees(entries: number): boolean {
    this.#seen += entries;
    return this.#seen >= this.#ask && this.#seen - this.#first >= this.#leave && this.#late();
  }

  end(): void {
    if (2 * (this.#seen - this.#first) >= this.#leave) this.#leave = 0;
  }

  threwAway(): void {
    this.#leave = Math.max(this.#leave, 2 * (this.#seen - this.#first));
  }

  /** Between two searches; `always` asks the clock however little was done since it was asked. */
  isOver(always: boolean): boolean {
    return (always || this.#seen >= this.#ask) && this.#late();
  }

  #late(): boolean {
    this.#step = Math.min(BETWEEN, 2 * this.#step);
    this.#ask = this.#seen + this.#step;
    return performance.now() >= this.#end;
  }
}
