/**
 * `outbid match`: places a batch of requests on the nodes of a network at minimum cost, proves it, and shows where slots are
 * short, where they are worth nothing, and what the policies in use today would have done.
 */
import { OutbidError } from '../errors.js';
import { lineOfPath, lineOfSyntaxError } from '../formats/json-place.js';
import { readBytes, STDIN_NAME } from '../formats/read-file.js';
import { checkNetwork } from '../network/check-network.js';
import { checkRequests } from '../network/check-requests.js';
import { type MatchOptions, matchChecked } from '../network/matching.js';
import type { BackendName } from '../options.js';
import { matchJSON } from '../report/match-json.js';
import { DEFAULT_TOP, matchReport } from '../report/match-report.js';
import { type OptionTable, optionLines, readArguments, SHARED_OPTIONS } from './arguments.js';
import type { Command, CommandIO } from './command.js';
import { progressBar } from './progress-bar.js';

const OPTIONS: OptionTable = {
  backend: { value: 'NAME', meaning: 'what solves it', choices: ['auto', 'native', 'reference', 'cuda'] },
  seed: { value: 'N', meaning: 'breaks ties, and draws for the random policy (default 0)' },
  'deadline-ms': { value: 'MS', meaning: 'stop after this many milliseconds with the best answer so far' },
  threads: { value: 'N', meaning: 'threads to use (default 1); never changes the answer' },
  'unserved-cost': { value: 'USD', meaning: 'cost of a request left unserved that names none itself (default 0.05)' },
  top: { value: 'N', meaning: `rows of each list (default ${DEFAULT_TOP})` },
  ...SHARED_OPTIONS,
};

async function run(args: string[], io: CommandIO): Promise<number> {
  const given = readArguments('match', args, OPTIONS, ['NETWORK', 'REQUESTS']);
  if (given.has('help')) {
    io.stdout(command.help());
    return 0;
  }
  const [networkFile, requestsFile] = given.positionals;
  if (networkFile === '-' && requestsFile === '-')
    throw new OutbidError('USAGE', 'only one of NETWORK and REQUESTS can be standard input', { argument: 'REQUESTS' });
  const top = given.number('top') ?? DEFAULT_TOP;
  if (!Number.isInteger(top) || top < 0)
    throw new OutbidError('USAGE', `--top must be a whole number, 0 or more, not ${top}`, { option: 'top', value: top });
  const options: MatchOptions = { signal: io.signal };
  const backend = given.text('backend');
  if (backend !== undefined) options.backend = backend as BackendName;
  const numbers = { seed: 'seed', 'deadline-ms': 'deadlineMs', threads: 'threads', 'unserved-cost': 'unservedCost' } as const;
  for (const [name, option] of Object.entries(numbers)) {
    const value = given.number(name);
    if (value !== undefined) options[option] = value;
  }

  const network = await readChecked(networkFile, checkNetwork);
  const batch = await readChecked(requestsFile, checkRequests);
  io.signal.throwIfAborted();
  const bar = progressBar(io);
  const result = await matchChecked(network, batch.requests, { ...options, onProgress: bar.onProgress }).finally(bar.done);
  if (given.has('json')) io.stdout(`${JSON.stringify(matchJSON(result))}\n`);
  else
    io.stdout(
      `${networkFile}: ${network.name ?? 'a network'}\n${requestsFile}: ${batch.name ?? 'a batch of requests'}\n\n${matchReport(result, { top })}`,
    );
  return result.certificate.valid && (result.status === 'optimal' || result.status === 'feasible') ? 0 : 1;
}

/** Reads a JSON file and checks it. Errors name the file and the line: FILE_UNREADABLE, FILE_FORMAT, NETWORK_INVALID. */
async function readChecked<T>(pathOrDash: string, check: (value: unknown, file: string) => T): Promise<T> {
  const file = pathOrDash === '-' ? STDIN_NAME : pathOrDash;
  const text = decode(await readBytes(pathOrDash), file);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const line = lineOfSyntaxError(text);
    // What a parser quotes of a binary file is of no use on a terminal.
    throw new OutbidError('FILE_FORMAT', `${file}, line ${line}: not JSON`, { file, line, cause });
  }
  try {
    return check(value, file);
  } catch (error) {
    if (!(error instanceof OutbidError) || error.code !== 'NETWORK_INVALID') throw error;
    const line = lineOfPath(text, stepsOf(error.field ?? ''));
    const message = error.message.slice(`${error.code}: ${file}: `.length);
    throw new OutbidError('NETWORK_INVALID', `${file}, line ${line}: ${message}`, {
      file,
      line,
      field: error.field,
      nearest: error.nearest,
      value: error.value,
    });
  }
}

function decode(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new OutbidError('FILE_FORMAT', `${file}, line 1: not text in UTF-8`, { file, line: 1, cause });
  }
}

/** nodes[12].slots -> nodes, 12, slots. A name with a dot in it ends the walk early, on the line of the object around it. */
function stepsOf(path: string): (string | number)[] {
  return path
    .split(/[.[\]]+/)
    .filter((step) => step !== '')
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}

const command: Command = {
  name: 'match',
  summary: 'match the requests of an inference network to its nodes, and prove it',
  help: () => `Usage: outbid match NETWORK REQUESTS [options]

Places every request on a node that may run it, at the least total cost, and proves that no placement is cheaper. Prints
demand and slots, what is unserved or idle and why, the nodes where one more slot would save money, the same batch placed by
policies in use today (random sticky, least loaded, greedy cheapest), and the proof.

NETWORK and REQUESTS are JSON files as docs/network.md describes them, plain or gzip; - reads one of them from standard input.

Options:
${optionLines(OPTIONS)}
Exit codes: 0 optimal or feasible, 1 certificate invalid, 2 usage or input, 3 backend or internal, 130 interrupted:
nothing on standard output then, with --json as without.
`,
  run,
};

export { command as match };
