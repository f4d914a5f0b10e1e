/**
 * Reads files, plain or gzip, or standard input. What a file holds decides whether it is gzip, not its name. The size is bounded,
 * compressed or not, so that a device that never ends or a few kilobytes that unpack to terabytes are an error, not a hang.
 */
import { open } from 'node:fs/promises';
import { gunzip } from 'node:zlib';
import { OutbidError } from '../errors.js';
import type { Problem } from '../problem.js';
import type { Solution } from '../solution.js';
import { formatOfText, type ProblemFormat, parseProblem } from './detect.js';
import { parseSolutionJSON } from './json.js';

/** Most bytes a file may hold, unpacked: some 50 million arcs. */
export const LARGEST_FILE = 2 ** 30;

const REASONS: Record<string, string> = {
  ENOENT: 'it does not exist',
  EISDIR: 'it is a directory',
  ENOTDIR: 'a part of its path is not a directory',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  ELOOP: 'its symbolic links run in a circle',
  ENAMETOOLONG: 'its name is too long',
  EMFILE: 'too many files are open',
};

/** What errors call standard input. */
export const STDIN_NAME = 'standard input';

/**
 * Reads a problem from a file, plain or gzip, or with '-' from standard input. Without `format`, the extension .asn, .min or .json
 * decides, then the content.
 * Errors: FILE_UNREADABLE with the file, and those of the parsers with file and line.
 */
export async function readProblem(pathOrDash: string, options: { format?: ProblemFormat } = {}): Promise<Problem> {
  const bytes = await readBytes(pathOrDash);
  return parseProblem(bytes, options.format, pathOrDash === '-' ? STDIN_NAME : pathOrDash);
}

/** Reads a solution of `problem` in JSON, plain or gzip, from a file or with '-' from standard input. Errors as in readProblem. */
export async function readSolution(pathOrDash: string, problem: Problem): Promise<Solution> {
  const bytes = await readBytes(pathOrDash);
  const file = pathOrDash === '-' ? STDIN_NAME : pathOrDash;
  const other = problemFormat(bytes);
  if (other !== undefined)
    throw new OutbidError('FILE_FORMAT', `${file}, line 1: this reads like a problem (${other}), not like a solution`, { file, line: 1 });
  return parseSolutionJSON(bytes, problem, file);
}

/** The text format of problems that a text seems to be of, undefined where it is JSON or unknown. */
function problemFormat(bytes: Uint8Array): string | undefined {
  try {
    const format = formatOfText(bytes);
    return format === 'json' ? undefined : format;
  } catch {
    return undefined;
  }
}

/** The bytes of a file or, with '-', of standard input; unpacked if they are gzip. Error: FILE_UNREADABLE with the file. */
export async function readBytes(pathOrDash: string): Promise<Uint8Array> {
  if (typeof pathOrDash !== 'string')
    throw new OutbidError('TYPE_INVALID', `the path of a file must be a string, not ${typeof pathOrDash}`, { argument: 'path' });
  const file = pathOrDash === '-' ? STDIN_NAME : pathOrDash;
  const unreadable = (reason: string, cause?: unknown): OutbidError =>
    new OutbidError('FILE_UNREADABLE', `cannot read ${file}: ${reason}`, { file, cause });
  let bytes: Uint8Array | undefined;
  try {
    if (pathOrDash === '-') {
      bytes = await collect(process.stdin);
    } else {
      const handle = await open(pathOrDash);
      bytes = await collect(handle.createReadStream({ highWaterMark: 1 << 20 }));
    }
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    throw unreadable(REASONS[code ?? ''] ?? message, error);
  }
  if (bytes === undefined) throw unreadable(`it is larger than ${LARGEST_FILE} bytes`);
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const packed = bytes;
  return await new Promise((resolve, reject) => {
    gunzip(packed, { maxOutputLength: LARGEST_FILE, chunkSize: 1 << 20 }, (error, unpacked) => {
      if (error === null) resolve(unpacked);
      else
        reject(
          unreadable(
            (error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE'
              ? `it unpacks to more than ${LARGEST_FILE} bytes`
              : `it is not valid gzip (${error.message})`,
            error,
          ),
        );
    });
  });
}

/** All bytes of a stream; undefined as soon as they are beyond the limit. */
async function collect(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array | undefined> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of stream) {
    pieces.push(piece);
    length += piece.length;
    if (length > LARGEST_FILE) return undefined;
  }
  return Buffer.concat(pieces, length);
}
