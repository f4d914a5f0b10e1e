/**
 * Refuses JSON in which an object has a key twice: JSON.parse lets the last one win in silence, and which one was meant nobody knows.
 *
 * The text was parsed before, so it is known to be JSON. An object keeps one entry for each of its keys: if the keys in the text are
 * as many as those in the value, none stands twice. Counting passes from quote to quote and costs less than parsing; only where the
 * counts differ does a second pass keep the keys of every open object to find the place.
 */
import { OutbidError } from '../errors.js';
import { lineOf } from './json-place.js';

const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const BACKSLASH = 92;
/** Most characters of a key that a message quotes. */
const QUOTED = 60;

type Path = (string | number)[];

/** Where a text stands that was parsed: its file, the line it starts on (default 1), and the path of its value (default: the file's). */
export interface TextPlace {
  file?: string;
  line?: number;
  path?: Path;
}

/** `value` is what JSON.parse made of `text`. Throws DUPLICATE_KEY with file, line, the path as `field` and the key as `value`. */
export function refuseDuplicateKeys(text: string, value: unknown, { file, line: from = 1, path: outer = [] }: TextPlace = {}): void {
  if (keysInText(text) === keysInValue(value)) return;
  const found = firstDuplicate(text);
  if (found === undefined) return;
  const key = String(found.path.at(-1));
  const [line, first] = [found.at, found.first].map((at) => from + lineOf(text, at) - 1);
  const holder = pathText([...outer, ...found.path.slice(0, -1)]);
  const quoted = JSON.stringify(key.length > QUOTED ? `${key.slice(0, QUOTED)}...` : key).replace(/\p{Cc}/gu, ' ');
  throw new OutbidError(
    'DUPLICATE_KEY',
    `${file === undefined ? '' : `${file}, `}line ${line}: ${holder === '' ? 'the object' : holder} has the key ${quoted} twice${first === line ? '' : `, first on line ${first}`}`,
    { file, line, field: pathText([...outer, ...found.path]), value: key },
  );
}

/** The closing quote of the string that opens at a position. */
function stringEnd(text: string, open: number): number {
  let end = text.indexOf('"', open + 1);
  while (text.charCodeAt(end - 1) === BACKSLASH && isEscaped(text, end)) end = text.indexOf('"', end + 1);
  return end;
}

/** Whether an odd number of backslashes stands before a position. */
function isEscaped(text: string, at: number): boolean {
  let before = at;
  while (text.charCodeAt(before - 1) === BACKSLASH) before--;
  return (at - before) % 2 === 1;
}

/** Strings that a colon follows. */
function keysInText(text: string): number {
  let keys = 0;
  for (let open = text.indexOf('"'); open >= 0; ) {
    let at = stringEnd(text, open) + 1;
    let code = text.charCodeAt(at);
    while (code === 32 || code === 10 || code === 13 || code === 9) code = text.charCodeAt(++at);
    if (code === COLON) keys++;
    open = text.indexOf('"', at);
  }
  return keys;
}

function keysInValue(value: unknown): number {
  let keys = 0;
  const open: object[] = [];
  const meet = (inner: unknown): void => {
    if (typeof inner === 'object' && inner !== null) open.push(inner);
  };
  meet(value);
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    if (Array.isArray(one)) for (let k = 0; k < one.length; k++) meet(one[k]);
    else
      for (const key in one) {
        keys++;
        meet((one as Record<string, unknown>)[key]);
      }
  }
  return keys;
}

/** An object or a list that is open: the keys it has so far and where they stand, none for a list, and where in it the walk is. */
interface Open {
  keys: Map<string, number> | undefined;
  at: string | number;
}

/** The first key that its object has already, as a path that ends with it, and where both stand. */
function firstDuplicate(text: string): { path: Path; at: number; first: number } | undefined {
  const stack: Open[] = [];
  let awaitsKey = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    const inner = stack.at(-1);
    if (code === QUOTE) {
      const end = stringEnd(text, at);
      if (awaitsKey && inner?.keys !== undefined) {
        // Two spellings of a key are the same key.
        const key = JSON.parse(text.slice(at, end + 1)) as string;
        inner.at = key;
        const first = inner.keys.get(key);
        if (first !== undefined) return { path: stack.map((open) => open.at), at, first };
        inner.keys.set(key, at);
        awaitsKey = false;
      }
      at = end;
    } else if (code === COMMA && inner !== undefined) {
      if (inner.keys === undefined) inner.at = (inner.at as number) + 1;
      else awaitsKey = true;
    } else {
      const char = text[at];
      if (char === '{') stack.push({ keys: new Map(), at: '' });
      else if (char === '[') stack.push({ keys: undefined, at: 0 });
      else if (char === '}' || char === ']') stack.pop();
      else continue;
      awaitsKey = char === '{';
    }
  }
  return undefined;
}

/** nodes[12].slots, as the checks of the fields write it. */
function pathText(path: Path): string {
  return path.map((step, k) => (typeof step === 'number' ? `[${step}]` : k === 0 ? step : `.${step}`)).join('');
}
