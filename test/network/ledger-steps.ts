/** One random call of a Ledger beside the model: what the model says must come out is worked out first, then compared. */
import { expect } from 'vitest';
import { OutbidError } from '../../lib/errors.js';
import { Ledger, type LedgerOptions, type NodeCounts } from '../../lib/network/index.js';
import { LedgerModel } from './ledger-model.js';

/** Whole numbers that choose: the call, an id, a node, how far the clock moves, a duration, and anything else. */
export type Draw = readonly [kind: number, id: number, node: number, forward: number, duration: number, other: number];

export interface LedgerWorld {
  ledger: Ledger;
  model: LedgerModel;
}

export function newLedgerWorld(options: Required<LedgerOptions>): LedgerWorld {
  return { ledger: new Ledger(options), model: new LedgerModel(options) };
}

/** The result of a call, or the code of its error. */
function outcome(call: () => unknown): unknown {
  try {
    return call();
  } catch (error) {
    if (error instanceof OutbidError) return error.code;
    throw error;
  }
}

type Call = (world: LedgerWorld, draw: Draw) => Comparison;

/** What a step may be, and how often. The first is the plainest one. */
const CALLS: [times: number, call: Call][] = [
  [2, look],
  [2, setNode],
  [1, removeNode],
  [9, assign],
  [6, commit],
  [5, release],
  [2, renew],
  [5, observe],
  [2, reconcile],
  [2, enqueue],
  [1, dequeue],
  [1, reload],
  [1, stepBack],
];
const CHOICES = CALLS.flatMap(([times, call]) => Array.from({ length: times }, () => call));
export const KINDS = CHOICES.length;

export function ledgerStep(world: LedgerWorld, draw: Draw): void {
  agree(...CHOICES[draw[0]](world, draw));
  agree(...state(world));
}

type Comparison = [found: unknown, expected: unknown];

const NOTHING: Comparison = [undefined, undefined];

/** expect().toEqual, which takes ten times as long, is asked where the texts differ. */
function agree(found: unknown, expected: unknown): void {
  if (JSON.stringify(found) !== JSON.stringify(expected)) expect(found).toEqual(expected);
}

const idOf = (draw: Draw): string => `q${draw[1]}`;

/** Two times in three an id that is alive, if one is; else any. */
function likelyId(model: LedgerModel, draw: Draw): string {
  const alive = model.alive();
  return draw[5] % 3 === 0 || alive.length === 0 ? idOf(draw) : alive[draw[1] % alive.length].id;
}

const nodeOf = (draw: Draw): string => `n${draw[2]}`;

/** Moves the model's clock, and says where it stands then. */
function move(model: LedgerModel, draw: Draw): number {
  const now = (model.clock === Number.NEGATIVE_INFINITY ? -50 : model.clock) + draw[3];
  model.advance(now);
  return now;
}

/** The error of an id that is over and remembered. */
function over(model: LedgerModel, id: string): string | undefined {
  const ended = model.remembered().findLast((end) => end.id === id);
  if (ended === undefined) return undefined;
  return ended.state === 'expired' ? 'RESERVATION_EXPIRED' : 'RESERVATION_FINISHED';
}

const aliveWith = (model: LedgerModel, id: string) => model.alive().find((life) => life.id === id);

function look({ ledger, model }: LedgerWorld, draw: Draw): Comparison {
  const now = move(model, draw);
  const due = model.uncollected();
  for (const { key } of due) model.collected.add(key);
  return [
    [ledger.expire(now), ledger.expire(now)],
    [due.map(({ end }) => end), []],
  ];
}

function setNode({ ledger, model }: LedgerWorld, draw: Draw): Comparison {
  const slots = draw[5] % 7;
  ledger.setNode(nodeOf(draw), slots);
  const node = model.nodes.get(nodeOf(draw));
  if (node === undefined) model.nodes.set(nodeOf(draw), { slots, since: model.clock, reports: [] });
  else node.slots = slots;
  return NOTHING;
}

function removeNode({ ledger, model }: LedgerWorld, draw: Draw): Comparison {
  if (draw[5] % 2 > 0) return NOTHING;
  const name = nodeOf(draw);
  const now = move(model, draw);
  const answer = outcome(() => ledger.removeNode(name, { now }));
  if (!model.nodes.delete(name)) return [answer, 'NODE_UNKNOWN'];
  const held = model.alive().filter(({ node }) => node === name);
  for (const id of held.map((life) => life.id).sort()) model.facts.push({ kind: 'end', id, state: 'lost', at: now, told: false });
  return [answer, held.map(({ id }) => ({ ...model.lives().findLast((life) => life.id === id)?.end })).sort(byId)];
}

const byId = (a: { id?: string }, b: { id?: string }): number => ((a.id as string) < (b.id as string) ? -1 : 1);

