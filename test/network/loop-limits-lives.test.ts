/** Random lives of networks with limits, beside a count of who holds what that the network has no part in. */
import { expect, test } from 'vitest';
import {
  type Assignment,
  type GroupLimit,
  type InferenceRequest,
  limitUse,
  type MatchResult,
  matchBatch,
  Network,
  type NetworkNode,
  type NetworkOptions,
} from '../../lib/network/index.js';
import { draws, node, request } from './small-network.js';

const FOREVER = Number.POSITIVE_INFINITY;

interface Held extends Assignment {
  tenant: string | undefined;
}

/** What the k-th slot of a node costs beside the arc; by the words of the model, not by the package. */
function surchargeOf({ slots, headroom = 0, headroomCost = 0, tiers = [{ slots, surcharge: 0 }] }: NetworkNode, k: number): number {
  const tier = tiers.flatMap((one) => Array.from({ length: one.slots }, () => one.surcharge))[k];
  return Math.round(tier * 1e6) + (k >= slots - headroom ? Math.round(headroomCost * 1e6) : 0);
}

class Life {
  readonly count = { assigned: 0, capped: 0, atCap: 0, floors: 0, missed: 0, compared: 0, cut: 0, replicas: 0, restored: 0 };
  readonly #draw: (below: number) => number;
  readonly #options: NetworkOptions;
  readonly #limits: GroupLimit[];
  readonly #nodes = new Map<string, NetworkNode>();
  readonly #held = new Map<string, Held>();
  readonly #requests = new Map<string, InferenceRequest>();
  /** Reservations by node that it was found to run. */
  readonly #adopted = new Map<string, string>();
  #net: Network;
  #now = 0;
  /** The last call may have brought use along. */
  #brought = false;

  constructor(seed: number) {
    this.#draw = draws(seed * 15_485_863 + 11);
    const draw = this.#draw;
    const bounds = (most: number): Pick<GroupLimit, 'cap' | 'floor'> => {
      const cap = draw(most);
      return [{ cap }, { floor: draw(4) }, { cap: cap + 1, floor: draw(cap + 2) }][draw(3)];
    };
    this.#limits = [
      { operator: 'r0-0', ...bounds(5) },
      { operator: 'r1-0', cap: draw(4) },
      { region: 'r0', ...bounds(7) },
      { region: 'r2', ...bounds(4) },
      { tenant: 't0', ...bounds(5) },
      { tenant: 't1', cap: 1 + draw(3) },
    ].filter(() => draw(4) > 0);
    if (this.#limits.length === 0) this.#limits.push({ region: 'r0', cap: 1 });
    this.#options = { ttlMs: 60, seed, backend: seed % 2 === 0 ? 'reference' : 'auto', aging: seed % 3 === 0 ? 0.0005 : 0 };
    this.#net = new Network({ nodes: [], limits: this.#limits }, this.#options);
  }

  async run(steps: number): Promise<void> {
    for (let k = 0; k < 5; k++) this.#putNode();
    for (let step = 0; step < steps; step++) {
      this.#now += this.#draw(12);
      // The clock moves for all that look at it.
      this.#net.release('nothing', { now: this.#now });
      const before = this.#uses();
      await this.#step();
      this.#check(before);
    }
    this.#net.dispose();
  }

