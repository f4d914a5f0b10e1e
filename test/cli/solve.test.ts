/** `outbid solve`: what it prints where, and how it exits. */
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { backends } from '../../lib/backend/choose.js';
import { problemText } from '../../lib/formats/index.js';
import { Problem } from '../../lib/problem.js';
import { Folder, outbid, startOutbid } from './run-cli.js';

const folder = new Folder();
afterAll(() => folder.remove());

const problem = Problem.dense([
  [1, 2],
  [3, 5],
]);
const asn = folder.file('two.asn', 'p asn 4 4\nn 1\nn 2\na 1 3 1\na 1 4 2\na 2 3 3\na 2 4 5\n');
const infeasible = folder.file('crowded.json', problemText(Problem.dense([[1], [2]])));
const choice = folder.file('choice.json', problemText(Problem.dense([[1], [2]], { unservedCost: 10 })));
const both = folder.file('both.txt', '3\n1 1 9\n2 2 9\n3 3 9\n');

const JSON_FIELDS = [
  'status',
  'objective',
  'bound',
  'gap',
  'tolerance',
  'maximize',
  'backend',
  'counts',
  'milliseconds',
  'readMilliseconds',
  'verifyMilliseconds',
  'digest',
  'certificate',
];

describe('outbid solve', () => {
  it('prints the result on standard output alone, and exits 0 when optimal', () => {
    const { code, stdout, stderr } = outbid(['solve', asn]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    for (const line of [
      /^status +optimal$/m,
      /^objective +5$/m,
      /^bound +5$/m,
      /^gap +0$/m,
      /^demands +2, 2 units: 2 served, 0 unserved$/m,
      /^nodes +2$/m,
      /^arcs +4$/m,
      /^backend +reference on /m,
      /^milliseconds +[\d.]+ to solve/m,
      /^certificate +valid: primal 5, dual 5, gap 0$/m,
    ]) {
      expect(stdout).toMatch(line);
    }
    expect(stdout).toContain(`digest        ${problem.digest()}\n`);
  });

  it('--json prints exactly one object, with everything in it', () => {
    const { code, stdout, stderr } = outbid(['solve', asn, '--json']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout.trimEnd().split('\n')).toHaveLength(1);
    const outcome = JSON.parse(stdout);
    expect(Object.keys(outcome).sort()).toEqual([...JSON_FIELDS].sort());
    expect(outcome).toMatchObject({
      status: 'optimal',
      objective: 5,
      bound: 5,
      gap: 0,
      tolerance: 0,
      maximize: false,
      backend: { name: 'reference' },
      counts: { demands: 2, nodes: 2, arcs: 4, units: 2, served: 2, unserved: 0 },
      digest: problem.digest(),
      certificate: { valid: true, complete: true, violations: 0 },
    });
    expect(outcome.milliseconds).toBeGreaterThan(0);
  });

  it('reads standard input, plain and gzip', () => {
    const bytes = readFileSync(asn);
    for (const input of [bytes, gzipSync(bytes)]) {
      const { code, stdout } = outbid(['solve', '-', '--json'], input);
      expect([code, JSON.parse(stdout).objective]).toEqual([0, 5]);
    }
  });

  it('exits 1 when infeasible, and says who cannot be served', () => {
    const { code, stdout, stderr } = outbid(['solve', infeasible]);
    expect({ code, stderr }).toEqual({ code: 1, stderr: '' });
    expect(stdout).toMatch(/^status +infeasible$/m);
    expect(stdout).toMatch(/^witness +demands 0, 1 need 2 units; node 0 can give 1$/m);
    const outcome = JSON.parse(outbid(['solve', infeasible, '--json']).stdout);
    expect(outcome).toMatchObject({
      status: 'infeasible',
      objective: null,
      bound: null,
      gap: null,
      counts: { units: 2, served: null, unserved: null },
      witness: { demands: [0, 1], nodes: [0], needed: 2, available: 1 },
      certificate: { valid: true, complete: false },
    });
  });

  it('counts what is left unserved by choice, and exits 0', () => {
    const { code, stdout } = outbid(['solve', choice, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ status: 'optimal', objective: 11, counts: { served: 1, unserved: 1 } });
  });

  it('does not count forbidden pairs as arcs', () => {
    const file = folder.file(
      'forbidden.json',
      problemText(
        Problem.dense([
          [1, null],
          [null, 5],
        ]),
      ),
    );
    expect(JSON.parse(outbid(['solve', file, '--json']).stdout)).toMatchObject({ objective: 6, counts: { arcs: 2, served: 2 } });
  });

  it('--format settles what the content leaves open', () => {
    expect(outbid(['solve', both]).code).toBe(2);
    expect(JSON.parse(outbid(['solve', both, '--format', 'orlib-dense', '--json']).stdout).counts.arcs).toBe(9);
    expect(JSON.parse(outbid(['solve', both, '--format=orlib-sparse', '--json']).stdout).counts.arcs).toBe(3);
  });

  it('hands every option to the solver: seed, threads, gap and deadline are checked by it', () => {
    expect(outbid(['solve', asn, '--seed', '7', '--threads', '2', '--gap', '0.5', '--deadline-ms', '60000']).code).toBe(0);
    for (const [option, value] of [
      ['--seed', '-1'],
      ['--threads', '0'],
      ['--gap', '-1'],
      ['--deadline-ms', '-5'],
    ]) {
      const { code, stderr } = outbid(['solve', asn, option, value]);
      expect([option, code]).toEqual([option, 2]);
      expect(stderr).toMatch(/^outbid: OPTION_INVALID: /);
    }
  });

  for (const { name } of backends().filter((backend) => backend.usable)) {
    it(`--backend ${name} is used and named`, () => {
      const { stdout } = outbid(['solve', asn, '--backend', name, '--json']);
      expect(JSON.parse(stdout)).toMatchObject({ objective: 5, backend: { name } });
    });
  }

  it('exits 1 when a deadline stops it, with a valid bound', () => {
    // Every demand must be served and all want the same few nodes: nothing is complete at once.
    const n = 400;
    let state = 1;
    const scatter = (): number => {
      state = (state * 48271) % 2147483647;
      return state % 97;
    };
    const costs = Array.from({ length: n }, (_, i) => Array.from({ length: n }, (__, j) => (i * j + scatter()) % 10007));
    const large = folder.file('large.json', problemText(Problem.dense(costs)));
    const { code, stdout } = outbid(['solve', large, '--deadline-ms', '0', '--json']);
    const outcome = JSON.parse(stdout);
    expect(['stopped', 'feasible']).toContain(outcome.status);
    expect(code).toBe(outcome.status === 'stopped' ? 1 : 0);
    expect(outcome.objective === null).toBe(outcome.status === 'stopped');
    expect(outcome.certificate).toMatchObject({ valid: true, complete: outcome.status === 'feasible' });
  });
});

describe('--output', () => {
  it('writes what `outbid verify` accepts', () => {
    for (const [file, code] of [
      [asn, 0],
      [choice, 0],
      [infeasible, 1],
    ] as const) {
      const output = join(folder.path, 'solution.json');
      expect(outbid(['solve', file, '--output', output]).code).toBe(code);
      const checked = outbid(['verify', file, output, '--json']);
      expect(checked.code).toBe(code);
      expect(JSON.parse(checked.stdout)).toMatchObject({ valid: true, violations: [] });
    }
  });

  it('a file that cannot be written is an error, after the name', () => {
    const { code, stderr, stdout } = outbid(['solve', asn, '--output', join(folder.path, 'no', 'such', 'folder.json')]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^outbid: FILE_UNWRITABLE: cannot write /);
    expect(outbid(['solve', asn, '--output', '-']).stderr).toMatch(/^outbid: USAGE: --output needs a file/);
  });

  it('a file that cannot be written is found before the problem is read, and nothing is created', () => {
    for (const output of [join(folder.path, 'no', 'such', 'folder.json'), folder.path])
      expect(outbid(['solve', 'missing.asn', '--output', output]).stderr).toMatch(/^outbid: FILE_UNWRITABLE: cannot write /);
    const fresh = join(folder.path, 'fresh.json');
    expect(outbid(['solve', 'missing.asn', '--output', fresh]).stderr).toMatch(/^outbid: FILE_UNREADABLE: /);
    expect(existsSync(fresh)).toBe(false);
  });
});

describe('errors', () => {
  it.each<[name: string, args: string[], exit: number, message: RegExp]>([
    ['a missing file', ['solve', 'missing.asn'], 2, /^outbid: FILE_UNREADABLE: cannot read missing\.asn: it does not exist\n$/],
    ['a directory', ['solve', folder.path], 2, /^outbid: FILE_UNREADABLE: .*it is a directory\n$/],
    [
      'a wrong line',
      ['solve', folder.file('wrong.asn', 'p asn 2 1\nn 1\na 1 2 x\n')],
      2,
      /^outbid: FILE_FORMAT: .*wrong\.asn, line 3: 'x' stands where the cost should stand\n$/,
    ],
    ['binary', ['solve', folder.file('binary', Uint8Array.of(1, 2, 3))], 2, /^outbid: FORMAT_AMBIGUOUS: .*--format/],
    ['no file', ['solve'], 2, /^outbid: USAGE: outbid solve needs FILE \(see outbid solve --help\)\n$/],
    ['a file too many', ['solve', asn, asn], 2, /^outbid: USAGE: .*does not know what to do with/],
    ['a misspelt option', ['solve', asn, '--jsonn'], 2, /^outbid: USAGE: .*'--jsonn'; did you mean '--json'\?/],
    ['a short option', ['solve', asn, '-x'], 2, /^outbid: USAGE: .*'-x'/],
    ['an option without its value', ['solve', asn, '--seed'], 2, /^outbid: USAGE: --seed needs a value, N/],
    ['an option in place of a value', ['solve', asn, '--seed', '--threads'], 2, /^outbid: USAGE: --seed needs a value, N/],
    ['an empty value', ['solve', asn, '--seed='], 2, /^outbid: USAGE: --seed needs a value, N/],
    ['a word for a number', ['solve', asn, '--seed', 'seven'], 2, /^outbid: USAGE: --seed must be a number, not 'seven'\n$/],
    ['a value for a switch', ['solve', asn, '--json=yes'], 2, /^outbid: USAGE: --json takes no value/],
    ['an unknown format', ['solve', asn, '--format', 'jsom'], 2, /^outbid: USAGE: --format must be .*did you mean 'json'\?\n$/],
    ['an unknown backend', ['solve', asn, '--backend', 'natve'], 2, /^outbid: USAGE: --backend must be .*did you mean 'native'\?\n$/],
  ])('%s', (_, args, exit, message) => {
    const { code, stdout, stderr } = outbid(args);
    expect({ code, stdout }).toEqual({ code: exit, stdout: '' });
    expect(stderr).toMatch(message);
  });

  it('with --json are one object on standard output, with code, message and place', () => {
    const { code, stdout, stderr } = outbid(['solve', folder.file('wrong.asn', 'p asn 2 1\nn 1\na 1 2 x\n'), '--json']);
    expect(code).toBe(2);
    const { error } = JSON.parse(stdout);
    expect(error).toEqual({
      code: 'FILE_FORMAT',
      message: expect.stringMatching(/line 3: 'x' stands/),
      line: 3,
      file: join(folder.path, 'wrong.asn'),
    });
    expect(stderr).toMatch(/^outbid: FILE_FORMAT: /);
    const usage = JSON.parse(outbid(['solve', '--jsonn', '--json']).stdout);
    expect(usage.error).toMatchObject({ code: 'USAGE', option: 'jsonn', nearest: 'json' });
  });

  it('exits 3 when the backend asked for is not there', () => {
    const missing = backends().find((backend) => !backend.usable);
    if (missing === undefined) throw new Error('every backend is usable here: this test needs another case');
    const { code, stderr } = outbid(['solve', asn, '--backend', missing.name]);
    expect(code).toBe(3);
    expect(stderr).toMatch(/^outbid: BACKEND_UNAVAILABLE: /);
  });

  it('exits 2 when OUTBID_BACKEND names no backend', () => {
    const { code, stderr } = outbid(['solve', asn], '', { OUTBID_BACKEND: 'fast' });
    expect(code).toBe(2);
    expect(stderr).toMatch(/^outbid: OPTION_INVALID: .*OUTBID_BACKEND/);
  });
});

describe('warnings', () => {
  // Neither a local build nor a prebuild is found: auto falls back to the reference, which it says.
  const hidden = { OUTBID_BACKEND: '', PREBUILDS_ONLY: '1', OUTBID_PREBUILD: folder.path };

  it('of this package are one plain line on standard error', () => {
    const { code, stdout, stderr } = outbid(['solve', asn, '--json'], '', hidden);
    expect([code, JSON.parse(stdout).objective]).toEqual([0, 5]);
    expect(stderr).toMatch(/^outbid: running on the TypeScript reference: there is no native build for .*\n$/);
    expect(stderr.match(/\n/g)).toHaveLength(1);
  });

  it('of others are printed as ever, and none where Node is told so', () => {
    // Emitted once the command line listens for interrupts: by then its own listener for warnings is in place.
    const source = "process.on('newListener', (event) => event === 'SIGINT' && process.emitWarning('from elsewhere', 'OtherWarning'))";
    const other = `data:text/javascript,${encodeURIComponent(source)}`;
    const { code, stderr } = outbid(['doctor'], '', { NODE_OPTIONS: `--import ${other}` });
    expect(code).toBe(0);
    expect(stderr).toMatch(/^\(node:\d+\) OtherWarning: from elsewhere\n/);
    expect(outbid(['solve', asn], '', { ...hidden, NODE_NO_WARNINGS: '1' }).stderr).toBe('');
  });
});

describe('streams and signals', () => {
  it('a reader that goes away is no error', async () => {
    const run = startOutbid(['solve', asn, '--json']);
    run.stdout?.destroy();
    let complaints = '';
    run.stderr?.setEncoding('utf8').on('data', (text: string) => {
      complaints += text;
    });
    await once(run, 'close');
    expect(complaints).toBe('');
    expect(run.exitCode).toBe(0);
  });

  it.skipIf(process.platform === 'win32').each<[name: string, options: string[]]>([
    ['in words', []],
    ['with --json', ['--json']],
  ])('an interrupt exits 130 with nothing on standard output, even while standard input is silent, %s', async (_, options) => {
    // An interrupt before the program listens ends it by the signal itself: wait longer then.
    for (let wait = 500; ; wait *= 2) {
      const run = startOutbid(['solve', '-', ...options]);
      const closed = once(run, 'close');
      let said = '';
      let printed = '';
      run.stdout?.setEncoding('utf8').on('data', (text: string) => {
        printed += text;
      });
      run.stderr?.setEncoding('utf8').on('data', (text: string) => {
        said += text;
      });
      await new Promise((resolve) => setTimeout(resolve, wait));
      run.kill('SIGINT');
      await closed;
      if (run.signalCode === 'SIGINT' && wait < 8000) continue;
      expect({ code: run.exitCode, said, printed }).toEqual({ code: 130, said: 'outbid: interrupted\n', printed: '' });
      break;
    }
  });
});