function assign({ ledger, model }: LedgerWorld, draw: Draw): Comparison {
  const [id, node, ttlMs] = [idOf(draw), nodeOf(draw), 1 + draw[4]];
  const now = move(model, draw);
  const alive = aliveWith(model, id);
  const refusal = alive === undefined ? (over(model, id) ?? full(model, node)) : alive.node === node ? undefined : 'RESERVATION_CONFLICT';
  const answer = outcome(() => ledger.assign(id, node, { now, ttlMs }));
  if (refusal !== undefined) return [answer, refusal];
  if (alive === undefined) {
    model.facts.push({ kind: 'begin', id, node, at: now, expiresAt: now + ttlMs, foreign: false });
    model.waiting = model.waiting.filter((other) => other !== id);
  }
  return [answer, { ...reservation(model, id), repeated: alive !== undefined }];
}

function full(model: LedgerModel, node: string): string | undefined {
  if (!model.nodes.has(node)) return 'NODE_UNKNOWN';
  return free(model, node) === 0 ? 'NODE_FULL' : undefined;
}

function free(model: LedgerModel, name: string): number {
  return counts(model, name).free;
}

function counts(model: LedgerModel, name: string): NodeCounts {
  const { slots } = model.nodes.get(name) as { slots: number };
  const running = model.running(name).length;
  const assigned = model.alive().filter(({ node }) => node === name).length - running;
  const inFlight = model.inFlight(name);
  const missing = model.report(name)?.missing ?? 0;
  return { slots, assigned, running, foreign: inFlight - running, missing, free: Math.max(0, slots - assigned - inFlight) };
}

function reservation(model: LedgerModel, id: string): object {
  const { node, assignedAt, committedAt, expiresAt, foreign } = aliveWith(model, id) as NonNullable<ReturnType<typeof aliveWith>>;
  return { id, node, state: committedAt === null ? 'assigned' : 'running', assignedAt, committedAt, expiresAt, foreign };
}

function commit({ ledger, model }: LedgerWorld, draw: Draw): Comparison {
  const id = likelyId(model, draw);
  const now = move(model, draw);
  const leaseMs = draw[5] % 4 === 0 ? 1 + draw[4] : undefined;
  const answer = outcome(() => ledger.commit(id, { now, leaseMs }));
  const alive = aliveWith(model, id);
  if (alive === undefined) return [answer, over(model, id) ?? 'RESERVATION_UNKNOWN'];
  const repeated = alive.committedAt !== null;
  if (!repeated) model.facts.push({ kind: 'run', id, at: now, expiresAt: leaseMs === undefined ? null : now + leaseMs, told: true });
  return [answer, { ...reservation(model, id), repeated }];
}

function renew({ ledger, model }: LedgerWorld, draw: Draw): Comparison {
  const id = likelyId(model, draw);
  const now = move(model, draw);
  const leaseMs = 1 + draw[4];
  const answer = outcome(() => ledger.renew(id, { now, leaseMs }));
  if (aliveWith(model, id) === undefined) return [answer, over(model, id) ?? 'RESERVATION_UNKNOWN'];
  model.facts.push({ kind: 'renew', id, expiresAt: now + leaseMs });
  return [answer, reservation(model, id)];
}

function release({ ledger, model }: LedgerWorld, draw: Draw): Comparison {
  const id = likelyId(model, draw);
  const now = move(model, draw);
  const freed = aliveWith(model, id) !== undefined;
  if (freed) model.facts.push({ kind: 'end', id, state: 'released', at: now, told: true });
  const known = freed ? 'released' : (model.remembered().findLast((end) => end.id === id)?.state ?? 'unknown');
  if (known === 'unknown') model.unknownReleases++;
  return [ledger.release(id, { now }), { id, state: known, freed }];
}

function observe({ ledger, model }: LedgerWorld, draw: Draw): Comparison {
  const name = nodeOf(draw);
  const now = move(model, draw);
  const [running, at] = [draw[5] % 6, now + 2 - draw[4]];
  const answer = outcome(() => ledger.observe(name, { running, at, now }));
  const node = model.nodes.get(name);
  if (node === undefined) return [answer, 'NODE_UNKNOWN'];
  if (at > now) return [answer, 'REPORT_IN_FUTURE'];
  const expected = model.outcome(name, at);
  const missing = Math.max(0, model.knownAt(name, at) - running);
  if (expected === 'applied') node.reports.push({ running, missing, at, facts: model.facts.length });
  return [answer, { outcome: expected, ...counts(model, name) }];
}

