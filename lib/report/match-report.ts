/** What a matching of a batch tells a person: demand, slots, cost, where a slot is worth money, today's policies, the proof. */
import { limitUse } from '../network/gadgets-capped.js';
import type { CostSummary, MatchResult } from '../network/matching.js';
import type { NodeOutcome } from '../network/node-outcomes.js';
import type { UnservedGroup, UnservedKind } from '../network/unserved.js';
import { grouped, milliseconds, percent, plural, usd } from './numbers.js';
import { idleSection, operatorSection, slotSection } from './slot-report.js';
import { pairs, table } from './table.js';

export interface MatchReportOptions {
  /** Rows of each list of nodes or reasons (default 8). */
  top?: number;
}

export const DEFAULT_TOP = 8;

export function matchReport(result: MatchResult, options: MatchReportOptions = {}): string {
  const top = options.top ?? DEFAULT_TOP;
  const sections = [
    demandSection(result, top),
    slotSection(result),
    idleSection(result, top),
    costSection(result),
    worthSection(result, top),
    operatorSection(result, top),
    limitSection(result),
    policySection(result),
    proofSection(result),
  ];
  return sections.filter((section) => section !== '').join('\n');
}

function demandSection({ demand, served, unserved }: MatchResult, top: number): string {
  const kinds = (Object.entries(unserved.byKind) as [UnservedKind, number][]).filter(([, count]) => count > 0);
  let text = 'Demand\n';
  text += pairs([
    ['requests', grouped(demand)],
    ['served', `${grouped(served)} (${percent(served, demand)})`],
    [
      'unserved',
      unserved.total === 0 ? '0' : `${grouped(unserved.total)}: ${kinds.map(([kind, count]) => `${kind} ${grouped(count)}`).join(', ')}`,
    ],
  ]);
  const groups = shownGroups(unserved.groups, top);
  if (groups.length > 0) {
    text += '\n  Why unserved\n';
    text += table(
      [{ head: 'requests', align: 'right' }, { head: 'reason' }],
      groups.map((group) => [grouped(group.count), group.words]),
      { indent: 4 },
    );
    const rest = unserved.groups.length - groups.length;
    const left = unserved.total - groups.reduce((sum, group) => sum + group.count, 0);
    if (rest > 0) text += `    and ${grouped(left)} more in ${plural(rest, 'other group')} (--top shows more)\n`;
  }
  return text;
}

/** The largest group of every reason first, so that no reason is hidden by another; then the largest ones left. */
function shownGroups(groups: UnservedGroup[], top: number): UnservedGroup[] {
  const seen = new Set<string>();
  const first = groups.filter((group) => !seen.has(group.reason) && seen.add(group.reason));
  const rest = groups.filter((group) => !first.includes(group));
  return [...first, ...rest].slice(0, top).sort((a, b) => b.count - a.count);
}

function costSection({ cost, served }: MatchResult): string {
  return `Cost\n${pairs([
    ['total', usd(cost.total)],
    ['price', `${usd(cost.price)}, paid to nodes`],
    ['latency', usd(cost.latency)],
    ['service', `${usd(cost.service)}, waiting while a request runs`],
    ...otherTerms(cost),
    ['unserved', usd(cost.unserved)],
    ['per request served', served === 0 ? '-' : usd((cost.total - cost.unserved) / served)],
  ])}`;
}

/** The terms that this batch has, of those that not every batch has. */
function otherTerms(cost: CostSummary): [string, string][] {
  const always = ['total', 'price', 'latency', 'service', 'unserved'];
  return Object.entries(cost)
    .filter(([name, value]) => !always.includes(name) && value !== 0)
    .map(([name, value]) => [name, usd(value)]);
}

