import { sql } from 'kysely';
import type { Insertable, Kysely, Selectable, Transaction, Updateable } from 'kysely';
import type { AccountsTable } from './access-tables.ts';
import type { LedgerTables } from './tables.ts';

type Ledger = Kysely<LedgerTables>;
type Writing = Transaction<LedgerTables>;

export type AccountRow = Selectable<AccountsTable>;
export type NewAccount = Insertable<AccountsTable>;
export type AccountChange = Omit<Updateable<AccountsTable>, 'id' | 'version'>;

const NOW = sql<Date>`statement_timestamp()`;
/** Of everybody who makes the first account or takes away an administrator: one at a time, until the transaction ends. */
const ADMINISTRATORS_LOCK = 7_301_640_107;

export async function insertAccount(db: Ledger, account: NewAccount): Promise<void> {
  await db.insertInto('accounts').values(account).execute();
}

/** Answers whether the name was free. */
export async function insertAccountUnlessNamed(db: Ledger, account: NewAccount): Promise<boolean> {
  const { numInsertedOrUpdatedRows = 0n } = await db.insertInto('accounts').values(account).onConflict((conflict) => conflict.column('name').doNothing()).executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows > 0n;
}

export async function hasAccounts(db: Ledger): Promise<boolean> {
  return await db.selectFrom('accounts').select('id').limit(1).executeTakeFirst() !== undefined;
}

/** By name; all of them, since the people on duty are few. */
export function listAccounts(db: Ledger, after: string | null, limit: number): Promise<AccountRow[]> {
  return db.selectFrom('accounts').selectAll().$if(after !== null, (query) => query.where('name', '>', after ?? '')).orderBy('name').limit(limit).execute();
}

export function findAccount(db: Ledger, id: string): Promise<AccountRow | undefined> {
  return db.selectFrom('accounts').selectAll().where('id', '=', id).executeTakeFirst();
}

/** The account, kept from others until the transaction ends. */
export function lockAccount(trx: Writing, id: string): Promise<AccountRow | undefined> {
  return trx.selectFrom('accounts').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

export async function lockAdministrators(trx: Writing): Promise<void> {
  await sql`select pg_advisory_xact_lock(${ADMINISTRATORS_LOCK})`.execute(trx);
}

/** Whether somebody else could still let people in. Ask under {@link lockAdministrators}. */
export async function hasOtherAdministrator(trx: Writing, id: string): Promise<boolean> {
  const other = await trx.selectFrom('accounts').select('id')
    .where('id', '<>', id).where('disabled_at', 'is', null).where(sql<boolean>`'administrator' = any(roles)`).limit(1).executeTakeFirst();
  return other !== undefined;
}

/** A change that people make and see: the account gets a new version. */
export async function changeAccount(trx: Writing, id: string, change: AccountChange): Promise<AccountRow> {
  return trx.updateTable('accounts').set({ ...change, version: sql<number>`version + 1` }).where('id', '=', id).returningAll().executeTakeFirstOrThrow();
}

/** Somebody has come in: what was counted against them is forgotten. */
export async function forgetFailures(trx: Writing, id: string): Promise<void> {
  await trx.updateTable('accounts').set({ failed_logins: 0, locked_until: null, last_login_at: NOW }).where('id', '=', id).execute();
}
