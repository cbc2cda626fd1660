import { sql } from 'kysely';
import type { TimePlace } from '../paging/cursor.ts';
import type { Reading } from '../ops-ledger.ts';
import { after, given, micros } from './sql-forms.ts';
import { TRANSFER_COLUMNS } from './transfer-columns.ts';
import type { TransferRow } from './transfer-columns.ts';

export type GroupMemberRow = TransferRow & { readonly failed_micros: string };

/** The transfers that are failed now in one group, last failed first; one that is sent again leaves it. Index: transfers_failure_group. */
export function listGroupMembers(trx: Reading, groupId: string, place: TimePlace | null, rows: number): Promise<GroupMemberRow[]> {
  return trx.selectFrom('transfers').innerJoin('events', 'events.seq', 'transfers.event_seq')
    .select([...TRANSFER_COLUMNS, micros('transfers.failed_at').as('failed_micros')])
    .where('transfers.status', '=', 'failed').where('transfers.failure_group', '=', groupId).where('transfers.failed_at', 'is not', null)
    .where((eb) => eb.and(given(place, (from) => after('transfers.failed_at', 'transfers.id', from))))
    .orderBy(sql`transfers.failed_at desc, transfers.id desc`).limit(rows).execute();
}
