/** Tells the format of a file: from its name where that says it, else from the first thing in it. */
import { OutbidError } from '../errors.js';
import type { Problem } from '../problem.js';
import { parseAsn } from './asn.js';
import { parseProblemJSON } from './json.js';
import { parseMin } from './min.js';
import { parseOrLibrary } from './orlib.js';
import { type FileText, Scanner } from './scanner.js';

export const FORMATS = ['asn', 'min', 'orlib-dense', 'orlib-sparse', 'json'] as const;

export type ProblemFormat = (typeof FORMATS)[number];

/** 'orlib' where dense and sparse are yet to be told apart, by the numbers themselves. */
export type DetectedFormat = ProblemFormat | 'orlib';

/** The format a file's name stands for; `.gz` is looked through. */
export function formatOfName(file: string): DetectedFormat | undefined {
  const extension = /\.([a-z]+)(?:\.gz)?$/i.exec(file)?.[1].toLowerCase();
  return extension === 'asn' || extension === 'min' || extension === 'json' ? extension : undefined;
}

/** The format of a text. Errors: FILE_FORMAT when it is empty or of a kind of DIMACS not read here, FORMAT_AMBIGUOUS. */
export function formatOfText(text: FileText, file?: string): DetectedFormat {
  const scanner = new Scanner(text, file);
  while (!scanner.textEnded()) {
    const first = scanner.quote();
    if (first.startsWith("'{")) return 'json';
    if (/^'[+-]?\d/.test(first)) return 'orlib';
    if (first === "'p'") {
      scanner.word();
      const kind = scanner.word().slice(0, 24);
      if (kind === 'asn' || kind === 'min') return kind;
      throw scanner.error('FILE_FORMAT', `DIMACS '${kind}' is not read here; 'asn' and 'min' are`, { value: kind });
    }
    if (!first.startsWith("'c"))
      throw scanner.error('FORMAT_AMBIGUOUS', `${first} starts none of the known formats; name it with --format ${FORMATS.join('|')}`);
    scanner.skipLine();
  }
  throw scanner.error('FILE_FORMAT', 'the file is empty', { line: 1 });
}

/** Reads a problem in any of the formats; without `format`, by the file's name and then its content. */
export function parseProblem(text: FileText, format?: ProblemFormat, file?: string): Problem {
  if (format !== undefined && !FORMATS.includes(format)) {
    throw new OutbidError('OPTION_INVALID', `format must be one of ${FORMATS.join(', ')}, not ${String(format)}`, {
      option: 'format',
      value: format,
    });
  }
  const known = format ?? (file === undefined ? undefined : formatOfName(file)) ?? formatOfText(text, file);
  switch (known) {
    case 'asn':
      return parseAsn(text, file);
    case 'min':
      return parseMin(text, file);
    case 'json':
      return parseProblemJSON(text, file);
    case 'orlib-dense':
      return parseOrLibrary(text, 'dense', file);
    case 'orlib-sparse':
      return parseOrLibrary(text, 'sparse', file);
    case 'orlib':
      return parseOrLibrary(text, undefined, file);
  }
}
