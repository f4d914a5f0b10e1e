/** The two queues of a ledger, at lengths the random lives do not reach. */
import { expect, test } from 'vitest';
import { ExpiryQueue } from '../../lib/network/expiry-queue.js';
import { Fifo } from '../../lib/network/fifo.js';
import { Ledger } from '../../lib/network/index.js';
import { Random } from '../instances/random.js';

test('first in, first out, as an array would', () => {
  const random = new Random(1);
  const fifo = new Fifo<number>();
  const plain: number[] = [];
  for (let k = 0; k < 20_000; k++) {
    // It grows to hundreds and empties again, time after time.
    if (random.chance(k % 1000 < 500 ? 0.7 : 0.3)) {
      fifo.push(k);
      plain.push(k);
    } else expect(fifo.shift()).toBe(plain.shift());
    expect([fifo.length, fifo.first, fifo.last]).toEqual([plain.length, plain[0], plain.at(-1)]);
    if (k % 100 === 0) expect(fifo.toArray()).toEqual(plain);
  }
});

test('what runs out first comes first, then the smaller id, and nothing before its time', () => {
  const random = new Random(2);
  const queue = new ExpiryQueue();
  let plain: { at: number; id: string }[] = [];
  for (let now = 0; now < 2000; now++) {
    for (let k = random.whole(0, 3); k > 0; k--) {
      const entry = { at: now + random.whole(0, 300), id: `q${random.whole(0, 99)}` };
      queue.push(entry.at, entry.id);
      plain.push(entry);
    }
    if (random.chance(0.01)) queue.rebuild(plain);
    if (random.chance(0.5)) continue;
    const due = plain.filter(({ at }) => at <= now).sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
    plain = plain.filter(({ at }) => at > now);
    for (const entry of due) expect(queue.popDue(now)).toEqual(entry);
    expect([queue.popDue(now), queue.size]).toEqual([undefined, plain.length]);
  }
});

test('a thousand that end early do not keep the others from running out', () => {
  const ledger = new Ledger();
  ledger.setNode('a', 20);
  for (let k = 0; k < 1000; k++) {
    const id = `q${String(k).padStart(4, '0')}`;
    ledger.assign(id, 'a', { now: k, ttlMs: 5000 });
    if (k % 100 > 0) ledger.release(id, { now: k });
  }
  expect(ledger.expire(4999)).toEqual([]);
  expect(ledger.expire(10_000).map(({ id, at }) => [id, at])).toEqual(
    Array.from({ length: 10 }, (_, k) => [`q${String(100 * k).padStart(4, '0')}`, 5000 + 100 * k]),
  );
  expect(ledger.size).toBe(0);
});
