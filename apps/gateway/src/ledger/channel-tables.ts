import type { NullableInstant, RecordedAt } from './column-types.ts';

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

export interface ChannelTables {
  channel_pauses: ChannelPausesTable;
}
