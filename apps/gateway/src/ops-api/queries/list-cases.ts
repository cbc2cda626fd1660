import { isCanary } from '#contracts';
import type { CaseStatus } from '#contracts';
import type { TimePlace } from '../paging/cursor.ts';
import type { DeliveryStatus } from '../words.ts';
import { CASE_COLUMNS } from './case-columns.ts';
import type { CaseListRow } from './case-columns.ts';
import { DELIVERY_CONDITIONS, deliveryStatus } from './delivery-status.ts';
import type { Reading } from '../ops-ledger.ts';
import { after, given, micros } from './sql-forms.ts';

/** What a list of cases is narrowed to; every part is optional. */
export interface CaseFilter {
  readonly hall?: string;
  readonly status?: CaseStatus;
  readonly item?: string;
  readonly deliveryStatus?: DeliveryStatus;
  /** Recorded at or after. */
  readonly from?: Date;
  /** Recorded before. */
  readonly until?: Date;
  /** Beginning of the project number: letters, digits and hyphens only. */
  readonly projectNoPrefix?: string;
  /** Blind indexes of one certificate number, one per certificate type. */
  readonly applicantIndexes?: readonly string[];
}

/**
 * Cases newest first, by (created_at, project_no): both never change, so paging neither skips nor repeats a case that moved on meanwhile.
 * Canaries (拨测) are left out unless the prefix asks for them.
 * Indexes: (created_at, project_no), alone and behind hall_code, status and item_code; (project_no text_pattern_ops); (applicant_index).
 */
export function listCases(trx: Reading, filter: CaseFilter, place: TimePlace | null, rows: number): Promise<CaseListRow[]> {
  return trx.selectFrom('cases')
    .select([...CASE_COLUMNS, deliveryStatus.as('delivery_status'), micros('cases.created_at').as('created_micros')])
    .where((eb) => eb.and([
      ...(isCanary(filter.projectNoPrefix ?? '') ? [] : [eb('canary', '=', false)]),
      ...given(filter.hall, (hall) => eb('hall_code', '=', hall)),
      ...given(filter.status, (status) => eb('status', '=', status)),
      ...given(filter.item, (item) => eb('item_code', '=', item)),
      ...given(filter.from, (from) => eb('created_at', '>=', from)),
      ...given(filter.until, (until) => eb('created_at', '<', until)),
      ...given(filter.projectNoPrefix, (prefix) => eb('project_no', 'like', `${prefix}%`)),
      ...given(filter.applicantIndexes, (indexes) => eb('applicant_index', 'in', [...indexes])),
      ...given(filter.deliveryStatus, (status) => DELIVERY_CONDITIONS[status]),
      ...given(place, (from) => after('cases.created_at', 'cases.project_no', from)),
    ]))
    .orderBy('created_at', 'desc').orderBy('project_no', 'desc')
    .limit(rows)
    .execute();
}
