// Worker: writes rubbish into shared arrays until told to stop.
import { workerData } from 'node:worker_threads';
import { random } from './fleet.mjs';

const { offsets, targets, costs, control, seed } = workerData;
const next = random(seed);
const RUBBISH = [-1, 0, 1, 2 ** 31 - 1, -(2 ** 31), 12345678];
while (Atomics.load(control, 0) === 0) {
  for (let k = 0; k < 1000; k++) {
    const word = RUBBISH[Math.floor(next() * RUBBISH.length)];
    const array = [offsets, targets, costs][Math.floor(next() * 3)];
    const at = Math.floor(next() * array.length);
    const before = array[at];
    array[at] = array === costs && next() < 0.3 ? Number.NaN : word;
    // Mostly put right again, so that a solve gets past its first check now and then.
    if (next() < 0.999) array[at] = before;
  }
  Atomics.add(control, 1, 1);
}
