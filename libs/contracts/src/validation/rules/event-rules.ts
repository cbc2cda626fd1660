import type { EventType } from '../../event-types.ts';
import type { EventDataOf } from '../../events/event-data.ts';
import {
  correctionHasItsBody, correctionIsTheSenders, grantedHallIsKnown, grantedItemsAreKnown, refusalHasReason, resultFollowsDecision, supplementBringsMaterial,
} from './outcome.ts';
import { RECEIPT_RULES } from './receipt.ts';
import { within } from './rule.ts';
import type { Rule } from './rule.ts';
import { inOrder } from './times.ts';

const ACCEPTANCE_RULES = [inOrder('acceptedAt', 'promise.dueAt')];
const STEP_RULES = [inOrder('startedAt', 'endedAt')];

type EventRules = { readonly [T in EventType]?: readonly Rule<EventDataOf<T>>[] };

/** What takes more than one field to judge, per event. What takes the case's history is the lifecycle's to judge. */
export const EVENT_RULES: EventRules = {
  'case.received': RECEIPT_RULES,
  'case.supplement.submitted': [supplementBringsMaterial],
  'case.accepted': ACCEPTANCE_RULES,
  'case.supplement.required': [inOrder('notifiedAt', 'dueAt')],
  'case.step.recorded': within('step', STEP_RULES),
  'case.resumed': [inOrder('special.startedAt', 'special.endedAt')],
  'case.decided': within('decision', [refusalHasReason]),
  'case.completed': [resultFollowsDecision, ...within<EventDataOf<'case.completed'>, 'decision'>('decision', [refusalHasReason])],
  'case.corrected': [
    correctionIsTheSenders,
    correctionHasItsBody,
    ...within<EventDataOf<'case.corrected'>, 'receipt'>('receipt', RECEIPT_RULES),
    ...within<EventDataOf<'case.corrected'>, 'acceptance'>('acceptance', ACCEPTANCE_RULES),
    ...within<EventDataOf<'case.corrected'>, 'step'>('step', STEP_RULES),
  ],
  'permission.granted': [grantedHallIsKnown, grantedItemsAreKnown, inOrder('validFrom', 'validTo')],
};
