import type { CaseFacts, LifecycleEvent, LifecyclePolicy } from './decision.ts';
import type { LifecycleCode } from './lifecycle-codes.ts';
import { isHandedIn, readingOf } from './reading.ts';

/** Clocks of hall and centre may disagree by as much as a signed request may be off: five minutes. */
const CLOCK_TOLERANCE_MS = 5 * 60_000;

/** Looks at the case alone. Decides which roads are open, for this event and for what may still come. */
export type RoadCondition = (facts: CaseFacts, policy: LifecyclePolicy) => LifecycleCode | null;

/** Looks at the event in the light of a case. */
export type EventCondition = (event: LifecycleEvent, facts: CaseFacts) => LifecycleCode | null;

/** Conditions of a road: when one fails, this road is closed to every event. */
export const ROADS = {
  roundsLeft: (facts, policy) => (facts.supplementRounds < policy.maxSupplementRounds ? null : 'supplement-rounds-used-up'),
  supplementAfterAcceptance: (_facts, policy) => (policy.supplementAfterAcceptance ? null : 'supplement-after-acceptance'),
  immediateCase: (facts) => (facts.projectType === '1' ? null : 'decision-not-expected'),
} as const satisfies Record<string, RoadCondition>;

/** Which of several roads an event means: when one fails, the event belongs to another road, now or later. */
export const CHOICES = {
  nextRound: (event, facts) => (readingOf(event).no === facts.supplementRounds + 1 ? null : 'supplement-round-mismatch'),
  currentRound: (event, facts) => (readingOf(event).no === facts.supplementRounds ? null : 'supplement-round-mismatch'),
  timeoutReturn: (event) => (readingOf(event).code === 'SUPPLEMENT_TIMEOUT' ? null : 'return-code-mismatch'),
  ordinaryReturn: (event) => (readingOf(event).code === 'SUPPLEMENT_TIMEOUT' ? 'return-code-mismatch' : null),
  bringsDecision: (event) => (readingOf(event).decision ? null : 'decision-missing'),
  bringsNoDecision: (event) => (readingOf(event).decision ? 'decision-not-expected' : null),
  correctsReceipt: (event) => corrects(event, 'case.received'),
  correctsAcceptance: (event) => corrects(event, 'case.accepted'),
  correctsStep: (event) => corrects(event, 'case.step.recorded'),
  correctsCompletion: (event) => corrects(event, 'case.completed'),
} as const satisfies Record<string, EventCondition>;

/** What must hold on the road an event means: when one fails, the event is refused. */
export const GUARDS = {
  dueAtPassed: (event, facts) =>
    facts.supplementDueAt !== null && at(readingOf(event).returnedAt) > at(facts.supplementDueAt) ? null : 'supplement-not-overdue',
  coversAskedMaterials: (event, facts) => {
    const brought = new Set((readingOf(event).materials ?? []).filter(isHandedIn).map((material) => material.materialCode));
    return facts.lastSupplementMaterials.every((code) => brought.has(code)) ? null : 'supplement-incomplete';
  },
  notBeforeReceipt: (event, facts) =>
    at(readingOf(event).acceptedAt) + CLOCK_TOLERANCE_MS >= at(facts.supplementedAt ?? facts.receivedAt) ? null : 'accepted-before-receipt',
  resultAgrees: (event, facts) => agreement(readingOf(event).result?.code, readingOf(event).decision?.approved ?? facts.approved),
  correctedResultAgrees: (event, facts) => agreement(readingOf(event).completion?.code, facts.approved),
} as const satisfies Record<string, EventCondition>;

function corrects(event: LifecycleEvent, type: string): LifecycleCode | null {
  return readingOf(event).corrects === type ? null : 'illegal-transition';
}

function agreement(resultCode: string | undefined, approved: boolean | null): LifecycleCode | null {
  return (resultCode === 'APPROVED') === approved ? null : 'result-disagrees';
}

/** An unreadable or missing instant is NaN, which no comparison holds for: the guard then refuses. */
function at(instant: string | undefined): number {
  return Date.parse(instant ?? '');
}
