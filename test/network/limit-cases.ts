/** Small networks with limits, and their optimum by integer programming: the rules written down as they read, with no gadgets. */
import type { Highs } from 'highs';
import type { GroupLimit, InferenceRequest, NetworkData } from '../../lib/network/index.js';
import { draws, node, request } from './small-network.js';

/** Costs of a case are extraCost alone. */
export const EXTRA_ONLY = {
  weights: { price: 0, latency: 0, service: 0, coldLoad: 0, affinity: 0, migration: 0, reputation: 0, exploration: 0 },
};

export interface LimitCase {
  network: NetworkData;
  requests: InferenceRequest[];
}

/**
 * Operators inside regions, or regions inside operators, a limit on some of each and on some tenants; replicas, credits, surcharges.
 */
export function limitCase(seed: number): LimitCase {
  const draw = draws(seed * 6151 + 5);
  const regionsInside = draw(4) === 0;
  const nodes = Array.from({ length: 2 + draw(6) }, (_, k) => {
    const region = `r${draw(3)}`;
    const operator = regionsInside ? (region === 'r2' ? 'p1' : 'p0') : `${region}-${draw(2)}`;
    const tiers = [{ slots: draw(3), surcharge: draw(2) === 0 ? 0 : draw(6) / 1e6 }];
    for (let t = draw(3); t > 0; t--) tiers.push({ slots: 1 + draw(2), surcharge: tiers[tiers.length - 1].surcharge + draw(8) / 1e6 });
    const slots = tiers.reduce((sum, tier) => sum + tier.slots, 0);
    return node({ id: `n${k}`, operator, region, slots, ...(draw(2) === 0 ? { tiers } : {}) });
  });
  const requests = Array.from({ length: 2 + draw(9) }, (_, k) => {
    const extraCost: Record<string, number> = {};
    const deny: string[] = [];
    for (const { id } of nodes) {
      if (draw(4) === 0) deny.push(id);
      extraCost[id] = (draw(26) - 6) / 1e6;
    }
    const fields = request({ id: `q${k}`, extraCost, deny: { nodes: deny }, unservedCost: draw(30) / 1e6 });
    if (draw(3) > 0) fields.tenant = `t${draw(3)}`;
    if (draw(3) === 0) fields.replicas = 2 + draw(3);
    if (draw(2) === 0) fields.distinct = 'operator';
    return fields;
  });
  const limits: GroupLimit[] = [];
  const bounds = (most: number): Pick<GroupLimit, 'cap' | 'floor'> => {
    const kind = draw(6);
    const cap = draw(most);
    if (kind < 3) return { cap };
    return kind < 5 ? { floor: 1 + draw(3) } : { cap: cap + 1, floor: draw(cap + 2) };
  };
  const names = (list: string[]): string[] => [...new Set(list)].filter(() => draw(3) > 0);
  for (const operator of names(nodes.map((n) => n.operator))) limits.push({ operator, ...bounds(5) });
  for (const region of names(nodes.map((n) => n.region))) limits.push({ region, ...bounds(7) });
  for (const tenant of ['t0', 't1', 't2']) if (draw(2) === 0) limits.push({ tenant, ...bounds(4) });
  return { network: { nodes, limits }, requests };
}

const MISSED = 10_000;

export interface Optimum {
  /** Units short of floors, least first of all. */
  missed: number;
  /** Micro-USD, least among those. */
  cost: number;
}

