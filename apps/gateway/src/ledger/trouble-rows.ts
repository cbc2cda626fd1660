import type { Destination, Party } from '#contracts';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { isReal } from './canary-rows.ts';
import { mayGoOut } from './paused-channel.ts';
import type { LedgerTables } from './tables.ts';

type Ledger = Kysely<LedgerTables>;

// Canaries (拨测) count nowhere here: what ails them is told by their own condition. Nor does what a paused channel keeps from going on.

/** Rows looked at for one count, at most: above it a count says "at least". */
export const COUNT_CAP = 10_000;

export interface TroubledDestination {
  readonly destination: Destination;
  readonly count: number;
  /** The oldest, or for failed transfers the newest. */
  readonly at: Date;
}

export interface ParkedEvents {
  readonly party: Party;
  readonly count: number;
  readonly oldest_at: Date;
}

export interface DeadLetterCount {
  readonly queue: string;
  readonly count: number;
  readonly newest_at: Date;
  readonly codes: readonly string[];
}

/** Transfers that were ordered again at least twice and still have no receipt; an order that did not go out asks for none. Index: transfers_unanswered. */
export async function countUnanswered(db: Ledger): Promise<TroubledDestination[]> {
  const { rows } = await sql<TroubledDestination>`
    select destination, count(*) as count, min(created_at) as at
    from (select destination, created_at from transfers where status = 'in_flight' and redispatches >= 2 and unpublished_since is null and ${isReal()}
            and ${mayGoOut('transfers')} limit ${COUNT_CAP}) t
    group by destination order by destination`.execute(db);
  return rows;
}

/** Transfers whose orders the broker has not taken since before `before`. Index: transfers_unpublished. */
export async function countUnpublished(db: Ledger, before: Date): Promise<TroubledDestination[]> {
  const { rows } = await sql<TroubledDestination>`
    select destination, count(*) as count, min(unpublished_since) as at
    from (select destination, unpublished_since from transfers where status = 'in_flight' and unpublished_since < ${before} and ${isReal()} and ${mayGoOut('transfers')}
          order by unpublished_since, id limit ${COUNT_CAP}) t
    group by destination order by destination`.execute(db);
  return rows;
}

/** The transfer to one destination that has waited longest beyond the time for its receipt. */
export interface LongestWaiting {
  readonly destination: Destination;
  readonly id: string;
  readonly created_at: Date;
}

/** The longest overdue transfer of each destination, among the {@link COUNT_CAP} that are longest overdue. Index: transfers_in_flight. */
export async function loadLongestWaiting(db: Ledger): Promise<LongestWaiting[]> {
  const { rows } = await sql<LongestWaiting>`
    select distinct on (destination) destination, id, created_at
    from (select destination, id, created_at, receipt_due_at from transfers
          where status = 'in_flight' and receipt_due_at < statement_timestamp() and unpublished_since is null and ${isReal()} and ${mayGoOut('transfers')}
          order by receipt_due_at, id limit ${COUNT_CAP}) t
    order by destination, receipt_due_at, id`.execute(db);
  return rows;
}

/** Transfers whose next attempt has been due since before `dueBefore`. Index: transfers_retry_wait. */
export async function countOverdueRetries(db: Ledger, dueBefore: Date): Promise<TroubledDestination[]> {
  const { rows } = await sql<TroubledDestination>`
    select destination, count(*) as count, min(next_attempt_at) as at
    from (select destination, next_attempt_at from transfers where status = 'retry_wait' and next_attempt_at < ${dueBefore} and ${isReal()} and ${mayGoOut('transfers')}
          order by next_attempt_at, id limit ${COUNT_CAP}) t
    group by destination order by destination`.execute(db);
  return rows;
}

/** Failed transfers that nobody has taken up; `at` is when the newest failed. Index: transfers_failed. */
export async function countFailed(db: Ledger): Promise<TroubledDestination[]> {
  const { rows } = await sql<TroubledDestination>`
    select destination, count(*) as count, max(finished_at) as at
    from (select destination, coalesce(finished_at, created_at) as finished_at from transfers where status = 'failed' and ${isReal()} limit ${COUNT_CAP}) t
    group by destination order by destination`.execute(db);
  return rows;
}

/** Events that have waited for their predecessor since before `recordedBefore`, by sender. Index: events_parked. */
export async function countParkedSince(db: Ledger, recordedBefore: Date): Promise<ParkedEvents[]> {
  const { rows } = await sql<ParkedEvents>`
    select party, count(*) as count, min(recorded_at) as oldest_at
    from (select party, recorded_at from events where outcome = 'parked' and recorded_at < ${recordedBefore} and ${isReal()} limit ${COUNT_CAP}) e
    group by party order by party`.execute(db);
  return rows;
}

/** Dead letters collected since `since` that nobody has dealt with, among the newest {@link COUNT_CAP} of those, by the queue they come from. Index: dead_letters_open. */
export async function countDeadLetters(db: Ledger, since: Date): Promise<DeadLetterCount[]> {
  const { rows } = await sql<DeadLetterCount>`
    select queue, count(*) as count, max(received_at) as newest_at, array_agg(distinct coalesce(nullif(code, ''), 'unknown')) as codes
    from (select queue, code, received_at from dead_letters where status = 'open' order by seq desc limit ${COUNT_CAP}) l
    where received_at >= ${since} group by queue order by queue`.execute(db);
  return rows;
}
