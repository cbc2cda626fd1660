import type { Destination } from '#contracts';
import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { ChannelName } from './channel-tables.ts';
import { channelOf } from './paused-channel.ts';
import type { LedgerTables } from './tables.ts';

type Ledger = Kysely<LedgerTables>;

/** Rows looked at for one figure, at most: above it a figure says "at least". */
export const FIGURES_CAP = 100_000;
/** Newest rows looked at for what went in and out lately. */
const RECENT_CAP = 20_000;

export interface HeldInChannel {
  readonly channel: ChannelName;
  readonly count: number;
  readonly oldest_at: Date;
  /** When the oldest was made of those that came as they were made: one that is sent again was made long before it came here. Null when all are such. */
  readonly waits_since: Date | null;
}

/** What each channel holds because it is paused, limited or outside its hours, or was until just now. Index: transfers_paused. */
export async function countHeldInChannels(db: Ledger): Promise<HeldInChannel[]> {
  const { rows } = await sql<HeldInChannel>`
    select p.channel, held.count, held.oldest_at, held.waits_since from (select channel from channel_pauses union select channel from channel_settings) p
    cross join lateral (
      select count(*) as count, min(created_at) as oldest_at, min(created_at) filter (where attempts = 0 or attempts > attempts_base) as waits_since
      from (select created_at, attempts, attempts_base from transfers where status = 'held' and paused_channel = p.channel order by created_at, id limit ${FIGURES_CAP}) t
    ) held
    where held.count > 0 order by p.channel`.execute(db);
  return rows;
}

export interface UnderWayInChannel {
  readonly channel: ChannelName;
  readonly count: number;
  /** When the first of them was sent out. */
  readonly oldest_at: Date;
  /** When the oldest of them was made. */
  readonly oldest_made_at: Date;
}

/** What is out in each channel and has no receipt yet. Index: transfers_in_flight. */
export async function countUnderWayInChannels(db: Ledger): Promise<UnderWayInChannel[]> {
  const { rows } = await sql<UnderWayInChannel>`
    select channel, count(*) as count, min(dispatched_at) as oldest_at, min(created_at) as oldest_made_at
    from (select ${channelOf('t')} as channel, dispatched_at, created_at
          from (select project_no, destination, dispatched_at, created_at from transfers where status = 'in_flight' order by receipt_due_at, id limit ${FIGURES_CAP}) t) u
    group by channel order by channel`.execute(db);
  return rows;
}

/** What came into a channel and what was delivered out of it in the last minute, among the newest rows. */
export interface ChannelRate {
  readonly channel: ChannelName;
  readonly into: number;
  readonly out: number;
}

/** Indexes: transfers_created, and the primary keys of attempts, transfers and cases. */
export async function loadChannelRates(db: Ledger): Promise<ChannelRate[]> {
  const { rows } = await sql<ChannelRate>`
    select channel, count(*) filter (where comes) as into, count(*) filter (where not comes) as out
    from (
      select ${channelOf('n')} as channel, true as comes
      from (select project_no, destination from transfers where created_at > statement_timestamp() - interval '1 minute' order by created_at desc limit ${RECENT_CAP}) n
      union all
      select ${channelOf('t')}, false
      from (select transfer_id, outcome, recorded_at from attempts order by seq desc limit ${RECENT_CAP}) a
      join transfers t on t.id = a.transfer_id
      where a.outcome = 'delivered' and a.recorded_at > statement_timestamp() - interval '1 minute'
    ) moved
    group by channel`.execute(db);
  return rows;
}

/** Transfers looked at for one receiver, at most, of those that wait for their next attempt and of those that failed: each in a question of its own, so that no number of old ones hides the rest. */
export const BACKLOG_CAP = 10_000;
/** Groups of failures looked at, at most. */
const GROUPS_CAP = 10_000;

