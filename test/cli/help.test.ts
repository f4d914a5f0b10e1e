/** Help, version and doctor; and that help and parser know the same options. */
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { backends } from '../../lib/backend/choose.js';
import { Folder, installed, outbid } from './run-cli.js';

const COMMANDS = ['solve', 'verify', 'match', 'doctor'];

describe('help', () => {
  it('lists every command, on standard output, and exits 0', () => {
    for (const args of [['--help'], ['-h'], ['help']]) {
      const { code, stdout, stderr } = outbid(args);
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^  ${command} `, 'm'));
    }
  });

  it.each(COMMANDS)('outbid %s --help says how to use it; `outbid help` says the same', (command) => {
    const { code, stdout, stderr } = outbid([command, '--help']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toContain(`Usage: outbid ${command}`);
    expect(stdout).toContain('--json');
    expect(outbid(['help', command]).stdout).toBe(stdout);
  });

  it('the help of every command lists every option there is', () => {
    const options = (command: string): string[] =>
      [...outbid([command, '--help']).stdout.matchAll(/^ {2}--([a-z-]+)/gm)].map((match) => match[1]).sort();
    expect(options('solve')).toEqual(['backend', 'deadline-ms', 'format', 'gap', 'help', 'json', 'output', 'seed', 'threads']);
    expect(options('verify')).toEqual(['format', 'help', 'json']);
    expect(options('doctor')).toEqual(['help', 'json']);
    expect(options('match')).toEqual([
      'aging',
      'backend',
      'deadline-ms',
      'explain',
      'help',
      'json',
      'nearest',
      'now',
      'seed',
      'threads',
      'top',
      'unserved-cost',
      'weight',
    ]);
  });

  it.each(['solve', 'verify', 'doctor'])('every option in the help of %s is known to its parser, and no other', (command) => {
    const listed = [...outbid([command, '--help']).stdout.matchAll(/^ {2}--([a-z-]+)( [A-Z]+)?/gm)];
    expect(listed.length).toBeGreaterThan(0);
    for (const [, name, value] of listed) {
      // A switch with a value, or an option without one, is refused for that reason and not as unknown.
      const { stderr } = outbid([command, value === undefined ? `--${name}=1` : `--${name}`]);
      expect(stderr).toMatch(value === undefined ? `--${name} takes no value` : `--${name} needs a value`);
    }
    expect(outbid([command, '--simulate']).stderr).toMatch(/has no option '--simulate'/);
  });
});

describe('the top level', () => {
  it('--version prints the version of the package', () => {
    const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string };
    expect(outbid(['--version'])).toEqual({ code: 0, stdout: `${version}\n`, stderr: '' });
  });

  it.each<[args: string[], message: RegExp]>([
    [[], /^outbid: USAGE: no command is given \(see outbid --help\)\n$/],
    [['solv'], /^outbid: USAGE: there is no command 'solv'; did you mean 'solve'\? \(see outbid --help\)\n$/],
    [['__proto__'], /^outbid: USAGE: there is no command '__proto__' /],
    [['--verison'], /^outbid: USAGE: there is no option '--verison'; did you mean '--version'\?/],
    [['help', 'match', 'solve'], /^outbid: USAGE: outbid does not know what to do with 'solve' here \(see outbid --help\)\n$/],
    [['--help', 'match'], /^outbid: USAGE: outbid does not know what to do with 'match' here/],
    [['--version', 'match'], /^outbid: USAGE: outbid does not know what to do with 'match' here/],
    [['--json', 'doctor'], /^outbid: USAGE: options go after the command: outbid doctor --json/],
  ])('%j is a usage error', (args, message) => {
    const { code, stderr } = outbid(args);
    expect(code).toBe(2);
    expect(stderr).toMatch(message);
  });
});

describe('doctor', () => {
  it('names versions, the machine and every backend with its reason', () => {
    const { code, stdout, stderr } = outbid(['doctor']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).toMatch(new RegExp(`^node +${process.versions.node} \\(Node-API ${process.versions.napi}\\)$`, 'm'));
    for (const { name, usable, code: reason, why } of backends())
      expect(stdout).toContain(`${name.padEnd(11)} ${usable ? 'usable      ' : `not usable  ${reason}: `}${why}`);
    expect(stdout).toMatch(/^auto takes +reference$/m);
    expect(stdout).toMatch(/^OUTBID_BACKEND reference$/m);
  });

  it('--json says the same, and what auto takes without OUTBID_BACKEND', () => {
    const { code, stdout } = outbid(['doctor', '--json'], '', { OUTBID_BACKEND: '' });
    expect(code).toBe(0);
    const found = JSON.parse(stdout);
    expect(found).toMatchObject({
      node: process.versions.node,
      napi: process.versions.napi,
      auto: backends().find((backend) => backend.usable && backend.name !== 'cuda')?.name,
    });
    expect(found.backends.map((backend: { name: string }) => backend.name).sort()).toEqual(['cuda', 'native', 'reference']);
    expect(found.tools.map((tool: { name: string }) => tool.name)).toContain('cmake');
    for (const { file } of found.tools) expect(file === null || typeof file === 'string').toBe(true);
  });

  it('finds no tool on an empty PATH, and still works where OUTBID_BACKEND is wrong', () => {
    const { code, stdout } = outbid(['doctor', '--json'], '', { PATH: '', OUTBID_BACKEND: 'fast' });
    expect(code).toBe(0);
    const found = JSON.parse(stdout);
    expect(found.tools.every((tool: { file: string | null }) => tool.file === null)).toBe(true);
    expect([found.auto, found.OUTBID_BACKEND]).toEqual([null, 'fast']);
  });

  it('says why auto takes none: OUTBID_BACKEND names no backend, or one that cannot be used', () => {
    // No native build is found there.
    const hidden = { PREBUILDS_ONLY: '1', OUTBID_PREBUILD: tmpdir() };
    for (const [named, why] of [
      ['refrence', /^OPTION_INVALID: .*OUTBID_BACKEND is 'refrence'.*did you mean 'reference'\?$/],
      ['native', /^BACKEND_UNAVAILABLE: native \(OUTBID_BACKEND=native\): NATIVE_NOT_BUILT: there is no native build/],
    ] as const) {
      const { code, stdout, stderr } = outbid(['doctor', '--json'], '', { ...hidden, OUTBID_BACKEND: named });
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      const found = JSON.parse(stdout);
      expect([found.auto, found.whyNone]).toEqual([null, expect.stringMatching(why)]);
      const plain = outbid(['doctor'], '', { ...hidden, OUTBID_BACKEND: named });
      expect(plain.code).toBe(0);
      expect(plain.stdout).toContain(`auto takes    none: ${found.whyNone}\n`);
    }
    expect(JSON.parse(outbid(['doctor', '--json']).stdout)).toMatchObject({ auto: 'reference', whyNone: null });
  });

  it('speaks of building only where the native sources are: in a checkout, not in an installed package', () => {
    expect(JSON.parse(outbid(['doctor', '--json']).stdout).nativeSources).toBe(true);
    expect(outbid(['doctor']).stdout).toContain('\nto build the native backend\n');
    const folder = new Folder();
    try {
      const main = installed(folder);
      const found = JSON.parse(outbid(['doctor', '--json'], '', {}, main).stdout);
      expect([found.nativeSources, found.tools]).toEqual([false, []]);
      const { code, stdout } = outbid(['doctor'], '', {}, main);
      expect(code).toBe(0);
      expect(stdout).toMatch(/OUTBID_BACKEND reference\n$/);
    } finally {
      folder.remove();
    }
  });
});
