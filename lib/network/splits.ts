/**
 * What the slots of a network did: those used, by what for; those idle, by why. Each slot counts once.
 *
 *     slots  =  in flight  +  used  +  idle
 *
 * A unit used a slot for the first of these that holds:
 *
 *     verification  it is not the first unit of its request (units of a request count in the order of the network's nodes)
 *     coldLoad      its model had to be loaded on the node first
 *     retry         its request was tried before (attempt above 0)
 *     user          anything else
 *
 * A slot is idle for the first of these that holds:
 *
 *     down       its node is down or draining
 *     reserved   it is headroom, held back from everyone or with a price that nobody paid
 *     capped     an unserved unit would use it, were it not for the cap of a group
 *     pricedOut  only price, deadline or a cost as high as leaving it unserved keeps an unserved unit away
 *     stranded   one filter alone - allow, model, mode, region or labels, in this order - keeps an unserved unit away
 *     surplus    anything else: no unserved unit is near it
 *
 * The three in the middle are largest matchings, one after another, of the units still unserved to the slots still idle: see
 * stranded.ts. Demand means demand seen: requests that never came, because the network is known to be full, are in no number.
 */
import type { BackendName } from '../options.js';
import type { BuiltProblem } from './build.js';
import { idlePools } from './idle-pools.js';
import { detailOf, type IdleStage } from './idle-stage.js';
import { STRANDING_FILTERS, type StrandingFilter } from './lifted.js';
import type { CheckedNode } from './model.js';
import type { Placed } from './placed.js';
import { StrandedSlots } from './stranded.js';

/** Slots used by what for; the others add up to `total`. */
export interface UsedSplit {
  total: number;
  user: number;
  verification: number;
  coldLoad: number;
  retry: number;
}

export const IDLE_KINDS = ['down', 'reserved', 'capped', 'pricedOut', 'stranded', 'surplus'] as const;
export type IdleKind = (typeof IDLE_KINDS)[number];

/** A number of slots, and what they stand for. */
export interface IdleAmount {
  slots: number;
  /** Generated tokens per second: of each slot, 1 / slots of the mean output rate of the models its node hosts (or else can load). */
  tokensPerSecond: number;
  /** Of each slot, 1 / slots of its node's price. */
  usdPerHour: number;
}

/** Slots stranded for want of the same thing. */
export interface Missing {
  filter: StrandingFilter;
  /** What the node lacks: the model, modes, regions or labels asked for; for allow, whether the request is pinned elsewhere. */
  detail: string;
  /** Stranded slots, each once: as many unserved units would run on them with the filter lifted. */
  slots: number;
  /** Unserved units that at least one slot still idle would suit with the filter lifted; they may be wanting elsewhere, too. */
  units: number;
}

export interface IdleSplit extends Record<IdleKind, IdleAmount> {
  /** What the kinds add up to. */
  total: IdleAmount;
  /** The stranded slots by filter; the filters add up to `stranded`. */
  strandedBy: Record<StrandingFilter, IdleAmount>;
  /** What the stranded slots lack, most slots first. */
  missing: Missing[];
  /** Slots of each node by kind; positions are those of the network's nodes. */
  byNode: Record<IdleKind, Int32Array>;
}

export function usedSplit({ requests, network }: BuiltProblem, placed: Placed): UsedSplit {
  const split: UsedSplit = { total: 0, user: 0, verification: 0, coldLoad: 0, retry: 0 };
  for (let i = 0; i < requests.length; i++) {
    const { model, attempt } = requests[i];
    const on = placed.on(i);
    for (let k = 0; k < on.length; k++) {
      split.total++;
      if (k > 0) split.verification++;
      else if (Object.hasOwn(network.nodes[on[k]].loadable, model)) split.coldLoad++;
      else if (attempt > 0) split.retry++;
      else split.user++;
    }
  }
  return split;
}

export interface IdleSplitOptions {
  /** Whether idle slots may exist that unserved units could use: limits, or an answer that is not optimal (default false). */
  open?: boolean;
  /** What the matchings are solved with (default 'auto'). */
  backend?: BackendName;
}

export function idleSplit(built: BuiltProblem, placed: Placed, options: IdleSplitOptions = {}): IdleSplit {
  const { nodes } = built.network;
  const pools = idlePools(built, placed);
  const perNode = (): Int32Array => new Int32Array(nodes.length);
  const byNode: Record<IdleKind, Int32Array> = {
    down: pools.down,
    reserved: pools.reserved,
    capped: perNode(),
    pricedOut: perNode(),
    stranded: perNode(),
    surplus: perNode(),
  };
  pools.nodes.forEach((j, pool) => {
    byNode.surplus[j] += pools.slots[pool];
  });
  const rates = nodes.map(slotRates);
  const strandedBy = Object.fromEntries(STRANDING_FILTERS.map((filter) => [filter, none()])) as Record<StrandingFilter, IdleAmount>;
  const missing = new Map<string, Missing>();
  const stranded = new StrandedSlots(built, placed, pools, options.backend);
  const stages: IdleStage[] = [...(options.open === true ? (['capped'] as const) : []), 'pricedOut', ...STRANDING_FILTERS];
  for (const stage of stages) {
    const before = stranded.pairs.length;
    const wanting = stranded.run(stage);
    const filter = stage === 'capped' || stage === 'pricedOut' ? undefined : stage;
    // Without a limit, what a run did not get to is left over, and no cap is to blame.
    const kind =
      filter !== undefined ? 'stranded' : stage === 'capped' && built.network.limits.length === 0 ? 'surplus' : (stage as IdleKind);
    for (const { request, pool, units } of stranded.pairs.slice(before)) {
      const j = pools.nodes[pool];
      byNode.surplus[j] -= units;
      byNode[kind][j] += units;
      if (filter === undefined) continue;
      add(strandedBy[filter], rates[j], units);
      const detail = detailOf(filter, built.requests[request]);
      const key = `${filter} ${detail}`;
      const entry = missing.get(key) ?? { filter, detail, slots: 0, units: wanting.get(detail) ?? 0 };
      entry.slots += units;
      missing.set(key, entry);
    }
  }
  const total = none();
  const amounts = Object.fromEntries(
    IDLE_KINDS.map((kind) => {
      const amount = none();
      byNode[kind].forEach((slots, j) => {
        add(amount, rates[j], slots);
      });
      add(total, amount, 1);
      return [kind, amount];
    }),
  ) as Record<IdleKind, IdleAmount>;
  return { total, ...amounts, strandedBy, missing: [...missing.values()].sort((a, b) => b.slots - a.slots || b.units - a.units), byNode };
}

/** What one slot of a node stands for. */
export function slotRates({ slots, price, models, loadable, tokensPerSecond }: CheckedNode): IdleAmount {
  const counted = models.length > 0 ? models : Object.keys(loadable);
  const output = counted.reduce((sum, model) => sum + tokensPerSecond[model].output, 0) / Math.max(1, counted.length);
  const share = slots === 0 ? 0 : 1 / slots;
  return { slots: 1, tokensPerSecond: output * share, usdPerHour: price * share };
}

const none = (): IdleAmount => ({ slots: 0, tokensPerSecond: 0, usdPerHour: 0 });

function add(sum: IdleAmount, amount: IdleAmount, times: number): void {
  sum.slots += times * amount.slots;
  sum.tokensPerSecond += times * amount.tokensPerSecond;
  sum.usdPerHour += times * amount.usdPerHour;
}
