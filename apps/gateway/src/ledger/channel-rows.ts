import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Kysely, Selectable } from 'kysely';
import type { ChannelName, ChannelPausesTable, SendingHours } from './channel-tables.ts';
import { isLedgerSlow } from './ledger-error.ts';
import { holds } from './paused-channel.ts';
import type { LedgerTables } from './tables.ts';

type Ledger = Kysely<LedgerTables>;

/** A channel's last pause, and whether it holds now by the ledger's clock. */
export type PauseRow = Selectable<ChannelPausesTable> & { readonly holds: boolean };

/** What a pause says. */
export interface NewPause {
  readonly channel: ChannelName;
  readonly reason: string;
  readonly ticket: string | null;
  readonly by_id: string;
  readonly by_name: string;
  readonly until: Date | null;
}

/**
 * How long batches are kept waiting, turn by turn, by one that waits for those before them (ms), and how long they go on in between. Longer in the
 * end: where every batch takes long, short turns would never see all of them over.
 */
const TURNS_MS = [100, 200, 400, 800, 1_600, 3_200];
const GAP_MS = 50;

/**
 * Waits until every batch that may have decided before this moment has ended, and keeps others from deciding until the commit: what is
 * answered after it is true of every order from then on. Batches hold the other side of this lock in `lockOrderKeys`, statements that order by
 * themselves in `channels_paused()`. Whoever comes after the one that waits has to wait too: so it waits in turns, and behind a batch that
 * takes long the others go on in between. Throws what PostgreSQL says of a lock that was not to be had (55P03).
 */
export async function lockOutBatches(trx: Ledger): Promise<void> {
  for (const [turn, waitMs] of TURNS_MS.entries()) {
    await sql`savepoint locking_out`.execute(trx);
    try {
      await sql`set local lock_timeout = ${sql.lit(waitMs)}`.execute(trx);
      await sql`select pg_advisory_xact_lock(hashtext('jiujin channels'), 0)`.execute(trx);
      await sql`set local lock_timeout = 0`.execute(trx);
      return;
    } catch (error) {
      if (!isLedgerSlow(error) || turn === TURNS_MS.length - 1) throw error;
      await sql`rollback to savepoint locking_out`.execute(trx);
    }
    await sleep(GAP_MS * (0.5 + Math.random()));
  }
}

/**
 * A moment (of the ledger's clock) such that whatever batches wrote with a time up to it is committed, and whatever they write from now on has a
 * later one: they take their time under the lock that is waited for here. It is not kept.
 */
export async function outlastBatches(trx: Ledger): Promise<Date> {
  await sql`savepoint outlasting`.execute(trx);
  await lockOutBatches(trx);
  const { rows: [clock] } = await sql<{ now: Date }>`select clock_timestamp() as now`.execute(trx);
  if (clock === undefined) throw new Error('the ledger did not say what time it is');
  // The lock was taken after the savepoint, and goes with it.
  await sql`rollback to savepoint outlasting`.execute(trx);
  return clock.now;
}

/** The last pause of every channel that ever had one. */
export async function loadPauses(db: Ledger): Promise<PauseRow[]> {
  const { rows } = await sql<PauseRow>`select p.*, ${holds('p')} as holds from channel_pauses p order by p.channel`.execute(db);
  return rows;
}

/** The last pause of one channel, locked. */
export async function lockPause(trx: Ledger, channel: ChannelName): Promise<PauseRow | undefined> {
  const { rows } = await sql<PauseRow>`select p.*, ${holds('p')} as holds from channel_pauses p where p.channel = ${channel} for update`.execute(trx);
  return rows[0];
}

/** Pauses a channel; undefined when somebody else changed it since it was looked at under `version` (0: it never was paused). */
export async function upsertPause(trx: Ledger, pause: NewPause, version: number): Promise<PauseRow | undefined> {
  const { channel, reason, ticket, by_id, by_name, until } = pause;
  const { rows } = await sql<PauseRow>`
    insert into channel_pauses as p (channel, paused, reason, ticket, by_id, by_name, paused_at, until, version)
    values (${channel}, true, ${reason}, ${ticket}, ${by_id}, ${by_name}, clock_timestamp(), ${until}, 1)
    on conflict (channel) do update set paused = true, reason = excluded.reason, ticket = excluded.ticket, by_id = excluded.by_id, by_name = excluded.by_name,
      paused_at = excluded.paused_at, until = excluded.until, resumed_at = null, version = p.version + 1
    where p.version = ${version}
    returning p.*, true as holds`.execute(trx);
  return rows[0];
}

/** Ends the pause of a channel that is paused under this version. */
export async function endPause(trx: Ledger, channel: ChannelName, version: number): Promise<PauseRow | undefined> {
  const { rows } = await sql<PauseRow>`
    update channel_pauses p set paused = false, resumed_at = clock_timestamp(), version = p.version + 1
    where p.channel = ${channel} and p.version = ${version} and p.paused
    returning p.*, false as holds`.execute(trx);
  return rows[0];
}

/** Closes the pauses that have ended by themselves, and says which these were: of several gateways one is told. */
export async function closeEndedPauses(trx: Ledger): Promise<PauseRow[]> {
  const { rows } = await sql<PauseRow>`
    update channel_pauses p set paused = false, resumed_at = p.until, version = p.version + 1
    where p.paused and p.until <= statement_timestamp()
    returning p.*, false as holds`.execute(trx);
  return rows;
}

/** A channel that goes on while something is still held in it. */
export interface HoldingChannel {
  readonly channel: ChannelName;
  /** Seconds since people let it go on or set how it sends, by the ledger's clock. */
  readonly goes_on_for: number;
  readonly rate_per_second: number | null;
  readonly hours: SendingHours | null;
  readonly now: Date;
}

/** The channels that are open and hold something. Index: transfers_paused, one look for each channel that ever was paused or limited. */
export async function loadHoldingChannels(db: Ledger): Promise<HoldingChannel[]> {
  const { rows } = await sql<HoldingChannel>`
    select channel, s.rate_per_second, s.hours, statement_timestamp() as now,
      greatest(0, extract(epoch from statement_timestamp() - greatest(coalesce(p.resumed_at, p.until, p.paused_at), s.changed_at)))::float8 as goes_on_for
    from channel_pauses p full join channel_settings s using (channel)
    where channel not in (select h.channel from channels_held_at(statement_timestamp()) h where h.why <> 'limited')
      and exists (select from transfers t where t.status = 'held' and t.paused_channel = channel)
    order by channel`.execute(db);
  return rows;
}

/** Sets another end for the pause of a channel that is paused under this version. */
export async function movePauseEnd(trx: Ledger, channel: ChannelName, version: number, until: Date): Promise<PauseRow | undefined> {
  const { rows } = await sql<PauseRow>`
    update channel_pauses p set until = ${until}, version = p.version + 1
    where p.channel = ${channel} and p.version = ${version} and ${holds('p')}
    returning p.*, ${holds('p')} as holds`.execute(trx);
  return rows[0];
}
