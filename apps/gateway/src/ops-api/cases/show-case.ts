import { CASE_STATUSES } from '#contracts';
import { beijingTime, beijingTimeOrNull } from '../beijing-time.ts';
import type { CaseDetailRow, CaseRow } from '../queries/case-columns.ts';
import { DELIVERY_STATUSES, PAPER_STATUSES } from '../words.ts';
import type { CaseDetailAnswer } from './case-detail.answer.ts';
import type { CaseAnswer } from './case.answer.ts';

/** Paper that is past its month counts as overdue only while it is still the hall's to keep (汴审改办〔2023〕16号 四(三)). */
const WITH_THE_HALL = ['IN_HALL', 'IN_BATCH'];

/** A case as a list shows it at the moment `now`. */
export function showCase(row: CaseRow, now: Date): CaseAnswer {
  return {
    projectNo: row.project_no,
    hallCode: row.hall_code,
    itemCode: row.item_code, itemName: row.item_name,
    applicant: row.applicant_masked,
    projectType: row.project_type,
    status: row.status, statusZh: CASE_STATUSES[row.status].zh,
    deliveryStatus: row.delivery_status, deliveryStatusZh: DELIVERY_STATUSES[row.delivery_status],
    paperStatus: row.paper_status, paperStatusZh: PAPER_STATUSES[row.paper_status],
    paperDueAt: beijingTime(row.paper_due_at),
    paperOverdue: WITH_THE_HALL.includes(row.paper_status) && row.paper_due_at < now,
    paperDiscrepancyAt: beijingTimeOrNull(row.paper_discrepancy_at),
    resultCode: row.result_code,
    promiseDueAt: beijingTimeOrNull(row.promise_due_at),
    receivedAt: beijingTime(row.received_at),
    createdAt: beijingTime(row.created_at),
    updatedAt: beijingTime(row.updated_at),
  };
}

/** The facts that only a case's own page shows. */
export function showFacts(row: CaseDetailRow): Omit<CaseDetailAnswer, keyof CaseAnswer | 'timeline' | 'timelineTruncated'> {
  return {
    supplementRounds: row.supplement_rounds,
    hallVersion: row.hall_version, centreVersion: row.centre_version,
    hallSequence: row.hall_sequence, centreSequence: row.centre_sequence,
    updateSequence: row.update_sequence,
    approved: row.approved,
    acceptedAt: beijingTimeOrNull(row.accepted_at),
    completedAt: beijingTimeOrNull(row.completed_at),
  };
}
