import { describe, expect, test } from '@jest/globals';
import { kindOfParty } from '../event-types.ts';
import { factsOf } from './case-run.fixture.ts';
import { HALL, say } from './case-events.fixture.ts';
import { CASE_STATUSES } from './case-status.ts';
import type { CaseStatus } from './case-status.ts';
import { decide } from './decide.ts';
import { DEFAULT_LIFECYCLE_POLICY } from './decision.ts';
import type { CaseFacts, LifecycleEvent, LifecyclePolicy } from './decision.ts';
import { TRANSITIONS } from './transition-table.ts';

const NEARLY_ALL_ALLOWED: LifecyclePolicy = { maxSupplementRounds: 2, supplementAfterAcceptance: true };

/** A shortest way into each status. */
const WAYS: Record<CaseStatus, readonly LifecycleEvent[]> = {
  RECEIVED: [say.received()],
  PENDING_ACCEPTANCE: [say.received(), say.acknowledged()],
  SUPPLEMENT_REQUIRED: [say.received(), say.acknowledged(), say.asked(1)],
  ACCEPTED: [say.received(), say.acknowledged(), say.accepted()],
  IN_REVIEW: [say.received(), say.acknowledged(), say.accepted(), say.step()],
  SUSPENDED: [say.received(), say.acknowledged(), say.accepted(), say.suspended()],
  DECIDED: [say.received(), say.acknowledged(), say.accepted(), say.decided()],
  COMPLETED: [say.received(), say.acknowledged(), say.accepted(), say.decided(), say.completed()],
  RETURNED: [say.received(), say.acknowledged(), say.returned()],
  WITHDRAWN: [say.received(), say.withdrawn()],
  VOIDED: [say.received(), say.voided()],
};
const STATUSES = Object.keys(CASE_STATUSES) as CaseStatus[];

/** Everything one can say, under the short name the expectations use. */
const SAYINGS: Record<string, LifecycleEvent> = {
  received: say.received(), ackByBridge: say.acknowledged(), ackByCentre: say.acknowledged('centre'), asked: say.asked(1), supplied: say.supplied(1),
  returned: say.returned('RETURNED'), notAccepted: say.returned('NOT_ACCEPTED'), timedOut: say.returned('SUPPLEMENT_TIMEOUT'), accepted: say.accepted(),
  step: say.step(), suspended: say.suspended(), resumed: say.resumed(), decided: say.decided(), completed: say.completed(), completedAtOnce: say.completedAtOnce(),
  withdrawnByHall: say.withdrawn(HALL), withdrawnByCentre: say.withdrawn('centre'), voided: say.voided(), fixReceipt: say.correctedReceipt(),
  fixAcceptance: say.correctedAcceptance(), fixStep: say.correctedStep(), fixCompletion: say.correctedCompletion(),
  paperReceived: say.paper(), paperHandedOver: say.paper('paper.handedOver'), paperCollected: say.paper('paper.handedOver', 'centre'),
  paperReturned: say.paper('paper.returnedToApplicant'), paperWrong: say.paper('paper.discrepancy'), paperWrongAtCentre: say.paper('paper.discrepancy', 'centre'),
};
const PAPER = ['paperReceived', 'paperHandedOver', 'paperCollected', 'paperReturned', 'paperWrong', 'paperWrongAtCentre'];

