/** `outbid doctor`: what runs here, which backend 'auto' takes, and why each other one is not usable. */
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { delimiter, join } from 'node:path';
import { backends, choose } from '../backend/choose.js';
import { OutbidError } from '../errors.js';
import { type OptionTable, optionLines, readArguments, SHARED_OPTIONS } from './arguments.js';
import type { Command, CommandIO } from './command.js';
import { packageVersion } from './version.js';

const OPTIONS: OptionTable = { ...SHARED_OPTIONS };

interface Tool {
  name: string;
  /** Where it stands on PATH; null where it does not. */
  file: string | null;
}

/** First of some names that is an executable file on PATH. */
function findTool(purpose: string, names: readonly string[]): Tool {
  const extensions = process.platform === 'win32' ? ['.exe', '.cmd', ''] : [''];
  for (const name of names) {
    for (const folder of (process.env.PATH ?? '').split(delimiter)) {
      for (const extension of extensions) {
        const file = join(folder === '' ? '.' : folder, name + extension);
        try {
          accessSync(file, constants.X_OK);
          if (statSync(file).isFile()) return { name: purpose, file };
        } catch {
          // Not in this folder.
        }
      }
    }
  }
  return { name: purpose, file: null };
}

/** Whether the native sources stand in this package: a checkout has them, an installed package carries prebuilds instead. */
function hasNativeSources(): boolean {
  return existsSync(new URL('../../CMakeLists.txt', import.meta.url));
}

/** Why 'auto' takes no backend, as a solve would say it. */
function whyNone(): string | null {
  try {
    choose('auto');
    return null;
  } catch (error) {
    if (!(error instanceof OutbidError)) throw error;
    return error.message;
  }
}

function buildTools(): Tool[] {
  const { CXX } = process.env;
  return [
    findTool('cmake', ['cmake']),
    findTool('C++ compiler', CXX === undefined || CXX === '' ? ['c++', 'g++', 'clang++', 'cl'] : [CXX]),
    findTool('make', ['make', 'ninja', 'gmake']),
  ];
}

function examine() {
  const known = backends();
  const auto = known.find((backend) => backend.chosen)?.name ?? null;
  const nativeSources = hasNativeSources();
  return {
    version: packageVersion(),
    node: process.versions.node,
    napi: process.versions.napi ?? null,
    platform: `${process.platform} ${process.arch} ${release()}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    backends: known,
    auto,
    whyNone: auto === null ? whyNone() : null,
    OUTBID_BACKEND: process.env.OUTBID_BACKEND || null,
    nativeSources,
    tools: nativeSources ? buildTools() : [],
  };
}

async function run(args: string[], io: CommandIO): Promise<number> {
  const given = readArguments('doctor', args, OPTIONS, []);
  if (given.has('help')) {
    io.stdout(command.help());
    return 0;
  }
  const found = examine();
  io.stdout(given.has('json') ? `${JSON.stringify(found)}\n` : text(found));
  return 0;
}

function text(found: ReturnType<typeof examine>): string {
  let lines = '';
  const line = (name: string, value: unknown): void => {
    lines += `${name.padEnd(13)} ${String(value)}\n`;
  };
  line('outbid', found.version);
  line('node', `${found.node} (Node-API ${found.napi ?? 'none'})`);
  line('platform', found.platform);
  line('cpu', `${found.cpu}, ${found.cores} ${found.cores === 1 ? 'core' : 'cores'}, ${(found.memoryBytes / 2 ** 30).toFixed(1)} GiB`);
  lines += '\nbackends\n';
  for (const backend of found.backends) {
    lines += `  ${backend.name.padEnd(11)} ${backend.usable ? 'usable    ' : 'not usable'}  ${backend.code === undefined ? '' : `${backend.code}: `}${backend.why}\n`;
    if (backend.usable) lines += `${' '.repeat(14)}on ${backend.device}${backend.file === undefined ? '' : `, ${backend.file}`}\n`;
  }
  line('auto takes', found.auto ?? `none: ${found.whyNone}`);
  if (found.OUTBID_BACKEND !== null) line('OUTBID_BACKEND', found.OUTBID_BACKEND);
  if (found.nativeSources) lines += '\nto build the native backend\n';
  for (const tool of found.tools) lines += `  ${tool.name.padEnd(12)} ${tool.file ?? 'not found on PATH'}\n`;
  return lines;
}

const command: Command = {
  name: 'doctor',
  summary: 'show versions, backends and why each is or is not usable',
  help: () => `Usage: outbid doctor [options]

Shows the versions in use, every backend with the reason why it can or cannot be used, which one 'auto' takes or why it takes
none, and, where the native sources are there to be built, whether the tools for it are on PATH.

The environment variable OUTBID_BACKEND overrides 'auto'; OUTBID_CUDA_PLUGIN names the plug-in file of cuda. To ask cuda, its plug-in
is loaded and its driver asked for devices; nothing is started on one.

Options:
${optionLines(OPTIONS)}
Exit codes: 0, or 3 when a backend cannot even be asked.
`,
  run,
};

export { command as doctor };
