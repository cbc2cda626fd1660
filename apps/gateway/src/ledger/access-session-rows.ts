import { sql } from 'kysely';
import type { Kysely, Selectable } from 'kysely';
import type { AccountsTable, SessionsTable } from './access-tables.ts';
import type { LedgerTables } from './tables.ts';

type Ledger = Kysely<LedgerTables>;
type Account = Selectable<AccountsTable>;

/** Milliseconds. */
export interface SessionLimits {
  /** Without a request. */
  readonly idleMs: number;
  /** Since the login, whatever is done. */
  readonly longestMs: number;
}

/** A session that is good now, with whose it is. */
export interface OpenSession extends Pick<Account, 'display_name' | 'name' | 'roles' | 'must_change'> {
  readonly account_id: string;
  readonly method: SessionsTable['method'];
  readonly expires_at: Date;
  /** It was last seen long enough ago to be noted again. */
  readonly stale: boolean;
}

const NOW = sql<Date>`statement_timestamp()`;
const NOTED_EVERY = sql`interval '1 minute'`;
/** One person at one time: a browser or two, and what was never logged out. */
const SESSIONS_KEPT = 10;
const PRUNED_AT_ONCE = 500;

const ago = (ms: number): ReturnType<typeof sql<Date>> => sql<Date>`${NOW} - ${ms}::float8 * interval '1 millisecond'`;

/** Opens a session; the oldest of the account give way, and some that have ended anyway are removed. */
export async function insertSession(
  db: Ledger, { longestMs }: SessionLimits, session: Pick<SessionsTable, 'digest' | 'account_id' | 'method' | 'address'>,
): Promise<void> {
  await sql`delete from sessions where digest in (select digest from sessions where expires_at <= ${NOW} limit ${PRUNED_AT_ONCE})`.execute(db);
  await db.insertInto('sessions').values({ ...session, expires_at: sql<Date>`${NOW} + ${longestMs}::float8 * interval '1 millisecond'` }).execute();
  await sql`
    delete from sessions where digest in (
      select digest from sessions where account_id = ${session.account_id} order by created_at desc offset ${SESSIONS_KEPT})`.execute(db);
}

/** The session with this digest, if it has not ended and its account may come in. */
export function findSession(db: Ledger, digest: Buffer, { idleMs }: SessionLimits): Promise<OpenSession | undefined> {
  return db.selectFrom('sessions as s').innerJoin('accounts as a', 'a.id', 's.account_id')
    .select(['s.account_id', 's.method', 's.expires_at', 'a.name', 'a.display_name', 'a.roles', 'a.must_change'])
    .select(sql<boolean>`s.last_seen_at < ${NOW} - ${NOTED_EVERY}`.as('stale'))
    .where('s.digest', '=', digest).where('a.disabled_at', 'is', null)
    .where('s.expires_at', '>', NOW).where('s.last_seen_at', '>', ago(idleMs))
    .executeTakeFirst();
}

export async function noteSessionSeen(db: Ledger, digest: Buffer): Promise<void> {
  await db.updateTable('sessions').set({ last_seen_at: NOW }).where('digest', '=', digest).where('last_seen_at', '<', sql<Date>`${NOW} - ${NOTED_EVERY}`).execute();
}

/** Whether a session is there still. To be asked with its account locked: then nobody ends it meanwhile. */
export async function hasSession(db: Ledger, digest: Buffer): Promise<boolean> {
  return await db.selectFrom('sessions').select('account_id').where('digest', '=', digest).executeTakeFirst() !== undefined;
}

export async function deleteSession(db: Ledger, digest: Buffer): Promise<void> {
  await db.deleteFrom('sessions').where('digest', '=', digest).execute();
}

/** Ends every session of an account, and says how many there were. */
export async function deleteSessionsOf(db: Ledger, accountId: string): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom('sessions').where('account_id', '=', accountId).executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}
