import { sql } from 'kysely';
import type { Selectable, Transaction } from 'kysely';
import type { AccountRow } from './access-account-rows.ts';
import type { LoginAddressesTable } from './access-tables.ts';
import type { LedgerTables } from './tables.ts';

type Writing = Transaction<LedgerTables>;

export type LoginAddressRow = Pick<Selectable<LoginAddressesTable>, 'failures' | 'locked_until' | 'known_at'>;

/** What one more wrong password would come to; see `judgeAttempt`. */
export interface CountedFailure {
  readonly failures: number;
  readonly lockedUntil: Date | null;
  readonly accountFailures: number;
  readonly accountLockedUntil: Date | null;
}

const NOW = sql<Date>`statement_timestamp()`;
/** More than a person comes from; what guessing from many addresses may leave behind. */
const ADDRESSES_KEPT = 100;

/** The account somebody wants in by, with the ledger's time, kept from others until the transaction ends. Nothing for a name that is unknown, disabled or has no password. */
export function lockLogin(trx: Writing, name: string): Promise<(AccountRow & { readonly now: Date }) | undefined> {
  return trx.selectFrom('accounts').selectAll().select(NOW.as('now'))
    .where('name', '=', name).where('disabled_at', 'is', null).where('password_hash', 'is not', null).forUpdate().executeTakeFirst();
}

export function findLoginAddress(trx: Writing, accountId: string, address: string): Promise<LoginAddressRow | undefined> {
  return trx.selectFrom('login_addresses').select(['failures', 'locked_until', 'known_at']).where('account_id', '=', accountId).where('address', '=', address).executeTakeFirst();
}

/** Counts a failure of the account as a whole. It is no new version of the account: nobody edits it. */
export async function countAccountFailure(trx: Writing, accountId: string, { accountFailures, accountLockedUntil }: CountedFailure): Promise<void> {
  await trx.updateTable('accounts').set({ failed_logins: accountFailures, locked_until: accountLockedUntil }).where('id', '=', accountId).execute();
}

/** Counts a failure of one address. */
export async function countAddressFailure(trx: Writing, accountId: string, address: string, { failures, lockedUntil }: CountedFailure): Promise<void> {
  const counted = { failures, locked_until: lockedUntil, seen_at: NOW };
  await trx.insertInto('login_addresses').values({ account_id: accountId, address, ...counted })
    .onConflict((conflict) => conflict.columns(['account_id', 'address']).doUpdateSet(counted)).execute();
}

/** Somebody logged in from here: the address is known as theirs from now on. */
export async function noteKnownAddress(trx: Writing, accountId: string, address: string): Promise<void> {
  const known = { failures: 0, locked_until: null, known_at: NOW, seen_at: NOW };
  await trx.insertInto('login_addresses').values({ account_id: accountId, address, ...known })
    .onConflict((conflict) => conflict.columns(['account_id', 'address']).doUpdateSet(known)).execute();
}

/** Removes the addresses of an account that are too many: those never logged in from go first, and of these the oldest. */
export async function pruneLoginAddresses(trx: Writing, accountId: string): Promise<void> {
  await sql`
    delete from login_addresses where account_id = ${accountId} and address in (
      select address from login_addresses where account_id = ${accountId} order by known_at is null, seen_at desc offset ${ADDRESSES_KEPT})`.execute(trx);
}

/** Forgets wrong passwords wherever they came from, but not where the person is known. */
export async function forgetLoginAddresses(trx: Writing, accountId: string): Promise<void> {
  await trx.updateTable('login_addresses').set({ failures: 0, locked_until: null }).where('account_id', '=', accountId).execute();
}
