import type { Destination } from '#contracts';
import { sql } from 'kysely';
import type { Kysely, RawBuilder } from 'kysely';
import type { ChannelName } from './channel-tables.ts';
import { mayGoOut, mayGoOutNow, PAUSED_NOW, pausedChannelNow, PAUSES_KNOWN, SHUT_NOW } from './paused-channel.ts';
import { rowSet } from './row-set.ts';
import type { Columns } from './row-set.ts';
import type { LedgerTables } from './tables.ts';
import type { TransferRow } from './transfer-rows.ts';

type Ledger = Kysely<LedgerTables>;

/*
 * What the clocks ask and move. Every time here is PostgreSQL's own: whoever writes an instant and whoever compares with it read the
 * same clock, however far those of the gateways have drifted. Not `clock_timestamp()`: it may change within a statement, so no index can
 * look for it. What is taken with a limit is taken in a materialized part: in a join the planner may ask a subquery once for each row outside,
 * and each time it would take so many more.
 */

/** Where a rebuild of the timers goes on: after this row. */
export interface RetryPlace {
  /** As PostgreSQL prints it: a `Date` would cut the microseconds and meet its own row again. */
  readonly at: string;
  readonly id: string;
}

/** A transfer that waits after attempt number `attempts`, and how many milliseconds still: none when its time has come. */
export interface WaitingRetry extends RetryPlace {
  readonly attempts: number;
  readonly waitMs: number;
}

/**
 * Sets up to `limit` transfers under way that are still held although nothing before them in their lane is undelivered: somebody
 * discarded what they waited for, or a crash came between. Leaves alone what is younger than the batch that may still be at work on it, and
 * what a paused channel holds. Like the two that follow, it answers with what it took; what the channel keeps back is `held` there.
 */
export async function releaseForgotten(db: Ledger, receiptPatienceMs: number, limit: number): Promise<TransferRow[]> {
  const { rows } = await sql<TransferRow>`
    with ${PAUSED_NOW}, gate as materialized (
      select h.id, ${pausedChannelNow('h')} as paused from transfers h
      where ${PAUSES_KNOWN} and h.status = 'held' and h.paused_channel is null and h.created_at < statement_timestamp() - interval '30 seconds' and not exists (
        select from transfers b
        where b.project_no = h.project_no and b.destination = h.destination and b.ordinal < h.ordinal
          and b.status in ('held', 'in_flight', 'retry_wait', 'failed')
      )
      order by h.project_no, h.destination, h.ordinal limit ${limit} for update skip locked
    )
    update transfers t set ${nextAttempt(receiptPatienceMs)}
    from gate
    where t.id = gate.id and t.status = 'held'
    returning t.*`.execute(db);
  return rows;
}

/**
 * Orders the next attempt of up to `limit` transfers that a channel held, the oldest first; none while it is paused or limited, or it is not its
 * time. One that has something undelivered before it only loses its mark: it goes when its turn comes. Index: transfers_paused.
 */
export function releasePaused(db: Ledger, channel: ChannelName, receiptPatienceMs: number, limit: number): Promise<TransferRow[]> {
  return release(db, { channel, held: PAUSED_NOW, which: sql`true`, receiptPatienceMs, limit });
}

/**
 * The same out of a limited channel: as many as its rate allows is for the caller to say. What operations have in hand is old and would always be
 * first; it goes when nothing else waits, so that no operation takes the whole rate from what comes in. Index: transfers_paused, operation_claims_pkey.
 */
export async function releaseLimited(db: Ledger, channel: ChannelName, receiptPatienceMs: number, limit: number): Promise<TransferRow[]> {
  const own = sql`(select c.transfer_id from operation_claims c where c.transfer_id = h.id) is null`;
  const first = await release(db, { channel, held: SHUT_NOW, which: own, receiptPatienceMs, limit });
  if (first.length === limit) return first;
  return [...first, ...await release(db, { channel, held: SHUT_NOW, which: sql`true`, receiptPatienceMs, limit: limit - first.length })];
}

/** What of a channel is let go, and which channels keep it from that. */
interface Release {
  readonly channel: ChannelName;
  readonly held: RawBuilder<unknown>;
  readonly which: RawBuilder<unknown>;
  readonly receiptPatienceMs: number;
  readonly limit: number;
}

