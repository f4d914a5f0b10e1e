/**
 * One table of options per command: the parser and the help text read the same one, so neither can know an option the other
 * does not.
 */
import { parseArgs } from 'node:util';
import { OutbidError } from '../errors.js';
import { nearest } from '../nearest-name.js';

export interface OptionRow {
  /** What stands for the value in the help; absent for a switch. */
  value?: string;
  meaning: string;
  /** The values there are, where they can be listed. */
  choices?: readonly string[];
}

export type OptionTable = Record<string, OptionRow>;

export interface Arguments {
  positionals: string[];
  /** Whether a switch is set. */
  has(name: string): boolean;
  /** Value of an option, the last where it is given more than once; undefined when it is not given. */
  text(name: string): string | undefined;
  /** Values of an option, in the order they are given. */
  texts(name: string): string[];
  /** Value of an option that must be a number. Error: USAGE. */
  number(name: string): number | undefined;
}

/** What every command takes. */
export const SHARED_OPTIONS: OptionTable = {
  json: { meaning: 'print one JSON object on standard output, errors included' },
  help: { meaning: 'print this help' },
};

/** Reads the words after a command. `operands` names the words that are no options, all required. Error: USAGE. */
export function readArguments(command: string, args: string[], table: OptionTable, operands: readonly string[]): Arguments {
  const hint = `see outbid ${command} --help`;
  const names = Object.keys(table);
  const options = Object.fromEntries(
    names.map((name) => [name, { type: table[name].value === undefined ? ('boolean' as const) : ('string' as const) }]),
  );
  const { tokens } = parseArgs({
    args,
    options: { ...options, h: { type: 'boolean' } },
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  const given = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const name = token.name === 'h' ? 'help' : token.name;
    const row = Object.hasOwn(table, name) ? table[name] : undefined;
    if (row === undefined) {
      const close = nearest(name, names);
      throw new OutbidError(
        'USAGE',
        `outbid ${command} has no option '${token.rawName}'${close === undefined ? '' : `; did you mean '--${close}'?`} (${hint})`,
        { option: name, nearest: close },
      );
    }
    if (row.value === undefined) {
      if (token.value !== undefined)
        throw new OutbidError('USAGE', `--${name} takes no value (${hint})`, { option: name, value: token.value });
      given.set(name, []);
      continue;
    }
    // The parser takes whatever follows; another option there means that the value was forgotten.
    if (
      token.value === undefined ||
      token.value === '' ||
      (!token.inlineValue && /^-./.test(token.value) && !/^-[\d.]/.test(token.value))
    ) {
      throw new OutbidError('USAGE', `--${name} needs a value, ${row.value} (${hint})`, { option: name });
    }
    if (row.choices !== undefined && !row.choices.includes(token.value)) {
      const close = nearest(token.value, row.choices);
      throw new OutbidError(
        'USAGE',
        `--${name} must be ${row.choices.join(', ')}, not '${token.value}'${close === undefined ? '' : `; did you mean '${close}'?`}`,
        { option: name, value: token.value, nearest: close },
      );
    }
    given.set(name, [...(given.get(name) ?? []), token.value]);
  }
  if (!given.has('help')) {
    if (positionals.length < operands.length)
      throw new OutbidError('USAGE', `outbid ${command} needs ${operands.slice(positionals.length).join(' and ')} (${hint})`, {
        argument: operands[positionals.length],
      });
    const empty = operands.find((_, k) => positionals[k] === '');
    if (empty !== undefined)
      throw new OutbidError('USAGE', `outbid ${command} needs ${empty}, which is given as an empty word (${hint})`, { argument: empty });
    if (positionals.length > operands.length)
      throw new OutbidError('USAGE', `outbid ${command} does not know what to do with '${positionals[operands.length]}' (${hint})`, {
        value: positionals[operands.length],
      });
  }
  return {
    positionals,
    has: (name) => given.has(name),
    text: (name) => given.get(name)?.at(-1),
    texts: (name) => given.get(name) ?? [],
    number(name) {
      const value = given.get(name)?.at(-1);
      if (value === undefined) return undefined;
      if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value))
        throw new OutbidError('USAGE', `--${name} must be a number, not '${value}'`, { option: name, value });
      return Number(value);
    },
  };
}

/** The options of a table, a line each, for a help text. */
export function optionLines(table: OptionTable): string {
  const heads = Object.entries(table).map(([name, row]) => (row.value === undefined ? `--${name}` : `--${name} ${row.value}`));
  const width = Math.max(...heads.map((head) => head.length));
  return Object.values(table)
    .map((row, k) => `  ${heads[k].padEnd(width)}  ${row.meaning}${row.choices === undefined ? '' : ` (${row.choices.join(', ')})`}\n`)
    .join('');
}
