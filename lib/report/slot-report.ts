/** What a matching tells a person about slots: what the used ones did, why the others are idle, and how operators share them. */
import type { MatchResult } from '../network/matching.js';
import { IDLE_KINDS, type IdleAmount, type IdleKind } from '../network/splits.js';
import { grouped, percent, plural } from './numbers.js';
import { pairs, table } from './table.js';

export function slotSection({ slots, used }: MatchResult): string {
  const parts = [
    ['user work', used.user],
    ['verification', used.verification],
    ['cold loads', used.coldLoad],
    ['retries', used.retry],
  ] as const;
  const some = parts.filter(([, count]) => count > 0).map(([name, count]) => `${name} ${grouped(count)}`);
  return `Slots\n${pairs([
    ['nodes', `${grouped(slots.nodes)}: ${grouped(slots.fullNodes)} full, ${grouped(slots.idleNodes)} wholly idle`],
    ['slots', grouped(slots.total)],
    ...(slots.inFlight > 0 ? [['in flight', grouped(slots.inFlight)] as const] : []),
    ['used', `${grouped(used.total)} (${percent(used.total, slots.total)})${some.length > 0 ? `: ${some.join(', ')}` : ''}`],
    ['idle', `${grouped(slots.idle)} (${percent(slots.idle, slots.total)})`],
  ])}`;
}

const IDLE_WORDS: Record<IdleKind, string> = {
  down: 'node down or draining',
  reserved: 'reserved: headroom',
  capped: 'capped: a group has its share',
  pricedOut: 'priced out: too dear or slow',
  stranded: 'stranded: one filter away',
  surplus: 'surplus: of no use to anyone unserved',
};

export function idleSection({ idle }: MatchResult, top: number): string {
  if (idle.total.slots === 0 || top === 0) return '';
  const row = (words: string, { slots, tokensPerSecond, usdPerHour }: IdleAmount): string[] => [
    words,
    grouped(slots),
    grouped(tokensPerSecond),
    grouped(usdPerHour, 2),
  ];
  let text = `Why idle\n${table(
    [
      { head: 'slots that are' },
      { head: 'slots', align: 'right' },
      { head: 'tokens/s', align: 'right' },
      { head: 'USD/hour', align: 'right' },
    ],
    [...IDLE_KINDS.filter((kind) => idle[kind].slots > 0).map((kind) => row(IDLE_WORDS[kind], idle[kind])), row('idle in all', idle.total)],
  )}`;
  if (idle.missing.length > 0) {
    text += '\n  What stranded slots lack\n';
    text += table(
      [{ head: 'slots', align: 'right' }, { head: 'filter' }, { head: 'asked for' }],
      idle.missing.slice(0, top).map(({ slots, filter, detail }) => [grouped(slots), filter, detail]),
      { indent: 4 },
    );
    const rest = idle.missing.slice(top);
    const left = rest.reduce((sum, { slots }) => sum + slots, 0);
    if (rest.length > 0) text += `    and ${grouped(left)} more in ${plural(rest.length, 'other row')} (--top shows more)\n`;
  }
  return text;
}

export function operatorSection({ operators, balance }: MatchResult, top: number): string {
  if (operators.length < 2 || top === 0) return '';
  const { jain, maxOverMean } = balance.operators;
  let text = `Operators: ${grouped(operators.length)}, evenness of load ${grouped(jain, 2)} (Jain), highest ${grouped(maxOverMean, 2)} times the mean\n`;
  text += table(
    [
      { head: 'operator' },
      { head: 'nodes', align: 'right' },
      { head: 'slots', align: 'right' },
      { head: 'used', align: 'right' },
      { head: 'idle', align: 'right' },
      { head: 'load', align: 'right' },
      { head: 'share of served', align: 'right' },
    ],
    operators
      .slice(0, top)
      .map(({ name, nodes, slots, used, idle, utilisation, share }) => [
        name,
        grouped(nodes),
        grouped(slots),
        grouped(used),
        grouped(idle),
        slots === 0 ? '-' : percent(utilisation, 1),
        percent(share, 1),
      ]),
  );
  if (operators.length > top) text += `  and ${plural(operators.length - top, 'more operator')} (--top shows more)\n`;
  return text;
}
