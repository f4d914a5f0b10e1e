/** What may keep an idle slot from an unserved unit, stage by stage as stranded.ts runs them, and how that is told. */
import type { StrandingFilter } from './lifted.js';
import type { CheckedRequest } from './model.js';

export type IdleStage = 'capped' | 'pricedOut' | StrandingFilter;

/** What the slots that a request is kept from by a filter lack, in words. */
export function detailOf(stage: IdleStage, { model, mode, residency, labels, pinned, allow, deny }: CheckedRequest): string {
  if (stage === 'model') return model;
  if (stage === 'mode') return mode.join(' or ');
  if (stage === 'region') return residency?.join(' or ') ?? '';
  if (stage === 'labels') {
    const pairs = Object.entries(labels ?? {});
    return pairs.map(([name, want]) => `${name}=${typeof want === 'string' ? want : want.join('|')}`).join(', ');
  }
  if (stage !== 'allow') return '';
  return pinned !== undefined ? 'pinned' : allow === undefined ? 'denied' : deny === undefined ? 'not allowed' : 'denied or not allowed';
}

/** Whether a request asks for anything that a stage would lift. */
export function asksFor(stage: IdleStage, { residency, labels, pinned, allow, deny }: CheckedRequest): boolean {
  if (stage === 'allow') return (pinned ?? allow ?? deny) !== undefined;
  if (stage === 'region') return residency !== undefined;
  return stage !== 'labels' || labels !== undefined;
}