export function optimumByProgramming(highs: Highs, { network, requests }: LimitCase): Optimum {
  const { nodes, limits = [] } = network;
  const micro = (usd: number): number => Math.round(usd * 1e6);
  const cost: string[] = [];
  const rows: string[] = [];
  const whole: string[] = [];
  const bounds: string[] = [];
  const onNode: string[][] = nodes.map(() => []);
  const ofRequest: string[][] = requests.map(() => []);
  const plus = (names: string[]): string => names.join(' + ');
  const term = (value: number, name: string): void => {
    cost.push(`${value < 0 ? '-' : '+'} ${Math.abs(value)} ${name}`);
  };
  const variable = (name: string, most: number | undefined): string => {
    whole.push(name);
    bounds.push(most === undefined ? `${name} >= 0` : `0 <= ${name} <= ${most}`);
    return name;
  };
  requests.forEach(({ extraCost = {}, deny, unservedCost = 0, replicas = 1, distinct }, i) => {
    const byOperator = new Map<string, string[]>();
    nodes.forEach(({ id, operator }, j) => {
      if (deny?.nodes?.includes(id)) return;
      const x = variable(`x_${i}_${j}`, 1);
      term(micro(extraCost[id]), x);
      onNode[j].push(x);
      ofRequest[i].push(x);
      byOperator.set(operator, [...(byOperator.get(operator) ?? []), x]);
    });
    const y = variable(`y_${i}`, undefined);
    term(micro(unservedCost), y);
    rows.push(`${plus([...ofRequest[i], y])} = ${replicas}`);
    if (distinct === 'operator') for (const names of byOperator.values()) rows.push(`${plus(names)} <= 1`);
  });
  nodes.forEach(({ slots, tiers = [{ slots, surcharge: 0 }] }, j) => {
    const filled = tiers.map((tier, k) => variable(`z_${j}_${k}`, tier.slots));
    tiers.forEach(({ surcharge }, k) => {
      term(micro(surcharge), filled[k]);
    });
    if (onNode[j].length > 0) rows.push(`${plus(onNode[j])} - ${filled.join(' - ')} = 0`);
  });
  const short: string[] = [];
  let beyond = 0;
  limits.forEach(({ operator, region, tenant, cap, floor }, g) => {
    const names =
      tenant !== undefined
        ? requests.flatMap((r, i) => (r.tenant === tenant ? ofRequest[i] : []))
        : nodes.flatMap((n, j) => (n.operator === operator || n.region === region ? onNode[j] : []));
    if (names.length === 0) {
      beyond += floor ?? 0;
      return;
    }
    if (cap !== undefined) rows.push(`${plus(names)} <= ${cap}`);
    if (floor === undefined) return;
    short.push(variable(`s_${g}`, undefined));
    rows.push(`${plus(names)} + s_${g} >= ${floor}`);
  });
  // No case costs 10,000 micro-USD in all, so that no saving is worth a unit missing.
  const objective = [...cost, ...short.map((name) => `+ ${MISSED} ${name}`)].join(' ');
  const text = `Minimize\n obj: ${objective}\nSubject To\n ${rows.join('\n ')}\nBounds\n ${bounds.join('\n ')}\nGeneral\n ${whole.join(' ')}\nEnd`;
  const answer = highs.solve(text, { output_flag: false, presolve: 'off', mip_rel_gap: 0, mip_abs_gap: 0 });
  if (answer.Status !== 'Optimal') throw new Error(`the program is ${answer.Status}`);
  const missed = Math.round(answer.ObjectiveValue / MISSED);
  return { missed: missed + beyond, cost: Math.round(answer.ObjectiveValue) - MISSED * missed + 0 };
}

/** The same with a slot more at the surcharge of the node's last, or its last slot gone. */
export function withSlots({ network, requests }: LimitCase, at: number, by: 1 | -1): LimitCase {
  const nodes = network.nodes.map((own, j) => {
    if (j !== at) return own;
    const { tiers: before, ...rest } = own;
    const tiers = before?.filter(({ slots }) => slots > 0).map((tier) => ({ ...tier }));
    if (tiers !== undefined && tiers.length > 0) tiers[tiers.length - 1].slots += by;
    return { ...rest, slots: own.slots + by, ...(tiers === undefined || tiers.length === 0 ? {} : { tiers }) };
  });
  return { network: { ...network, nodes }, requests };
}
