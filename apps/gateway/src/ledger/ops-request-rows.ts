import { sql } from 'kysely';
import type { Insertable, Kysely, Selectable } from 'kysely';
import type { OpsRequestsTable } from './operation-tables.ts';
import type { LedgerTables } from './tables.ts';

type Ledger = Kysely<LedgerTables>;

/** How long the answer to a write is kept: longer than anybody repeats a request, in days. */
const KEPT_DAYS = 7;
const PRUNED_AT_ONCE = 5_000;

/** Notes a write under its key; false when it is noted already. Waits for another transaction that is just noting the same key. */
export async function noteOpsRequest(db: Ledger, request: Omit<Insertable<OpsRequestsTable>, 'status' | 'answer' | 'created_at'>): Promise<boolean> {
  const noted = await db.insertInto('ops_requests').values({ ...request, status: 200, answer: null })
    .onConflict((clash) => clash.doNothing()).returning('key').executeTakeFirst();
  return noted !== undefined;
}

export async function keepAnswer(db: Ledger, person: string, key: string, answer: object): Promise<void> {
  await db.updateTable('ops_requests').set({ answer: JSON.stringify(answer) }).where('person', '=', person).where('key', '=', key).execute();
}

export function findOpsRequest(db: Ledger, person: string, key: string): Promise<Selectable<OpsRequestsTable> | undefined> {
  return db.selectFrom('ops_requests').selectAll().where('person', '=', person).where('key', '=', key).executeTakeFirst();
}

/** Forgets answers that nobody will ask for again, a bounded number at a time. Index: ops_requests_created. */
export async function pruneOpsRequests(db: Ledger): Promise<void> {
  await sql`
    delete from ops_requests where (person, key) in (
      select person, key from ops_requests where created_at < now() - ${KEPT_DAYS} * interval '1 day' order by created_at limit ${PRUNED_AT_ONCE}
    )`.execute(db);
}
