/** At most so many solves at once; the rest wait in order, and an aborted one leaves the queue. */
import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { queue, SolveQueue } from '../../lib/backend/queue.js';

const never = new AbortController().signal;
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A job whose end the test decides. */
function job(begun: number[], k: number): { start: () => Promise<number>; end: () => void; fail: (error: unknown) => void } {
  let end = (): void => {};
  let fail = (_: unknown): void => {};
  const promise = new Promise<number>((resolve, reject) => {
    end = () => resolve(k);
    fail = reject;
  });
  return {
    start: () => {
      begun.push(k);
      return promise;
    },
    end,
    fail,
  };
}

test('the queue of solves is as wide as there are processors', () => {
  expect(queue.limit).toBe(availableParallelism());
});

test('no more than the limit run at once, the others begin in order as room is made', async () => {
  const line = new SolveQueue(2);
  const begun: number[] = [];
  const jobs = [0, 1, 2, 3, 4].map((k) => job(begun, k));
  const answers = jobs.map(({ start }) => line.enqueue(start, never));
  expect(begun).toEqual([0, 1]);
  expect([line.running, line.waiting]).toEqual([2, 3]);
  jobs[1].end();
  expect(await answers[1]).toBe(1);
  await turn();
  expect(begun).toEqual([0, 1, 2]);
  jobs[0].fail(new Error('broken'));
  await expect(answers[0]).rejects.toThrow('broken');
  await turn();
  expect(begun).toEqual([0, 1, 2, 3]);
  for (const { end } of jobs) end();
  expect(await Promise.all(answers.slice(1))).toEqual([1, 2, 3, 4]);
  await turn();
  expect([line.running, line.waiting]).toEqual([0, 0]);
});

test('an aborted waiting job leaves the queue with its reason and never begins', async () => {
  const line = new SolveQueue(1);
  const begun: number[] = [];
  const jobs = [0, 1, 2].map((k) => job(begun, k));
  const controller = new AbortController();
  const first = line.enqueue(jobs[0].start, never);
  const second = line.enqueue(jobs[1].start, controller.signal);
  const third = line.enqueue(jobs[2].start, never);
  controller.abort('gone');
  await expect(second).rejects.toBe('gone');
  expect(line.waiting).toBe(1);
  jobs[0].end();
  jobs[2].end();
  expect(await Promise.all([first, third])).toEqual([0, 2]);
  expect(begun).toEqual([0, 2]);
});

test('a running job keeps its place until it has really ended, aborted or not', async () => {
  const line = new SolveQueue(1);
  const begun: number[] = [];
  const jobs = [0, 1].map((k) => job(begun, k));
  const controller = new AbortController();
  const first = line.enqueue(jobs[0].start, controller.signal);
  const second = line.enqueue(jobs[1].start, never);
  controller.abort('gone');
  await turn();
  expect(begun).toEqual([0]);
  jobs[0].fail('gone');
  await expect(first).rejects.toBe('gone');
  jobs[1].end();
  expect(await second).toBe(1);
});

test('an aborted signal never enters the queue', async () => {
  const line = new SolveQueue(1);
  const begun: number[] = [];
  await expect(line.enqueue(job(begun, 0).start, AbortSignal.abort('no'))).rejects.toBe('no');
  expect(begun).toEqual([]);
});
