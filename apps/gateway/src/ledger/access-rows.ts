import { sql } from 'kysely';
import type { Insertable, Kysely, RawBuilder, Selectable } from 'kysely';
import type { Role } from '../access/rights.ts';
import type { ApiTokensTable } from './access-tables.ts';
import type { LedgerTables } from './tables.ts';

type Ledger = Kysely<LedgerTables>;

export type ApiTokenRow = Selectable<ApiTokensTable>;
export type NewApiToken = Insertable<ApiTokensTable>;

/** A token that is good now, with what its person may do now. */
export interface GoodToken extends Pick<ApiTokenRow, 'id' | 'name' | 'account_id' | 'rights'> {
  readonly roles: Role[];
  readonly display_name: string;
  /** It was last used long enough ago to be noted again. */
  readonly stale: boolean;
  /** Its person has not signed in at the identity provider for so long that the provider may not know them any more. */
  readonly unconfirmed: boolean;
}

/** A token as lists show it, with whose it is. */
export interface ListedToken extends Omit<ApiTokenRow, 'token_digest'> {
  readonly display_name: string;
  /** See {@link GoodToken}. */
  readonly unconfirmed: boolean;
  readonly created_micros: string;
}

const NOW = sql<Date>`statement_timestamp()`;
const unconfirmedAfter = (ms: number): RawBuilder<boolean> => sql`a.oidc_subject is not null and coalesce(a.last_login_at < ${NOW} - ${ms}::float8 * interval '1 millisecond', true)`;
const NOTED_BEFORE = sql<Date>`statement_timestamp() - interval '1 minute'`;

/**
 * The token with this digest, unless it has expired, was revoked, its person may no longer come in, or has to change the password first. `confirmedMs`: how long
 * the identity provider's word on a person is good.
 */
export function findApiToken(db: Ledger, digest: Buffer, confirmedMs: number): Promise<GoodToken | undefined> {
  return db.selectFrom('api_tokens as t').innerJoin('accounts as a', 'a.id', 't.account_id')
    .select(['t.id', 't.name', 't.account_id', 't.rights', 'a.roles', 'a.display_name'])
    .select(sql<boolean>`coalesce(t.last_used_at < ${NOTED_BEFORE}, true)`.as('stale'))
    .select(unconfirmedAfter(confirmedMs).as('unconfirmed'))
    .where('t.token_digest', '=', digest).where('t.revoked_at', 'is', null).where('t.expires_at', '>', NOW).where('a.disabled_at', 'is', null)
    .where('a.must_change', '=', false).executeTakeFirst();
}

/** Notes the use of a token, at most once a minute. */
export async function noteTokenUsed(db: Ledger, id: string): Promise<void> {
  await db.updateTable('api_tokens').set({ last_used_at: NOW })
    .where('id', '=', id).where((is) => is.or([is('last_used_at', 'is', null), is('last_used_at', '<', NOTED_BEFORE)])).execute();
}

/** Answers whether the account had no token of this name. */
export async function insertApiToken(db: Ledger, token: NewApiToken): Promise<boolean> {
  const { numInsertedOrUpdatedRows = 0n } = await db.insertInto('api_tokens').values(token).onConflict((conflict) => conflict.doNothing()).executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows > 0n;
}

/** Newest first, below a place; of one account, or of everybody. */
export function listApiTokens(db: Ledger, accountId: string | null, confirmedMs: number, place: { at: string; key: string } | null, limit: number): Promise<ListedToken[]> {
  return db.selectFrom('api_tokens as t').innerJoin('accounts as a', 'a.id', 't.account_id')
    .select(['t.id', 't.name', 't.account_id', 't.rights', 't.created_at', 't.expires_at', 't.revoked_at', 't.last_used_at', 'a.display_name'])
    .select(unconfirmedAfter(confirmedMs).as('unconfirmed'))
    .select(sql<string>`to_char(t.created_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`.as('created_micros'))
    .$if(accountId !== null, (query) => query.where('t.account_id', '=', accountId ?? ''))
    .$if(place !== null, (query) => query.where(sql<boolean>`(t.created_at, t.id) < (${place?.at ?? null}::timestamptz, ${place?.key ?? null}::text)`))
    .orderBy('t.created_at', 'desc').orderBy('t.id', 'desc').limit(limit).execute();
}

/** How many tokens of this account are good now. */
export async function countApiTokens(db: Ledger, accountId: string): Promise<number> {
  const { count } = await db.selectFrom('api_tokens').select(({ fn }) => fn.countAll<number>().as('count'))
    .where('account_id', '=', accountId).where('revoked_at', 'is', null).where('expires_at', '>', NOW).executeTakeFirstOrThrow();
  return count;
}

/** The token, kept from others until the transaction ends. */
export function lockApiToken(db: Ledger, id: string): Promise<ApiTokenRow | undefined> {
  return db.selectFrom('api_tokens').selectAll().where('id', '=', id).forUpdate().executeTakeFirst();
}

/** Revokes every token of an account that is good still, and says how many there were. */
export async function revokeApiTokensOf(db: Ledger, accountId: string): Promise<number> {
  const { numUpdatedRows } = await db.updateTable('api_tokens').set({ revoked_at: NOW })
    .where('account_id', '=', accountId).where('revoked_at', 'is', null).where('expires_at', '>', NOW).executeTakeFirstOrThrow();
  return Number(numUpdatedRows);
}

export async function revokeApiToken(db: Ledger, id: string): Promise<void> {
  await db.updateTable('api_tokens').set({ revoked_at: NOW }).where('id', '=', id).execute();
}
