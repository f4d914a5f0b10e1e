/**
 * The line structure that the DIMACS formats share: comments (c), one problem line (p), then vertex lines (n), then arc lines
 * (a), one thing a line. What stands in a vertex or arc line is up to the format.
 *
 * The problem line is only believed as far as the file bears it out: counts far beyond the size of the file are refused before
 * anything of that size is allocated, and the number of arcs must come true.
 */
import type { Scanner } from './scanner.js';

export interface DimacsFormat {
  /** The word after p. */
  word: 'asn' | 'min';
  /** After the problem line; vertices are numbered 1 to `vertices`. */
  begin(vertices: number): void;
  /** After the letter n and the vertex number. */
  vertex(scanner: Scanner, vertex: number): void;
  /** After the letter a, tail and head. */
  arc(scanner: Scanner, tail: number, head: number): void;
}

export function readDimacs(scanner: Scanner, format: DimacsFormat): void {
  let vertices = -1;
  let arcs = 0;
  let declared = 0;
  let listed = new Uint8Array(0);
  while (!scanner.textEnded()) {
    const letter = scanner.bytes[scanner.at];
    if (letter === 99) {
      scanner.skipLine();
      continue;
    }
    if ((letter !== 112 && letter !== 110 && letter !== 97) || !scanner.wordEnds(scanner.at + 1)) {
      throw scanner.error('FILE_FORMAT', `a line starts with ${scanner.quote()}, expected c, p, n or a`);
    }
    scanner.at++;
    if (letter === 112) {
      if (vertices >= 0) throw scanner.error('FILE_FORMAT', 'there is a second problem line');
      const word = scanner.word();
      if (word !== format.word)
        throw scanner.error('FILE_FORMAT', `the problem line says '${word.slice(0, 24)}', expected '${format.word}'`, {
          value: word.slice(0, 24),
        });
      vertices = scanner.declared('vertices');
      declared = scanner.declared('arcs');
      listed = new Uint8Array(vertices + 1);
      format.begin(vertices);
    } else {
      if (vertices < 0) throw scanner.error('FILE_FORMAT', 'the problem line (p) must come before vertices and arcs');
      const first = scanner.whole('a vertex', 1, vertices);
      if (letter === 110) {
        if (arcs > 0) throw scanner.error('FILE_FORMAT', `vertex ${first} is listed after the first arc`, { value: first });
        if (listed[first] !== 0) throw scanner.error('FILE_FORMAT', `vertex ${first} is listed twice`, { value: first });
        listed[first] = 1;
        format.vertex(scanner, first);
      } else {
        if (arcs === declared)
          throw scanner.error('FILE_FORMAT', `there are more arcs than the ${declared} of the problem line`, { value: declared });
        arcs++;
        format.arc(scanner, first, scanner.whole('a vertex', 1, vertices));
      }
    }
    scanner.endLine();
  }
  if (vertices < 0) throw scanner.error('FILE_FORMAT', 'there is no problem line (p)', { line: scanner.lastLine });
  if (arcs < declared)
    throw scanner.error('FILE_FORMAT', `the file ends after ${arcs} arcs, the problem line declares ${declared}`, {
      line: scanner.lastLine,
      value: arcs,
    });
}
