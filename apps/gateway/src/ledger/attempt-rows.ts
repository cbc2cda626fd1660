import { sql } from 'kysely';
import type { Insertable, Kysely } from 'kysely';
import { changes, names, rowSet } from './row-set.ts';
import type { Columns } from './row-set.ts';
import type { AttemptsTable, LedgerTables } from './tables.ts';

export type NewAttempt = Required<Insertable<AttemptsTable>>;

const ATTEMPT: Columns<NewAttempt> = {
  transfer_id: 'text', attempt: 'int', started_at: 'timestamptz', finished_at: 'timestamptz', latency_ms: 'int', outcome: 'text',
  http_status: 'int', error_code: 'text', error_detail: 'text', response_digest: 'text', recorded_at: 'timestamptz',
};

/**
 * Records attempts, each once; the first report stands. Only a delivery takes the place of a failure: an order that was published
 * twice can be attempted twice under one number, and then what counts is that it arrived. No attempt may come twice in one call.
 */
export async function insertAttempts(db: Kysely<LedgerTables>, attempts: readonly NewAttempt[]): Promise<void> {
  await sql`
    insert into attempts (${names(ATTEMPT)}) select ${names(ATTEMPT)} from ${rowSet(ATTEMPT, attempts, 'a')}
    on conflict (transfer_id, attempt) do update set ${changes(ATTEMPT, ['transfer_id', 'attempt'], 'excluded')}
    where excluded.outcome = 'delivered' and attempts.outcome <> 'delivered'`.execute(db);
}