function worthSection({ nodes, status }: MatchResult, top: number): string {
  if (status !== 'optimal')
    return `Where one more slot would help\n  not known: slots have a worth at an optimum only, and this answer is ${status}\n`;
  const gainOf = (node: NodeOutcome): number => node.gain ?? 0;
  const worth = nodes.filter((node) => gainOf(node) > 0).sort((a, b) => gainOf(b) - gainOf(a) || (a.id < b.id ? -1 : 1));
  const worthless = nodes.filter((node) => gainOf(node) === 0).sort((a, b) => b.idle - a.idle || (a.id < b.id ? -1 : 1));
  const columns = [
    { head: 'node' },
    { head: 'GPU' },
    { head: 'operator' },
    { head: 'region' },
    { head: 'slots', align: 'right' as const },
    { head: 'used', align: 'right' as const },
  ];
  const cells = (node: NodeOutcome): string[] => [
    node.id,
    node.gpus === 1 ? node.gpu : `${node.gpus} x ${node.gpu}`,
    node.operator,
    node.region,
    grouped(node.slots),
    grouped(node.used),
  ];
  let text = `Where one more slot would help: ${plural(worth.length, 'node')}\n`;
  if (worth.length > 0 && top > 0) {
    text += '  for this batch, each node alone: savings do not add up\n';
    text += table(
      [...columns, { head: 'one more saves', align: 'right' }, { head: 'one less costs', align: 'right' }],
      worth.slice(0, top).map((node) => [...cells(node), usd(gainOf(node)), lossText(node)]),
    );
  }
  text += `\nWhere one more slot is worth nothing: ${plural(worthless.length, 'node')}\n`;
  if (worthless.length > 0) {
    text += table(
      [...columns, { head: 'idle', align: 'right' }, { head: 'requests that may run here', align: 'right' }],
      worthless.slice(0, top).map((node) => [...cells(node), grouped(node.idle), grouped(node.eligible)]),
    );
  }
  return text;
}

function lossText({ loss }: NodeOutcome): string {
  return loss === undefined || Number.isNaN(loss) ? '-' : usd(loss);
}

/** What counts against each cap and floor; nothing without any. */
function limitSection({ built, placed }: MatchResult): string {
  const uses = limitUse(built, placed);
  if (uses.length === 0) return '';
  const bound = (value: number | undefined): string => (value === undefined ? '-' : grouped(value));
  return `Limits\n${table(
    [
      { head: 'group' },
      { head: 'used', align: 'right' },
      { head: 'cap', align: 'right' },
      { head: 'floor', align: 'right' },
      { head: 'short of it', align: 'right' },
    ],
    uses.map(({ limit, used, missed }) => {
      const { operator, region, tenant } = limit;
      const group = operator !== undefined ? `operator ${operator}` : region !== undefined ? `region ${region}` : `tenant ${tenant}`;
      return [group, grouped(used), bound(limit.cap), bound(limit.floor), grouped(missed)];
    }),
  )}`;
}

function policySection({ baselines, served, unserved, cost, slots }: MatchResult): string {
  if (baselines.length === 0) return '';
  const row = (policy: string, done: number, left: number, idle: number, total: number, ratio: number): string[] => [
    policy,
    grouped(done),
    grouped(left),
    grouped(idle),
    usd(total),
    grouped(ratio, 2),
  ];
  return `The same batch, one request at a time\n${table(
    [
      { head: 'policy' },
      { head: 'served', align: 'right' },
      { head: 'unserved', align: 'right' },
      { head: 'idle slots', align: 'right' },
      { head: 'total cost', align: 'right' },
      { head: 'ratio', align: 'right' },
    ],
    [
      row('joint matching', served, unserved.total, slots.idle, cost.total, 1),
      ...baselines.map((outcome) => row(outcome.policy, outcome.served, outcome.unserved, outcome.idle, outcome.cost, outcome.ratio)),
    ],
  )}`;
}

function proofSection({
  status,
  certificate,
  backend,
  stats,
  demand,
  arcs,
  slots,
  buildMilliseconds,
  verifyMilliseconds,
  approximate,
}: MatchResult): string {
  const verdict = certificate.valid ? status : `INVALID, ${plural(certificate.violations.length, 'violation')}`;
  return `Proof\n${pairs([
    [
      'certificate',
      `${verdict}: primal ${grouped(certificate.primal)}, dual ${grouped(certificate.dual)}, gap ${grouped(certificate.gap)} (micro-USD), checked in ${milliseconds(verifyMilliseconds)}`,
    ],
    ...(approximate.includes('coldLoad')
      ? [['approximate', 'loads of models are shared: optimal for the shares charged'] as [string, string]]
      : []),
    [
      'solved',
      `in ${milliseconds(stats.milliseconds)} by ${backend.name} on ${backend.device}; built in ${milliseconds(buildMilliseconds)}: ${plural(demand, 'demand')}, ${plural(slots.nodes, 'node')}, ${plural(arcs, 'arc')}`,
    ],
    ['digest', certificate.digest],
  ])}`;
}
