import type { EventType } from '../event-types.ts';
import type { CaseFacts, LifecycleEvent } from './decision.ts';
import { withEventCounted } from './numbering.ts';
import { readingOf } from './reading.ts';
import type { Reading } from './reading.ts';
import type { Transition } from './transition-table.ts';

type Change = (reading: Reading, facts: CaseFacts) => Partial<CaseFacts>;

/** What an applied event leaves in the facts beside status and numbering. Events not named here leave nothing. */
const CHANGES: Partial<Record<EventType, Change>> = {
  'case.supplement.required': ({ items, dueAt }, facts) => ({
    supplementRounds: facts.supplementRounds + 1,
    supplementDueAt: dueAt ?? null,
    lastSupplementMaterials: (items ?? []).map((item) => item.materialCode),
  }),
  'case.supplement.submitted': ({ submittedAt }) => ({ supplementedAt: submittedAt ?? null }),
  'case.decided': ({ decision }) => ({ approved: decision?.approved ?? null }),
  'case.completed': ({ decision }, facts) => ({ approved: decision?.approved ?? facts.approved }),
  'case.corrected': ({ receipt }, facts) => ({
    projectType: receipt?.projectType ?? facts.projectType,
    receivedAt: receipt?.receivedAt ?? facts.receivedAt,
  }),
};

/** The facts after the event took this row. */
export function factsAfter(row: Transition, event: LifecycleEvent, facts: CaseFacts): CaseFacts {
  return {
    ...withEventCounted(facts, event),
    ...CHANGES[event.type]?.(readingOf(event), facts),
    status: row.to === 'same' ? facts.status : row.to,
  };
}

/** The facts of a case that has just been received. */
export function factsOfReceipt(event: LifecycleEvent, hallCode: string): CaseFacts {
  const { projectType, receivedAt } = readingOf(event);
  return {
    status: 'RECEIVED',
    projectType: projectType ?? '9',
    hallCode,
    supplementRounds: 0,
    hallVersion: event.dataVersion,
    centreVersion: 0,
    hallSequence: event.sequence,
    centreSequence: null,
    approved: null,
    receivedAt: receivedAt ?? '',
    supplementedAt: null,
    supplementDueAt: null,
    lastSupplementMaterials: [],
  };
}
