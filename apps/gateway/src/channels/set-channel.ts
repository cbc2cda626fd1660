import { isDeepStrictEqual } from 'node:util';
import type { Transaction } from 'kysely';
import { recordAction } from '../evidence/record-action.ts';
import { lockOutBatches } from '../ledger/channel-rows.ts';
import { lockSettings, upsertSettings } from '../ledger/channel-settings-rows.ts';
import type { SettingsRow } from '../ledger/channel-settings-rows.ts';
import type { SendingHours } from '../ledger/channel-tables.ts';
import type { LedgerTables } from '../ledger/tables.ts';
import type { ChannelOrder } from './hold-channel.ts';

/** How fast and when a channel sends; null: without a limit, and always. */
export interface ChannelSettings {
  readonly ratePerSecond: number | null;
  readonly hours: SendingHours | null;
}

/** What came of it: done, or what is there instead. */
export type SettingOutcome =
  | { readonly kind: 'done'; readonly row: SettingsRow }
  | { readonly kind: 'changed-meanwhile' | 'unchanged'; readonly row: SettingsRow | null };

/**
 * Sets how fast and when a channel sends (通道的限速和投递时段) in the caller's transaction. From its commit on every order of the channel keeps to
 * it, on any gateway, as with a pause. Old and new are on record.
 */
export async function setChannel(trx: Transaction<LedgerTables>, order: ChannelOrder, settings: ChannelSettings): Promise<SettingOutcome> {
  await lockOutBatches(trx);
  const { channel, caller, reason, ticket, version } = order;
  const present = await lockSettings(trx, channel);
  if ((present?.version ?? 0) !== version) return { kind: 'changed-meanwhile', row: present ?? null };
  const before = settingsOf(present);
  if (isDeepStrictEqual(before, settings)) return { kind: 'unchanged', row: present ?? null };
  const { ratePerSecond, hours } = settings;
  const row = await upsertSettings(trx, { channel, rate_per_second: ratePerSecond, hours, reason, ticket, by_id: caller.id, by_name: caller.name }, version);
  // Two first settings of a channel: there was no row yet to lock. The lock above lets one of them in at a time.
  if (row === undefined) return { kind: 'changed-meanwhile', row: null };
  await recordAction(trx, {
    caller, action: 'channel.settings-changed', subjectKind: 'channel', subject: channel, reason, result: 'done', facts: { before, after: settings, ticket, version: row.version },
  });
  return { kind: 'done', row };
}

/** What a channel's row says; nothing is limited in one that has none. */
export function settingsOf(row: Pick<SettingsRow, 'rate_per_second' | 'hours'> | null | undefined): ChannelSettings {
  return { ratePerSecond: row?.rate_per_second ?? null, hours: row?.hours ?? null };
}
