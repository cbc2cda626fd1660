import caseAccepted from '../../examples/case.accepted.json' with { type: 'json' };
import caseCompleted from '../../examples/case.completed.json' with { type: 'json' };
import caseCorrected from '../../examples/case.corrected.json' with { type: 'json' };
import caseDecided from '../../examples/case.decided.json' with { type: 'json' };
import caseDeliveryAcknowledged from '../../examples/case.delivery.acknowledged.json' with { type: 'json' };
import caseReceived from '../../examples/case.received.json' with { type: 'json' };
import caseResumed from '../../examples/case.resumed.json' with { type: 'json' };
import caseReturned from '../../examples/case.returned.json' with { type: 'json' };
import caseStepRecorded from '../../examples/case.step.recorded.json' with { type: 'json' };
import caseSupplementRequired from '../../examples/case.supplement.required.json' with { type: 'json' };
import caseSupplementSubmitted from '../../examples/case.supplement.submitted.json' with { type: 'json' };
import caseSuspended from '../../examples/case.suspended.json' with { type: 'json' };
import caseVoided from '../../examples/case.voided.json' with { type: 'json' };
import caseWithdrawn from '../../examples/case.withdrawn.json' with { type: 'json' };
import paperDiscrepancy from '../../examples/paper.discrepancy.json' with { type: 'json' };
import paperHandedOver from '../../examples/paper.handedOver.json' with { type: 'json' };
import paperReceived from '../../examples/paper.received.json' with { type: 'json' };
import paperReturnedToApplicant from '../../examples/paper.returnedToApplicant.json' with { type: 'json' };
import permissionGranted from '../../examples/permission.granted.json' with { type: 'json' };
import permissionRevoked from '../../examples/permission.revoked.json' with { type: 'json' };
import type { EventType, Party } from '../event-types.ts';
import type { FieldProblem } from '../wire/door-refusal.ts';
import { validateEvent } from './validate-event.ts';

/** An event as it comes from JSON: nothing is known of its fields. */
export type AnyEvent = Record<string, unknown> & { type: string; source: string; data: Record<string, unknown> };

/** An event type without an example does not compile. */
const EXAMPLES: Readonly<Record<EventType, unknown>> = {
  'case.accepted': caseAccepted,
  'case.completed': caseCompleted,
  'case.corrected': caseCorrected,
  'case.decided': caseDecided,
  'case.delivery.acknowledged': caseDeliveryAcknowledged,
  'case.received': caseReceived,
  'case.resumed': caseResumed,
  'case.returned': caseReturned,
  'case.step.recorded': caseStepRecorded,
  'case.supplement.required': caseSupplementRequired,
  'case.supplement.submitted': caseSupplementSubmitted,
  'case.suspended': caseSuspended,
  'case.voided': caseVoided,
  'case.withdrawn': caseWithdrawn,
  'paper.discrepancy': paperDiscrepancy,
  'paper.handedOver': paperHandedOver,
  'paper.received': paperReceived,
  'paper.returnedToApplicant': paperReturnedToApplicant,
  'permission.granted': permissionGranted,
  'permission.revoked': permissionRevoked,
};

/** A fresh copy of the published example of one event type. */
export function example(type: EventType): AnyEvent {
  return structuredClone(EXAMPLES[type]) as AnyEvent;
}

/** The party that the event's source stands for. */
export function partyOf({ source }: { source: string }): Party {
  return source.startsWith('/halls/') ? `hall:${source.slice('/halls/'.length)}` : (source.slice(1) as Party);
}

/** The event with the field at `path` (`data.materials.0.sm3`) set to `value`; `undefined` takes the field away. */
export function change(event: AnyEvent, path: string, value: unknown): AnyEvent {
  const changed = structuredClone(event);
  const names = path.split('.');
  const last = names.pop() ?? '';
  const holder = names.reduce<Record<string, unknown>>((object, name) => object[name] as Record<string, unknown>, changed);
  if (value === undefined) delete holder[last];
  else holder[last] = value;
  return JSON.parse(JSON.stringify(changed)) as AnyEvent;
}

/** What is wrong with the event, when its own source sends it; empty when it is valid. */
export function problemsOf(event: AnyEvent): readonly FieldProblem[] {
  const judged = validateEvent(event, { party: partyOf(event) });
  return judged.ok ? [] : judged.problems;
}

/** The problems as `field: rule`. */
export const namesOf = (problems: readonly FieldProblem[]): string[] => problems.map(({ field, rule }) => `${field}: ${rule}`);
