/**
 * Files of the network model: JSON, and for requests also JSONL, one request a line. Every error names file, line and field.
 *
 * A file of lines may start with one that is no request and says what the file is, with the fields of a batch but `requests`:
 * { "format": "outbid-requests", "version": 1, "name": ... }. Files called .jsonl or .ndjson are of lines; others are when their
 * first line is an object of its own and more follow, or when all they hold is one request. Blank lines are passed over.
 */
import { OutbidError } from '../errors.js';
import { refuseDuplicateKeys } from '../formats/duplicate-keys.js';
import { lineOfPath, placeOfSyntaxError } from '../formats/json-place.js';
import { readBytes, STDIN_NAME } from '../formats/read-file.js';
import { checkNetwork } from '../network/check-network.js';
import { type CheckedBatch, checkRequests } from '../network/check-requests.js';
import type { CheckedNetwork } from '../network/model.js';

/** Errors: FILE_UNREADABLE, FILE_FORMAT, DUPLICATE_KEY, NETWORK_INVALID. */
export async function readNetwork(pathOrDash: string): Promise<CheckedNetwork> {
  const { text, file } = await readText(pathOrDash);
  const value = parse(text, file, 1);
  refuseDuplicateKeys(text, value, { file });
  return placed(
    file,
    (field) => lineOfPath(text, stepsOf(field)),
    () => checkNetwork(value, file),
  );
}

/** Errors: those of readNetwork, and NOT_A_FLOW for what no matching can express. */
export async function readRequests(pathOrDash: string): Promise<CheckedBatch> {
  const { text, file } = await readText(pathOrDash);
  const lines = linesOf(text, pathOrDash);
  if (lines !== undefined) return checkLines(lines, file);
  const value = parse(text, file, 1);
  refuseDuplicateKeys(text, value, { file });
  return placed(
    file,
    (field) => lineOfPath(text, stepsOf(field)),
    () => checkRequests(value, file),
  );
}

interface Line {
  number: number;
  text: string;
}

/** The lines that hold something, of a text that is one of lines; undefined for any other. */
function linesOf(text: string, path: string): Line[] | undefined {
  const split = (): Line[] => text.split('\n').flatMap((line, k) => (line.trim() === '' ? [] : [{ number: k + 1, text: line }]));
  if (/\.(jsonl|ndjson)(\.gz)?$/i.test(path)) return split();
  const [first, more] = firstLine(text);
  if (!first.startsWith('{') || !first.endsWith('}')) return undefined;
  const value = objectOf(first);
  if (value === undefined) return undefined;
  return more || ('id' in value && !('format' in value)) ? split() : undefined;
}

/** The first line that holds something, without blanks around it, and whether another does. */
function firstLine(text: string): [first: string, more: boolean] {
  const start = text.search(/\S/);
  const end = start < 0 ? -1 : text.indexOf('\n', start);
  if (end < 0) return [text.trim(), false];
  return [text.slice(start, end).trim(), /\S/.test(text.slice(end))];
}

function objectOf(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function checkLines(lines: readonly Line[], file: string): CheckedBatch {
  const values = lines.map(({ text, number }) => parse(text, file, number));
  const [first] = values;
  const headed = typeof first === 'object' && first !== null && 'format' in first;
  if (headed && 'requests' in first) {
    const line = lines[0].number;
    throw new OutbidError('NETWORK_INVALID', `${file}, line ${line}: requests must stand on lines of their own in a file of lines`, {
      file,
      line,
      field: 'requests',
    });
  }
  const start = headed ? 1 : 0;
  lines.forEach(({ text, number }, k) => {
    refuseDuplicateKeys(text, values[k], { file, line: number, path: k < start ? [] : ['requests', k - start] });
  });
  const batch = { ...(headed ? first : { format: 'outbid-requests', version: 1 }), requests: values.slice(start) };
  const lineOf = (field: string): number => {
    const [name, k] = stepsOf(field);
    const line = name === 'requests' && typeof k === 'number' ? lines[start + k] : lines[0];
    return line?.number ?? 1;
  };
  return placed(file, lineOf, () => checkRequests(batch, file));
}

/** Adds the line to an error that names a field. */
function placed<T>(file: string, lineOf: (field: string) => number, check: () => T): T {
  try {
    return check();
  } catch (error) {
    if (!(error instanceof OutbidError) || error.field === undefined) throw error;
    const { code, field, nearest, value } = error;
    const line = lineOf(field);
    const message = error.message.slice(`${code}: ${file}: `.length);
    throw new OutbidError(code, `${file}, line ${line}: ${message}`, { file, line, field, nearest, value });
  }
}

/** JSON that starts on a line of a file. */
function parse(text: string, file: string, from: number): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const found = placeOfSyntaxError(text);
    const line = from + found.line - 1;
    if (text.trim() === '') throw new OutbidError('FILE_FORMAT', `${file}, line ${line}: the file is empty`, { file, line, cause });
    // What a parser quotes of a binary file is of no use on a terminal.
    throw new OutbidError('FILE_FORMAT', `${file}, line ${line}: not JSON${found.early ? ': it ends too early' : ''}`, {
      file,
      line,
      cause,
    });
  }
}

async function readText(pathOrDash: string): Promise<{ text: string; file: string }> {
  const file = pathOrDash === '-' ? STDIN_NAME : pathOrDash;
  const bytes = await readBytes(pathOrDash);
  try {
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), file };
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
