// Two copies of the addon in one process, as when two versions of a package are installed: argv names both files.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const addons = process.argv.slice(2).map((file) => require(file));
const problem = {
  demands: 3,
  nodes: 3,
  arcs: 9,
  offsets: undefined,
  targets: undefined,
  costs: Float64Array.of(4, 1, 3, 2, 0, 5, 3, 2, 2),
  units: 1,
  unservedCost: Number.POSITIVE_INFINITY,
  capacity: 1,
  arcCapacity: undefined,
  tierOffsets: undefined,
  tierSlots: undefined,
  tierSurcharge: undefined,
  maximize: false,
  integer: true,
};
const request = { gap: 0, seed: 0, remainingMs: Number.POSITIVE_INFINITY, prices: undefined, threads: 1 };
const solved = await Promise.all(addons.map((addon) => new Promise((resolve) => addon.startSolve(problem, request, resolve, undefined))));
console.log(
  JSON.stringify({
    same: addons[0] === addons[1],
    objectives: solved.map(({ objective }) => objective),
    sync: addons.map((addon) => addon.solveSync(problem, request).objective),
  }),
);
