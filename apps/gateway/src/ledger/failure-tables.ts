import type { Destination } from '#contracts';
import type { ColumnType, GeneratedAlways, JSONColumnType } from 'kysely';
import type { FailureClass } from '../failures/failure-class.ts';
import type { FailureSignature } from '../failures/failure-signature.ts';
import type { GroupStatus } from '../failures/group-status.ts';
import type { Instant, NullableInstant, RecordedAt } from './column-types.ts';

/** Failures that have one signature (失败分组). */
export interface FailureGroupsTable {
  /** `fg_` and 24 hexadecimal digits: the digest of the signature and the text. */
  id: string;
  signature: JSONColumnType<FailureSignature>;
  /** The error detail without what differs from failure to failure. */
  text: string;
  class: FailureClass;
  /** As in the signature. */
  destination: Destination;
  status: ColumnType<GroupStatus, GroupStatus | undefined, GroupStatus>;
  /** Who looks after it. */
  owner: string | null;
  /** What is known of it, for the next on duty. */
  note: string | null;
  /** Where it says what to do; null: by the error code. */
  runbook: string | null;
  /** By the ledger's clock. */
  first_seen_at: Instant;
  last_seen_at: Instant;
  /** How often it struck, whatever became of the transfers. */
  occurrences: number;
  /** How often it came back after it had been resolved. */
  recurrences: ColumnType<number, number | undefined, number>;
  /** When it was last resolved, and by whom; kept when it comes back. */
  resolved_at: NullableInstant;
  resolved_by: string | null;
  /** Counts the changes that people make or would not know of: what `If-Match` names. A further failure is none. */
  version: ColumnType<number, number | undefined, number>;
}

/** How often a group struck within one hour. */
export interface FailureHoursTable {
  group_id: string;
  hour: Instant;
  count: number;
}

/** What somebody did about a group. `note` is what it said afterwards. */
export interface FailureChangesTable {
  seq: GeneratedAlways<number>;
  group_id: string;
  at: RecordedAt;
  actor: string;
  actor_name: string;
  status_before: GroupStatus;
  status_after: GroupStatus;
  owner: string | null;
  note: string | null;
  reason: string;
  ticket: string | null;
}

export interface FailureTables {
  failure_groups: FailureGroupsTable;
  failure_hours: FailureHoursTable;
  failure_changes: FailureChangesTable;
}
