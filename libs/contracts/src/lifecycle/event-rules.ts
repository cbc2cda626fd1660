import { kindOfParty } from '../event-types.ts';
import type { EventType } from '../event-types.ts';
import type { LifecycleEvent } from './decision.ts';
import type { LifecycleCode } from './lifecycle-codes.ts';
import { isHandedIn, readingOf } from './reading.ts';
import type { Reading } from './reading.ts';

type EventRule = (reading: Reading, event: LifecycleEvent) => LifecycleCode | null;

const reasoned: EventRule = ({ reason }) => given(reason);

/**
 * What an event must say whatever the case looks like: no later event can mend it, so a breach is refused at once and never parked.
 * Reasons: every result but an approval must be explained (EA_JC DONERESULT 1–5); a return, supplement or refusal is a written act.
 */
const EVENT_RULES: Partial<Record<EventType, EventRule>> = {
  'case.received': ({ formalCheck, materials }) => {
    if (formalCheck?.result !== 'PASS') return 'formal-check-not-passed';
    return (materials ?? []).every((material) => material.required !== true || isHandedIn(material)) ? null : 'material-not-taken';
  },
  'case.supplement.required': ({ reason, items }) => given(reason) ?? (items && items.length > 0 ? null : 'nothing-asked'),
  'case.returned': reasoned,
  'case.withdrawn': reasoned,
  'case.voided': reasoned,
  'case.suspended': ({ special }) => given(special?.reason),
  'case.decided': ({ decision }) => explained(decision),
  'case.completed': ({ decision }) => (decision ? explained(decision) : null),
  'case.corrected': ({ reason, corrects }, event) => {
    const own = kindOfParty(event.party) === 'hall' ? corrects === 'case.received' : corrects !== 'case.received';
    return own ? given(reason) : 'not-your-record';
  },
};

/** The first rule of its own type that the event breaks; `null` when it breaks none. */
export function brokenRule(event: LifecycleEvent): LifecycleCode | null {
  return EVENT_RULES[event.type]?.(readingOf(event), event) ?? null;
}

function given(reason: string | undefined): LifecycleCode | null {
  return reason === undefined || reason.trim() === '' ? 'reason-missing' : null;
}

function explained(decision: Reading['decision']): LifecycleCode | null {
  if (!decision) return 'decision-missing';
  return decision.approved ? null : given(decision.reason);
}
