/** Runs the built command line as a process of its own, the way a shell does. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const MAIN = join(ROOT, 'dist', 'cli', 'main.js');

// The reference is there on every machine, and asking for it keeps the notice about a missing native build off stderr.
const ENVIRONMENT = { ...process.env, OUTBID_BACKEND: 'reference', NO_COLOR: '1' };

export interface Run {
  code: number | null;
  stdout: string;
  stderr: string;
}

export function outbid(args: string[], input: string | Uint8Array = '', environment: Record<string, string> = {}, main = MAIN): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
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

/** Lays the package out in a folder as installing it does, without native sources or prebuilds. Returns its command line. */
export function installed(folder: Folder): string {
  cpSync(join(ROOT, 'dist'), join(folder.path, 'dist'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(folder.path, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder.path, 'node_modules'), 'junction');
  return join(folder.path, 'dist', 'cli', 'main.js');
}
