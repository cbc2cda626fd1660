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
}

/** What each channel holds because it is paused, or was until just now. Index: transfers_paused. */
export async function countHeldInChannels(db: Ledger): Promise<HeldInChannel[]> {
  const { rows } = await sql<HeldInChannel>`
    select p.channel, held.count, held.oldest_at from channel_pauses p
    cross join lateral (
      select count(*) as count, min(created_at) as oldest_at
      from (select created_at from transfers where status = 'held' and paused_channel = p.channel order by created_at, id limit ${FIGURES_CAP}) t
    ) held
    where held.count > 0 order by p.channel`.execute(db);
  return rows;
}

export interface UnderWayInChannel {
  readonly channel: ChannelName;
  readonly count: number;
  readonly oldest_at: Date;
}

/** What is out in each channel and has no receipt yet. Index: transfers_in_flight. */
export async function countUnderWayInChannels(db: Ledger): Promise<UnderWayInChannel[]> {
  const { rows } = await sql<UnderWayInChannel>`
    select channel, count(*) as count, min(dispatched_at) as oldest_at
    from (select ${channelOf('t')} as channel, dispatched_at
          from (select project_no, destination, dispatched_at from transfers where status = 'in_flight' order by receipt_due_at, id limit ${FIGURES_CAP}) t) u
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
