/**
 * The rivals: which are here, which instances each can take, and how one is run. A rival solves in a process of its own, pinned
 * like ours; its time is its solving call alone - reading the instance and building its graph are not counted.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(new URL('./rivals/', import.meta.url));

/** One demand unit, one slot, must be served: an assignment problem. */
const isAssignment = (p) => p.units === 1 && p.capacity === 1 && p.unservedCost === Number.POSITIVE_INFINITY;
const isSlottedDense = (p) =>
  p.dense && p.units === 1 && p.unservedCost === Number.POSITIVE_INFINITY && p.capacity > 1 && p.arcs * p.capacity <= 2e6;
const isSquareDense = (p) => p.dense && isAssignment(p) && p.demands === p.nodes;

/** Rivals with `command(file, runs)` where they can run, and `missing` (why not) where they cannot. `takes(problem)` says which fit. */
export function findRivals(out) {
  const python = findPython();
  const lemon = compileLemon(out);
  const script = (name) => (file, runs) => [process.execPath, [join(HERE, 'javascript.mjs'), name, file, String(runs)]];
  const py = (name) => (file, runs) => [python.program, [join(HERE, 'rivals.py'), name, file, String(runs)]];
  const needsPython = (module) => (python.modules.includes(module) ? undefined : `Python's ${module} is not installed`);
  return [
    {
      name: 'LEMON NS',
      missing: lemon.missing,
      takes: (p) => p.integer && p.arcs <= 17e6,
      command: (file, runs) => [lemon.file, ['ns', file, String(runs)]],
    },
    {
      name: 'LEMON CS',
      missing: lemon.missing,
      takes: (p) => p.integer && p.arcs <= 3e5,
      command: (file, runs) => [lemon.file, ['cs', file, String(runs)]],
    },
    { name: 'scipy', missing: needsPython('scipy'), takes: isSquareDense, command: py('scipy') },
    {
      name: 'scipy sparse',
      missing: needsPython('scipy'),
      takes: (p) => !p.dense && isAssignment(p) && p.demands <= 2e4,
      command: py('scipy-sparse'),
    },
    { name: 'OR-Tools flow', missing: needsPython('ortools'), takes: (p) => p.integer && p.arcs <= 17e6, command: py('ortools-flow') },
    { name: 'OR-Tools LSA', missing: needsPython('ortools'), takes: (p) => p.integer && isAssignment(p), command: py('ortools-lsa') },
    {
      name: 'POT emd',
      missing: needsPython('pot'),
      takes: (p) => p.dense && p.units !== 1 && p.unservedCost === Number.POSITIVE_INFINITY,
      command: py('pot-emd'),
    },
    { name: 'munkres', takes: (p) => (isSquareDense(p) && p.demands <= 2_000) || isSlottedDense(p), command: script('munkres') },
    { name: 'linear-sum-assignment', takes: (p) => isSquareDense(p) && p.demands <= 1_000, command: script('linear-sum-assignment') },
    { name: 'highs', takes: (p) => !p.dense && p.arcs <= 4_000, command: script('highs') },
  ];
}

/** Milliseconds of each run and the objective; undefined when it failed or ran out of its time. */
export function runRival(rival, file, runs, limitMs) {
  const [program, args] = rival.command(file, runs);
  const { status, stdout, error } = spawnSync(program, args, { encoding: 'utf8', timeout: limitMs, maxBuffer: 2 ** 24 });
  if (status !== 0) return { failed: error?.code === 'ETIMEDOUT' ? `over ${limitMs / 1000} s` : `exit ${status}` };
  const { milliseconds, objective, optimal } = JSON.parse(stdout);
  return optimal ? { milliseconds, objective } : { failed: 'not optimal' };
}

function findPython() {
  for (const program of ['python3', '/usr/bin/python3']) {
    const { status, stdout } = spawnSync(program, [join(HERE, 'rivals.py'), '--list'], { encoding: 'utf8' });
    const modules = status === 0 ? JSON.parse(stdout) : [];
    if (modules.length > 0) return { program, modules };
  }
  return { program: 'python3', modules: [] };
}

function compileLemon(out) {
  const source = join(HERE, 'lemon.cpp');
  const file = join(out, 'lemon');
  if (existsSync(file) && statSync(file).mtimeMs > statSync(source).mtimeMs) return { file };
  const { status, stderr, error } = spawnSync('g++', ['-O3', '-march=native', '-std=c++17', source, '-o', file, '-llemon'], {
    encoding: 'utf8',
  });
  if (status === 0) return { file };
  if (error !== undefined) return { missing: 'there is no g++ to compile it with' };
  return {
    missing: /No such file or directory/.test(stderr) ? 'its headers are not installed (Debian: liblemon-dev)' : 'it does not compile',
  };
}
