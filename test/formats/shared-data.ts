/** Published instances, where the checkout has them beside it. Tests of them say so by name: they skip, or fail, elsewhere. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../.ci/toolchain.mjs';
import { fileMissing } from '../skip.js';

const FOLDER = ['..', 'shared', 'data'];

/** What is missing, or undefined when the instances are here. */
export const dataMissing = fileMissing(...FOLDER, 'optima.json');

export function dataFile(name: string): string {
  return join(ROOT, ...FOLDER, name);
}

/** Content of a JSON file among them, or what stands for it where they are absent. */
export function dataJSON<T>(name: string, absent: T): T {
  return dataMissing === undefined ? (JSON.parse(readFileSync(dataFile(name), 'utf8')) as T) : absent;
}
