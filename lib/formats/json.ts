/**
 * The package's own files: { "format": "outbid-problem", "version": 1, ... } and { "format": "outbid-solution", "version": 1, ... }.
 * What stands in them is checked by Problem.fromJSON and Solution.fromJSON; here their errors get a line.
 */
import { OutbidError } from '../errors.js';
import { Problem } from '../problem.js';
import { Solution } from '../solution.js';
import { refuseDuplicateKeys } from './duplicate-keys.js';
import { lineOfPath, placeOfSyntaxError } from './json-place.js';
import { type FileText, SPARE_COUNT } from './scanner.js';

/**
 * Reads a problem in JSON. `file` is the name errors carry.
 * Errors, each with its line: FILE_FORMAT where it is not JSON or not a problem, DUPLICATE_KEY, else the codes of the Problem
 * constructors.
 */
export function parseProblemJSON(text: FileText, file?: string): Problem {
  return parseJSON(text, file, (value, length) => {
    refuseOther(value, 'outbid-problem');
    checkDeclared(value, length);
    return Problem.fromJSON(value);
  });
}

/** Reads a solution of `problem` in JSON. Errors, each with its line: FILE_FORMAT, DUPLICATE_KEY, SOLUTION_INVALID, FIELD_UNKNOWN. */
export function parseSolutionJSON(text: FileText, problem: Problem, file?: string): Solution {
  return parseJSON(text, file, (value) => {
    refuseOther(value, 'outbid-solution');
    return Solution.fromJSON(problem, value);
  });
}

/** What the package's files are called in messages. */
const KINDS: Record<string, string> = {
  'outbid-problem': 'a problem',
  'outbid-solution': 'a solution',
  'outbid-network': 'an inference network',
  'outbid-requests': 'a batch of requests',
  'outbid-match': 'the result of a match',
};

/** Says which other file of this package stands in the place of the one expected: its fields would be called unknown. */
function refuseOther(value: object, expected: string): void {
  const { format } = value as { format?: unknown };
  if (typeof format !== 'string' || format === expected || !Object.hasOwn(KINDS, format)) return;
  throw new OutbidError('FILE_FORMAT', `this is ${KINDS[format]}, not ${KINDS[expected]}`, { field: 'format', value: format });
}

/** A problem as the text of a JSON file, one field a line. */
export function problemText(problem: Problem): string {
  return fieldsText(problem.toJSON());
}

/** A solution as the text of a JSON file, one field a line. */
export function solutionText(solution: Solution): string {
  return fieldsText(solution.toJSON());
}

function fieldsText(json: object): string {
  const fields = Object.entries(json).map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return `{\n${fields.join(',\n')}\n}\n`;
}

function parseJSON<T>(given: FileText, file: string | undefined, build: (value: object, length: number) => T): T {
  const where = file === undefined ? '' : `${file}, `;
  const json = textOf(given, where, file);
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    const { line } = placeOfSyntaxError(json);
    throw new OutbidError('FILE_FORMAT', `${where}line ${line}: not JSON: ${printable((cause as Error).message)}`, { line, file, cause });
  }
  refuseDuplicateKeys(json, value, { file });
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new OutbidError('FILE_FORMAT', `${where}line 1: expected an object { "format": ... }`, { line: 1, file });
  }
  try {
    return build(value, json.length);
  } catch (error) {
    if (!(error instanceof OutbidError)) throw error;
    const line = lineOfPath(json, pathOf(error, value));
    const { code, argument, demand, node, index, tier, field, nearest } = error;
    throw new OutbidError(code, `${where}line ${line}: ${error.message.replace(`${code}: `, '')}`, {
      argument,
      demand,
      node,
      index,
      tier,
      field,
      nearest,
      value: error.value,
      line,
      file,
    });
  }
}

function textOf(given: FileText, where: string, file: string | undefined): string {
  if (typeof given === 'string') return given.startsWith('\ufeff') ? given.slice(1) : given;
  if (!(given instanceof Uint8Array))
    throw new OutbidError('TYPE_INVALID', `the text of a file must be a string or bytes, not ${given === null ? 'null' : typeof given}`, {
      argument: 'text',
    });
  try {
    return new TextDecoder().decode(given);
  } catch (cause) {
    throw new OutbidError('FILE_FORMAT', `${where}line 1: ${given.length} bytes are more than a JSON text may have`, {
      line: 1,
      file,
      cause,
    });
  }
}

/** The engine quotes the text in its message; control codes must not reach a terminal. */
function printable(message: string): string {
  return message.replace(/\p{Cc}/gu, ' ').slice(0, 120);
}

/** The path of keys and indices an error is about. */
function pathOf(error: OutbidError, value: object): (string | number)[] {
  const name = error.argument ?? error.field;
  if (name === undefined) return [];
  const path: (string | number)[] = name.split('.');
  if (name === 'costs' && !('offsets' in value) && error.demand !== undefined)
    path.push(error.demand, ...(error.node === undefined ? [] : [error.node]));
  else if (error.index !== undefined) path.push(error.index);
  return path;
}

/** Refuses counts far beyond the length of the text, before arrays of that size are allocated. */
function checkDeclared(value: object, length: number): void {
  const { demands, nodes, costs, offsets } = value as { demands?: unknown; nodes?: unknown; costs?: unknown; offsets?: unknown };
  for (const [field, count] of [
    ['demands', demands],
    ['nodes', nodes],
  ] as const) {
    if (typeof count === 'number' && count > length + SPARE_COUNT) {
      throw new OutbidError('SIZE_INVALID', `${count} ${field} are declared in a file of ${length} characters`, { field, value: count });
    }
  }
  if (offsets !== undefined || !Array.isArray(costs)) return;
  // In JSON an object may claim any length.
  const strange = costs.findIndex((row) => typeof row === 'object' && row !== null && !Array.isArray(row));
  if (strange >= 0)
    throw new OutbidError('TYPE_INVALID', `row ${strange} is an object, expected a list`, { argument: 'costs', demand: strange });
  if (typeof nodes !== 'number') return;
  // A matrix is allocated whole before its rows are read.
  const short = costs.findIndex((row) => Array.isArray(row) && row.length !== nodes);
  if (short >= 0)
    throw new OutbidError('LENGTH_MISMATCH', `row ${short} has ${(costs[short] as unknown[]).length} entries, expected ${nodes}`, {
      argument: 'costs',
      demand: short,
      value: (costs[short] as unknown[]).length,
    });
}
