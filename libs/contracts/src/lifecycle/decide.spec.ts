import { describe, expect, test } from '@jest/globals';
import { HALL, OTHER_HALL, day, event, say } from './case-events.fixture.ts';
import { factsOf } from './case-run.fixture.ts';
import { decide } from './decide.ts';
import { DEFAULT_LIFECYCLE_POLICY as POLICY } from './decision.ts';
import type { CaseFacts, LifecycleEvent, LifecyclePolicy } from './decision.ts';
import { LIFECYCLE_CODES } from './lifecycle-codes.ts';

const received = factsOf([say.received()], POLICY);
const pending = factsOf([say.received(), say.acknowledged()], POLICY);
const asked = factsOf([say.received(), say.acknowledged(), say.asked()], POLICY);
const supplied = factsOf([say.received(), say.acknowledged(), say.asked(), say.supplied()], POLICY);
const accepted = factsOf([say.received(), say.acknowledged(), say.accepted()], POLICY);
const approved = factsOf([say.received(), say.acknowledged(), say.accepted(), say.decided(true)], POLICY);
const rejected = factsOf([say.received(), say.acknowledged(), say.accepted(), say.decided(false)], POLICY);
const completed = factsOf([say.received(), say.acknowledged(), say.accepted(), say.decided(true), say.completed()], POLICY);

function verdict(facts: CaseFacts | null, said: LifecycleEvent, policy: LifecyclePolicy = POLICY): string {
  const decision = decide(facts, said, policy);
  return decision.kind === 'apply' ? 'apply' : `${decision.kind} ${decision.code}`;
}

describe('who may speak', () => {
  test('a hall that sends an outcome is refused, whatever the case', () => {
    expect(verdict(pending, { ...say.accepted(), party: HALL })).toBe('refuse not-your-event');
    expect(verdict(null, { ...say.completed(), party: HALL })).toBe('refuse not-your-event');
  });

  test('the centre cannot receive', () => {
    expect(verdict(null, { ...say.received(), party: 'centre' })).toBe('refuse not-your-event');
  });

  test('a hall cannot speak of another hall\'s case, and uses up no number of it', () => {
    const decision = decide(pending, { ...say.withdrawn(OTHER_HALL), sequence: 2 }, POLICY);
    expect(decision).toMatchObject({ kind: 'refuse', code: 'not-your-case', next: null });
  });

  test('each side corrects its own records only', () => {
    expect(verdict(accepted, { ...say.correctedReceipt(), party: 'centre' })).toBe('refuse not-your-record');
    expect(verdict(accepted, { ...say.correctedAcceptance(), party: HALL })).toBe('refuse not-your-record');
  });

  test('a permission event is no event of a case', () => {
    expect(verdict(pending, event('permission.granted', 'bureau'))).toBe('refuse not-a-case-event');
  });
});

describe('what an event must say', () => {
  test.each<[string, CaseFacts | null, LifecycleEvent]>([
    ['reason-missing', pending, event('case.returned', 'centre', { code: 'RETURNED', reason: ' ' })],
    ['reason-missing', pending, event('case.supplement.required', 'centre', { no: 1, items: [{ materialCode: 'M1' }] })],
    ['reason-missing', pending, event('case.withdrawn', HALL, {})],
    ['reason-missing', pending, event('case.voided', 'bureau', { code: 'VOIDED' })],
    ['reason-missing', accepted, event('case.suspended', 'centre', { special: { reason: '' } })],
    ['reason-missing', accepted, event('case.decided', 'centre', { decision: { approved: false } })],
    ['reason-missing', accepted, event('case.corrected', 'centre', { corrects: 'case.accepted' }, { dataVersion: 2 })],
    ['nothing-asked', pending, event('case.supplement.required', 'centre', { no: 1, reason: '材料不全', items: [] })],
    ['formal-check-not-passed', null, event('case.received', HALL, { formalCheck: { result: 'FAIL' } })],
    ['material-not-taken', null, event('case.received', HALL, { formalCheck: { result: 'PASS' }, materials: [{ materialCode: 'M', required: true, taken: false }] })],
    ['decision-missing', accepted, event('case.decided', 'centre', {})],
  ])('is refused with %s at once, for nothing that comes later can mend it', (code, facts, said) => {
    expect(verdict(facts, said)).toBe(`refuse ${code}`);
  });

  test('an approval needs no reason', () => {
    expect(verdict(accepted, event('case.decided', 'centre', { decision: { approved: true } }))).toBe('apply');
  });

  test('a required material counts as taken when it came as a file', () => {
    const materials = [{ materialCode: 'M', required: true, taken: false, attachments: [{}] }];
    expect(verdict(null, event('case.received', HALL, { formalCheck: { result: 'PASS' }, materials }))).toBe('apply');
  });
});

