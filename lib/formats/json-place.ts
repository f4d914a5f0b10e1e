/**
 * Finds places in JSON text: where it stops being JSON, and on which line the value of a path starts. JSON.parse reads the text;
 * this walk runs only once an error is known, to name its line.
 */

const DEEPEST = 500;

class Walk {
  readonly text: string;
  readonly path: readonly (string | number)[];
  at = 0;
  found = -1;

  constructor(text: string, path: readonly (string | number)[]) {
    this.text = text;
    this.path = path;
  }

  blank(): void {
    while (this.at < this.text.length && ' \t\r\n'.includes(this.text[this.at])) this.at++;
  }

  /** Passes one value; false where the text is not JSON, with `at` on the culprit. `depth` says how much of the path was matched. */
  value(level: number, matched: number): boolean {
    this.blank();
    if (matched === this.path.length && this.found < 0) this.found = this.at;
    const first = this.text[this.at];
    if (first === '"') return this.string() !== undefined;
    if (first === '{' || first === '[') return level < DEEPEST && this.list(level, matched, first === '{');
    return this.plain();
  }

  list(level: number, matched: number, isObject: boolean): boolean {
    const close = isObject ? '}' : ']';
    this.at++;
    this.blank();
    if (this.text[this.at] === close) {
      this.at++;
      return true;
    }
    for (let index = 0; ; index++) {
      let key: string | number | undefined = index;
      if (isObject) {
        this.blank();
        key = this.string();
        if (key === undefined) return false;
        this.blank();
        if (this.text[this.at] !== ':') return false;
        this.at++;
      }
      const next = matched === level && this.path[level] === key ? matched + 1 : matched === level ? -1 : matched;
      if (!this.value(level + 1, next)) return false;
      this.blank();
      const after = this.text[this.at];
      if (after === close) {
        this.at++;
        return true;
      }
      if (after !== ',') return false;
      this.at++;
    }
  }

  /** A string; undefined, and `at` where it goes wrong, if it is none. */
  string(): string | undefined {
    const start = this.at;
    if (this.text[start] !== '"') return undefined;
    const escaped = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
    this.at++;
    while (this.text[this.at] !== '"') {
      if (this.text[this.at] === '\\') {
        escaped.lastIndex = this.at;
        if (!escaped.test(this.text)) return undefined;
        this.at = escaped.lastIndex;
      } else {
        // Control codes must be escaped; past the end there is no code at all.
        if (!(this.text.charCodeAt(this.at) >= 32)) return undefined;
        this.at++;
      }
    }
    this.at++;
    return JSON.parse(this.text.slice(start, this.at)) as string;
  }

  plain(): boolean {
    const pattern = /(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)(?![\w.])/y;
    pattern.lastIndex = this.at;
    if (!pattern.test(this.text)) return false;
    this.at = pattern.lastIndex;
    return true;
  }
}

/** The line of a position, counted from 1. */
export function lineOf(text: string, at: number): number {
  let line = 1;
  for (let k = text.indexOf('\n'); k >= 0 && k < at; k = text.indexOf('\n', k + 1)) line++;
  return line;
}

/** Where text stops being JSON; where it merely ends too early, `early`, the last line that holds something. */
export function placeOfSyntaxError(text: string): { line: number; early: boolean } {
  const walk = new Walk(text, ['']);
  // After a whole value only blanks may come.
  if (walk.value(0, 0)) walk.blank();
  const end = text.trimEnd().length;
  return { line: lineOf(text, Math.min(walk.at, end)), early: walk.at >= end };
}

/** The line on which the value at a path of keys and indices starts, or that of the longest part of the path there is. */
export function lineOfPath(text: string, path: readonly (string | number)[]): number {
  for (let length = path.length; length > 0; length--) {
    const walk = new Walk(text, path.slice(0, length));
    walk.value(0, 0);
    if (walk.found >= 0) return lineOf(text, walk.found);
  }
  return 1;
}
