import { sql } from 'kysely';
import type { Kysely, Selectable } from 'kysely';
import type { ChannelName, ChannelSettingsTable, SendingHours } from './channel-tables.ts';
import type { LedgerTables } from './tables.ts';

type Ledger = Kysely<LedgerTables>;

export type SettingsRow = Selectable<ChannelSettingsTable>;

/** What somebody says of how fast and when a channel sends. */
export interface NewSettings {
  readonly channel: ChannelName;
  readonly rate_per_second: number | null;
  readonly hours: SendingHours | null;
  readonly reason: string;
  readonly ticket: string | null;
  readonly by_id: string;
  readonly by_name: string;
}

/** The settings of every channel that ever had any. */
export function loadSettings(db: Ledger): Promise<SettingsRow[]> {
  return db.selectFrom('channel_settings').selectAll().orderBy('channel').execute();
}

/** The settings of one channel, locked. */
export function lockSettings(trx: Ledger, channel: ChannelName): Promise<SettingsRow | undefined> {
  return trx.selectFrom('channel_settings').selectAll().where('channel', '=', channel).forUpdate().executeTakeFirst();
}

/** Sets how fast and when a channel sends; undefined when somebody else changed it since it was looked at under `version` (0: never). What was used of the rate stays used. */
export async function upsertSettings(trx: Ledger, settings: NewSettings, version: number): Promise<SettingsRow | undefined> {
  const { channel, rate_per_second, hours, reason, ticket, by_id, by_name } = settings;
  const { rows } = await sql<SettingsRow>`
    insert into channel_settings as s (channel, rate_per_second, hours, sent_until, reason, ticket, by_id, by_name, changed_at, version)
    values (${channel}, ${rate_per_second}, ${hours === null ? null : JSON.stringify(hours)}::jsonb, clock_timestamp(), ${reason}, ${ticket}, ${by_id}, ${by_name}, clock_timestamp(), 1)
    on conflict (channel) do update set rate_per_second = excluded.rate_per_second, hours = excluded.hours, reason = excluded.reason, ticket = excluded.ticket,
      by_id = excluded.by_id, by_name = excluded.by_name, changed_at = excluded.changed_at, version = s.version + 1,
      sent_until = case when s.rate_per_second is null then excluded.sent_until else s.sent_until end
    where s.version = ${version}
    returning s.*`.execute(trx);
  return rows[0];
}

/** How much of a channel's rate has been used, and what time it is by the ledger's clock. */
export interface RateUse {
  readonly rate_per_second: number;
  readonly sent_until: Date;
  readonly now: Date;
}

/** Keeps changes of channels out until the commit, as every statement that orders transfers does: before any row is locked. */
export async function keepChannels(trx: Ledger): Promise<void> {
  await sql`select pg_advisory_xact_lock_shared(hashtext('jiujin channels'), 0)`.execute(trx);
}

/** The rate of a channel, locked against other gateways; undefined when it has none, or another gateway is about to use it. */
export async function lockRate(trx: Ledger, channel: ChannelName): Promise<RateUse | undefined> {
  const { rows } = await sql<RateUse>`
    select rate_per_second, sent_until, clock_timestamp() as now from channel_settings
    where channel = ${channel} and rate_per_second is not null for no key update skip locked`.execute(trx);
  return rows[0];
}

export async function useRate(trx: Ledger, channel: ChannelName, until: Date): Promise<void> {
  await trx.updateTable('channel_settings').set({ sent_until: until }).where('channel', '=', channel).execute();
}
