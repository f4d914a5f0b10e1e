/** Nothing of the addon is static: two copies of it live in one process. */
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { backends } from '../../lib/index.js';
import { nativeMissing, requireTool } from '../skip.js';
import { runChild } from './child.js';

requireTool(nativeMissing())('two copies of the addon solve side by side', {}, async () => {
  const file = backends().find(({ name }) => name === 'native')?.file as string;
  const folder = mkdtempSync(join(tmpdir(), 'outbid-'));
  try {
    const copy = join(folder, 'copy.node');
    copyFileSync(file, copy);
    const { code, stdout, stderr } = await runChild('node/two-copies.mjs', { args: [file, copy] });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({ same: false, objectives: [5, 5], sync: [5, 5] });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