/** What was counted in a channel among the {@link BACKLOG_CAP} of its receiver. */
export interface BacklogInChannel {
  readonly destination: Destination;
  /** Null for a case that is none any more. */
  readonly channel: ChannelName | null;
  readonly count: number;
}

export interface RetryingInChannel extends BacklogInChannel {
  readonly oldest_at: Date;
}

/** What waits for its next attempt in each channel; of too many, those with most attempts. Index: transfers_ladder, one look for each receiver. */
export async function countRetryingInChannels(db: Ledger): Promise<RetryingInChannel[]> {
  const { rows } = await sql<RetryingInChannel>`
    with recursive receivers(destination) as (
      select min(destination) from transfers where status = 'retry_wait'
      union all
      select (select min(t.destination) from transfers t where t.status = 'retry_wait' and t.destination > r.destination) from receivers r where r.destination is not null
    )
    select destination, channel, count(*) as count, min(created_at) as oldest_at
    from (select r.destination, ${channelOf('w')} as channel, w.created_at from receivers r cross join lateral (
            select destination, project_no, created_at from transfers where status = 'retry_wait' and destination = r.destination
            order by destination desc, attempts desc, next_attempt_at desc limit ${BACKLOG_CAP}) w) b
    group by destination, channel order by destination, channel`.execute(db);
  return rows;
}

/**
 * What failed in each channel and waits for a person, by the groups of failures: each is of one receiver. Indexes: transfers_failure_group, one look for each
 * group that has any, and transfers_ungrouped.
 */
export async function countFailedInChannels(db: Ledger): Promise<BacklogInChannel[]> {
  const { rows } = await sql<BacklogInChannel>`
    with recursive ids(id) as (
      select min(failure_group) from transfers where status = 'failed'
      union all
      select (select min(t.failure_group) from transfers t where t.status = 'failed' and t.failure_group > i.id) from ids i where i.id is not null
    ),
    failing as materialized (select g.id, g.destination from (select id from ids limit ${GROUPS_CAP}) i join failure_groups g on g.id = i.id)
    select destination, channel, count(*) as count
    from (select f.destination, ${channelOf('f')} as channel from (
            select r.destination, t.project_no from (select distinct destination from failing) r cross join lateral (
              select m.project_no from failing g cross join lateral (
                select project_no from transfers where status = 'failed' and failure_group = g.id limit ${BACKLOG_CAP}) m
              where g.destination = r.destination limit ${BACKLOG_CAP}) t
            union all
            (select destination, project_no from transfers where status = 'failed' and failure_group is null limit ${BACKLOG_CAP})) f) b
    group by destination, channel order by destination, channel`.execute(db);
  return rows;
}

/** Newest deliveries by which the time from door to receiver is measured, and how far back they may lie. */
const CRITICAL_CAP = 1_000;
const CRITICAL_SPAN = sql`interval '15 minutes'`;

/** How long messages took from the door to their receiver, in seconds: 95 of 100 took no longer. */
export interface CriticalTime {
  readonly channel: ChannelName;
  readonly p95_seconds: number;
}

/** Of the newest deliveries. Indexes: the primary keys of attempts, transfers, events and cases. */
export async function loadCriticalTimes(db: Ledger): Promise<CriticalTime[]> {
  const { rows } = await sql<CriticalTime>`
    select channel, percentile_disc(0.95) within group (order by seconds) as p95_seconds
    from (
      select ${channelOf('t')} as channel, greatest(0, extract(epoch from t.delivered_at - e.door_at))::float8 as seconds
      from (select transfer_id, outcome, recorded_at from attempts order by seq desc limit ${CRITICAL_CAP}) a
      join transfers t on t.id = a.transfer_id join events e on e.seq = t.event_seq
      where a.outcome = 'delivered' and a.recorded_at > statement_timestamp() - ${CRITICAL_SPAN} and t.delivered_at is not null
    ) taken
    where channel is not null group by channel`.execute(db);
  return rows;
}
