import { catalogueOf } from './catalogue.ts';
import { Comparison } from './compare-records.ts';
import { transferKey } from './expected-transfers.ts';
import type { Answered, Effect, Facts, Line, Sent, Side } from './record-lines.ts';
import type { CheckReport } from './report.ts';

/** One line on one side, as it would stand in a record. */
export type Told = readonly [Side, Line];

export const PROJECT = '410204-1-abc-000000';
const T0 = Date.parse('2026-11-22T10:00:00.250+08:00');
const HALL = '/halls/410204';
const operator = { id: 'u1', name: '测试员', orgName: '测试机构' };
const head = { projectNo: PROJECT, dataVersion: 1, cdOperation: 'I', itemCode: 'ITEM', hall: { code: '410204', name: '鼓楼区政务服务大厅' } };

export const catalogue = catalogueOf(
  [{ code: 'ITEM', jgj320: { businessTypeCode: null, withdrawReasonCode: '99', businessTypeBy: { field: 'closesAccount', cases: [{ when: 'true', code: '12' }] } } }],
  [{ code: '111', jgj: '01' }],
);

const receipt = {
  operator, itemCode: 'ITEM', projectType: '2', receivedAt: '2026-11-22T10:00:00+08:00', regionCode: '410204', windowNo: 'A1', closesAccount: true,
  applicant: { type: '1', name: '测试甲', certType: '111', certNo: '11010519491231002X' }, amount: '100.5', ratios: { unitPercent: '12', personalPercent: '7.0' },
  materials: '2:aaaa', paper: { sheetCount: 3 },
};
const application = {
  businessType: '12', withdrawalReason: '99', projectType: '2', receivedAt: '2026-11-22 10:00:00', regionCode: '410204', amount: '100.50',
  applicant: { type: '1', name: '测试甲', certType: '01', certNo: '11010519491231002X' }, ratios: { unit: '0.12', personal: '0.07' }, materials: '2:aaaa',
  paper: { hall: { code: '410204', name: '鼓楼区政务服务大厅' }, keptUntil: '2026-12-22', sheetCount: 3 },
};
const decidedAt = '2026-11-22T10:00:30+08:00';
const decided = { approved: true, decidedAt, decidedBy: '测试员' };
const completed = { code: 'APPROVED', description: '准予办理', completedAt: decidedAt, completedBy: '测试员' };
const shownStep = { name: '审核决定', action: '通过', handler: '测试员', startedAt: '2026-11-22 10:00:30', endedAt: '2026-11-22 10:00:30', state: '2' };
const shownResult = { code: 'APPROVED', platformCode: '10', platformResult: '办结', description: '准予办结：准予办理', completedAt: '2026-11-22 10:00:30', completedBy: '测试员' };
const shownAcceptance = { acceptedAt: '2026-11-22 10:00:20', acceptedBy: '测试员', orgName: '测试机构', promise: { value: 3, unitCode: '1', dueAt: '2026-11-25 10:00:20' } };

interface Chapter {
  readonly source: string;
  readonly type: string;
  readonly sent: Facts;
  readonly to: 'centre' | 'hall';
  readonly kind: string;
  readonly shown: Facts;
}

/** A whole case: received, accepted, decided, completed; every word of it right. */
const CHAPTERS: readonly Chapter[] = [
  { source: HALL, type: 'case.received', sent: receipt, to: 'centre', kind: 'open', shown: { application } },
  {
    source: '/centre', type: 'case.accepted', to: 'hall', kind: 'acceptance', shown: { acceptance: shownAcceptance },
    sent: { operator, acceptedAt: '2026-11-22T10:00:20+08:00', promise: { value: 3, unit: 'workday', dueAt: '2026-11-25T10:00:20+08:00' } },
  },
  { source: '/centre', type: 'case.decided', to: 'hall', kind: 'step', sent: { operator, decision: decided }, shown: { step: shownStep } },
  { source: '/centre', type: 'case.completed', to: 'hall', kind: 'result', sent: { operator, result: completed }, shown: { result: shownResult } },
];

export const eventId = (chapter: number): string => `e${chapter}`;
export const keyOf = (chapter: number): string => transferKey(CHAPTERS[chapter]?.source ?? '', eventId(chapter), CHAPTERS[chapter]?.to ?? 'hall');

function tell(chapter: Chapter, at: number): Told[] {
  const [sender, receiver]: [Side, Side] = chapter.source === '/centre' ? ['centre', 'platform'] : ['platform', 'centre'];
  const time = T0 + at * 1000;
  const id = eventId(at);
  const own = { id, source: chapter.source, projectNo: PROJECT };
  const sent: Sent = { k: 'sending', n: at + 1, ...own, type: chapter.type, sequence: chapter.source === '/centre' ? at : 1, dataVersion: 1, facts: chapter.sent, at: time };
  const answered: Answered = { k: 'answer', ...own, status: 202, transferId: keyOf(at), at: time + 10 };
  const facts = { ...head, [chapter.to === 'hall' ? 'recordKind' : 'kind']: chapter.kind, occurredAt: `2026-11-22 10:00:0${at}`, ...chapter.shown };
  const effect: Effect = {
    k: 'effect', n: at + 1, key: keyOf(at), projectNo: PROJECT, hall: chapter.to === 'hall' ? '410204' : null, kind: chapter.kind,
    updateSequence: chapter.to === 'hall' ? at : null, facts, at: time + 30,
  };
  return [[sender, sent], [sender, answered], [receiver, effect]];
}

/** Both records of the whole case, in the order things happened. */
export function story(): Told[] {
  const end = (side: Side): Told => [side, { k: 'end', projectNo: PROJECT, result: 'APPROVED', at: T0 + 9000 }];
  return [...CHAPTERS.flatMap(tell), end('platform'), end('centre')];
}

/** The place of a chapter's effect in {@link story}. */
export const effectAt = (chapter: number): number => chapter * 3 + 2;

/** The effect of a chapter, changed. */
export function changed(told: readonly Told[], chapter: number, change: (effect: Effect) => Partial<Effect>): Told[] {
  return told.map((one, at) => (at === effectAt(chapter) ? [one[0], { ...(one[1] as Effect), ...change(one[1] as Effect) }] : one));
}

export interface Ledger { readonly outcomes?: readonly string[]; readonly statuses?: readonly (string | null)[]; readonly caseStatus?: string }

/** Compares a story with a ledger that knows all of it, but for what is changed; `null` leaves a transfer out. */
export function judge(told: readonly Told[], ledger: Ledger | null = {}): CheckReport {
  const comparison = new Comparison(catalogue);
  for (const [side, line] of told) comparison.line(side, line);
  comparison.recordsEnd();
  if (ledger === null) return comparison.report();
  (ledger.outcomes ?? CHAPTERS.map(() => 'applied')).forEach((outcome, at) => {
    comparison.ledgerEvent({ source: CHAPTERS[at]?.source ?? '', eventId: eventId(at), outcome });
  });
  (ledger.statuses ?? CHAPTERS.map(() => 'delivered')).forEach((status, at) => {
    if (status !== null) comparison.ledgerTransfer({ id: keyOf(at), projectNo: PROJECT, status });
  });
  comparison.ledgerCase({ projectNo: PROJECT, status: ledger.caseStatus ?? 'COMPLETED', resultCode: 'APPROVED' });
  comparison.ledgerEnd();
  return comparison.report();
}
