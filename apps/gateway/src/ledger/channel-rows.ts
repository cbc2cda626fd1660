import { sql } from 'kysely';
import type { Kysely, Selectable } from 'kysely';
import type { ChannelName, ChannelPausesTable } from './channel-tables.ts';
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
 * Waits until every batch that may have decided before this moment has ended, and keeps others from deciding until the commit: what is
 * answered after it is true of every order from then on. Batches hold the other side of this lock in `lockOrderKeys`.
 */
export async function lockOutBatches(trx: Ledger): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('jiujin channels'), 0)`.execute(trx);
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

/** A channel that goes on again while something is still held in it. */
export interface HoldingChannel {
  readonly channel: ChannelName;
  /** Seconds since it goes on, by the ledger's clock. */
  readonly goes_on_for: number;
}

/** The channels that are not paused and still hold something. Index: transfers_paused, one look for each channel that ever was paused. */
export async function loadHoldingChannels(db: Ledger): Promise<HoldingChannel[]> {
  const { rows } = await sql<HoldingChannel>`
    select p.channel, greatest(0, extract(epoch from statement_timestamp() - coalesce(p.resumed_at, p.until, p.paused_at)))::float8 as goes_on_for
    from channel_pauses p
    where not ${holds('p')} and exists (select from transfers t where t.status = 'held' and t.paused_channel = p.channel)
    order by p.channel`.execute(db);
  return rows;
}
