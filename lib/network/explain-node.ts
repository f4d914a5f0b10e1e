/**
 * What a node does in a matching, in words: its slots, why some are idle, what one more or one less is worth, and what requests ask
 * for that it lacks. The worth of a slot is slotValues' gain and loss, exact for this batch; it must not be summed over nodes nor over
 * ticks, and is no payment.
 */
import { OutbidError } from '../errors.js';
import { nearest as nearestName } from '../nearest-name.js';
import { counted, inUsd, listed } from './explain-words.js';
import { limitUse } from './gadgets-capped.js';
import type { MatchResult } from './matching.js';
import type { CheckedNode, CheckedRequest } from './model.js';
import type { NodeOutcome } from './node-outcomes.js';
import { heldBack } from './slots.js';

/** Most models or modes that are named as missing. */
const MOST_LACKING = 5;

/** Several sentences on one node. @throws OutbidError NODE_UNKNOWN for a node that is not in the network */
export function explainNode(result: MatchResult, nodeId: string): string {
  const { network, requests } = result.built;
  const j = result.built.arcs.index.position(nodeId);
  if (j === undefined) {
    const close = nearestName(
      nodeId,
      network.nodes.map(({ id }) => id),
    );
    throw new OutbidError('NODE_UNKNOWN', `there is no node '${nodeId}'${close === undefined ? '' : `; did you mean '${close}'?`}`, {
      argument: 'nodeId',
      nearest: close,
      value: nodeId,
    });
  }
  const node = network.nodes[j];
  const outcome = result.nodes[j];
  const unserved = new Set(result.unserved.requests.map(({ id }) => id));
  const others =
    result.status !== 'optimal'
      ? 'the run ended before more of them could be placed'
      : network.limits.length > 0
        ? 'those that do not are better off elsewhere or unserved, or a limit keeps them away'
        : 'those that do not are better off elsewhere or unserved';
  return [
    about(node),
    slotsInWords(node, outcome, others),
    gainInWords(node, outcome, result.placed.freeOn(j), capInWords(result, node)),
    lossInWords(outcome),
    ...lacking(node, requests, unserved),
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
}

function about({ id, operator, region, gpu, gpus, state, models, loadable, modes }: CheckedNode): string {
  const load = Object.keys(loadable);
  const hosts = models.length === 0 ? 'hosts no model' : `hosts ${listed(models)}`;
  const runs = modes.length === 0 ? 'runs in no mode' : `runs in ${listed(modes)}`;
  const loads = load.length === 0 ? '' : `, can load ${listed(load)}`;
  return `${id} (${operator}, ${region}, ${gpus} x ${gpu}) is ${state}, ${hosts}${loads} and ${runs}.`;
}

function slotsInWords(node: CheckedNode, { slots, used, idle, eligible }: NodeOutcome, others: string): string {
  const flight = node.inFlight === 0 ? '' : `${node.inFlight} run work from before, `;
  const start = `Of its ${counted(slots, 'slot')} ${flight}${used} ${used === 1 ? 'is' : 'are'} used by this batch and ${idle} ${idle === 1 ? 'is' : 'are'} idle`;
  if (idle === 0) return `${start}.`;
  if (node.state !== 'up') return `${start}: a node that is ${node.state} gets no work.`;
  const held = heldBack(node);
  const back = held === 0 ? '' : ` ${held} of them ${held === 1 ? 'is' : 'are'} held back as headroom.`;
  if (held === idle) return `${start}.${back}`;
  const why =
    eligible === 0 ? 'no request of this batch may run here' : `${counted(eligible, 'request')} of this batch may run here, and ${others}`;
  return `${start}: ${why}.${back}`;
}

/** The cap of a group of this node that is reached, if one is. */
function capInWords({ built, placed }: MatchResult, { operator, region }: CheckedNode): string | undefined {
  if (built.network.limits.length === 0) return undefined;
  const reached = limitUse(built, placed).find(
    ({ limit, used }) => (limit.operator === operator || limit.region === region) && used >= (limit.cap ?? Number.POSITIVE_INFINITY),
  );
  if (reached === undefined) return undefined;
  const { limit } = reached;
  return `${limit.operator === undefined ? `region ${region}` : `operator ${operator}`} has reached its cap of ${limit.cap}`;
}

function gainInWords(node: CheckedNode, { gain, eligible }: NodeOutcome, free: number, capped: string | undefined): string {
  if (gain === undefined) return 'The answer is not proven optimal: no worth of slots is told.';
  if (gain > 0) return `One more slot here would save exactly ${inUsd(gain)} in this batch.`;
  if (gain < 0) return `One more slot here would serve a floor that is missed, and cost exactly ${inUsd(-gain)} more in this batch.`;
  const why =
    node.state !== 'up'
      ? `a node that is ${node.state} gets no work`
      : eligible === 0
        ? 'no request of this batch may run here'
        : capped !== undefined
          ? capped
          : free > 0
            ? `${counted(free, 'slot')} that requests could use ${free === 1 ? 'is' : 'are'} free already`
            : 'every request that may run here does as well without it';
  return `One more slot here is worth exactly nothing, because ${why}.`;
}

function lossInWords({ loss }: NodeOutcome): string {
  if (loss === undefined || Number.isNaN(loss)) return '';
  if (loss < 0) return `One slot less would miss a floor, and cost exactly ${inUsd(-loss)} less.`;
  return loss === 0 ? 'One slot less would cost nothing.' : `One slot less would cost exactly ${inUsd(loss)}.`;
}

/** Models and modes that requests ask for and the node has not, those of most requests first. */
function lacking(node: CheckedNode, requests: readonly CheckedRequest[], unserved: ReadonlySet<string>): string[] {
  const models = new Map<string, { asked: number; unserved: number }>();
  const modes = new Map<string, { asked: number; unserved: number }>();
  const count = (map: typeof models, name: string, id: string): void => {
    const entry = map.get(name) ?? { asked: 0, unserved: 0 };
    entry.asked++;
    if (unserved.has(id)) entry.unserved++;
    map.set(name, entry);
  };
  for (const { id, model, mode } of requests) {
    if (!node.models.includes(model) && !Object.hasOwn(node.loadable, model)) count(models, model, id);
    if (!mode.some((one) => node.modes.includes(one))) count(modes, mode.join(' or '), id);
  }
  const told = (map: typeof models): string => {
    const list = [...map].sort(([, a], [, b]) => b.asked - a.asked);
    const words = list
      .slice(0, MOST_LACKING)
      .map(([name, entry]) => `${name} (${counted(entry.asked, 'request')}, ${entry.unserved} unserved)`);
    if (list.length > MOST_LACKING) words.push(`${list.length - MOST_LACKING} more`);
    return listed(words);
  };
  return [
    models.size === 0 ? '' : `Asked for and not hosted here: ${told(models)}.`,
    modes.size === 0 ? '' : `Asked for and not run here: ${told(modes)}.`,
  ];
}
