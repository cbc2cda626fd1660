import type { Kysely, Transaction } from 'kysely';
import type { LedgerTables } from './tables.ts';

/** Notes who made this account, changed its roles or has known its password. */
export async function noteHandler(trx: Transaction<LedgerTables>, accountId: string, person: string): Promise<void> {
  await trx.insertInto('account_handlers').values({ account_id: accountId, person }).onConflict((conflict) => conflict.doNothing()).execute();
}

/** Whether one of two persons (`account:<id>`) has handled the account of the other. */
export async function hasHandled(db: Kysely<LedgerTables>, one: string, other: string): Promise<boolean> {
  const row = await db.selectFrom('account_handlers').select('person')
    .where((is) => is.or([
      is.and([is('account_id', '=', accountOf(one)), is('person', '=', other)]),
      is.and([is('account_id', '=', accountOf(other)), is('person', '=', one)]),
    ])).limit(1).executeTakeFirst();
  return row !== undefined;
}

/** Whether somebody has handled the accounts of both. */
export async function haveOneHandler(db: Kysely<LedgerTables>, one: string, other: string): Promise<boolean> {
  const row = await db.selectFrom('account_handlers as a').innerJoin('account_handlers as b', 'b.person', 'a.person').select('a.person')
    .where('a.account_id', '=', accountOf(one)).where('b.account_id', '=', accountOf(other)).limit(1).executeTakeFirst();
  return row !== undefined;
}

function accountOf(person: string): string {
  return person.replace(/^account:/, '');
}
