/** Files as the system gives them: plain, gzip, truncated, missing, from standard input; and which format they are taken for. */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatOfName, formatOfText, parseProblem, problemText, readProblem } from '../../lib/formats/index.js';
import { Problem } from '../../lib/problem.js';
import { rejection, thrownBy } from './expect-error.js';

const ASN = 'c two by two\np asn 4 4\nn 1\nn 2\na 1 3 1\na 1 4 2\na 2 3 3\na 2 4 5\n';
const MIN = 'p min 4 4\nn 1 1\nn 2 1\nn 3 -1\nn 4 -1\na 1 3 0 1 1\na 2 3 0 1 2\na 1 4 0 1 3\na 2 4 0 1 5\n';
const DENSE = '2\n1 2\n3 5\n';
const SPARSE = '2\n1 1 1\n1 2 2\n2 1 3\n2 2 5\n';
const problem = Problem.dense([
  [1, 2],
  [3, 5],
]);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'outbid-formats-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function file(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

describe('formats', () => {
  const contents: [string, string][] = [
    ['asn', ASN],
    ['orlib-dense', DENSE],
    ['orlib-sparse', SPARSE],
    ['json', problemText(problem)],
  ];

  it('the same problem in every format is the same problem, plain and gzip, named or told by content', async () => {
    for (const [format, text] of contents) {
      const plain = file(`${format}.txt`, text);
      const packed = file(`${format}.packed`, gzipSync(text));
      expect((await readProblem(plain)).digest(), format).toBe(problem.digest());
      expect((await readProblem(packed)).digest(), format).toBe(problem.digest());
      expect((await readProblem(packed, { format: format as 'asn' })).digest(), format).toBe(problem.digest());
    }
    const flow = await readProblem(file('flow.dat', MIN));
    expect(Array.from(flow.costs)).toEqual([1, 2, 3, 5]);
  });

  it('the name decides before the content, through .gz', () => {
    expect(formatOfName('a/b.asn')).toBe('asn');
    expect(formatOfName('B.MIN.GZ')).toBe('min');
    expect(formatOfName('x.json.gz')).toBe('json');
    expect(formatOfName('x.txt')).toBeUndefined();
    expect(formatOfName('asn')).toBeUndefined();
    expect(formatOfText(ASN)).toBe('asn');
    expect(formatOfText(MIN)).toBe('min');
    expect(formatOfText('\n\n  {')).toBe('json');
    expect(formatOfText(' 7')).toBe('orlib');
    // Content that says otherwise is then an error of that format, not another reading.
    expect(thrownBy(() => parseProblem(ASN, undefined, 'x.min')).code).toBe('FILE_FORMAT');
    expect(thrownBy(() => parseProblem(DENSE, undefined, 'x.json')).code).toBe('FILE_FORMAT');
    expect(parseProblem(ASN, 'asn', 'x.min').digest()).toBe(problem.digest());
  });

  it.each<[name: string, text: string, code: string, line: number]>([
    ['nothing', '', 'FILE_FORMAT', 1],
    ['blanks', ' \n\n ', 'FILE_FORMAT', 1],
    ['prose', '\nHello, solver', 'FORMAT_AMBIGUOUS', 2],
    ['binary', '\u0000\u0001\u0002\u0003', 'FORMAT_AMBIGUOUS', 1],
    ['DIMACS of another kind', 'c x\np max 4 5\n', 'FILE_FORMAT', 2],
    ['numbers that are both dense and sparse', '3 1 1 9 2 2 9 3 3 9', 'FORMAT_AMBIGUOUS', 1],
  ])('%s cannot be told', (_, text, code, line) => {
    const error = thrownBy(() => parseProblem(text, undefined, 'what'));
    expect({ code: error.code, line: error.line, file: error.file }).toEqual({ code, line, file: 'what' });
  });

  it('an unknown format is refused by name', () => {
    const error = thrownBy(() => parseProblem(ASN, 'dimacs' as 'asn'));
    expect([error.code, error.option]).toEqual(['OPTION_INVALID', 'format']);
  });
});

