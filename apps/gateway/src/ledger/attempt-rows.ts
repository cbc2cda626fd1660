import { sql } from 'kysely';
import type { Insertable, Kysely } from 'kysely';
import { names, rowSet } from './row-set.ts';
import type { Columns } from './row-set.ts';
import type { AttemptsTable, LedgerTables } from './tables.ts';

export type NewAttempt = Omit<Insertable<AttemptsTable>, 'recorded_at'>;

const ATTEMPT: Columns<NewAttempt> = {
  transfer_id: 'text', attempt: 'int', started_at: 'timestamptz', finished_at: 'timestamptz', latency_ms: 'int', outcome: 'text',
  http_status: 'int', error_code: 'text', error_detail: 'text', response_digest: 'text',
};

/** Records attempts; one that is known already is left as it was first reported. */
export async function insertAttempts(db: Kysely<LedgerTables>, attempts: readonly NewAttempt[]): Promise<void> {
  await sql`
    insert into attempts (${names(ATTEMPT)}) select ${names(ATTEMPT)} from ${rowSet(ATTEMPT, attempts, 'a')}
    on conflict (transfer_id, attempt) do nothing`.execute(db);
}
