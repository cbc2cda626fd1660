import { sql } from 'kysely';
import type { Insertable, Kysely, Selectable } from 'kysely';
import type { ReconciliationListsTable, ReconciliationSignOffsTable } from './desk-tables.ts';
import type { LedgerTables } from './tables.ts';

type Ledger = Kysely<LedgerTables>;

export type ReconciliationList = Selectable<ReconciliationListsTable>;
export type SignOff = Selectable<ReconciliationSignOffsTable>;

const IDS_AT_ONCE = 10_000;
/** Lists of long ago that one new list takes away, at most: each may hold a hundred thousand numbers. */
const PRUNED_AT_ONCE = 2;

/** Puts a side's list for a day in the place of the one before. */
export async function replaceList(trx: Ledger, list: Omit<Insertable<ReconciliationListsTable>, 'id' | 'at'>, ids: readonly string[]): Promise<ReconciliationList> {
  await sql`select pg_advisory_xact_lock(hashtext('jiujin reconciliation lists'))`.execute(trx);
  await trx.deleteFrom('reconciliation_lists').where('day', '=', list.day).where('side', '=', list.side).where('kind', '=', list.kind).execute();
  const row = await trx.insertInto('reconciliation_lists').values(list).returningAll().executeTakeFirstOrThrow();
  for (let at = 0; at < ids.length; at += IDS_AT_ONCE) {
    await sql`insert into reconciliation_ids (list_id, project_no) select ${row.id}, unnest(${ids.slice(at, at + IDS_AT_ONCE)}::text[])`.execute(trx);
  }
  return row;
}

/** Takes away a few lists of days before `day`. */
export async function pruneLists(trx: Ledger, day: string): Promise<void> {
  await sql`delete from reconciliation_lists where id in (select id from reconciliation_lists where day < ${day} order by day limit ${PRUNED_AT_ONCE})`.execute(trx);
}

export function listsOfDay(db: Ledger, day: string): Promise<ReconciliationList[]> {
  return db.selectFrom('reconciliation_lists').selectAll().where('day', '=', day).orderBy('side').orderBy('kind').execute();
}

export function findList(db: Ledger, day: string, side: string, kind: ReconciliationList['kind']): Promise<ReconciliationList | undefined> {
  return db.selectFrom('reconciliation_lists').selectAll().where('day', '=', day).where('side', '=', side).where('kind', '=', kind).executeTakeFirst();
}

/** The last sign-off of a day. */
export function findSignOff(db: Ledger, day: string): Promise<SignOff | undefined> {
  return db.selectFrom('reconciliation_sign_offs').selectAll().where('day', '=', day).orderBy('seq', 'desc').limit(1).executeTakeFirst();
}

/** The last sign-off of each day of a period, both days included. */
export async function signOffsBetween(db: Ledger, from: string, to: string): Promise<SignOff[]> {
  return db.selectFrom('reconciliation_sign_offs').distinctOn('day').selectAll().where('day', '>=', from).where('day', '<=', to).orderBy('day').orderBy('seq', 'desc').execute();
}

export function insertSignOff(trx: Ledger, signOff: Omit<Insertable<ReconciliationSignOffsTable>, 'seq' | 'at'>): Promise<SignOff> {
  return trx.insertInto('reconciliation_sign_offs').values(signOff).returningAll().executeTakeFirstOrThrow();
}
