/** `outbid solve`: reads a problem, solves it, checks the answer with the verifier, and prints both. */
import { OutbidError } from '../errors.js';
import { FORMATS, type ProblemFormat } from '../formats/detect.js';
import { solutionText } from '../formats/json.js';
import { readProblem } from '../formats/read-file.js';
import type { BackendName, SolveOptions } from '../options.js';
import { solve } from '../solve.js';
import { verify } from '../verify/index.js';
import { type OptionTable, optionLines, readArguments, SHARED_OPTIONS } from './arguments.js';
import type { Command, CommandIO } from './command.js';
import { outcomeOf, outcomeText } from './outcome.js';
import { checkWritable, writeOutput } from './output-file.js';
import { progressBar } from './progress-bar.js';

const OPTIONS: OptionTable = {
  format: { value: 'FORMAT', meaning: 'format of FILE, where its name and content do not tell', choices: FORMATS },
  backend: { value: 'NAME', meaning: 'what solves it', choices: ['auto', 'native', 'reference', 'cuda'] },
  gap: { value: 'COST', meaning: 'stop once the proven gap is at most this (default 0)' },
  'deadline-ms': { value: 'MS', meaning: 'stop after this many milliseconds with the best answer so far' },
  seed: { value: 'N', meaning: 'breaks ties (default 0)' },
  threads: { value: 'N', meaning: 'threads to use (default 1); never changes the answer' },
  output: { value: 'SOLUTION', meaning: 'write the solution as JSON to this file' },
  ...SHARED_OPTIONS,
};

async function run(args: string[], io: CommandIO): Promise<number> {
  const given = readArguments('solve', args, OPTIONS, ['FILE']);
  if (given.has('help')) {
    io.stdout(command.help());
    return 0;
  }
  const output = given.text('output');
  if (output === '-') throw new OutbidError('USAGE', '--output needs a file: standard output carries the result', { option: 'output' });
  const options: SolveOptions = { signal: io.signal };
  const backend = given.text('backend');
  if (backend !== undefined) options.backend = backend as BackendName;
  const numbers = { gap: 'gap', 'deadline-ms': 'deadlineMs', seed: 'seed', threads: 'threads' } as const;
  for (const [name, option] of Object.entries(numbers)) {
    const value = given.number(name);
    if (value !== undefined) options[option] = value;
  }
  if (output !== undefined) await checkWritable(output);

  const started = performance.now();
  const problem = await readProblem(given.positionals[0], { format: given.text('format') as ProblemFormat | undefined });
  io.signal.throwIfAborted();
  const read = performance.now();
  const bar = progressBar(io);
  const solution = await solve(problem, { ...options, onProgress: bar.onProgress }).finally(bar.done);
  const solved = performance.now();
  const certificate = verify(problem, solution);
  const outcome = outcomeOf(problem, solution, certificate, {
    read: read - started,
    solve: solved - read,
    verify: performance.now() - solved,
  });

  if (output !== undefined) await writeOutput(output, solutionText(solution));
  io.stdout(given.has('json') ? `${JSON.stringify(outcome)}\n` : outcomeText(outcome));
  const good = certificate.valid && (solution.status === 'optimal' || solution.status === 'feasible');
  return good ? 0 : 1;
}

const command: Command = {
  name: 'solve',
  summary: 'solve a problem from a file and prove the answer',
  help: () => `Usage: outbid solve FILE [options]

Finds the assignment of least cost, or of most value, and the prices that prove it.

FILE is a DIMACS assignment (.asn) or bipartite minimum-cost flow (.min) problem, an OR-Library assignment problem (dense or
sparse), or a problem in JSON; plain or gzip; - reads standard input.

Options:
${optionLines(OPTIONS)}
Exit codes: 0 optimal or feasible, 1 infeasible or stopped or certificate invalid, 2 usage or input, 3 backend or internal,
130 interrupted: nothing on standard output then, with --json as without.
`,
  run,
};

export { command as solve };
