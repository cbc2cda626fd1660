import { TRANSFER_COLUMNS } from './transfer-columns.ts';
import type { TransferRow } from './transfer-columns.ts';
import type { Reading } from '../ops-ledger.ts';

/** A case's transfers in their order. Index: transfers (project_no, destination, ordinal). */
export function caseTransfers(trx: Reading, projectNo: string, rows: number): Promise<TransferRow[]> {
  return trx.selectFrom('transfers')
    .innerJoin('events', 'events.seq', 'transfers.event_seq')
    .select(TRANSFER_COLUMNS)
    .where('transfers.project_no', '=', projectNo)
    .orderBy('transfers.ordinal').orderBy('transfers.id')
    .limit(rows)
    .execute();
}
