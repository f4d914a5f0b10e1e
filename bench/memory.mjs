/**
 * node bench/memory.mjs INDEX: what solveSync takes above the caller's arrays at its peak, in bytes per arc of the INDEX-th
 * instance, as this process's resident memory grows (Linux). A process of its own, because memory freed by an instance before would be used again.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { solveSync } from '../dist/index.js';
import { INSTANCES } from './families.mjs';

const kilobytes = (field) => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);
const problem = INSTANCES[Number(process.argv[2])].make();
globalThis.gc?.();
writeFileSync('/proc/self/clear_refs', '5'); // the peak is now the present size
const before = kilobytes('VmRSS');
solveSync(problem, { backend: 'native' });
console.log((1024 * (kilobytes('VmHWM') - before)) / problem.arcs);
