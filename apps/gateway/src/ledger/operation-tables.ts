import type { Destination, EventType } from '#contracts';
import type { Generated, JSONColumnType } from 'kysely';
import type { SendingWindow } from './channel-tables.ts';
import type { Instant, NullableInstant, RecordedAt } from './column-types.ts';

/** What an operation does with each of its transfers. */
export type OperationKind = 'replay' | 'discard' | 'return';

/**
 * Where an operation stands. `freezing` notes which transfers are meant, `preflight` examines each; then it waits for people. The last
 * three are ends; what it has sent is followed to its end all the same.
 */
export type OperationStatus =
  'freezing' | 'preflight' | 'awaiting-approval' | 'ready' | 'canary' | 'running' | 'paused' | 'completed' | 'cancelled' | 'aborted';

/** Where one transfer of an operation stands. */
export type ItemState = 'pending' | 'sent' | 'delivered' | 'failed' | 'discarded' | 'returned' | 'skipped';

/**
 * What the preflight found. The first two are going to be sent (`endpoint-down`: once its endpoint answers again); the others are
 * skipped: `duplicate` is in another operation's hands or no longer failed, `stale` has been overtaken, `invalid` breaks today's contract
 * or carries nothing, `beyond-window` is older than the receiver's memory for repetitions, `waiting` waits for its hall's correction or for
 * somebody to decide about an edit, `not-returnable` is nothing that its hall can be asked to correct.
 */
export type ItemVerdict = 'sendable' | 'endpoint-down' | 'duplicate' | 'stale' | 'invalid' | 'beyond-window' | 'waiting' | 'not-returnable';

/**
 * Which transfers are meant: by name, by failure group, by what a list of failed transfers is narrowed to, or by a search text, whose words of time are
 * read as at the moment `at` (RFC 3339).
 */
export type OperationSelection =
  | { readonly transferIds: readonly string[] }
  | { readonly failureGroup: string }
  | { readonly filter: SelectionFilter }
  | { readonly q: string; readonly at: string };

/** Hall and item are those of the case, `event` is the type of the event that caused the transfer. Instants are RFC 3339. */
export interface SelectionFilter {
  readonly hall?: string;
  readonly item?: string;
  readonly event?: EventType;
  readonly failureGroup?: string;
  readonly destination?: Destination;
  readonly kind?: string;
  readonly projectNo?: string;
  readonly errorWord?: string;
  readonly errorCode?: string;
  readonly from?: string;
  readonly until?: string;
}

/** A place among the failed transfers, in the order in which they failed. */
export interface FreezePlace {
  /** As PostgreSQL prints it, to the microsecond. */
  readonly at: string;
  readonly id: string;
}

/** One thing that a hall is asked to correct: a field of the work item or a material, one of the two. */
export interface OperationReturnItem {
  readonly path?: string;
  readonly materialCode?: string;
  readonly problem: string;
}

/** One step of the canary ladder: that many, or that share of all (`10%`). */
export type Rung = number | `${number}%`;

/** A bulk operation (批量操作). */
export interface OperationsTable {
  id: string;
  kind: OperationKind;
  status: OperationStatus;
  paused_from: 'canary' | 'running' | null;
  /** Why it ended, or is not going on: a code. */
  status_reason: string | null;
  creator: string;
  creator_person: string;
  creator_name: string;
  reason: string;
  ticket: string | null;
  selection: JSONColumnType<OperationSelection>;
  /** What failed after this is never joined. */
  cutoff: Instant;
  /** The last transfer frozen so far. */
  frozen_until: JSONColumnType<FreezePlace> | null;
  /** The last item examined so far. */
  examined_until: Generated<number>;
  rate_per_second: number;
  max_in_flight: number;
  ladder: JSONColumnType<Rung[]>;
  /** Rungs climbed. */
  rung: Generated<number>;
  /** Share of failures (0 to 1) above which it is aborted. */
  abort_ratio: number;
  abort_on_new: boolean;
  /** Whether transfers beyond the receiver's dedupe window go too. */
  override: boolean;
  needs_approval: boolean | null;
  approved_by: string | null;
  approved_at: NullableInstant;
  started_by: string | null;
  started_at: NullableInstant;
  /** Up to when the rate has been used. */
  sent_until: NullableInstant;
  /** When nothing of it was under way any more. */
  finished_at: NullableInstant;
  created_at: RecordedAt;
  updated_at: RecordedAt;
  frozen: Generated<number>;
  examined: Generated<number>;
  verdicts: JSONColumnType<Partial<Record<ItemVerdict, number>>, string | undefined>;
  /** Why the preflight left transfers out: how many for each code. */
  left_out: JSONColumnType<Record<string, number>, string | undefined>;
  /** The ways in which its transfers had failed when they were frozen. */
  signatures: Generated<string[]>;
  /** Ever sent, ended or not. */
  sent: Generated<number>;
  delivered: Generated<number>;
  failed: Generated<number>;
  discarded: Generated<number>;
  returned: Generated<number>;
  skipped: Generated<number>;
  /** Sent and not delivered at the first attempt. */
  troubled: Generated<number>;
  /** Of the last some hundreds that were judged, the newer counting more: how many, and how many of them were troubled. */
  recent_judged: Generated<number>;
  recent_troubled: Generated<number>;
  /** What a delivery took lately when the preflight ended, in milliseconds. */
  latency_ms: number | null;
  /** Up to which item its look for what may go has come, and whether anything went since it began from the first one again. */
  picked_until: Generated<number>;
  lap_moved: Generated<boolean>;
  paused_at: NullableInstant;
  /** How often in a row its step failed, and what it ran into last: a code, never what a database says. */
  step_failures: Generated<number>;
  step_error: string | null;
  /** What was approved at most; null while nothing was. */
  approved_rate: number | null;
  approved_in_flight: number | null;
  /** When it sends; null: always. Set when it is made, and never after: what was approved is not widened. */
  hours: JSONColumnType<SendingWindow[]> | null;
  /** What halls are told, when it returns to them. */
  return_items: JSONColumnType<OperationReturnItem[]> | null;
  /** When somebody said that they have seen how it ended, and their name: null for what ended before that was asked. */
  acknowledged_at: NullableInstant;
  acknowledged_by: string | null;
  lease_owner: string | null;
  lease_until: NullableInstant;
}

/** One transfer of an operation. */
export interface OperationItemsTable {
  operation_id: string;
  seq: number;
  transfer_id: string;
  project_no: string;
  destination: Destination;
  state: ItemState;
  verdict: ItemVerdict | null;
  /** Why it was skipped, or what the preflight found exactly: a code. */
  note: string | null;
  /** The attempt it was sent with. */
  attempt: number | null;
  troubled: Generated<boolean>;
  /** How it failed: at first as frozen, then as it ended. */
  signature: string | null;
  sent_at: NullableInstant;
  ended_at: NullableInstant;
}

export interface OperationClaimsTable {
  transfer_id: string;
  operation_id: string;
}

/** What was answered to a write with an Idempotency-Key. */
export interface OpsRequestsTable {
  person: string;
  key: string;
  route: string;
  body_digest: string;
  status: number;
  answer: JSONColumnType<object> | null;
  created_at: RecordedAt;
}

export interface OperationTables {
  operations: OperationsTable;
  operation_items: OperationItemsTable;
  operation_claims: OperationClaimsTable;
  ops_requests: OpsRequestsTable;
}
