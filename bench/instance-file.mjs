/**
 * Instances for rivals in other languages, as one binary file, little-endian: int32 n, m, arcs; int32 offsets[n + 1]; int32
 * targets[arcs]; float64 costs[arcs]; int32 capacity[m]; float64 unserved cost[n] (Infinity: must be served); int32 units[n].
 */
import { writeFileSync } from 'node:fs';

export function writeInstance(problem, file) {
  const { demands: n, nodes: m, arcs } = problem;
  const parts = [
    Int32Array.of(n, m, arcs),
    Int32Array.from({ length: n + 1 }, (_, i) => (i < n ? problem.rowStart(i) : arcs)),
    problem.targets ?? Int32Array.from({ length: arcs }, (_, a) => a % m),
    Float64Array.from(problem.costs),
    Int32Array.from({ length: m }, (_, j) => problem.capacityOf(j)),
    Float64Array.from({ length: n }, (_, i) => problem.unservedCostOf(i)),
    Int32Array.from({ length: n }, (_, i) => problem.unitsOf(i)),
  ];
  writeFileSync(file, Buffer.concat(parts.map((part) => Buffer.from(part.buffer, part.byteOffset, part.byteLength))));
}
