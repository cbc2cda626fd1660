import type { Destination } from '#contracts';
import type { ColumnType, GeneratedAlways } from 'kysely';
import type { ChannelName } from './channel-tables.ts';
import type { Instant, NullableInstant, RecordedAt } from './column-types.ts';

/** Until when nobody need be told of one condition of one subject (告警静音). It ends by itself. */
export interface AlertMutesTable {
  condition: string;
  subject: string;
  muted_at: RecordedAt;
  until: Instant;
  reason: string;
  ticket: string | null;
  by_id: string;
  by_name: string;
}

/** A planned downtime of one receiver (计划维护). Where it stands follows from its times and the ledger's clock. */
export interface MaintenancePlansTable {
  id: string;
  destination: Destination;
  starts_at: Instant;
  ends_at: Instant;
  reason: string;
  ticket: string | null;
  by_id: string;
  by_name: string;
  created_at: RecordedAt;
  /** When a gateway began to hold its channels; null for one that no gateway was there for. */
  started_at: NullableInstant;
  /** When a gateway had seen to its end: nothing is held for it any more. */
  ended_at: NullableInstant;
  cancelled_at: NullableInstant;
  cancelled_by: ColumnType<string | null, string | null | undefined, string | null>;
  cancel_reason: ColumnType<string | null, string | null | undefined, string | null>;
  /** Counts the changes that people make. */
  version: ColumnType<number, number | undefined, number>;
}

/** A channel that a plan has paused, and the version its pause had then: any other version is somebody else's doing. */
export interface MaintenanceChannelsTable {
  plan_id: string;
  channel: ChannelName;
  pause_version: number;
  taken_at: RecordedAt;
}

/** What one shift left to the next, as it was signed (交班). */
export interface ShiftsTable {
  seq: GeneratedAlways<number>;
  period_from: Instant;
  period_until: Instant;
  signed_at: RecordedAt;
  by_id: string;
  by_name: string;
  note: string;
  ticket: string | null;
  /** The note as JSON, to the letter: `digest` (SHA-256, hexadecimal) is made of it. */
  document: string;
  digest: string;
}

export interface DutyTables {
  alert_mutes: AlertMutesTable;
  maintenance_plans: MaintenancePlansTable;
  maintenance_channels: MaintenanceChannelsTable;
  shifts: ShiftsTable;
}
