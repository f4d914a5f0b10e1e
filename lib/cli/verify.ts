/** `outbid verify`: checks a solution against its problem, trusting neither the solver nor the file. */
import { OutbidError } from '../errors.js';
import { FORMATS, type ProblemFormat } from '../formats/detect.js';
import { readProblem, readSolution } from '../formats/read-file.js';
import { type Certificate, verify as check } from '../verify/index.js';
import { type OptionTable, optionLines, readArguments, SHARED_OPTIONS } from './arguments.js';
import type { Command, CommandIO } from './command.js';

const OPTIONS: OptionTable = {
  format: { value: 'FORMAT', meaning: 'format of PROBLEM, where its name and content do not tell', choices: FORMATS },
  ...SHARED_OPTIONS,
};

async function run(args: string[], io: CommandIO): Promise<number> {
  const given = readArguments('verify', args, OPTIONS, ['PROBLEM', 'SOLUTION']);
  if (given.has('help')) {
    io.stdout(command.help());
    return 0;
  }
  const [problemFile, solutionFile] = given.positionals;
  if (problemFile === '-' && solutionFile === '-')
    throw new OutbidError('USAGE', 'only one of PROBLEM and SOLUTION can come from standard input', {});
  const problem = await readProblem(problemFile, { format: given.text('format') as ProblemFormat | undefined });
  const solution = await readSolution(solutionFile, problem);
  io.signal.throwIfAborted();
  const certificate = check(problem, solution);
  io.stdout(given.has('json') ? `${JSON.stringify({ status: solution.status, ...certificate })}\n` : text(solution.status, certificate));
  return certificate.valid && (solution.status === 'optimal' || solution.status === 'feasible') ? 0 : 1;
}

function text(status: string, certificate: Certificate): string {
  const { valid, complete, primal, dual, gap, tolerance, digest, violations } = certificate;
  let lines = '';
  const line = (name: string, value: unknown): void => {
    lines += `${name.padEnd(13)} ${String(value)}\n`;
  };
  line('certificate', valid ? 'valid' : 'INVALID');
  line('status', `${status} (as the file says)`);
  line('complete', complete ? 'yes' : 'no');
  line('primal', primal);
  line('dual', dual);
  line('gap', gap);
  line('tolerance', tolerance);
  line('digest', digest);
  line('violations', violations.length);
  for (const { code, amount, ...place } of violations) {
    const where = Object.entries(place)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => `${key} ${value}`);
    lines += `  ${[code, ...where].join(', ')}: ${amount}\n`;
  }
  return lines;
}

const command: Command = {
  name: 'verify',
  summary: 'check a solution against its problem, exactly',
  help: () => `Usage: outbid verify PROBLEM SOLUTION [options]

Recomputes objective and bound from the placements and prices in SOLUTION alone, exactly, and compares every claim with them.

PROBLEM is any file outbid solve reads; SOLUTION is what outbid solve --output wrote. Plain or gzip; - reads standard input.

Options:
${optionLines(OPTIONS)}
Exit codes: 0 the certificate is valid and the answer complete, 1 the certificate is invalid, or the answer is infeasible or
stopped, 2 usage or input, 130 interrupted: nothing on standard output then, with --json as without.
`,
  run,
};

export { command as verify };
