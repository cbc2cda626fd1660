import type { Destination } from '#contracts';
import type { Selectable } from 'kysely';
import type { AttemptsTable } from '../../ledger/tables.ts';
import type { Reading } from '../ops-ledger.ts';

export type CaseAttemptRow = Selectable<AttemptsTable> & { readonly destination: Destination; readonly event_seq: number };

/** Every delivery attempt of a case's transfers in the order they were reported. Indexes: transfers (project_no, …), attempts (transfer_id, attempt). */
export function caseAttempts(trx: Reading, projectNo: string, rows: number): Promise<CaseAttemptRow[]> {
  return trx.selectFrom('attempts')
    .innerJoin('transfers', 'transfers.id', 'attempts.transfer_id')
    .selectAll('attempts')
    .select(['transfers.destination', 'transfers.event_seq'])
    .where('transfers.project_no', '=', projectNo)
    .orderBy('attempts.seq')
    .limit(rows)
    .execute();
}
