import { sql } from 'kysely';
import type { Kysely, Selectable } from 'kysely';
import type { AccountsTable, LoginCodesTable, OidcLoginsTable } from './access-tables.ts';
import type { LedgerTables } from './tables.ts';

type Ledger = Kysely<LedgerTables>;

/** What the provider's answer must fit to. */
export type OidcLoginRow = Pick<Selectable<OidcLoginsTable>, 'state' | 'nonce' | 'code_verifier'>;

/** Where a terminal waits for the answer, when one does. */
export type OidcLoopback = Pick<Selectable<OidcLoginsTable>, 'loopback_port' | 'loopback_state' | 'loopback_challenge'>;

const NOW = sql<Date>`statement_timestamp()`;
const PRUNED_AT_ONCE = 500;

/** Keeps a sign-in under way. Those that have run out are removed, some at a time, and the oldest when there are more than `most`: whoever begins many keeps nobody out. */
export async function insertOidcLogin(db: Ledger, most: number, patienceMs: number, login: Omit<Selectable<OidcLoginsTable>, 'expires_at'>): Promise<void> {
  await sql`delete from oidc_logins where browser_digest in (select browser_digest from oidc_logins where expires_at <= ${NOW} limit ${PRUNED_AT_ONCE})`.execute(db);
  await db.insertInto('oidc_logins').values({ ...login, expires_at: sql<Date>`${NOW} + ${patienceMs}::float8 * interval '1 millisecond'` }).execute();
  await sql`delete from oidc_logins where browser_digest in (select browser_digest from oidc_logins order by expires_at desc offset ${most})`.execute(db);
}

/** The sign-in that this browser began, which can be ended once only. */
export function takeOidcLogin(db: Ledger, browserDigest: Buffer): Promise<(OidcLoginRow & OidcLoopback) | undefined> {
  return db.deleteFrom('oidc_logins').where('browser_digest', '=', browserDigest).where('expires_at', '>', NOW)
    .returning(['state', 'nonce', 'code_verifier', 'loopback_port', 'loopback_state', 'loopback_challenge']).executeTakeFirst();
}

/** Keeps a code that is on its way to a terminal; those that have run out are removed, some at a time. */
export async function insertLoginCode(db: Ledger, patienceMs: number, code: Omit<Selectable<LoginCodesTable>, 'expires_at'>): Promise<void> {
  await sql`delete from login_codes where code_digest in (select code_digest from login_codes where expires_at <= ${NOW} limit ${PRUNED_AT_ONCE})`.execute(db);
  await db.insertInto('login_codes').values({ ...code, expires_at: sql<Date>`${NOW} + ${patienceMs}::float8 * interval '1 millisecond'` }).execute();
}

/** What stands behind a code, which is gone with that. */
export function takeLoginCode(db: Ledger, codeDigest: Buffer): Promise<Pick<LoginCodesTable, 'account_id' | 'challenge'> | undefined> {
  return db.deleteFrom('login_codes').where('code_digest', '=', codeDigest).where('expires_at', '>', NOW).returning(['account_id', 'challenge']).executeTakeFirst();
}

/** The account of this subject as the provider tells of it now; made when the person comes for the first time. */
export function upsertOidcAccount(
  db: Ledger, account: Pick<Selectable<AccountsTable>, 'id' | 'name' | 'display_name' | 'roles' | 'oidc_issuer' | 'oidc_subject'>,
): Promise<Selectable<AccountsTable>> {
  return db.insertInto('accounts').values(account)
    .onConflict((conflict) => conflict.columns(['oidc_issuer', 'oidc_subject']).doUpdateSet({
      display_name: account.display_name, roles: account.roles,
      version: sql<number>`accounts.version + (accounts.roles <> excluded.roles or accounts.display_name <> excluded.display_name)::int`,
    }))
    .returningAll().executeTakeFirstOrThrow();
}

/** Whoever has lost every role at the provider has lost it here, with all that stood on it. */
export async function dropOidcRoles(db: Ledger, issuer: string, subject: string): Promise<string | undefined> {
  const account = await db.updateTable('accounts').set({ roles: [], version: sql<number>`version + 1` })
    .where('oidc_issuer', '=', issuer).where('oidc_subject', '=', subject).returning('id').executeTakeFirst();
  return account?.id;
}