async function release(db: Ledger, { channel, held, which, receiptPatienceMs, limit }: Release): Promise<TransferRow[]> {
  const { rows } = await sql<TransferRow>`
    with ${held}, gate as materialized (
      select h.id, null as paused, exists (
        select from transfers b
        where b.project_no = h.project_no and b.destination = h.destination and b.ordinal < h.ordinal
          and b.status in ('held', 'in_flight', 'retry_wait', 'failed')
      ) as waits
      from transfers h
      where h.status = 'held' and h.paused_channel = ${channel} and ${channel} <> all ((select names from paused)::text[]) and ${which}
      order by h.created_at, h.id limit ${limit} for update skip locked
    )
    update transfers t set ${nextAttempt(receiptPatienceMs, sql`gate.waits`)}
    from gate
    where t.id = gate.id and t.status = 'held'
    returning t.*`.execute(db);
  return rows;
}

/** Orders the next attempt of a transfer that waits after attempt number `attempt`; undefined when somebody else already has. */
export async function startNextAttempt(db: Ledger, id: string, attempt: number, receiptPatienceMs: number): Promise<TransferRow | undefined> {
  const { rows } = await sql<TransferRow>`
    with ${PAUSED_NOW}, gate as materialized (select u.id, ${pausedChannelNow('u')} as paused from transfers u where u.id = ${id})
    update transfers t set ${nextAttempt(receiptPatienceMs)}
    from gate
    where t.id = gate.id and t.status = 'retry_wait' and t.attempts = ${attempt}
    returning t.*`.execute(db);
  return rows[0];
}

/** The transfer when the attempt after number `attempt` is out and unanswered: somebody started it, perhaps without publishing it. */
export async function findStartedAttempt(db: Ledger, id: string, attempt: number): Promise<TransferRow | undefined> {
  const { rows } = await sql<TransferRow>`
    with ${SHUT_NOW}
    select t.* from transfers t where t.id = ${id} and t.status = 'in_flight' and t.attempts = ${attempt + 1} and ${mayGoOutNow('t')}`.execute(db);
  return rows[0];
}

/** Orders the next attempt of up to `limit` transfers whose wait ended more than `marginMs` ago: no timer has started them. */
export async function startOverdueAttempts(db: Ledger, marginMs: number, receiptPatienceMs: number, limit: number): Promise<TransferRow[]> {
  const { rows } = await sql<TransferRow>`
    with ${PAUSED_NOW}, gate as materialized (
      select u.id, ${pausedChannelNow('u')} as paused from transfers u
      where ${PAUSES_KNOWN} and u.status = 'retry_wait' and u.next_attempt_at <= statement_timestamp() - ${milliseconds(marginMs)}
      order by u.next_attempt_at, u.id limit ${limit} for update skip locked
    )
    update transfers t set ${nextAttempt(receiptPatienceMs)}
    from gate
    where t.id = gate.id and t.status = 'retry_wait'
    returning t.*`.execute(db);
  return rows;
}

/** One page of all that wait for their next attempt, in the order of their times; `after` is the last row of the page before. */
export async function listRetries(db: Ledger, after: RetryPlace | null, limit: number): Promise<WaitingRetry[]> {
  const rest = after === null ? sql`` : sql`and (next_attempt_at, id) > (${after.at}::timestamptz, ${after.id})`;
  const { rows } = await sql<WaitingRetry>`
    select id, attempts, next_attempt_at::text as at,
           ceil(greatest(0, extract(epoch from next_attempt_at - statement_timestamp()) * 1000))::float8 as "waitMs"
    from transfers where status = 'retry_wait' ${rest}
    order by next_attempt_at, id limit ${limit}`.execute(db);
  return rows;
}

/** Orders to one destination that went out and have no receipt. */
export interface LaneUnderWay {
  readonly destination: Destination;
  readonly underWay: number;
  /** Past the time for it. */
  readonly overdue: number;
}

/** The destinations with overdue receipts of what may go out. Every order under way is counted, but only when at least one is overdue. Index: transfers_in_flight. */
export async function countUnderWay(db: Ledger): Promise<LaneUnderWay[]> {
  const overdue = sql`(receipt_due_at <= statement_timestamp() and ${mayGoOut('transfers')})`;
  const { rows } = await sql<LaneUnderWay>`
    select destination, count(*)::int as "underWay", count(*) filter (where ${overdue})::int as overdue
    from transfers
    where status = 'in_flight' and unpublished_since is null
      and exists (select from transfers where status = 'in_flight' and ${overdue} and unpublished_since is null)
    group by destination having bool_or(${overdue}) order by destination`.execute(db);
  return rows;
}

const SHARE: Columns<Share> = { destination: 'text', share: 'int' };

/** How many overdue transfers of one destination are taken. */
interface Share {
  readonly destination: Destination;
  readonly share: number;
}