function reconcile({ ledger, model }: LedgerWorld, draw: Draw): Comparison {
  const name = nodeOf(draw);
  const now = move(model, draw);
  const at = now - (draw[4] % 12);
  // Eleven ids, each in the list or not; the node's own ones more often.
  const list = Array.from({ length: 11 }, (_, k) => `q${k}`).filter((id, k) => {
    return ((draw[5] * 2654435761) >>> (k * 2)) % 4 < (aliveWith(model, id)?.node === name ? 3 : k % 3 === 0 ? 1 : 0);
  });
  const answer = outcome(() => ledger.reconcile(name, [...list, ...list.slice(0, 1)], { at, now }));
  const node = model.nodes.get(name);
  if (node === undefined) return [answer, 'NODE_UNKNOWN'];
  const expected = model.outcome(name, at);
  const lists = {
    lost: [] as object[],
    adopted: [] as string[],
    started: [] as string[],
    stillRunning: [] as string[],
    elsewhere: [] as string[],
  };
  if (expected === 'applied') {
    const remembered = model.remembered();
    const lost = model.running(name).filter(({ id, committedAt }) => !list.includes(id) && (committedAt as number) <= at);
    for (const id of list) {
      const alive = aliveWith(model, id);
      const end = remembered.findLast((ended) => ended.id === id);
      if (alive !== undefined) {
        if (alive.node !== name) lists.elsewhere.push(id);
        else if (alive.committedAt === null) lists.started.push(id);
      } else if (end === undefined) lists.adopted.push(id);
      else if (end.node !== name || end.state === 'lost' || end.was === 'assigned' || end.at <= at) lists.stillRunning.push(id);
    }
    for (const id of lists.started) model.facts.push({ kind: 'run', id, at, expiresAt: null, told: false });
    for (const id of lists.adopted) model.facts.push({ kind: 'begin', id, node: name, at, expiresAt: null, foreign: true });
    model.waiting = model.waiting.filter((id) => !lists.adopted.includes(id));
    for (const { id } of lost.sort(byId)) {
      model.facts.push({ kind: 'end', id, state: 'lost', at: now, told: false });
      lists.lost.push({ id, node: name, state: 'lost', was: 'running', at: now });
    }
    const strange = lists.stillRunning.length + lists.elsewhere.length;
    node.reports.push({ running: model.knownAt(name, at) + strange, missing: 0, at, facts: model.facts.length });
  }
  return [answer, { outcome: expected, ...lists, ...counts(model, name) }];
}

function enqueue({ ledger, model }: LedgerWorld, draw: Draw): Comparison {
  const id = draw[5] % 2 === 0 ? idOf(draw) : `w${draw[1]}`;
  const answer = outcome(() => ledger.enqueue(id));
  if (model.waiting.includes(id)) return [answer, { repeated: true }];
  const refusal = aliveWith(model, id) === undefined ? over(model, id) : 'RESERVATION_CONFLICT';
  if (refusal !== undefined) return [answer, refusal];
  if (model.waiting.length >= model.options.maxWaiting) return [answer, 'QUEUE_FULL'];
  model.waiting.push(id);
  return [answer, { repeated: false }];
}

function dequeue({ ledger, model }: LedgerWorld, draw: Draw): Comparison {
  const id = draw[5] % 2 === 0 ? idOf(draw) : `w${draw[1]}`;
  const waited = model.waiting.includes(id);
  model.waiting = model.waiting.filter((other) => other !== id);
  return [ledger.dequeue(id), waited];
}

/** The ledger that goes on is the one read back from text, and reads as the one before. */
function reload(world: LedgerWorld): Comparison {
  const snapshot = world.ledger.snapshot();
  world.ledger = Ledger.restore(JSON.parse(JSON.stringify(snapshot)));
  return [world.ledger.snapshot(), snapshot];
}

function stepBack({ ledger, model }: LedgerWorld, draw: Draw): Comparison {
  if (model.clock === Number.NEGATIVE_INFINITY) return NOTHING;
  return [outcome(() => ledger.release(idOf(draw), { now: model.clock - 1 - draw[3] })), 'TIME_BACKWARDS'];
}

/** Every question a ledger answers without a call that changes it. */
function state({ ledger, model }: LedgerWorld): Comparison {
  const alive = model.alive();
  const remembered = model.remembered();
  const ids = Array.from({ length: 11 }, (_, k) => `q${k}`);
  const names = [...model.nodes.keys()];
  const lives = model.lives();
  const ended = (how: string): number => lives.filter(({ end }) => end?.state === how).length;
  const adopted = lives.filter(({ foreign }) => foreign).length;
  const expected = {
    now: model.clock,
    size: alive.length,
    reservations: alive.map(({ id }) => reservation(model, id)),
    nodes: names,
    counts: names.map((name) => counts(model, name)),
    inFlight: names.map((name) => model.inFlight(name)),
    waiting: model.waiting,
    known: ids.map((id) => (aliveWith(model, id) ? reservation(model, id) : remembered.findLast((end) => end.id === id))),
    stats: {
      assigned: lives.length - adopted,
      adopted,
      released: ended('released'),
      expired: ended('expired'),
      lost: ended('lost'),
      unknownReleases: model.unknownReleases,
      dropped: model.dropped,
    },
  };
  const found = {
    now: ledger.now,
    size: ledger.size,
    reservations: ledger.reservations(),
    nodes: ledger.nodes(),
    counts: names.map((name) => ledger.counts(name)),
    inFlight: names.map((name) => ledger.inFlight(name)),
    waiting: ledger.waiting(),
    known: ids.map((id) => ledger.get(id)),
    stats: ledger.stats,
  };
  const { assigned, adopted: taken, released, expired, lost } = found.stats;
  const whole = found.counts.every((node) => Math.min(...Object.values(node)) >= 0);
  return [
    [found, whole, assigned + taken - released - expired - lost],
    [expected, true, found.size],
  ];
}
