/** A file that a command writes at its end: looked at before the work starts, so that a long answer is not lost over its name. */
import { access, constants, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { OutbidError } from '../errors.js';

const unwritable = (file: string, cause: Error): OutbidError =>
  new OutbidError('FILE_UNWRITABLE', `cannot write ${file}: ${cause.message}`, { file, cause });

/** Throws FILE_UNWRITABLE if the file could not be written as things stand; creates and changes nothing. */
export async function checkWritable(file: string): Promise<void> {
  try {
    const found = await stat(file).catch((cause: NodeJS.ErrnoException) => {
      if (cause.code === 'ENOENT') return undefined;
      throw cause;
    });
    if (found?.isDirectory()) throw new Error('it is a directory');
    await access(found === undefined ? dirname(file) : file, constants.W_OK);
  } catch (cause) {
    throw unwritable(file, cause as Error);
  }
}

export async function writeOutput(file: string, text: string): Promise<void> {
  await writeFile(file, text).catch((cause: Error) => {
    throw unwritable(file, cause);
  });
}
