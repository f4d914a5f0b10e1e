/** The progress bar: only on a terminal, only in long runs, and gone afterwards. */
import { describe, expect, it } from 'vitest';
import { progressBar } from '../../lib/cli/progress-bar.js';

const progress = (fraction: number) => ({
  phase: 'auction' as const,
  placed: Math.round(fraction * 200),
  units: 200,
  fraction,
  milliseconds: 0,
});

function drawn(isTTY: boolean, reports: [at: number, fraction: number][]): string[] {
  const writes: string[] = [];
  let now = 5000;
  const bar = progressBar({ stderr: (text) => void writes.push(text), isTTY }, () => now);
  for (const [at, fraction] of reports) {
    now = 5000 + at;
    bar.onProgress(progress(fraction));
  }
  bar.done();
  return writes;
}

describe('progress bar', () => {
  it('writes nothing in the first second, nor the wipe of a bar that never was', () => {
    expect(
      drawn(true, [
        [0, 0],
        [500, 0.3],
        [999, 0.9],
      ]),
    ).toEqual([]);
  });

  it('writes nothing where standard error is no terminal', () => {
    expect(
      drawn(false, [
        [2000, 0.5],
        [9000, 0.9],
      ]),
    ).toEqual([]);
  });

  it('draws after a second, at most ten times a second, and wipes itself', () => {
    const writes = drawn(true, [
      [900, 0.2],
      [1000, 0.25],
      [1050, 0.3],
      [1100, 0.5],
      [1199, 0.6],
      [3000, 1],
    ]);
    expect(writes).toHaveLength(4);
    expect(writes[0]).toContain('[#######.......................] 25% auction 50/200 units 1.0 s');
    expect(writes[1]).toContain('50%');
    expect(writes[2]).toContain(`[${'#'.repeat(30)}] 100%`);
    expect(writes[3]).toBe('\r\x1b[K');
    // One line: the cursor never moves down.
    expect(writes.join('')).not.toContain('\n');
  });

  it('keeps within its cells whatever fraction it is told', () => {
    for (const write of drawn(true, [
      [1000, -1],
      [2000, 7],
      [3000, Number.NaN],
    ]).slice(0, 3))
      expect(write.match(/\[([#.]*)\]/)?.[1]).toHaveLength(30);
  });
});
