/** Runs the built command line as a process of its own, the way a shell does. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

// The reference is there on every machine, and asking for it keeps the notice about a missing native build off stderr.
const ENVIRONMENT = { ...process.env, OUTBID_BACKEND: 'reference', NO_COLOR: '1' };

export interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

export function outbid(args: string[], input: string | Uint8Array = '', environment: Record<string, string> = {}): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    input,
    encoding: 'utf8',
    env: { ...ENVIRONMENT, ...environment },
    timeout: 50_000,
  });
  return { code: status, stdout, stderr };
}

/** Starts a run and leaves its streams to the caller. */
export function startOutbid(args: string[]): ChildProcess {
  return spawn(process.execPath, [MAIN, ...args], { env: ENVIRONMENT, stdio: ['pipe', 'pipe', 'pipe'] });
}

/** A folder of its own for the files of a test; remove() it at the end. */
export class Folder {
  readonly path = mkdtempSync(join(tmpdir(), 'outbid-cli-'));

  file(name: string, content: string | Uint8Array): string {
    const path = join(this.path, name);
    writeFileSync(path, content);
    return path;
  }

  remove(): void {
    rmSync(this.path, { recursive: true });
  }
}
