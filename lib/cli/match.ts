/**
 * `outbid match`: places a batch of requests on the nodes of a network at minimum cost, proves it, and shows where slots are
 * short, where they are worth nothing, and what the policies in use today would have done.
 */
import { OutbidError } from '../errors.js';
import { type CostWeights, DEFAULT_WEIGHTS } from '../network/cost.js';
import { type MatchOptions, matchChecked } from '../network/matching.js';
import type { BackendName } from '../options.js';
import { explainId, explanationText, inWords } from '../report/explain-id.js';
import { matchJSON } from '../report/match-json.js';
import { DEFAULT_TOP, matchReport } from '../report/match-report.js';
import { type OptionTable, optionLines, readArguments, SHARED_OPTIONS } from './arguments.js';
import type { Command, CommandIO } from './command.js';
import { readNetwork, readRequests } from './model-files.js';
import { progressBar } from './progress-bar.js';

const OPTIONS: OptionTable = {
  backend: { value: 'NAME', meaning: 'what solves it', choices: ['auto', 'native', 'reference', 'cuda'] },
  seed: { value: 'N', meaning: 'breaks ties, and draws for the policies (default 0)' },
  'deadline-ms': { value: 'MS', meaning: 'stop after this many milliseconds with the best answer so far' },
  threads: { value: 'N', meaning: 'threads to use (default 1); never changes the answer' },
  'unserved-cost': { value: 'USD', meaning: 'cost of a request left unserved that names none itself (default 0.05)' },
  weight: { value: 'NAME=NUMBER', meaning: 'how much a term of the cost counts, as in latency=0.01; can be repeated' },
  aging: { value: 'USD', meaning: 'added to the cost of leaving a request unserved per second it has waited (default 0)' },
  now: { value: 'S', meaning: "the time in seconds on the clock of the requests' at (default: the latest arrival)" },
  nearest: { value: 'K', meaning: 'start with the K cheapest nodes of each request and add those that help (default: all)' },
  explain: { value: 'ID', meaning: 'tell of one request or node instead: where it runs at what cost, or why not' },
  top: { value: 'N', meaning: `rows of each list (default ${DEFAULT_TOP})` },
  ...SHARED_OPTIONS,
};

/** Options that are passed on as they are. */
const NUMBERS = {
  seed: 'seed',
  'deadline-ms': 'deadlineMs',
  threads: 'threads',
  'unserved-cost': 'unservedCost',
  aging: 'aging',
  now: 'now',
  nearest: 'nearest',
} as const;

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
  for (const [name, option] of Object.entries(NUMBERS)) {
    const value = given.number(name);
    if (value !== undefined) options[option] = value;
  }
  const weights = weightsOf(given.texts('weight'));
  if (Object.keys(weights).length > 0) options.weights = weights;
  const explained = given.text('explain');

  const network = await readNetwork(networkFile);
  const batch = await readRequests(requestsFile);
  io.signal.throwIfAborted();
  const bar = progressBar(io);
  const result = await matchChecked(network, batch.requests, { ...options, onProgress: bar.onProgress }).finally(bar.done);
  const explanation = explained === undefined ? undefined : explainId(result, explained);
  if (given.has('json')) io.stdout(`${JSON.stringify({ ...matchJSON(result), explanation })}\n`);
  else if (explanation !== undefined) io.stdout(`${inWords(result, explanation)}${explanationText(explanation)}`);
  else
    io.stdout(
      `${networkFile}: ${network.name ?? 'a network'}\n${requestsFile}: ${batch.name ?? 'a batch of requests'}\n\n${matchReport(result, { top })}`,
    );
  return result.certificate.valid && (result.status === 'optimal' || result.status === 'feasible') ? 0 : 1;
}

/** --weight latency=0.01, as often as there are weights to set. */
function weightsOf(entries: readonly string[]): Partial<CostWeights> {
  const weights = entries.map((entry): [string, number] => {
    const [, name, value] = /^([^=]+)=([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)$/i.exec(entry) ?? [];
    if (name === undefined)
      throw new OutbidError('USAGE', `--weight must be a name and a number, as in latency=0.01, not '${entry}'`, {
        option: 'weight',
        value: entry,
      });
    return [name, Number(value)];
  });
  return Object.fromEntries(weights);
}

/** Five to a line. */
function weightLines(): string {
  const all = Object.entries(DEFAULT_WEIGHTS).map(([name, value]) => `${name} ${value}`);
  return [all.slice(0, 5), all.slice(5)].map((some) => `  ${some.join(', ')}\n`).join('');
}

const command: Command = {
  name: 'match',
  summary: 'match the requests of an inference network to its nodes, and prove it',
  help: () => `Usage: outbid match NETWORK REQUESTS [options]

Places every request on a node that may run it, at the least total cost, and proves that no placement is cheaper. Prints
demand and slots, what is unserved or idle and why, the nodes where one more slot would save money, the same batch placed by
policies in use today (random sticky, round robin, least loaded, power of two choices, greedy cheapest), and the proof.

NETWORK is a JSON file, REQUESTS a JSON file or one of lines (JSONL: a request a line), as docs/network.md describes them and
docs/schema/*.schema.json define them, plain or gzip; - reads one of them from standard input. What is wrong with them is
reported with file, line and field.

Options:
${optionLines(OPTIONS)}
Weights and their defaults:
${weightLines()}
Exit codes: 0 optimal or feasible, 1 certificate invalid, 2 usage or input, 3 backend or internal, 130 interrupted:
nothing on standard output then, with --json as without.
`,
  run,
};

export { command as match };