describe('supplements', () => {
  test('must cover everything that was asked for', () => {
    const other = event('case.supplement.submitted', HALL, { no: 1, materials: [{ materialCode: 'M2', taken: true }], submittedAt: day(2) });
    expect(verdict(asked, other)).toBe('refuse supplement-incomplete');
    const named = event('case.supplement.submitted', HALL, { no: 1, materials: [{ materialCode: 'M1', taken: false }], submittedAt: day(2) });
    expect(verdict(asked, named)).toBe('refuse supplement-incomplete');
  });

  test('come in as many rounds as the deployment allows', () => {
    expect(verdict(supplied, say.asked(2))).toBe('refuse supplement-rounds-used-up');
    expect(verdict(supplied, say.asked(2), { ...POLICY, maxSupplementRounds: 2 })).toBe('apply');
  });

  test('are matched by their round', () => {
    expect(verdict(asked, say.supplied(2))).toBe('refuse supplement-round-mismatch');
    expect(verdict(supplied, say.asked(1), { ...POLICY, maxSupplementRounds: 2 })).toBe('refuse supplement-round-mismatch');
  });

  test('of a round that is still to be asked for wait for it', () => {
    expect(verdict(pending, say.supplied(1))).toBe('park too-early');
    expect(verdict(pending, say.asked(2), { ...POLICY, maxSupplementRounds: 2 })).toBe('park too-early');
  });

  test('may not be asked for after acceptance by default', () => {
    expect(verdict(accepted, say.asked())).toBe('refuse supplement-after-acceptance');
  });

  test('time out only after the time that was given, by the centre\'s own clock', () => {
    const timedOut = (returnedAt: string) => event('case.returned', 'centre', { code: 'SUPPLEMENT_TIMEOUT', reason: '逾期', returnedAt });
    expect(verdict(asked, timedOut(day(10)))).toBe('refuse supplement-not-overdue');
    expect(verdict(asked, timedOut(day(11)))).toBe('apply');
    expect(verdict(pending, timedOut(day(11)))).toBe('park too-early');
    expect(verdict(supplied, timedOut(day(11)))).toBe('refuse return-code-mismatch');
  });

  test('an ordinary return waits until the supplement came', () => {
    expect(verdict(asked, say.returned())).toBe('park too-early');
  });
});

describe('decision and result', () => {
  test.each<[string, CaseFacts, string, string]>([
    ['an approval', approved, 'APPROVED', 'apply'], ['an approval', approved, 'REJECTED', 'refuse result-disagrees'],
    ['a rejection', rejected, 'REJECTED', 'apply'], ['a rejection', rejected, 'APPROVED', 'refuse result-disagrees'],
  ])('after %s the result must agree', (_title, facts, code, expected) => {
    expect(verdict(facts, say.completed(code))).toBe(expected);
  });

  test('a corrected result must agree as well', () => {
    expect(verdict(completed, say.correctedCompletion(2, 'REJECTED'))).toBe('refuse result-disagrees');
  });

  test('an immediate case disagrees with itself no more than any other', () => {
    const facts = factsOf([say.received('1'), say.acknowledged(), say.accepted()], POLICY);
    const torn = event('case.completed', 'centre', { result: { code: 'APPROVED' }, decision: { approved: false, reason: '不符' } });
    expect(verdict(facts, torn)).toBe('refuse result-disagrees');
  });

  test('a decision that comes with the completion is remembered', () => {
    const facts = factsOf([say.received('1'), say.acknowledged(), say.accepted(), say.completedAtOnce(false)], POLICY);
    expect(facts).toMatchObject({ status: 'COMPLETED', approved: false });
  });

  test('a case that is not immediate cannot be completed with its decision, now or later', () => {
    expect(verdict(accepted, say.completedAtOnce())).toBe('refuse decision-not-expected');
    expect(verdict(approved, say.completedAtOnce())).toBe('refuse decision-not-expected');
  });
});

