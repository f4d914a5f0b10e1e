/** Published instances, where the checkout has them beside it. Tests that need them are skipped by name, with the reason, elsewhere. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const FOLDER = fileURLToPath(new URL('../../../shared/data/', import.meta.url));

export const dataPresent = existsSync(`${FOLDER}optima.json`);

export const NO_DATA = 'the published instances (../shared/data) are not here';

if (!dataPresent) {
  if (process.env.OUTBID_FORBID_SKIPS === '1') throw new Error(`${NO_DATA}, and OUTBID_FORBID_SKIPS is set`);
  console.log(`skipped: ${NO_DATA}`);
}

export function dataFile(name: string): string {
  return FOLDER + name;
}

export function dataJSON(name: string): unknown {
  return JSON.parse(readFileSync(dataFile(name), 'utf8'));
}