  async #step(): Promise<void> {
    const draw = this.#draw;
    const kind = draw(20);
    if (kind < 7) this.#submit();
    else if (kind < 12) await this.#tick();
    else if (kind < 15) this.#endSome();
    else if (kind === 15) this.#putNode();
    else if (kind === 16) this.#cancel();
    else if (kind === 17) this.#found();
    else if (kind === 18 && draw(2) === 0) this.#removeNode();
    else this.#restore();
  }

  #submit(): void {
    const draw = this.#draw;
    const asked = request({ id: `q${draw(400)}`, outputTokens: 1 + draw(2500), unservedCost: draw(6000) / 1e6 });
    if (this.#requests.has(asked.id)) return;
    if (draw(3) > 0) asked.tenant = `t${draw(3)}`;
    if (draw(4) === 0) Object.assign(asked, { replicas: 2 + draw(2), ...(draw(2) === 0 ? { distinct: 'operator' } : {}) });
    if (draw(4) === 0) asked.residency = [`r${draw(3)}`];
    this.#requests.set(asked.id, { ...asked, at: this.#now / 1000 });
    this.#take(this.#net.submit(asked, { now: this.#now }).assigned);
  }

  #take(assigned: readonly Assignment[]): void {
    for (const one of assigned) {
      this.count.assigned++;
      this.#held.set(one.reservation, { ...one, tenant: this.#requests.get(one.request)?.tenant });
    }
  }

  /** A tick, beside a joint matching of the same requests, made of public data alone. */
  async #tick(): Promise<void> {
    const now = this.#now;
    if (this.#draw(5) === 0) {
      const cut = this.#net.tick({ now, deadlineMs: 0 });
      for (const { reservation } of cut.expired) this.#held.delete(reservation);
      this.#take(cut.assigned);
      if (!cut.complete) this.count.cut++;
      return;
    }
    this.#expire();
    const counts = new Map(this.#net.nodes().map((id) => [id, this.#net.counts(id)]));
    const planned = await this.#planned(counts);
    const waited = planned?.built.requests ?? [];
    const tick = this.#net.tick({ now, deadlineMs: FOREVER });
    for (const { reservation } of tick.expired) this.#held.delete(reservation);
    expect([tick.complete, tick.gap]).toEqual([true, 0]);
    let cost = 0;
    const units = new Map(waited.map(({ id, replicas }) => [id, replicas]));
    const more = new Map<string, number>();
    for (const { request: id, node: on, reservation } of tick.assigned) {
      const { slots, free } = counts.get(on) as { slots: number; free: number };
      const own = this.#nodes.get(on) as NetworkNode;
      const taken = slots - free + (more.get(on) ?? 0);
      more.set(on, (more.get(on) ?? 0) + 1);
      units.set(id, (units.get(id) as number) - 1);
      cost += (this.#net.decision(reservation)?.cost ?? Number.NaN) + surchargeOf(own, taken);
    }
    waited.forEach(({ id }, i) => {
      cost += (units.get(id) as number) * (planned as MatchResult).built.plain.unservedCostOf(i);
    });
    this.#take(tick.assigned);
    if (planned === undefined) {
      expect(tick.assigned).toEqual([]);
      return;
    }
    const missed = limitUse(planned.built, planned.placed).reduce((sum, use) => sum + use.missed, 0);
    const uses = this.#uses();
    const short = this.#limits.reduce((sum, limit, g) => sum + Math.max(0, (limit.floor ?? 0) - uses[g]), 0);
    expect({ missed: short, cost }).toEqual({ missed, cost: planned.cost.total });
    this.count.compared++;
    this.count.missed += missed;
    this.count.floors += planned.built.network.limits.filter(({ floor = 0 }) => floor > 0).length;
    this.count.capped += planned.unserved.byKind.capped;
    this.count.replicas += waited.filter(({ deny }) => deny !== undefined).length;
  }

  async #planned(counts: Map<string, { slots: number; free: number }>): Promise<MatchResult | undefined> {
    const held = [...this.#held.values()];
    const waiting = this.#net.snapshot().requests.flatMap(({ request: asked, reservations, over }): InferenceRequest[] => {
      const taken = [...reservations, ...over];
      const replicas = (asked.replicas ?? 1) - taken.length;
      if (replicas === 0) return [];
      if (taken.length === 0) return [asked];
      const operators = asked.distinct === 'operator' ? { operators: taken.map(({ operator }) => operator) } : {};
      return [{ ...asked, replicas, deny: { nodes: taken.map(({ node: on }) => on), ...operators } }];
    });
    if (waiting.length === 0) return undefined;
    expect(held.length + this.#adopted.size).toBe([...counts.keys()].reduce((sum, id) => sum + this.#reserved(id), 0));
    const uses = this.#uses();
    const limits = this.#limits.map((limit, g) => ({
      ...limit,
      ...(limit.cap === undefined ? {} : { cap: Math.max(0, limit.cap - uses[g]) }),
      ...(limit.floor === undefined ? {} : { floor: Math.max(0, limit.floor - uses[g]) }),
    }));
    const nodes = [...this.#nodes.values()].map((own) => {
      const { slots, free } = counts.get(own.id) as { slots: number; free: number };
      return { ...own, inFlight: slots - free };
    });
    const { aging = 0 } = this.#options;
    return await matchBatch({ nodes, limits }, waiting, { baselines: false, worth: false, aging, now: this.#now / 1000 });
  }

  #reserved(id: string): number {
    const { assigned, running } = this.#net.counts(id);
    return assigned + running;
  }

  #expire(): void {
    for (const [reservation, { expiresAt }] of this.#held) if (expiresAt <= this.#now) this.#held.delete(reservation);
  }

  #endSome(): void {
    for (const [reservation, one] of [...this.#held]) {
      if (this.#draw(3) > 0 || one.expiresAt <= this.#now) continue;
      if (this.#draw(3) === 0) {
        this.#net.commit(reservation, { now: this.#now });
        one.expiresAt = FOREVER;
      } else {
        this.#net.release(reservation, { now: this.#now });
        this.#held.delete(reservation);
      }
    }
  }

  #putNode(): void {
    const draw = this.#draw;
    const id = `n${draw(8)}`;
    const region = `r${draw(3)}`;
    const slots = draw(5);
    const own = node({
      id,
      region,
      operator: `${region}-${draw(2)}`,
      slots,
      price: (1 + draw(60)) / 10,
      ...(draw(3) === 0 && slots > 1
        ? {
            tiers: [
              { slots: 1, surcharge: 0 },
              { slots: slots - 1, surcharge: draw(3000) / 1e6 },
            ],
          }
        : {}),
      ...(draw(4) === 0 ? { headroom: draw(slots + 1), headroomCost: draw(4000) / 1e6 } : {}),
      ...(draw(8) === 0 ? { state: draw(2) === 0 ? 'draining' : 'down' } : {}),
    });
    this.#nodes.set(id, own);
    this.#brought = true;
    this.#lose(this.#net.upsertNode(own).lost, own.state === 'down' ? id : undefined);
  }

  #removeNode(): void {
    const [id] = this.#nodes.keys();
    if (id === undefined) return;
    this.#nodes.delete(id);
    this.#lose(this.#net.removeNode(id), id);
  }

  #lose(lost: readonly { reservation: string }[], gone: string | undefined): void {
    for (const { reservation } of lost) this.#held.delete(reservation);
    for (const [own, on] of this.#adopted) if (on === gone) this.#adopted.delete(own);
    if (gone !== undefined) for (const [reservation, { node: on }] of this.#held) if (on === gone) this.#held.delete(reservation);
  }

  #cancel(): void {
    const ids = [...this.#requests.keys()];
    const id = ids[this.#draw(ids.length)];
    if (id === undefined) return;
    this.#net.cancel(id, { now: this.#now });
    for (const [reservation, one] of this.#held) if (one.request === id) this.#held.delete(reservation);
    if (this.#draw(2) === 0) this.#requests.delete(id);
  }

  /** A node lists what it runs, with work of its own among it, or reports its load. */
  #found(): void {
    const ids = [...this.#nodes.keys()];
    const id = ids[this.#draw(ids.length)];
    if (id === undefined) return;
    const now = this.#now;
    if (this.#draw(2) === 0) {
      this.#net.observe(id, { running: this.#draw(4), at: now, now });
      return;
    }
    this.#expire();
    const here = [...this.#held.values()].filter((one) => one.node === id);
    const own = `own ${now}`;
    const answer = this.#net.reconcile(id, [...here.filter(() => this.#draw(4) > 0).map((one) => one.reservation), own], { at: now, now });
    for (const { id: reservation } of answer.lost) {
      this.#held.delete(reservation);
      this.#adopted.delete(reservation);
    }
    this.#brought = true;
    for (const reservation of answer.adopted) this.#adopted.set(reservation, id);
    for (const reservation of answer.started) (this.#held.get(reservation) as Held).expiresAt = FOREVER;
    if (this.#adopted.size > 2) {
      const [first] = this.#adopted.keys();
      this.#net.release(first, { now });
      this.#adopted.delete(first);
    }
  }

  #restore(): void {
    const text = JSON.stringify(this.#net.snapshot());
    this.#net.dispose();
    this.#net = Network.restore(JSON.parse(text), this.#options);
    expect(JSON.parse(JSON.stringify(this.#net.snapshot()))).toEqual(JSON.parse(text));
    this.count.restored++;
  }

  /** Slots that count against each limit. */
  #uses(): number[] {
    const alive = [...this.#held.values()].filter(({ expiresAt }) => expiresAt > this.#now);
    const on = [...alive.map((one) => one.node), ...this.#adopted.values()].map((id) => this.#nodes.get(id) as NetworkNode);
    return this.#limits.map(({ operator, region, tenant }) =>
      tenant !== undefined
        ? alive.filter((one) => one.tenant === tenant).length
        : on.filter((own) => own.operator === operator || own.region === region).length,
    );
  }

  /** No call takes the use of a limit above its cap, unless it brought the use along: a node that changed hands, work found to run. */
  #check(before: readonly number[]): void {
    const uses = this.#uses();
    const brought = this.#brought;
    this.#limits.forEach(({ cap = FOREVER }, g) => {
      if (uses[g] === cap) this.count.atCap++;
      if (!brought) expect(uses[g]).toBeLessThanOrEqual(Math.max(cap, before[g]));
    });
    this.#brought = false;
    for (const id of this.#net.nodes()) {
      const { slots, assigned, running, foreign, free } = this.#net.counts(id);
      expect(free).toBe(Math.max(0, slots - assigned - running - foreign));
    }
  }
}

test('random lives: no cap is exceeded by any call, and every complete tick is the joint matching under what is left', {
  timeout: 120_000,
}, async () => {
  const total: Record<string, number> = {};
  for (let seed = 0; seed < 60; seed++) {
    const life = new Life(seed);
    try {
      await life.run(80);
    } catch (error) {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
    for (const [name, value] of Object.entries(life.count)) total[name] = (total[name] ?? 0) + value;
  }
  for (const [name, value] of Object.entries(total)) expect([name, value > 30]).toEqual([name, true]);
});
