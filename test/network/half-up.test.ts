import { expect, test } from 'vitest';
import { halfUp } from '../../lib/network/half-up.js';
import { draws } from './small-network.js';

test('rounds numbers from 0 on as Math.round does, to the last bit: ties, their neighbours, and where doubles are whole', () => {
  const edges = [0, Number.MIN_VALUE, 2 ** 52 - 1, 2 ** 52 - 0.5, 2 ** 52, 2 ** 53, Number.MAX_VALUE, Number.POSITIVE_INFINITY, Number.NaN];
  const draw = draws(3);
  const bits = new DataView(new ArrayBuffer(8));
  const numbers = [...edges];
  for (let k = 0; k < 20_000; k++) {
    const tie = draw(2 ** (1 + draw(31))) * 2 ** draw(20) + 0.5;
    bits.setFloat64(0, tie);
    const at = bits.getBigUint64(0);
    for (const next of [at - 1n, at, at + 1n]) {
      bits.setBigUint64(0, next);
      numbers.push(bits.getFloat64(0));
    }
    numbers.push(draw(2 ** 31) / (1 + draw(1e6)));
  }
  for (const x of numbers) if (!Object.is(halfUp(x), Math.round(x))) expect([x, halfUp(x)]).toEqual([x, Math.round(x)]);
});
