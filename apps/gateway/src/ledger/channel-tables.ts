import type { JSONColumnType } from 'kysely';
import type { Instant, NullableInstant, RecordedAt } from './column-types.ts';

/** `intake`: everything of a hall's cases towards the centre (收件方向); `completion`: completion updates to that hall (办结方向). */
export type ChannelName = `intake:${string}` | `completion:${string}`;

/** The last pause of a channel (通道暂停); a channel that was never paused has no row. */
export interface ChannelPausesTable {
  channel: ChannelName;
  /** False once it was resumed. A pause with a time at which it ends has ended then, whatever this says. */
  paused: boolean;
  reason: string;
  ticket: string | null;
  by_id: string;
  by_name: string;
  paused_at: RecordedAt;
  /** When it ends by itself. */
  until: NullableInstant;
  resumed_at: NullableInstant;
  /** Counts every change. */
  version: number;
}

/** A time of day at which is sent, on these days of the week (1 Monday to 7 Sunday), in Beijing: from `HH:MM` until before `HH:MM`, `24:00` for the end of the day. */
export interface SendingWindow {
  readonly days: readonly number[];
  readonly from: string;
  readonly to: string;
}

/** When is sent (投递时段): in any of these windows. */
export type SendingHours = readonly SendingWindow[];

/** How fast and when a channel sends; one about which nobody ever said anything has no row. */
export interface ChannelSettingsTable {
  channel: ChannelName;
  /** Transfers ordered in a second, at most; null: as fast as they come. */
  rate_per_second: number | null;
  /** Null: always. */
  hours: JSONColumnType<SendingWindow[]> | null;
  /** Up to when the rate has been used, by all gateways together. */
  sent_until: Instant;
  reason: string;
  ticket: string | null;
  by_id: string;
  by_name: string;
  changed_at: RecordedAt;
  /** Counts every change. */
  version: number;
}

export interface ChannelTables {
  channel_pauses: ChannelPausesTable;
  channel_settings: ChannelSettingsTable;
}