/**
 * Takes so many transfers of each destination whose receipt is overdue, the longest overdue first, to be published again under the same
 * attempt number. The next look comes after `patienceMs`, doubled for every time before and at most `patienceCapMs`.
 */
export async function takeUnanswered(db: Ledger, shares: readonly Share[], patienceMs: number, patienceCapMs: number): Promise<TransferRow[]> {
  if (shares.length === 0) return [];
  const { rows } = await sql<TransferRow>`
    with ${SHUT_NOW}, due as materialized (
      select taken.id from ${rowSet(SHARE, shares, 'lane')}
      cross join lateral (
        select u.id from transfers u
        where ${PAUSES_KNOWN} and u.status = 'in_flight' and u.receipt_due_at <= statement_timestamp() and u.unpublished_since is null
          and u.destination = lane.destination and ${mayGoOutNow('u')}
        order by u.receipt_due_at, u.id limit lane.share for update skip locked
      ) taken
    )
    update transfers t
    set redispatches = redispatches + 1, dispatched_at = statement_timestamp(), receipt_due_at = ${patience(patienceMs, patienceCapMs, sql`redispatches + 1`)}
    from due
    where t.id = due.id
    returning t.*`.execute(db);
  return rows;
}

/** A transfer whose order the broker has not taken, and since when it should have. */
export type UnpublishedTransfer = TransferRow & { readonly waiting_since: Date };

/** Takes up to `limit` transfers whose order did not go out, to be published now: that is no repetition, and nothing has to be waited for. */
export async function takeUnpublished(db: Ledger, patienceMs: number, patienceCapMs: number, limit: number): Promise<UnpublishedTransfer[]> {
  const { rows } = await sql<UnpublishedTransfer>`
    with ${SHUT_NOW}, due as materialized (
      select u.id, u.unpublished_since from transfers u
      where ${PAUSES_KNOWN} and u.status = 'in_flight' and u.unpublished_since is not null and u.receipt_due_at <= statement_timestamp() and ${mayGoOutNow('u')}
      order by u.unpublished_since, u.id limit ${limit} for update skip locked
    )
    update transfers t
    set unpublished_since = null, dispatched_at = statement_timestamp(), receipt_due_at = ${patience(patienceMs, patienceCapMs, sql`redispatches`)}
    from due
    where t.id = due.id
    returning t.*, due.unpublished_since as waiting_since`.execute(db);
  return rows;
}

/**
 * Brings times back that lie further ahead than anybody can have set them: PostgreSQL's clock was put back since. What waited for a
 * receipt or for its next attempt would otherwise wait as long as the clock was wrong. Says how many there were.
 */
export async function recallFarTimes(db: Ledger, receiptCapMs: number, retryCapMs: number): Promise<number> {
  const receipts = await sql`
    with far as materialized (
      select id from transfers where status = 'in_flight' and receipt_due_at > statement_timestamp() + ${milliseconds(receiptCapMs)} order by id for no key update
    )
    update transfers t set receipt_due_at = statement_timestamp() from far where t.id = far.id and t.status = 'in_flight'`.execute(db);
  const retries = await sql`
    with far as materialized (
      select id from transfers where status = 'retry_wait' and next_attempt_at > statement_timestamp() + ${milliseconds(retryCapMs)} order by id for no key update
    )
    update transfers t set next_attempt_at = statement_timestamp() from far where t.id = far.id and t.status = 'retry_wait'`.execute(db);
  return Number(receipts.numAffectedRows ?? 0) + Number(retries.numAffectedRows ?? 0);
}

/** The next attempt of `t` is ordered, unless it stays held: by the channel that `gate.paused` names. */
function nextAttempt(receiptPatienceMs: number, stays = sql`gate.paused is not null`): RawBuilder<unknown> {
  return sql`status = case when ${stays} then 'held' else 'in_flight' end, paused_channel = gate.paused,
    attempts = t.attempts + case when ${stays} then 0 else 1 end, next_attempt_at = null, redispatches = 0, unpublished_since = null,
    dispatched_at = case when ${stays} then t.dispatched_at else statement_timestamp() end,
    receipt_due_at = case when ${stays} then null else statement_timestamp() + ${milliseconds(receiptPatienceMs)} end`;
}

function patience(ms: number, capMs: number, doublings: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`statement_timestamp() + interval '1 millisecond' * least(${capMs}::float8, ${ms}::float8 * power(2, least(${doublings}, 30)))`;
}

function milliseconds(ms: number): RawBuilder<unknown> {
  return sql`interval '1 millisecond' * ${ms}::float8`;
}
