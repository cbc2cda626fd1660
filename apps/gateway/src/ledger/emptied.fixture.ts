import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { LedgerTables } from './tables.ts';

/** Empties tables and all that refers to them, also what nobody may ever empty: its guards look away for this one transaction. */
export async function emptied(db: Kysely<LedgerTables>, tables: string): Promise<void> {
  await db.transaction().execute(async (trx) => {
    await sql`set local session_replication_role = replica`.execute(trx);
    await sql.raw(`truncate ${tables} cascade`).execute(trx);
  });
}