describe('reading', () => {
  it('a missing file, a directory, a path through a file', async () => {
    for (const path of [join(folder, 'missing.asn'), folder, join(file('plain.asn', ASN), 'below.asn')]) {
      const error = await rejection(readProblem(path));
      expect([error.code, error.file]).toEqual(['FILE_UNREADABLE', path]);
    }
    expect((await rejection(readProblem(join(folder, 'missing.asn')))).message).toContain('it does not exist');
    mkdirSync(join(folder, 'dir.asn'));
    expect((await rejection(readProblem(join(folder, 'dir.asn')))).message).toContain('it is a directory');
  });

  it('a file without permission, unless the user may read every file', async () => {
    const path = file('secret.asn', ASN);
    chmodSync(path, 0);
    if (process.getuid?.() === 0) expect((await readProblem(path)).digest()).toBe(problem.digest());
    else expect((await rejection(readProblem(path))).message).toContain('permission is denied');
  });

  it('gzip cut short anywhere, or with a byte changed, is unreadable: never half a problem', async () => {
    const packed = gzipSync(`${ASN}${'c padding padding\n'.repeat(50)}`);
    for (let length = 2; length < packed.length; length += 3) {
      const path = file('short.asn.gz', packed.subarray(0, length));
      const error = await rejection(readProblem(path));
      expect([length, error.code, error.file]).toEqual([length, 'FILE_UNREADABLE', path]);
    }
    // The last eight bytes are the checksum and the length.
    for (const at of [packed.length - 8, packed.length - 1, 20]) {
      const broken = Uint8Array.from(packed);
      broken[at] ^= 0xff;
      expect((await rejection(readProblem(file('broken.gz', broken)))).code).toBe('FILE_UNREADABLE');
    }
  });

  it('gzip that holds nothing, or garbage', async () => {
    expect((await rejection(readProblem(file('empty.gz', gzipSync(''))))).code).toBe('FILE_FORMAT');
    expect((await rejection(readProblem(file('noise.gz', gzipSync(Uint8Array.of(0, 255, 7)))))).code).toBe('FORMAT_AMBIGUOUS');
  });

  it('random bytes end in an error of ours, whatever format they are taken for', async () => {
    let state = 12345;
    const noise = Uint8Array.from({ length: 100_000 }, () => {
      state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
      return state >>> 24;
    });
    const path = file('noise.bin', noise);
    for (const format of ['asn', 'min', 'orlib-dense', 'orlib-sparse', 'json'] as const) {
      const error = await rejection(readProblem(path, { format }));
      expect([format, error.code, error.file]).toEqual([format, 'FILE_FORMAT', path]);
      // No control code reaches a terminal through the message.
      expect(error.message).not.toMatch(/\p{Cc}/u);
    }
  });

  it('every cut of a text file is an error with a line, or a problem that is whole', async () => {
    for (const [format, text] of [
      ['asn', ASN],
      ['min', MIN],
    ] as const) {
      const whole = parseProblem(text, format).digest();
      for (let length = 0; length < text.length; length++) {
        let digest: string;
        try {
          digest = parseProblem(text.slice(0, length), format).digest();
        } catch (error) {
          expect((error as { line?: number }).line, `${format} cut at ${length}`).toBeGreaterThanOrEqual(1);
          continue;
        }
        // Only the last line end may be missing.
        expect(length).toBe(text.length - 1);
        expect(digest).toBe(whole);
      }
    }
  });

  it.skipIf(process.platform === 'win32')(
    'a device that never ends is refused',
    async () => {
      const error = await rejection(readProblem('/dev/zero'));
      expect(error.code).toBe('FILE_UNREADABLE');
      expect(error.message).toContain('larger than');
    },
    60_000,
  );

  it('the path must be a string', async () => {
    expect((await rejection(readProblem(undefined as unknown as string))).code).toBe('TYPE_INVALID');
  });
});

describe('standard input', () => {
  // The built module, as a process of its own reads its own standard input.
  const script = `import { readProblem } from ${JSON.stringify(new URL('../../dist/formats/index.js', import.meta.url).href)};
    readProblem('-').then((p) => console.log(p.digest()), (e) => console.log(e.code, e.line, e.file));`;
  const read = (input: string | Uint8Array): string =>
    spawnSync(process.execPath, ['--input-type=module', '-e', script], { input, encoding: 'utf8' }).stdout.trim();

  it('is read with -, plain or gzip, and named in errors', () => {
    expect(read(ASN)).toBe(problem.digest());
    expect(read(gzipSync(DENSE))).toBe(problem.digest());
    expect(read('p asn 2 1\nn 1\na 1 2 x')).toBe('FILE_FORMAT 3 standard input');
    expect(read('')).toBe('FILE_FORMAT 1 standard input');
  });
});