/** Written from the business rules, not from the table in the code: `saying -> status [transfers]` for everything that applies in a status. */
const APPLIES: Record<CaseStatus, readonly string[]> = {
  RECEIVED: [
    'ackByBridge -> PENDING_ACCEPTANCE []', 'ackByCentre -> PENDING_ACCEPTANCE []', 'withdrawnByHall -> WITHDRAWN [centre:withdraw hall:result]',
    'withdrawnByCentre -> WITHDRAWN [hall:result]', 'voided -> VOIDED [centre:void hall:result]', 'fixReceipt -> RECEIVED [centre:correct]',
  ],
  PENDING_ACCEPTANCE: [
    'asked -> SUPPLEMENT_REQUIRED [hall:supplement_notice]', 'returned -> RETURNED [hall:result]', 'notAccepted -> RETURNED [hall:result]',
    'accepted -> ACCEPTED [hall:acceptance]', 'withdrawnByHall -> WITHDRAWN [centre:withdraw hall:result]', 'withdrawnByCentre -> WITHDRAWN [hall:result]',
    'voided -> VOIDED [centre:void hall:result]', 'fixReceipt -> PENDING_ACCEPTANCE [centre:correct]',
  ],
  SUPPLEMENT_REQUIRED: [
    'supplied -> PENDING_ACCEPTANCE [centre:supplement]', 'timedOut -> RETURNED [hall:result]', 'withdrawnByHall -> WITHDRAWN [centre:withdraw hall:result]',
    'withdrawnByCentre -> WITHDRAWN [hall:result]', 'voided -> VOIDED [centre:void hall:result]', 'fixReceipt -> SUPPLEMENT_REQUIRED [centre:correct]',
  ],
  ACCEPTED: [
    'step -> IN_REVIEW [hall:step]', 'suspended -> SUSPENDED [hall:special_procedure]', 'decided -> DECIDED [hall:step]',
    'withdrawnByHall -> WITHDRAWN [centre:withdraw hall:result]', 'withdrawnByCentre -> WITHDRAWN [hall:result]', 'voided -> VOIDED [centre:void hall:result]',
    'fixAcceptance -> ACCEPTED [hall:acceptance]',
  ],
  IN_REVIEW: [
    'step -> IN_REVIEW [hall:step]', 'suspended -> SUSPENDED [hall:special_procedure]', 'decided -> DECIDED [hall:step]',
    'withdrawnByHall -> WITHDRAWN [centre:withdraw hall:result]', 'withdrawnByCentre -> WITHDRAWN [hall:result]', 'voided -> VOIDED [centre:void hall:result]',
    'fixAcceptance -> IN_REVIEW [hall:acceptance]', 'fixStep -> IN_REVIEW [hall:step]',
  ],
  SUSPENDED: [
    'resumed -> IN_REVIEW [hall:special_procedure]', 'withdrawnByHall -> WITHDRAWN [centre:withdraw hall:result]',
    'withdrawnByCentre -> WITHDRAWN [hall:result]', 'voided -> VOIDED [centre:void hall:result]', 'fixAcceptance -> SUSPENDED [hall:acceptance]',
    'fixStep -> SUSPENDED [hall:step]',
  ],
  DECIDED: [
    'completed -> COMPLETED [hall:result]', 'voided -> VOIDED [centre:void hall:result]', 'fixAcceptance -> DECIDED [hall:acceptance]',
    'fixStep -> DECIDED [hall:step]',
  ],
  COMPLETED: ['fixAcceptance -> COMPLETED [hall:acceptance]', 'fixStep -> COMPLETED [hall:step]', 'fixCompletion -> COMPLETED [hall:result]'],
  RETURNED: [],
  WITHDRAWN: [],
  VOIDED: [],
};

function outcome(name: string, facts: CaseFacts, policy: LifecyclePolicy = DEFAULT_LIFECYCLE_POLICY): string | null {
  const said = SAYINGS[name];
  const decision = said && decide(facts, said, policy);
  if (decision?.kind !== 'apply') return null;
  return `${name} -> ${decision.next.status} [${decision.transfers.map(({ to, kind }) => `${to}:${kind}`).join(' ')}]`;
}

describe('the table of transitions', () => {
  test.each(STATUSES)('lets exactly the events of the business rules change or leave a case that is %s', (status) => {
    const facts = factsOf(WAYS[status], DEFAULT_LIFECYCLE_POLICY);
    const expected = [...APPLIES[status], ...PAPER.map((name) => `${name} -> ${status} []`)];
    const applied = Object.keys(SAYINGS).map((name) => outcome(name, facts)).filter((text) => text !== null);
    expect(applied.sort()).toEqual(expected.sort());
  });

  test('lets an immediate case be completed with its decision straight from acceptance, and no other case', () => {
    const immediate = factsOf([say.received('1'), say.acknowledged(), say.accepted()], DEFAULT_LIFECYCLE_POLICY);
    expect(outcome('completedAtOnce', immediate)).toBe('completedAtOnce -> COMPLETED [hall:result]');
    expect(outcome('completedAtOnce', { ...immediate, projectType: '9' })).toBeNull();
  });

  test.each(['ACCEPTED', 'IN_REVIEW'] as const)('lets the centre ask for materials of a case that is %s where the deployment allows it', (status) => {
    const facts = factsOf(WAYS[status], DEFAULT_LIFECYCLE_POLICY);
    expect(outcome('asked', facts, NEARLY_ALL_ALLOWED)).toBe('asked -> SUPPLEMENT_REQUIRED [hall:supplement_notice]');
    expect(outcome('asked', facts)).toBeNull();
  });

  test('has no row that cannot be reached from a receipt', () => {
    const taken = new Set<string>();
    const seen = new Set<string>();
    const ahead: CaseFacts[] = [factsOf([say.received('1')], NEARLY_ALL_ALLOWED), factsOf([say.received('2')], NEARLY_ALL_ALLOWED)];
    for (let facts = ahead.pop(); facts; facts = ahead.pop()) {
      for (const said of [...Object.values(SAYINGS), say.asked(2), say.supplied(2)]) {
        const decision = decide(facts, { ...said, dataVersion: 99 }, NEARLY_ALL_ALLOWED);
        if (decision.kind !== 'apply') continue;
        taken.add(`${facts.status} ${said.type} ${kindOfParty(said.party)} ${decision.next.status}`);
        const next = { ...decision.next, hallVersion: 1, centreVersion: 1 };
        if (seen.has(JSON.stringify(next))) continue;
        seen.add(JSON.stringify(next));
        ahead.push(next);
      }
    }
    const rows = TRANSITIONS.flatMap((row) => row.from.flatMap((from) =>
      row.senders.map((sender) => `${from} ${row.event} ${sender} ${row.to === 'same' ? from : row.to}`)));
    expect([...new Set(rows)].filter((row) => !taken.has(row))).toEqual([]);
  });
});
