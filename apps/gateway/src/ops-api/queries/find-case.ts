import { CASE_DETAIL_COLUMNS } from './case-columns.ts';
import type { CaseDetailRow } from './case-columns.ts';
import { deliveryStatus } from './delivery-status.ts';
import type { Reading } from '../ops-ledger.ts';

/** One case by its number; `undefined` when the ledger does not know it. Index: the primary key. */
export function findCase(trx: Reading, projectNo: string): Promise<CaseDetailRow | undefined> {
  return trx.selectFrom('cases')
    .select([...CASE_DETAIL_COLUMNS, deliveryStatus.as('delivery_status')])
    .where('project_no', '=', projectNo)
    .executeTakeFirst();
}