describe('corrections', () => {
  test('with no higher version are ignored, and never change the status', () => {
    expect(verdict(pending, say.correctedReceipt(1))).toBe('ignore old-version');
    expect(decide(pending, say.correctedReceipt(2), POLICY)).toMatchObject({ kind: 'apply', next: { status: 'PENDING_ACCEPTANCE', hallVersion: 2 } });
  });

  test('of the receipt come too late after acceptance', () => {
    expect(verdict(accepted, say.correctedReceipt())).toBe('refuse illegal-transition');
  });

  test('of a record that has not come yet wait for it', () => {
    expect(verdict(pending, say.correctedAcceptance())).toBe('park too-early');
    expect(verdict(approved, say.correctedCompletion())).toBe('park too-early');
  });
});

describe('order and repetition', () => {
  test('an event of an unknown case waits for the receipt', () => {
    expect(verdict(null, say.accepted())).toBe('park case-unknown');
  });

  test('an outcome before the delivery is acknowledged waits', () => {
    expect(verdict(received, say.accepted())).toBe('park too-early');
  });

  test('a missing number holds back what follows it, and a refused number is used up', () => {
    expect(verdict(accepted, { ...say.step(), sequence: 3 })).toBe('park sequence-gap');
    const refusal = decide({ ...accepted, centreSequence: 1 }, { ...say.accepted(), sequence: 2 }, POLICY);
    expect(refusal).toMatchObject({ kind: 'refuse', next: { centreSequence: 2, status: 'ACCEPTED' } });
  });

  test('a number that was there before is ignored unless its data version is higher', () => {
    const facts: CaseFacts = { ...accepted, centreSequence: 5 };
    expect(verdict(facts, { ...say.step(), sequence: 5 })).toBe('ignore old-sequence');
    expect(decide(facts, { ...say.step(), sequence: 5, dataVersion: 2 }, POLICY)).toMatchObject({ kind: 'apply', next: { centreSequence: 5, centreVersion: 2 } });
  });

  test('the numbering of a case begins with its receipt', () => {
    expect(verdict(null, { ...say.received(), sequence: 2 })).toBe('refuse first-sequence-not-1');
    expect(decide(null, { ...say.received(), sequence: 1 }, POLICY)).toMatchObject({ kind: 'apply', next: { hallSequence: 1 } });
  });

  test('the same receipt again is ignored; another receipt under the same number is refused, so that a person sees it', () => {
    expect(verdict(pending, say.received())).toBe('ignore already-received');
    expect(verdict(pending, event('case.received', HALL, { projectType: '2', receivedAt: day(2), formalCheck: { result: 'PASS' } }))).toBe('refuse project-no-taken');
  });

  test('a second acknowledgement is ignored in every later status', () => {
    for (const facts of [pending, asked, accepted, completed]) expect(verdict(facts, say.acknowledged('centre'))).toBe('ignore already-acknowledged');
  });

  test('an event that can never become legal is refused and not kept', () => {
    expect(verdict(approved, say.withdrawn())).toBe('refuse illegal-transition');
    expect(verdict(approved, say.suspended())).toBe('refuse illegal-transition');
    expect(verdict(completed, say.step())).toBe('refuse case-closed');
    expect(verdict(completed, say.voided())).toBe('refuse case-closed');
  });

  test('acceptance lies after the receipt or the last supplement, give or take what clocks differ by', () => {
    const at = (acceptedAt: string) => event('case.accepted', 'centre', { acceptedAt });
    expect(verdict(pending, at('2026-11-01T11:55:00+08:00'))).toBe('apply');
    expect(verdict(pending, at('2026-11-01T11:54:59+08:00'))).toBe('refuse accepted-before-receipt');
    expect(verdict(supplied, at(day(1)))).toBe('refuse accepted-before-receipt');
  });
});

describe('the words', () => {
  test('name the event and the status in both languages', () => {
    expect(decide(approved, say.withdrawn(), POLICY)).toMatchObject({
      zh: '办件处于“已决定”，不能“撤回”', en: 'case.withdrawn is not possible while the case is DECIDED',
    });
  });

  test('leave no placeholder open and exist for every code', () => {
    for (const [code, { zh, en }] of Object.entries(LIFECYCLE_CODES)) {
      expect([code, /\p{Script=Han}/u.test(zh), /[a-z]/.test(en)]).toEqual([code, true, true]);
    }
  });
});
