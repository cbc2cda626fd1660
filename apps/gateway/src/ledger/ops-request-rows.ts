import type { Insertable, Kysely, Selectable } from 'kysely';
import type { OpsRequestsTable } from './operation-tables.ts';
import type { LedgerTables } from './tables.ts';

type Ledger = Kysely<LedgerTables>;

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
