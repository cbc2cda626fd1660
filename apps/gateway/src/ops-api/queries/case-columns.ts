import type { CasesTable } from '../../ledger/tables.ts';
import type { Selectable } from 'kysely';
import type { DeliveryStatus } from '../words.ts';

/** What a list shows of a case. The sealed data, the facts and the blind index are never read. */
export const CASE_COLUMNS = [
  'project_no', 'hall_code', 'item_code', 'item_name', 'applicant_masked', 'status', 'paper_status', 'paper_due_at',
  'paper_discrepancy_at', 'project_type', 'result_code', 'promise_due_at', 'received_at', 'created_at', 'updated_at',
] as const satisfies readonly (keyof CasesTable)[];

/** What a case's own page shows beyond the list. */
export const CASE_DETAIL_COLUMNS = [
  ...CASE_COLUMNS, 'supplement_rounds', 'hall_version', 'centre_version', 'hall_sequence', 'centre_sequence', 'update_sequence',
  'approved', 'accepted_at', 'completed_at',
] as const satisfies readonly (keyof CasesTable)[];

interface Derived {
  readonly delivery_status: DeliveryStatus;
}

export type CaseRow = Pick<Selectable<CasesTable>, (typeof CASE_COLUMNS)[number]> & Derived;
export type CaseListRow = CaseRow & { readonly created_micros: string };
export type CaseDetailRow = Pick<Selectable<CasesTable>, (typeof CASE_DETAIL_COLUMNS)[number]> & Derived;
