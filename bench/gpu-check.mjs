// npm run gpu-check -- DIR: everything that can only be found out on a device, in under eight minutes: builds the plug-in for the device
// here, runs random problems against the processor's executor and the certificate, lets compute-sanitizer look for bad memory
// accesses and races, times the benchmark of large problems, and its rivals where they are installed. Writes gpu-check.json and
// gpu-check.md to DIR. Each step that fails says so and the next one runs.
//
// Ends with 0 when all went well, 1 when a step failed, 3 when there is no device (nothing is written), 2 when it is called wrongly.
//   --problems=N   random problems, 10000
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BUILD, buildCuda, cudaMissing } from '../.ci/build-cuda.mjs';
import { onPath } from '../.ci/toolchain.mjs';

const LIMIT_S = 470; // of the whole
const started = performance.now();
const words = process.argv.slice(2);
const out = words.find((word) => !word.startsWith('--'));
const problems = Number(words.find((word) => word.startsWith('--problems='))?.split('=')[1] ?? 10_000);
const RIVALS = fileURLToPath(new URL('./rivals/gpu.py', import.meta.url));
const check = join(BUILD, 'gpu_check');
const say = (line) => process.stderr.write(`gpu-check: ${line}\n`);
const left = () => LIMIT_S - (performance.now() - started) / 1000;
const python = ['python3', 'python'].find((name) => onPath(name) !== undefined);

if (out === undefined) {
  say('usage: npm run gpu-check -- DIR [--problems=N]');
  process.exit(2);
}

const report = {
  date: new Date().toISOString(),
  host: { cpu: cpus()[0]?.model, cores: cpus().length, memory: totalmem(), kernel: release() },
  steps: [],
  bench: [],
  rivals: [],
};

/** Runs a program for at most so many seconds, and never beyond the whole's; { ok, stdout, why }. */
function run(program, args, seconds) {
  const timeout = 1000 * Math.max(1, Math.min(seconds, left()));
  const { status, stdout, stderr, error, signal } = spawnSync(program, args, { encoding: 'utf8', timeout, maxBuffer: 2 ** 26 });
  const why =
    error?.code === 'ETIMEDOUT'
      ? `took more than ${Math.round(timeout / 1000)} s`
      : (error?.message ?? (signal ? `signal ${signal}` : `exit ${status}`));
  return { ok: status === 0, stdout: stdout ?? '', stderr: stderr ?? '', why };
}

function step(name, body) {
  const start = performance.now();
  say(`${name} ...`);
  let outcome;
  try {
    outcome = left() > 1 ? body() : { ok: false, note: 'no time left' };
  } catch (error) {
    outcome = { ok: false, note: String(error?.message ?? error) };
  }
  const seconds = (performance.now() - start) / 1000;
  report.steps.push({ name, seconds, ...outcome });
  say(
    `${name}: ${outcome.skipped ? 'skipped' : outcome.ok ? 'ok' : 'FAILED'}${outcome.note ? `: ${outcome.note}` : ''} (${seconds.toFixed(1)} s)`,
  );
  return outcome;
}

