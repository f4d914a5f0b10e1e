/**
 * The obviously right ledger: it writes down what happened and works every answer out from all of that, every time it is asked. It
 * keeps no counts, forgets nothing, and has no queue: whether a reservation is alive, expired or remembered follows from its facts and
 * the clock.
 */
import type { EndedReservation, LedgerOptions } from '../../lib/network/index.js';

type Fact =
  | { kind: 'begin'; id: string; node: string; at: number; expiresAt: number | null; foreign: boolean }
  | { kind: 'run'; id: string; at: number; expiresAt: number | null; told: boolean }
  | { kind: 'renew'; id: string; expiresAt: number }
  | { kind: 'end'; id: string; state: 'released' | 'lost'; at: number; told: boolean };

interface Report {
  at: number;
  running: number;
  /** Reservations of that time it did not see. */
  missing: number;
  /** Facts there were when it came. */
  facts: number;
}

interface Node {
  slots: number;
  since: number;
  reports: Report[];
}

/** One reservation, as its facts tell. */
interface Life {
  id: string;
  node: string;
  assignedAt: number;
  foreign: boolean;
  expiresAt: number | null;
  committedAt: number | null;
  end?: EndedReservation;
  /** The number of the fact that told its end; -1: it ran out. */
  endFact: number;
  /** Starts and ends of its running that were told as such: not by a list. `fact`: the number of the fact, or of the latest at its time. */
  events: { at: number; change: number; fact: number }[];
}

export class LedgerModel {
  clock = Number.NEGATIVE_INFINITY;
  readonly facts: Fact[] = [];
  readonly nodes = new Map<string, Node>();
  waiting: string[] = [];
  /** Expired lives handed out or dropped. */
  collected = new Set<string>();
  unknownReleases = 0;
  dropped = 0;
  readonly options: Required<LedgerOptions>;
  /** When the clock moved past a time, with how many facts: an expiry stands there in the order of facts. */
  readonly #moves: { to: number; facts: number }[] = [];

  #answer: { facts: number; clock: number; lives: Life[]; alive: Life[] } | undefined;

  constructor(options: Required<LedgerOptions>) {
    this.options = options;
  }

  advance(now: number): void {
    this.#moves.push({ to: now, facts: this.facts.length });
    this.clock = now;
    const left = this.uncollected();
    const tooMany = Math.max(0, left.length - this.options.rememberIds);
    for (const { key } of left.slice(0, tooMany)) this.collected.add(key);
    this.dropped += tooMany;
  }

  /** Every reservation there ever was, in the order they began. The last answer holds until something happens. */
  lives(): Life[] {
    return this.#worked().lives;
  }

  alive(): Life[] {
    return this.#worked().alive;
  }

  #worked(): { lives: Life[]; alive: Life[] } {
    if (this.#answer?.facts !== this.facts.length || this.#answer.clock !== this.clock) {
      const lives = this.#work();
      this.#answer = { facts: this.facts.length, clock: this.clock, lives, alive: lives.filter(({ end }) => end === undefined) };
    }
    return this.#answer;
  }

  #work(): Life[] {
    const lives: Life[] = [];
    const latest = (id: string): Life => lives.findLast((life) => life.id === id) as Life;
    this.facts.forEach((fact, k) => {
      if (fact.kind === 'begin') {
        const { id, node, at, expiresAt, foreign } = fact;
        lives.push({ id, node, assignedAt: at, foreign, expiresAt, committedAt: foreign ? at : null, endFact: -1, events: [] });
        return;
      }
      const life = latest(fact.id);
      if (fact.kind === 'renew') life.expiresAt = fact.expiresAt;
      if (fact.kind === 'run') {
        life.expiresAt = fact.expiresAt;
        life.committedAt = fact.at;
        if (fact.told) life.events.push({ at: fact.at, change: 1, fact: k });
      }
      if (fact.kind === 'end') {
        const { id, state, at } = fact;
        const was = life.committedAt === null ? 'assigned' : 'running';
        life.end = { id, node: life.node, state, was, at };
        life.endFact = k;
        if (was === 'running' && fact.told) life.events.push({ at, change: -1, fact: k });
      }
    });
    for (const life of lives) {
      const { id, node, expiresAt, committedAt, end, events } = life;
      if (end !== undefined || expiresAt === null || expiresAt > this.clock) continue;
      const was = committedAt === null ? 'assigned' : 'running';
      life.end = { id, node, state: 'expired', was, at: expiresAt };
      const noticed = this.#moves.find(({ to }) => to >= expiresAt) as { facts: number };
      if (was === 'running') events.push({ at: expiresAt, change: -1, fact: noticed.facts - 0.5 });
    }
    return lives;
  }

  /** All that is over, in the order it ended: by time, then what ran out by id, then in the order it was told. */
  ends(): EndedReservation[] {
    return this.lives()
      .flatMap(({ end, endFact }) => (end === undefined ? [] : [{ end, endFact }]))
      .sort((a, b) => a.end.at - b.end.at || a.endFact - b.endFact || (a.end.id < b.end.id ? -1 : 1))
      .map(({ end }) => end);
  }

  remembered(): EndedReservation[] {
    const { rememberIds, rememberMs } = this.options;
    const ends = this.ends();
    return ends.slice(Math.max(0, ends.length - rememberIds)).filter(({ at }) => this.clock - at < rememberMs);
  }

  uncollected(): { key: string; end: EndedReservation }[] {
    return this.ends()
      .filter(({ state }) => state === 'expired')
      .map((end) => ({ key: `${end.id} ${end.at}`, end }))
      .filter(({ key }) => !this.collected.has(key));
  }

  /** Starts and ends told of reservations on a node, in the order of facts. */
  events(name: string): { at: number; change: number; fact: number }[] {
    return this.lives()
      .filter(({ node }) => node === name)
      .flatMap(({ events }) => events)
      .sort((a, b) => a.fact - b.fact || a.at - b.at);
  }

  outcome(name: string, at: number): 'applied' | 'older' | 'stale' {
    const { reports, since } = this.nodes.get(name) as Node;
    const newest = reports.at(-1);
    if (newest !== undefined && at <= newest.at) return 'older';
    const times = new Set(
      this.events(name)
        .filter((event) => newest === undefined || event.at > newest.at || event.fact >= newest.facts)
        .map((event) => event.at),
    );
    const forgotten = [...times].sort((a, b) => b - a)[this.options.maxEvents] ?? Number.NEGATIVE_INFINITY;
    return at < since || at < forgotten || this.clock - at >= this.options.reportMaxAgeMs ? 'stale' : 'applied';
  }

  running(name: string): Life[] {
    return this.alive().filter(({ node, committedAt }) => node === name && committedAt !== null);
  }

  /** How many reservations ran at a time, of those known now. */
  knownAt(name: string, at: number): number {
    const since = this.events(name).filter((event) => event.at > at);
    return since.reduce((known, { change }) => known - change, this.running(name).length);
  }

  /** The newest one, as long as it is young enough. */
  report(name: string): Report | undefined {
    const report = (this.nodes.get(name) as Node).reports.at(-1);
    return report !== undefined && this.clock - report.at < this.options.reportMaxAgeMs ? report : undefined;
  }

  /** observed + starts since - ends since, as long as the report is young enough, and never less than what runs. */
  inFlight(name: string): number {
    const running = this.running(name).length;
    const report = this.report(name);
    if (report === undefined) return running;
    const since = this.events(name).filter(({ at, fact }) => at > report.at || fact >= report.facts);
    return Math.max(
      running,
      since.reduce((sum, { change }) => sum + change, report.running),
    );
  }
}
