import { kindOfParty } from '../event-types.ts';
import type { CaseFacts, LifecycleEvent } from './decision.ts';

/** Where an event stands in its sender's own numbering of the case's events. */
export type Place = 'next' | 'unnumbered' | 'repeated' | 'gap';

/**
 * Hall and centre may each number their events in a case 1, 2, 3 …; bureau and bridge are not numbered: each says at most one thing that matters.
 * A number at or below the last one is a repetition, unless its data version is higher (the same record reported again).
 */
export function placeOf(event: LifecycleEvent, facts: CaseFacts): Place {
  const side = sideOf(event);
  if (event.sequence === null || side === null) return 'unnumbered';
  const last = facts[`${side}Sequence`] ?? 0;
  if (event.sequence === last + 1) return 'next';
  if (event.sequence > last) return 'gap';
  return event.dataVersion > facts[`${side}Version`] ? 'unnumbered' : 'repeated';
}

/** The facts after an event's number is used up, whatever became of the event; `null` when that changes nothing. */
export function withNumberUsed(facts: CaseFacts, event: LifecycleEvent): CaseFacts | null {
  const side = sideOf(event);
  if (side === null || placeOf(event, facts) !== 'next') return null;
  return { ...facts, [`${side}Sequence`]: event.sequence };
}

/** The facts after an event was applied: its number used up, its data version remembered when it is the highest. */
export function withEventCounted(facts: CaseFacts, event: LifecycleEvent): CaseFacts {
  const numbered = withNumberUsed(facts, event) ?? facts;
  const side = sideOf(event);
  if (side === null) return numbered;
  return { ...numbered, [`${side}Version`]: Math.max(numbered[`${side}Version`], event.dataVersion) };
}

/** Whether a correction brings no newer data than its sender already sent. */
export function isOldVersion(event: LifecycleEvent, facts: CaseFacts): boolean {
  const side = sideOf(event);
  return side !== null && event.dataVersion <= facts[`${side}Version`];
}

function sideOf(event: LifecycleEvent): 'hall' | 'centre' | null {
  const kind = kindOfParty(event.party);
  return kind === 'hall' || kind === 'centre' ? kind : null;
}