const parsed = (text) => {
  const line = text.trim().split('\n').at(-1) ?? '';
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

const smi =
  onPath('nvidia-smi') === undefined
    ? undefined
    : run('nvidia-smi', ['--query-gpu=name,compute_cap,memory.total,driver_version', '--format=csv,noheader'], 30);
const card = smi?.ok ? smi.stdout.trim().split('\n')[0] : undefined;
if (card === undefined) {
  say(
    smi === undefined
      ? 'there is no GPU here: nvidia-smi is not installed. Nothing was run.'
      : `there is no GPU here: nvidia-smi: ${smi.why}. Nothing was run.`,
  );
  process.exit(3);
}
report.card = card;
say(card);
const architecture = /,\s*(\d+)\.(\d+)\s*,/.exec(card)?.slice(1).join('') ?? '90';

const built = step('build', () => {
  const missing = cudaMissing();
  if (missing !== undefined) return { ok: false, note: missing };
  const { ok, log } = buildCuda({ architectures: `${architecture}-real` });
  return { ok, note: ok ? undefined : log.trimEnd().split('\n').slice(-15).join('\n') };
});

if (built.ok) {
  const probe = step('probe', () => {
    const { ok, stdout, why } = run(check, ['probe'], 60);
    const found = parsed(stdout);
    report.devices = found?.devices;
    return { ok: ok && found?.usable === true, note: found?.words || (ok ? undefined : why) };
  });
  if (probe.ok) {
    step(`${problems} random problems`, () => {
      const { ok, stdout, stderr, why } = run(check, ['random', String(problems), '1'], 150);
      const found = parsed(stdout);
      return {
        ok,
        note: ok ? `${found?.checks} checks` : `${found === undefined ? why : JSON.stringify(found)}\n${stderr.slice(0, 2000)}`,
        found,
      };
    });
    for (const tool of ['memcheck', 'racecheck', 'synccheck']) {
      step(`compute-sanitizer ${tool}`, () => {
        if (onPath('compute-sanitizer') === undefined) return { ok: true, skipped: true, note: 'compute-sanitizer is not on PATH' };
        const { ok, stdout, why } = run('compute-sanitizer', ['--tool', tool, '--error-exitcode', '99', check, 'random', '20', '2'], 30);
        return { ok, note: ok ? undefined : `${why}\n${stdout.slice(-1500)}` };
      });
    }
    const { stdout } = run(check, ['list'], 10);
    for (const name of stdout.trim().split('\n').filter(Boolean)) {
      step(`bench ${name}`, () => {
        const huge = /dense-(10000|8192|20000)|fleet-1m/.test(name);
        const { ok, stdout: line, why } = run(check, ['bench', name, '5', ...(huge ? [] : ['core'])], huge ? 75 : 40);
        const row = parsed(line);
        if (row !== undefined) report.bench.push(row);
        return { ok, note: row?.trouble || (ok ? undefined : why) };
      });
    }
    step('rivals', () => {
      if (python === undefined) return { ok: true, skipped: true, note: 'there is no python3' };
      const rivals = run(python, [RIVALS], 60);
      for (const line of rivals.stdout.trim().split('\n')) {
        const row = parsed(line);
        if (row !== undefined) report.rivals.push(row);
      }
      return { ok: rivals.ok, note: rivals.ok ? undefined : `${rivals.why} ${rivals.stderr.slice(-500)}` };
    });
  }
}

report.seconds = (performance.now() - started) / 1000;
report.ok = report.steps.every(({ ok }) => ok);
mkdirSync(out, { recursive: true });
writeFileSync(join(out, 'gpu-check.json'), `${JSON.stringify(report, undefined, 1)}\n`);
const table = markdown();
writeFileSync(join(out, 'gpu-check.md'), table);
process.stdout.write(table);
process.exit(report.ok ? 0 : 1);

function markdown() {
  const ms = (value) =>
    value === null || value === undefined ? '-' : value >= 100 ? value.toFixed(0) : value.toFixed(value >= 10 ? 1 : 2);
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const rows = report.bench.map((row) => [
    row.name,
    ms(row.device),
    `${ms(row.fastest)}-${ms(row.slowest)}`,
    ms(row.target === 0 ? undefined : row.target),
    row.pass ? ms(row.device / row.pass) : '-',
    ms(row.upload),
    ms(row.layout),
    ms(row.finish),
    ms(row.total),
    ms(row.core),
    String(row.rounds),
    String(row.bids),
    String(row.leftovers),
    `${row.direct} of ${row.problems}`,
    String(row.pushes + row.pulls),
    row.ok ? 'proven' : 'NO',
    report.rivals
      .filter(({ instance }) => instance === row.name)
      .map((r) => `${r.rival} ${ms(r.milliseconds)}${r.objective === row.objective ? '' : ' (another objective)'}`)
      .join(', ') || '-',
  ]);
  const header = [
    'instance',
    'device ms',
    'range',
    'target',
    'passes',
    'upload',
    'layout',
    'proof and finish',
    'whole call',
    'CPU core',
    'rounds',
    'bids',
    'left over',
    'nothing to finish',
    'pushes + pulls',
    'certificate',
    'rivals, ms',
  ];
  const steps = report.steps.map(
    ({ name, ok, skipped, note, seconds }) =>
      `- ${name}: ${skipped ? 'skipped' : ok ? 'ok' : 'FAILED'}${note ? ` (${note.split('\n')[0]})` : ''}, ${seconds.toFixed(1)} s`,
  );
  const absent = report.rivals.filter((r) => r.missing !== undefined).map((r) => `- ${r.rival}: ${r.missing}`);
  return [
    `# GPU check, ${report.date}`,
    '',
    `${card}; ${report.host.cpu}, ${report.host.cores} cores. ${report.ok ? 'All steps passed' : 'SOME STEPS FAILED'} in ${report.seconds.toFixed(0)} s.`,
    '',
    'Milliseconds, median of 5 runs of the auction with the problem resident on the device; a pass reads all arcs once at the bandwidth of a copy within the device.',
    '',
    line(header),
    line(header.map((_, c) => (c === 0 ? '---' : '---:'))),
    ...rows.map(line),
    '',
    ...steps,
    ...(absent.length > 0 ? ['', 'Rivals that are not here:', '', ...absent] : []),
    '',
  ].join('\n');
}
