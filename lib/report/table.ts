/** Plain-text tables: columns as wide as their widest cell, two spaces between, no rules that would not survive a log. */

export interface TableColumn {
  head: string;
  /** Default 'left'. */
  align?: 'left' | 'right';
}

export interface TableOptions {
  /** Spaces before every line (default 2). */
  indent?: number;
}

/** Lines, each ending in a line end, without trailing spaces; no heads without rows. A cell that is missing is empty. */
export function table(columns: readonly TableColumn[], rows: readonly (readonly string[])[], options: TableOptions = {}): string {
  if (rows.length === 0) return '';
  const widths = columns.map((column, k) => Math.max(width(column.head), ...rows.map((row) => width(row[k] ?? ''))));
  const margin = ' '.repeat(options.indent ?? 2);
  const line = (cells: readonly string[]): string => {
    const padded = columns.map((column, k) => {
      const cell = cells[k] ?? '';
      const space = ' '.repeat(widths[k] - width(cell));
      return column.align === 'right' ? space + cell : cell + space;
    });
    return `${(margin + padded.join('  ')).trimEnd()}\n`;
  };
  return line(columns.map((column) => column.head)) + rows.map(line).join('');
}

/** Name and value in two columns, without heads. */
export function pairs(rows: readonly (readonly [string, string])[], options: TableOptions = {}): string {
  const widest = Math.max(0, ...rows.map(([name]) => width(name)));
  const margin = ' '.repeat(options.indent ?? 2);
  return rows
    .map(([name, value]) => `${margin}${name}${' '.repeat(widest - width(name))}  ${value}`.trimEnd())
    .map((text) => `${text}\n`)
    .join('');
}

/** Characters, not UTF-16 units. Ids are the caller's and may hold anything; wide characters are counted as one. */
function width(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}
