import type { Reading } from '../ops-ledger.ts';
import { OpsProblem } from '../problems/ops-problem.ts';
import { caseAttempts } from '../queries/case-attempts.ts';
import { caseDuplicates } from '../queries/case-duplicates.ts';
import { caseEvents } from '../queries/case-events.ts';
import { caseTransfers } from '../queries/case-transfers.ts';
import { findCase } from '../queries/find-case.ts';
import { caseActions } from '../queries/list-actions.ts';
import { listDeadLetters } from '../queries/list-dead-letters.ts';
import { listDoorRefusals } from '../queries/list-door-refusals.ts';
import type { CaseDetailAnswer } from './case-detail.answer.ts';
import { showCase, showFacts } from './show-case.ts';
import { timelineOf } from './timeline.ts';
import type { CaseRecord } from './timeline.ts';

/** A healthy case has some dozens of rows; a sender in a loop must not make its page endless. */
const MAX_ROWS_PER_KIND = 1_000;

/** Everything shown of one case. Throws an {@link OpsProblem} `case-unknown` when the ledger has no such case. */
export async function readCase(trx: Reading, projectNo: string, now: Date): Promise<CaseDetailAnswer> {
  const row = await findCase(trx, projectNo);
  if (row === undefined) throw await unknownCase(trx, projectNo);
  const record = await readRecord(trx, projectNo);
  return {
    ...showCase(row, now),
    ...showFacts(row),
    timeline: timelineOf(record),
    timelineTruncated: Object.values<readonly unknown[]>({ ...record }).some((rows) => rows.length === MAX_ROWS_PER_KIND),
  };
}

/** One after another: a transaction has one connection. */
async function readRecord(trx: Reading, projectNo: string): Promise<CaseRecord> {
  return {
    events: await caseEvents(trx, projectNo, MAX_ROWS_PER_KIND),
    duplicates: await caseDuplicates(trx, projectNo, MAX_ROWS_PER_KIND),
    transfers: await caseTransfers(trx, projectNo, MAX_ROWS_PER_KIND),
    attempts: await caseAttempts(trx, projectNo, MAX_ROWS_PER_KIND),
    refusals: await listDoorRefusals(trx, { projectNo }, null, MAX_ROWS_PER_KIND),
    actions: await caseActions(trx, projectNo, MAX_ROWS_PER_KIND),
    deadLetters: await listDeadLetters(trx, { projectNo }, null, MAX_ROWS_PER_KIND),
  };
}

/** A receipt that was refused made no case; whoever asks for it is told where its traces are. */
async function unknownCase(trx: Reading, projectNo: string): Promise<OpsProblem> {
  const events = await caseEvents(trx, projectNo, 1);
  const refusals = await listDoorRefusals(trx, { projectNo }, null, 1);
  if (events.length + refusals.length === 0) return new OpsProblem('case-unknown', {
    detail: 'Nothing with this project number ever reached the bridge.',
    detailZh: '本系统从未收到过该办件编号的任何事件。',
  });
  return new OpsProblem('case-unknown', {
    detail: 'No case was opened, but events with this project number were refused or wait: see /api/refusals?projectNo= and /api/waiting-events?projectNo=.',
    detailZh: '未建立该办件，但有该编号的事件被拒收或在等待：请查 /api/refusals?projectNo= 和 /api/waiting-events?projectNo=。',
  });
}
