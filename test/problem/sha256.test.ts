import { createHash } from 'node:crypto';
import { describe, expect, it, vi } from 'vitest';
import { newHash } from '../../lib/runtime-sha256.js';
import { Sha256 } from '../../lib/sha256.js';
import { Random } from '../instances/random.js';

const own = (...blocks: Uint8Array[]): string => {
  const hash = new Sha256();
  for (const block of blocks) hash.update(block);
  return hash.hex();
};

describe('SHA-256', () => {
  it('has the published values (FIPS 180-4 examples)', () => {
    const text = (s: string): Uint8Array => new TextEncoder().encode(s);
    expect(own()).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
    expect(own(text('abc'))).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
    expect(own(text('abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq'))).toBe(
      '248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1',
    );
    expect(own(new Uint8Array(1_000_000).fill(97))).toBe('cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0');
  });

  it('agrees with node:crypto for every length up to three blocks, and however the bytes are cut', () => {
    const random = new Random(3);
    for (let length = 0; length <= 200; length++) {
      const bytes = Uint8Array.from({ length }, () => random.whole(0, 255));
      const expected = createHash('sha256').update(bytes).digest('hex');
      expect(own(bytes)).toBe(expected);
      const first = random.whole(0, length);
      const second = random.whole(first, length);
      expect(own(bytes.subarray(0, first), bytes.subarray(first, second), bytes.subarray(second))).toBe(expected);
    }
  });

  it("is the runtime's where there is one, and the same where there is none", () => {
    const bytes = Uint8Array.from({ length: 5000 }, (_, k) => k % 251);
    const hex = (): [ours: boolean, hex: string] => {
      const hash = newHash();
      hash.update(bytes.subarray(0, 777));
      hash.update(bytes.subarray(777));
      return [hash instanceof Sha256, hash.hex()];
    };
    const expected = createHash('sha256').update(bytes).digest('hex');
    expect(hex()).toEqual([false, expected]);
    for (const elsewhere of [undefined, {}, { getBuiltinModule: () => undefined }]) {
      vi.stubGlobal('process', elsewhere);
      try {
        expect(hex()).toEqual([true, expected]);
      } finally {
        vi.unstubAllGlobals();
      }
    }
  });
});
