/**
 * Reads numbers and words out of the bytes of a text file, and knows the line it is on.
 *
 * It walks byte codes and never splits the text, so a file of some millions of arcs takes about a second and no memory beyond
 * the bytes themselves. Whole numbers of at most 15 digits are summed up digit by digit, which is exact; anything else (signs
 * of exponent, decimals, longer numbers) goes through Number(), which rounds to the nearest double.
 */
import { MAX_COUNT } from '../check-arrays.js';
import { type ErrorCode, type ErrorPlace, OutbidError } from '../errors.js';

/** What the parsers take: the text of a file, or its bytes (UTF-8). */
export type FileText = string | Uint8Array;

const TAB = 9;
const LINE_FEED = 10;
const RETURN = 13;
const SPACE = 32;
const PLUS = 43;
const MINUS = 45;
const LONGEST_NUMBER = 1000;
/** Demands, nodes or vertices a file may declare beyond its own size in bytes; more are a damaged header. */
export const SPARE_COUNT = 2 ** 20;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

export class Scanner {
  readonly bytes: Uint8Array;
  readonly file: string | undefined;
  at = 0;
  /** 1-based. */
  line = 1;

  constructor(text: FileText, file?: string) {
    if (typeof text === 'string') this.bytes = new TextEncoder().encode(text);
    else if (text instanceof Uint8Array) this.bytes = text;
    else
      throw new OutbidError('TYPE_INVALID', `the text of a file must be a string or bytes, not ${text === null ? 'null' : typeof text}`, {
        argument: 'text',
      });
    this.file = file;
    // A byte order mark says nothing about UTF-8 text.
    if (this.bytes[0] === 0xef && this.bytes[1] === 0xbb && this.bytes[2] === 0xbf) this.at = 3;
  }

  /** An error at a line, the current one unless told. */
  error(code: ErrorCode, message: string, place: ErrorPlace = {}): OutbidError {
    const line = place.line ?? this.line;
    return new OutbidError(code, `${this.file === undefined ? '' : `${this.file}, `}line ${line}: ${message}`, {
      line,
      file: this.file,
      ...place,
    });
  }

  get done(): boolean {
    return this.at >= this.bytes.length;
  }

  /** The last line that holds something; where a file that ends too early is said to be wrong. */
  get lastLine(): number {
    let lines = 1;
    let end = this.bytes.length;
    while (end > 0 && isSpace(this.bytes[end - 1])) end--;
    for (let k = 0; k < end; k++) if (this.bytes[k] === LINE_FEED) lines++;
    return lines;
  }

  /** Skips blanks within the line; true at its end. */
  lineEnded(): boolean {
    const bytes = this.bytes;
    let at = this.at;
    while (at < bytes.length && (bytes[at] === SPACE || bytes[at] === TAB || bytes[at] === RETURN)) at++;
    this.at = at;
    return at >= bytes.length || bytes[at] === LINE_FEED;
  }

  /** Skips blanks and line ends; true at the end of the text. */
  textEnded(): boolean {
    while (this.lineEnded()) {
      if (this.done) return true;
      this.at++;
      this.line++;
    }
    return false;
  }

  /** Goes to the start of the next line, whatever is left on this one. */
  skipLine(): void {
    const end = this.bytes.indexOf(LINE_FEED, this.at);
    if (end < 0) {
      this.at = this.bytes.length;
    } else {
      this.at = end + 1;
      this.line++;
    }
  }

  /** Nothing more may stand on this line. */
  endLine(): void {
    if (!this.lineEnded()) throw this.error('FILE_FORMAT', `${this.quote()} stands where the line should end`);
    if (!this.done) {
      this.at++;
      this.line++;
    }
  }

  /** Whether a word that starts before `at` does not go on there. */
  wordEnds(at: number): boolean {
    return at >= this.bytes.length || isSpace(this.bytes[at]);
  }

  /** The next word of this line, consumed; empty at the end of the line. */
  word(): string {
    if (this.lineEnded()) return '';
    const start = this.at;
    while (this.at < this.bytes.length && !isSpace(this.bytes[this.at])) this.at++;
    return ascii(this.bytes.subarray(start, Math.min(this.at, start + LONGEST_NUMBER + 1)));
  }

  /** The next number of this line. `what` names it in the error. */
  number(what: string): number {
    if (this.lineEnded()) throw this.error('FILE_FORMAT', `the line ends where ${what} should stand`);
    const bytes = this.bytes;
    let at = this.at;
    const first = bytes[at];
    if (first === MINUS || first === PLUS) at++;
    const digits = at;
    let value = 0;
    let code = bytes[at];
    while (code >= 48 && code <= 57) {
      value = value * 10 + (code - 48);
      code = bytes[++at];
    }
    const length = at - digits;
    if (length > 0 && length <= 15 && (at >= bytes.length || isSpace(code))) {
      this.at = at;
      return first === MINUS ? 0 - value : value;
    }
    return this.#otherNumber(what);
  }

  #otherNumber(what: string): number {
    const quoted = this.quote();
    const word = this.word();
    if (word.length > LONGEST_NUMBER || !NUMBER.test(word)) throw this.error('FILE_FORMAT', `${quoted} stands where ${what} should stand`);
    const value = Number(word);
    if (!Number.isFinite(value)) throw this.error('COST_NOT_FINITE', `${what} is ${quoted}, beyond the largest double`, { value });
    return value;
  }

  /** The next number, which must be whole and from `low` to `high`. */
  whole(what: string, low: number, high: number, code: ErrorCode = 'FILE_FORMAT'): number {
    const value = this.number(what);
    if (!Number.isInteger(value)) throw this.error(code, `${what} is ${value}, expected a whole number`, { value });
    if (value < low || value > high)
      throw this.error(code, `${what} is ${value}, expected a whole number from ${low} to ${high}`, { value });
    return value;
  }

  /** A count a header declares: refused when far beyond the size of the file, before anything of that size is allocated. */
  declared(what: string): number {
    const value = this.whole(`the number of ${what}`, 0, MAX_COUNT, 'SIZE_INVALID');
    if (value > this.bytes.length + SPARE_COUNT) {
      throw this.error('SIZE_INVALID', `${value} ${what} are declared in a file of ${this.bytes.length} bytes`, { value });
    }
    return value;
  }

  /** The next word in quotes and short, for a message; nothing is consumed. */
  quote(): string {
    let end = this.at;
    while (end < this.bytes.length && end < this.at + 24 && !isSpace(this.bytes[end])) end++;
    const more = end < this.bytes.length && !isSpace(this.bytes[end]) ? '...' : '';
    return `'${ascii(this.bytes.subarray(this.at, end))}${more}'`;
  }
}

function isSpace(code: number): boolean {
  return code === SPACE || code === LINE_FEED || code === TAB || code === RETURN;
}

/** Bytes as text; those that do not print as \xNN, so that a message never carries control codes to a terminal. */
function ascii(bytes: Uint8Array): string {
  let text = '';
  for (const code of bytes) text += code >= 33 && code <= 126 ? String.fromCharCode(code) : `\\x${code.toString(16).padStart(2, '0')}`;
  return text;
}
