import { sql } from 'kysely';
import type { Insertable, Kysely, Selectable } from 'kysely';
import type { ApiTokensTable } from './access-tables.ts';
import type { LedgerTables } from './tables.ts';

type Ledger = Kysely<LedgerTables>;

export type ApiTokenRow = Selectable<ApiTokensTable>;
export type NewApiToken = Insertable<ApiTokensTable>;

/** The token with this digest, unless it has expired or was revoked. */
export function findApiToken(db: Ledger, digest: Buffer): Promise<ApiTokenRow | undefined> {
  return db.selectFrom('api_tokens').selectAll()
    .where('token_digest', '=', digest).where('revoked_at', 'is', null).where('expires_at', '>', sql<Date>`statement_timestamp()`)
    .executeTakeFirst();
}

export async function insertApiToken(db: Ledger, token: NewApiToken): Promise<void> {
  await db.insertInto('api_tokens').values(token).execute();
}
