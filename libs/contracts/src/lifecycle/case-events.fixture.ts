import type { EventType, Party } from '../event-types.ts';
import type { LifecycleEvent } from './decision.ts';
import type { Reading } from './reading.ts';

export const HALL: Party = 'hall:410204';
export const OTHER_HALL: Party = 'hall:410202';

/** Noon of a day of November 2026, Kaifeng time. */
export const day = (number: number): string => `2026-11-${String(number).padStart(2, '0')}T12:00:00+08:00`;

export function event(type: EventType, party: Party, data: Reading = {}, numbers: { sequence?: number; dataVersion?: number } = {}): LifecycleEvent {
  return { type, party, data, sequence: numbers.sequence ?? null, dataVersion: numbers.dataVersion ?? 1 };
}

const material = (materialCode: string) => ({ materialCode, required: true, taken: true, attachments: [] });

/** One good example of everything that can be said of a case. Dates lie in the order in which the events of a case would. */
export const say = {
  received: (projectType: '1' | '2' | '9' = '2') =>
    event('case.received', HALL, { projectType, receivedAt: day(1), formalCheck: { result: 'PASS' }, materials: [material('ID_SELF')] }),
  acknowledged: (party: Party = 'bridge') => event('case.delivery.acknowledged', party),
  asked: (no = 1) => event('case.supplement.required', 'centre', { no, reason: '材料不全', items: [{ materialCode: `M${no}` }], dueAt: day(10) }),
  supplied: (no = 1) => event('case.supplement.submitted', HALL, { no, materials: [material(`M${no}`)], submittedAt: day(2) }),
  returned: (code = 'RETURNED') => event('case.returned', 'centre', { code, reason: '不符合条件', returnedAt: day(11) }),
  accepted: () => event('case.accepted', 'centre', { acceptedAt: day(3) }),
  step: () => event('case.step.recorded', 'centre'),
  suspended: () => event('case.suspended', 'centre', { special: { reason: '等待核查' } }),
  resumed: () => event('case.resumed', 'centre', { special: { reason: '等待核查' } }),
  decided: (approved = true) => event('case.decided', 'centre', { decision: { approved, reason: '审核意见' } }),
  completed: (code = 'APPROVED') => event('case.completed', 'centre', { result: { code } }),
  completedAtOnce: (approved = true) =>
    event('case.completed', 'centre', { result: { code: approved ? 'APPROVED' : 'REJECTED' }, decision: { approved, reason: '审核意见' } }),
  withdrawn: (party: Party = HALL) => event('case.withdrawn', party, { reason: '申请人撤回' }),
  voided: () => event('case.voided', 'bureau', { reason: '重复录入', code: 'VOIDED' }),
  correctedReceipt: (dataVersion = 2) =>
    event('case.corrected', HALL, { reason: '录入有误', corrects: 'case.received', receipt: { projectType: '2', receivedAt: day(1) } }, { dataVersion }),
  correctedAcceptance: (dataVersion = 2) => event('case.corrected', 'centre', { reason: '录入有误', corrects: 'case.accepted' }, { dataVersion }),
  correctedStep: (dataVersion = 2) => event('case.corrected', 'centre', { reason: '录入有误', corrects: 'case.step.recorded' }, { dataVersion }),
  correctedCompletion: (dataVersion = 2, code = 'APPROVED') =>
    event('case.corrected', 'centre', { reason: '录入有误', corrects: 'case.completed', completion: { code } }, { dataVersion }),
  paper: (type: 'paper.received' | 'paper.handedOver' | 'paper.returnedToApplicant' | 'paper.discrepancy' = 'paper.received', party: Party = HALL) =>
    event(type, party),
};
