/** At most availableParallelism() asynchronous solves run at once in this thread's environment; the rest wait in order. */
import { availableParallelism } from 'node:os';

interface Waiting {
  begin: () => void;
}

export class SolveQueue {
  readonly limit: number;
  #running = 0;
  readonly #waiting = new Set<Waiting>();

  constructor(limit = availableParallelism()) {
    this.limit = limit;
  }

  get running(): number {
    return this.#running;
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Calls `start` when there is room, and makes room again when its promise has settled. An abort before that leaves the
   * queue: `start` is never called and the promise is rejected with the signal's reason.
   */
  enqueue<T>(start: () => Promise<T>, signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) {
        reject(signal.reason);
        return;
      }
      const leave = (): void => {
        this.#waiting.delete(entry);
        reject(signal.reason);
      };
      const entry: Waiting = {
        begin: () => {
          signal.removeEventListener('abort', leave);
          this.#running++;
          void start()
            .then(resolve, reject)
            .finally(() => {
              this.#running--;
              this.#next();
            });
        },
      };
      signal.addEventListener('abort', leave, { once: true });
      this.#waiting.add(entry);
      this.#next();
    });
  }

  #next(): void {
    for (const entry of this.#waiting) {
      if (this.#running >= this.limit) return;
      this.#waiting.delete(entry);
      entry.begin();
    }
  }
}

export const queue = new SolveQueue();
