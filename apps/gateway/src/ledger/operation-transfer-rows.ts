import type { Destination } from '#contracts';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { SendingHours } from './channel-tables.ts';
import { mayGoOut, pausedChannel, shutHours } from './paused-channel.ts';
import { isExpired } from './revision-rows.ts';
import { rowSet } from './row-set.ts';
import type { Columns } from './row-set.ts';
import type { LedgerTables, TransferStatus } from './tables.ts';
import type { TransferRow } from './transfer-rows.ts';

type Ledger = Kysely<LedgerTables>;

/** What must be known of a transfer before it is replayed or discarded. */
export interface ReplayFacts {
  readonly id: string;
  readonly project_no: string;
  readonly destination: Destination;
  readonly ordinal: number;
  readonly status: TransferStatus;
  readonly attempts: number;
  /** The operation that has it in hand. */
  readonly claimed_by: string | null;
  /** A later one of its lane was delivered or at least sent: this one must never go after it. */
  readonly overtaken: boolean;
  /** The first undelivered one before it in its lane; null when it is its turn. */
  readonly behind: string | null;
  /** Whether that one holds the lane until a person acts on it. */
  readonly behind_failed: boolean;
  /** How long ago its first attempt went out, in milliseconds by the ledger's clock; null when none ever did. */
  readonly first_attempt_ms: number | null;
  readonly sealed: Buffer | null;
  readonly key_version: number | null;
  readonly error_word: string | null;
  readonly error_code: string | null;
  readonly http_status: number | null;
  /** It was returned to its hall, whose correction has not come. */
  readonly awaiting_hall: boolean;
  /** An edit of it, as it is now, waits for a second person. */
  readonly edit_pending: boolean;
  /** False while its channel is paused, or it is not its time. */
  readonly may_go_out: boolean;
  /** The hours of its channel, when that is not paused and it is not its time. */
  readonly shut_hours: SendingHours | null;
}

/** The project numbers of these transfers, those that exist. */
export function loadProjectNos(db: Ledger, ids: readonly string[]): Promise<{ id: string; project_no: string }[]> {
  return db.selectFrom('transfers').select(['id', 'project_no']).where('id', '=', sql<string>`any(${ids}::text[])`).execute();
}

/** Locks transfers against everybody who moves them, in the order of their ids. What is read afterwards stays true until the commit. */
export async function lockTransfers(db: Ledger, ids: readonly string[]): Promise<void> {
  await sql`select id from transfers where id = any(${ids}::text[]) order by id for no key update`.execute(db);
}

/**
 * What is known of these transfers, in no order. To act on it, the caller holds the locks of their cases and of their rows: the statement
 * has to begin after it got them. Indexes: transfers_case, transfers_undelivered, attempts_transfer_attempt, transfer_returns_one_open, transfer_edits_one_open.
 */
export async function loadReplayFacts(db: Ledger, ids: readonly string[]): Promise<ReplayFacts[]> {
  const { rows } = await sql<ReplayFacts>`
    select t.id, t.project_no, t.destination, t.ordinal, t.status, t.attempts, c.operation_id as claimed_by, t.sealed, t.key_version,
      t.error_word, t.error_code, t.http_status, ${mayGoOut('t')} as may_go_out, ${shutHours('t')} as shut_hours,
      exists (select from transfer_returns r where r.transfer_id = t.id and r.corrected_at is null) as awaiting_hall,
      exists (
        select from transfer_edits e
        where e.transfer_id = t.id and e.state = 'awaiting-approval' and e.revision = t.revision and e.attempts = t.attempts and not ${isExpired('e')}
      ) as edit_pending,
      exists (
        select from transfers later
        where later.project_no = t.project_no and later.destination = t.destination and later.ordinal > t.ordinal
          and (later.status = 'delivered' or later.attempts > 0)
      ) as overtaken,
      earlier.id as behind, coalesce(earlier.status = 'failed', false) as behind_failed,
      case when t.attempts > 0 then
        extract(epoch from statement_timestamp() - coalesce((select a.started_at from attempts a where a.transfer_id = t.id and a.attempt = 1), t.created_at))::float8 * 1000
      end as first_attempt_ms
    from transfers t
    left join operation_claims c on c.transfer_id = t.id
    left join lateral (
      select u.id, u.status from transfers u
      where u.project_no = t.project_no and u.destination = t.destination and u.ordinal < t.ordinal
        and u.status in ('held', 'in_flight', 'retry_wait', 'failed')
      order by u.ordinal limit 1
    ) earlier on true
    where t.id = any(${ids}::text[])`.execute(db);
  return rows;
}

/**
 * Sets failed transfers under way once more under their own ids, each as its next attempt; the budget of retries begins anew. What is no
 * longer failed, or whose channel is paused or outside its hours, is left alone: compare what comes back with what was asked. In a limited channel it
 * is held, and goes out at the channel's rate: see `isOrdered`.
 */
export async function replayTransfers(db: Ledger, ids: readonly string[], receiptPatienceMs: number): Promise<TransferRow[]> {
  const { rows } = await sql<TransferRow>`
    with gate as materialized (
      select u.id, ${pausedChannel('u')} as limited from transfers u where u.id = any(${ids}::text[]) and u.status = 'failed' and u.sealed is not null and ${mayGoOut('u')}
    )
    update transfers t
    set status = case when gate.limited is null then 'in_flight' else 'held' end, paused_channel = gate.limited, attempts_base = attempts,
        attempts = attempts + case when gate.limited is null then 1 else 0 end, next_attempt_at = null, redispatches = 0, unpublished_since = null,
        finished_at = null, delivered_at = null, dispatched_at = case when gate.limited is null then statement_timestamp() else t.dispatched_at end,
        receipt_due_at = case when gate.limited is null then statement_timestamp() + interval '1 millisecond' * ${receiptPatienceMs}::float8 end
    from gate
    where t.id = gate.id and t.status = 'failed'
    returning t.*`.execute(db);
  return rows;
}

/** How a transfer is closed without having been delivered. */
export interface Discarding {
  readonly id: string;
  readonly code: 'given-up' | 'stale';
}

const DISCARDING: Columns<Discarding> = { id: 'text', code: 'text' };

/** Closes failed transfers for good and says which: what is no longer failed is left alone. */
export async function discardTransfers(db: Ledger, discardings: readonly Discarding[], reason: string): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    update transfers t
    set status = 'discarded', discard_code = d.code, discard_reason = ${reason}, next_attempt_at = null, receipt_due_at = null, finished_at = statement_timestamp()
    from ${rowSet(DISCARDING, discardings, 'd')}
    where t.id = d.id and t.status = 'failed'
    returning t.id`.execute(db);
  return rows.map(({ id }) => id);
}
