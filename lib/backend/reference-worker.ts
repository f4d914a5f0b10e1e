/** The worker thread of the reference: solves what it is sent, one problem after the other. Only reference-pool.ts starts it. */
import { parentPort } from 'node:worker_threads';
import { type ErrorPlace, OutbidError } from '../errors.js';
import type { SolveRequest } from '../options.js';
import { solveReference } from '../reference/solve.js';
import type { RawSolution } from '../solution.js';
import { type ProblemCopy, problemFromCopy } from './problem-copy.js';
import { type Progressed, referenceControl } from './reference-control.js';

export interface Order {
  problem: ProblemCopy;
  /** `deadline` in milliseconds since the epoch: the clocks of two threads start at different times. */
  request: SolveRequest;
  /** One Int32, shared: not 0 ends the run. */
  stop: Int32Array;
  wantsProgress: boolean;
}

export type Reply =
  | { kind: 'progress'; progress: Progressed }
  | { kind: 'done'; raw: RawSolution }
  | { kind: 'failed'; code: OutbidError['code'] | undefined; message: string; place: ErrorPlace };

const port = parentPort;
if (port === null) throw new Error('this file is the entry of a worker thread');

port.on('message', (order: Order) => {
  const say = (reply: Reply, buffers: ArrayBuffer[] = []): void => port.postMessage(reply, buffers);
  try {
    const deadline = order.request.deadline - performance.timeOrigin;
    const control = referenceControl(
      deadline,
      order.stop,
      order.wantsProgress ? (progress) => say({ kind: 'progress', progress }) : undefined,
    );
    const raw = solveReference(problemFromCopy(order.problem), { ...order.request, deadline }, control);
    say({ kind: 'done', raw });
  } catch (error) {
    if (!(error instanceof OutbidError))
      say({ kind: 'failed', code: undefined, message: error instanceof Error ? (error.stack ?? error.message) : String(error), place: {} });
    else {
      const { argument, demand, node, index, value } = error;
      say({
        kind: 'failed',
        code: error.code,
        message: error.message.slice(error.code.length + 2),
        place: { argument, demand, node, index, value },
      });
    }
  }
});
