/** JavaScript rivals, in a process of their own: javascript.mjs NAME FILE RUNS prints the milliseconds of each run and the objective. */
import { readFileSync } from 'node:fs';

const [, , name, file, runs] = process.argv;
const raw = readFileSync(file);
const at = raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.length);
const [n, m, arcs] = new Int32Array(at, 0, 3);
const view = new DataView(at);
const afterHead = 12 + 4 * (n + 1);
const afterTargets = afterHead + 4 * arcs;
const afterCosts = afterTargets + 8 * arcs;
const afterCapacity = afterCosts + 4 * m;
const afterUnserved = afterCapacity + 8 * n;
const offsetAt = (i) => view.getInt32(12 + 4 * i, true);
const targetAt = (a) => view.getInt32(afterHead + 4 * a, true);
const costAt = (a) => view.getFloat64(afterTargets + 8 * a, true);
const capacityAt = (j) => view.getInt32(afterCosts + 4 * j, true);
const unservedAt = (i) => view.getFloat64(afterCapacity + 8 * i, true);
const unitsAt = (i) => view.getInt32(afterUnserved + 4 * i, true);

const matrix = () => Array.from({ length: n }, (_, i) => Array.from({ length: m }, (_, j) => costAt(i * m + j)));

const SOLVERS = {
  async munkres() {
    const { munkres } = await import('munkres');
    // A column for every slot.
    const slots = Array.from({ length: m }, (_, j) => new Array(capacityAt(j)).fill(j)).flat();
    const costs = Array.from({ length: n }, (_, i) => slots.map((j) => costAt(i * m + j)));
    return () => munkres(costs).reduce((sum, [i, j]) => sum + costs[i][j], 0);
  },
  async 'linear-sum-assignment'() {
    const { linearSumAssignment } = await import('linear-sum-assignment');
    const costs = matrix();
    return () => {
      const { rowAssignments } = linearSumAssignment(costs, { maximaze: false });
      return Array.from(rowAssignments).reduce((sum, j, i) => sum + (j < 0 ? 0 : costs[i][j]), 0);
    };
  },
  /** As a linear program in text, the form its one-shot call takes: x<arc> units, y<demand> unserved. */
  async highs() {
    const { default: load } = await import('highs');
    const highs = await load();
    const cost = [];
    const demand = [];
    const node = Array.from({ length: m }, () => []);
    for (let i = 0; i < n; i++) {
      const terms = [];
      for (let a = offsetAt(i); a < offsetAt(i + 1); a++) {
        cost.push(`${costAt(a)} x${a}`);
        terms.push(`x${a}`);
        node[targetAt(a)].push(`x${a}`);
      }
      if (Number.isFinite(unservedAt(i))) {
        cost.push(`${unservedAt(i)} y${i}`);
        terms.push(`y${i}`);
      }
      demand.push(`${terms.join(' + ')} = ${unitsAt(i)}`);
    }
    const slots = node.flatMap((terms, j) => (terms.length === 0 ? [] : [`${terms.join(' + ')} <= ${capacityAt(j)}`]));
    const text = `Minimize\n${cost.join('\n + ')}\nSubject To\n${demand.concat(slots).join('\n')}\nEnd\n`;
    return () => highs.solve(text).ObjectiveValue;
  },
};

const solve = await SOLVERS[name]();
const milliseconds = [];
let objective = 0;
for (let run = 0; run < Number(runs); run++) {
  const started = performance.now();
  objective = solve();
  milliseconds.push(performance.now() - started);
}
console.log(JSON.stringify({ milliseconds, objective, optimal: true }));
