import type { Kysely } from 'kysely';
import { setGroups, takeUngrouped } from '../ledger/failure-rows.ts';
import type { UngroupedTransfer } from '../ledger/failure-rows.ts';
import { pruneRows } from '../ledger/pruned-rows.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import { countFailures, failureGroupOf } from './count-failures.ts';
import type { TimedFailure } from './count-failures.ts';

/**
 * Gives failed transfers that have no group theirs, as after an update from a version that knew none: up to `limit` of them, and says how
 * many. As many hours that nobody asks for any more go, too. For the sweep; several gateways may do it at once.
 */
export async function groupOldFailures(db: Kysely<LedgerTables>, limit: number): Promise<number> {
  await pruneRows(db, 'sweep', limit);
  return db.transaction().execute(async (trx) => {
    const rows = await takeUngrouped(trx, limit);
    if (rows.length === 0) return 0;
    await setGroups(trx, rows.flatMap((row) => {
      const group = failureGroupOf(failureOf(row));
      return group === null ? [] : [{ id: row.id, failure_group: group, failed_at: row.failed_at }];
    }));
    await countFailures(trx, rows.map(failureOf));
    return rows.length;
  });
}

function failureOf(row: UngroupedTransfer): TimedFailure {
  return {
    projectNo: row.project_no, destination: row.destination, kind: row.kind,
    // A failure of which nobody noted the word is one that nobody has classified.
    errorWord: row.error_word ?? 'technical',
    errorCode: row.error_code, httpStatus: row.http_status, errorDetail: row.error_detail, at: row.failed_at,
  };
}
