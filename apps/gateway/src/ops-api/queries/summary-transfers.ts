import type { Destination } from '#contracts';
import { sql } from 'kysely';
import { isReal } from '../../ledger/canary-rows.ts';
import type { TransferStatus } from '../../ledger/tables.ts';
import type { Reading } from '../ops-ledger.ts';

export interface TransferCount {
  readonly destination: Destination;
  readonly status: TransferStatus;
  readonly count: number;
}

/**
 * Transfers per destination and status: every undelivered one whatever its age, and the ended ones made since `since`, at most `cap` rows of
 * either. Indexes: the partial one of undelivered transfers, which alone answers for them; transfers (created_at).
 */
export async function countTransfers(trx: Reading, since: Date, cap: number): Promise<TransferCount[]> {
  const { rows } = await sql<TransferCount>`
    select destination, status, count(*) as count from (
      (select destination, status from transfers where status in ('held', 'in_flight', 'retry_wait', 'failed') and ${isReal()} limit ${cap})
      union all
      (select destination, status from transfers where status in ('delivered', 'discarded') and ${isReal()} and created_at >= ${since} order by created_at desc limit ${cap})
    ) counted
    group by destination, status order by destination, status`.execute(trx);
  return rows;
}

export interface WaitingTransfer {
  readonly id: string;
  readonly project_no: string;
  readonly destination: Destination;
  readonly status: TransferStatus;
  readonly created_at: Date;
}

/** The undelivered transfer that was made first. Index: transfers (created_at, id) where undelivered. */
export function oldestUndelivered(trx: Reading): Promise<WaitingTransfer | undefined> {
  return trx.selectFrom('transfers')
    .select(['id', 'project_no', 'destination', 'status', 'created_at'])
    .where('status', 'in', ['held', 'in_flight', 'retry_wait', 'failed'])
    .where(isReal())
    .orderBy('created_at').orderBy('id')
    .limit(1)
    .executeTakeFirst();
}
