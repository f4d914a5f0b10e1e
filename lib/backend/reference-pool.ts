/**
 * Worker threads for the reference. A worker serves one solve at a time and is kept a second for the next one; idle workers
 * do not keep the process alive. How many there are is bounded by the queue of solves.
 */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { OutbidError } from '../errors.js';
import type { RawSolution } from '../solution.js';
import type { Progressed } from './reference-control.js';
import type { Order, Reply } from './reference-worker.js';

// The built file, also when this one runs from lib/: a worker thread runs JavaScript only.
const ENTRY = fileURLToPath(new URL('../../dist/backend/reference-worker.js', import.meta.url));
const KEEP_MS = 1000;

interface Idle {
  worker: Worker;
  timer: NodeJS.Timeout;
  leave: () => void;
}

const idle: Idle[] = [];

function take(): Worker {
  const kept = idle.pop();
  if (kept === undefined) return new Worker(ENTRY, { execArgv: [] });
  kept.leave();
  kept.worker.ref();
  return kept.worker;
}

function keep(worker: Worker): void {
  const leave = (): void => {
    const at = idle.indexOf(entry);
    if (at >= 0) idle.splice(at, 1);
    clearTimeout(entry.timer);
    worker.off('exit', leave).off('error', leave);
  };
  const end = (): void => {
    leave();
    void worker.terminate();
  };
  const entry = { worker, leave, timer: setTimeout(end, KEEP_MS) };
  entry.timer.unref();
  worker.on('exit', leave).on('error', leave);
  worker.unref();
  idle.push(entry);
}

/** Settles when the worker is free again or gone; after an abort, rejected with its reason. */
export function runInWorker(
  order: Order,
  buffers: ArrayBuffer[],
  signal: AbortSignal | undefined,
  tell: ((progress: Progressed) => void) | undefined,
): Promise<RawSolution> {
  return new Promise((resolve, reject) => {
    const worker = take();
    const stop = (): void => {
      Atomics.store(order.stop, 0, 1);
      void worker.terminate();
    };
    const onMessage = (reply: Reply): void => {
      // An aborted worker is on its way out: its exit settles this, not what it still says.
      if (signal?.aborted) return;
      if (reply.kind === 'progress') {
        tell?.(reply.progress);
        return;
      }
      release();
      keep(worker);
      if (reply.kind === 'done') resolve(reply.raw);
      else reject(new OutbidError(reply.code ?? 'INTERNAL', reply.message, { backend: 'reference', ...reply.place }));
    };
    const onError = (cause: Error): void => {
      release();
      const memory = (cause as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
      const text = `the worker thread of the reference ended: ${cause.message}`;
      reject(new OutbidError(memory ? 'OUT_OF_MEMORY' : 'INTERNAL', text, { backend: 'reference', cause }));
    };
    const onExit = (): void => {
      release();
      if (signal?.aborted) reject(signal.reason);
      else reject(new OutbidError('INTERNAL', 'the worker thread of the reference ended by itself', { backend: 'reference' }));
    };
    // One by one: a Worker has listeners of its own, and does not speak any more without them.
    const release = (): void => {
      signal?.removeEventListener('abort', stop);
      worker.off('message', onMessage).off('error', onError).off('exit', onExit);
    };
    worker.on('message', onMessage).on('error', onError).on('exit', onExit);
    try {
      worker.postMessage(order, buffers);
    } catch (error) {
      // What cannot be sent leaves a worker that nobody waits for: it must not keep the process alive.
      release();
      void worker.terminate();
      reject(error);
      return;
    }
    if (signal?.aborted) stop();
    else signal?.addEventListener('abort', stop, { once: true });
  });
}
