#!/usr/bin/env node
/**
 * The command line: finds the command, gives it the streams and a signal, and turns what it returns or throws into output and
 * an exit code. A command is loaded only when it is asked for, so that `doctor` works where a backend does not.
 */
import { ERROR_CODES, OutbidError } from '../errors.js';
import { nearest } from '../nearest-name.js';
import type { Command, CommandIO } from './command.js';

const COMMANDS: Record<string, () => Promise<Command>> = {
  solve: async () => (await import('./solve.js')).solve,
  verify: async () => (await import('./verify.js')).verify,
  match: async () => (await import('./match.js')).match,
  doctor: async () => (await import('./doctor.js')).doctor,
};

const INTERRUPTED = 130;

async function topHelp(): Promise<string> {
  const commands = await Promise.all(Object.values(COMMANDS).map((load) => load()));
  return `Usage: outbid COMMAND [options]

Matches demand to node capacity at minimum cost, by auction, and proves it.

Commands:
${commands.map(({ name, summary }) => `  ${name.padEnd(8)} ${summary}\n`).join('')}
Options:
  --help     print this help; after a command, the help of the command
  --version  print the version
  --json     after a command: print one JSON object on standard output, errors included

An interrupt (Ctrl-C) exits 130 and prints nothing on standard output, with --json as without.
`;
}

async function dispatch(args: string[], io: CommandIO): Promise<number> {
  const [first, ...rest] = args;
  if (first === '--help' || first === '-h' || first === 'help') {
    const named = first === 'help' && rest.length > 0 ? rest[0] : undefined;
    nothingAfter(rest.slice(named === undefined ? 0 : 1));
    io.stdout(named === undefined ? await topHelp() : (await find(named)).help());
    return 0;
  }
  if (first === '--version') {
    nothingAfter(rest);
    const { packageVersion } = await import('./version.js');
    io.stdout(`${packageVersion()}\n`);
    return 0;
  }
  const words = args.filter((word) => !word.startsWith('-'));
  if (first === undefined || words.length === 0) {
    const close = first === undefined || first === '--json' ? undefined : nearest(first.replace(/^-+/, ''), ['help', 'version', 'json']);
    const problem =
      first === undefined || first === '--json'
        ? 'no command is given'
        : `there is no option '${first}'${close === undefined ? '' : `; did you mean '--${close}'?`}`;
    throw new OutbidError('USAGE', `${problem} (see outbid --help)`, close === undefined ? {} : { nearest: close });
  }
  if (first.startsWith('-'))
    throw new OutbidError('USAGE', `options go after the command: outbid ${words[0]} ${first} (see outbid --help)`, { option: first });
  return (await find(first)).run(rest, io);
}

/** Refuses words nobody reads, so that no question is answered that was not asked. */
function nothingAfter(words: readonly string[]): void {
  const [word] = words.filter((one) => one !== '--json');
  if (word !== undefined)
    throw new OutbidError('USAGE', `outbid does not know what to do with '${word}' here (see outbid --help)`, { value: word });
}

async function find(name: string): Promise<Command> {
  if (Object.hasOwn(COMMANDS, name)) return COMMANDS[name]();
  const close = nearest(name, Object.keys(COMMANDS));
  throw new OutbidError(
    'USAGE',
    `there is no command '${name}'${close === undefined ? '' : `; did you mean '${close}'?`} (see outbid --help)`,
    { value: name, nearest: close },
  );
}

/** An error with the fields that locate it; its message goes without the code, which is a field of its own. */
function errorJSON(error: OutbidError): string {
  const prefix = `${error.code}: `;
  const message = error.message.startsWith(prefix) ? error.message.slice(prefix.length) : error.message;
  const fields = { ...error, message, name: undefined };
  const write = (all: object): string =>
    JSON.stringify({ error: all }, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value));
  try {
    return write(fields);
  } catch {
    // What was found may be nested deeper than can be written; what was wanted and where stands in the message.
    return write({ ...fields, value: undefined, cause: undefined });
  }
}

/** Rejects when the signal is aborted. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));
}

/**
 * Prints the warnings of this package as one plain line each; all others go where they went. Where Node was told to print no
 * warnings it has no listener, and none is added.
 */
function plainWarnings(io: CommandIO): void {
  const usual = process.listeners('warning');
  if (usual.length === 0) return;
  process.removeAllListeners('warning');
  process.on('warning', (warning) => {
    if (warning.name === 'OutbidWarning') io.stderr(`outbid: ${warning.message.replace(/\s+/g, ' ').trim()}\n`);
    else for (const listener of usual) listener.call(process, warning);
  });
}

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const abort = new AbortController();
  const io: CommandIO = {
    stdout: (text) => void process.stdout.write(text),
    stderr: (text) => void process.stderr.write(text),
    isTTY: process.stderr.isTTY === true,
    signal: abort.signal,
  };
  // A reader that has seen enough, such as head, is no error.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EPIPE') process.exit();
      throw error;
    });
  }
  plainWarnings(io);
  process.on('SIGINT', () => {
    // The second interrupt does not wait for the run to notice.
    if (abort.signal.aborted) process.exit(INTERRUPTED);
    abort.abort();
  });
  try {
    // Raced, for not every wait knows of the signal: reading from a pipe that stays open does not.
    process.exitCode = await Promise.race([dispatch(args, io), aborted(abort.signal)]);
  } catch (thrown) {
    if (abort.signal.aborted) {
      // Lets the command see the abort first and wipe its progress bar.
      await new Promise((resolve) => setImmediate(resolve));
      io.stderr('outbid: interrupted\n');
      process.exit(INTERRUPTED);
    }
    const error =
      thrown instanceof OutbidError
        ? thrown
        : new OutbidError('INTERNAL', thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown));
    if (args.includes('--json')) io.stdout(`${errorJSON(error)}\n`);
    io.stderr(`outbid: ${error.message}\n`);
    process.exitCode = ERROR_CODES[error.code].exit;
  }
}

await main();
