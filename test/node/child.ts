/** Runs a program of this folder in a process of its own, with a deadline: what could crash or hang must not take the suite along. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../../.ci/toolchain.mjs';

export interface Ended {
  code: number | null;
  signal: string | null;
  stdout: string;
  stderr: string;
  milliseconds: number;
}

export function runChild(
  program: string,
  {
    args = [],
    flags = [],
    env = {},
    deadlineMs = 60_000,
  }: { args?: string[]; flags?: string[]; env?: Record<string, string>; deadlineMs?: number } = {},
): Promise<Ended> {
  const started = performance.now();
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [...flags, join(ROOT, 'test', program), ...args], {
      cwd: ROOT,
      env: { ...process.env, NODE_OPTIONS: '', OUTBID_BACKEND: '', ...env },
    });
    const timer = setTimeout(() => child.kill('SIGKILL'), deadlineMs);
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (text) => {
      stdout += text;
    });
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      resolve({ code, signal, stdout, stderr, milliseconds: performance.now() - started });
    });
  });
}
