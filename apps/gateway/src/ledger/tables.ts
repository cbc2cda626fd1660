import type { AppName, CaseFacts, CaseStatus, CircuitState, ConnectionCheck, Destination, ErrorWord, EventType, FieldProblem, Party, SettingConcernStatus, SigningKeyStatus } from '#contracts';
import type { ColumnType, GeneratedAlways, JSONColumnType } from 'kysely';
import type { AccessTables } from './access-tables.ts';
import type { ChannelName, ChannelTables } from './channel-tables.ts';
import type { Instant, NullableInstant, RecordedAt } from './column-types.ts';
import type { DeskTables } from './desk-tables.ts';
import type { DutyTables } from './duty-tables.ts';
import type { EvidenceTables } from './evidence-tables.ts';
import type { FailureTables } from './failure-tables.ts';
import type { DeadLetterRepairsTable, LetterVerbColumns } from './letter-verb-tables.ts';
import type { OperationTables } from './operation-tables.ts';
import type { RevisionTables } from './revision-tables.ts';

/** What the ledger made of an event: moved the case, waits for its predecessor, refused for good, or old news. */
export type EventOutcome = 'applied' | 'parked' | 'refused' | 'ignored';

/**
 * Delivery status of a transfer. `held` waits for an earlier transfer of the same case and destination, or for its channel to go on; `in_flight` is published
 * and waits for its receipt; `retry_wait` waits for its next attempt; the last three are ends (`failed` holds back its case until
 * a person replays or discards it).
 */
export type TransferStatus = 'held' | 'in_flight' | 'retry_wait' | 'delivered' | 'failed' | 'discarded';

/** Where the applicant's paper is (纸质材料); overdue is a question of {@link CasesTable.paper_due_at}, not a status. */
export type PaperStatus = 'NONE' | 'IN_HALL' | 'IN_BATCH' | 'HANDED_OVER' | 'RETURNED_TO_APPLICANT';

/** The inbox: every event that came through a door, once per source and id. `sealed` is the CloudEvent. */
export interface EventsTable {
  seq: GeneratedAlways<number>;
  source: string;
  event_id: string;
  type: EventType;
  party: Party;
  /** What the event is ordered and locked by: the project number, or `grant:<grantId>` for permissions. */
  order_key: string;
  project_no: string | null;
  hall_code: string | null;
  data_version: number;
  sequence: number | null;
  trace_id: string | null;
  occurred_at: Instant;
  door_at: Instant;
  recorded_at: RecordedAt;
  digest: string;
  outcome: EventOutcome;
  outcome_code: string | null;
  outcome_zh: string | null;
  /** When `outcome` took its present value: a parked event gets a later one. */
  outcome_at: RecordedAt;
  status_after: CaseStatus | null;
  sealed: Buffer;
  key_version: number;
}

/** An event that came again. `same_body` false is an alarm: one id, two contents. */
export interface SuppressedDuplicatesTable {
  seq: GeneratedAlways<number>;
  event_seq: number;
  door_at: Instant;
  recorded_at: RecordedAt;
  same_body: boolean;
  digest: string;
}

/** A case (办件). `sealed` is the intake data as last supplemented or corrected: what a later translation reads. */
export interface CasesTable {
  project_no: string;
  hall_code: string;
  item_code: string;
  item_name: string;
  status: CaseStatus;
  paper_status: PaperStatus;
  /** Paper is kept for one calendar month from the receipt (汴审改办〔2023〕16号 四(三)). */
  paper_due_at: Instant;
  /** When hall or centre last reported that the paper differs from the list. */
  paper_discrepancy_at: NullableInstant;
  project_type: string;
  applicant_masked: string;
  /** Keyed digest of certificate type and number: finds a person's cases without storing the number. */
  applicant_index: string;
  supplement_rounds: number;
  hall_version: number;
  centre_version: number;
  hall_sequence: number | null;
  centre_sequence: number | null;
  /** Number of the last completion update made for this case. */
  update_sequence: number;
  /** Number of the last transfer made for this case, of either direction: {@link TransfersTable.ordinal}. */
  transfer_count: number;
  approved: boolean | null;
  result_code: string | null;
  promise_due_at: NullableInstant;
  received_at: Instant;
  accepted_at: NullableInstant;
  completed_at: NullableInstant;
  created_at: RecordedAt;
  updated_at: RecordedAt;
  facts: JSONColumnType<CaseFacts>;
  /** 拨测: no real case; left out of lists and figures, and removed after a day. */
  canary: boolean;
  sealed: Buffer;
  key_version: number;
}

/** One message that must reach one destination exactly once in effect. `sealed` is the payload; null when translation failed. */
export interface TransfersTable {
  id: string;
  project_no: string;
  destination: Destination;
  kind: string;
  /** Order within the case; a destination gets its transfers in this order. */
  ordinal: number;
  event_seq: number;
  trace_id: string | null;
  status: TransferStatus;
  /** Attempts ordered so far: the number the last published order carries. */
  attempts: number;
  /** Attempts before the last replay: the budget of retries counts from here. */
  attempts_base: ColumnType<number, number | undefined, number>;
  /** While `retry_wait`: when the next attempt goes. */
  next_attempt_at: NullableInstant;
  /** While `in_flight`: when the watchdog stops waiting for the receipt and publishes the same attempt again. */
  receipt_due_at: NullableInstant;
  /** How often the watchdog published the present attempt again; its patience doubles each time. */
  redispatches: ColumnType<number, number | undefined, number>;
  /** While `in_flight`: since when its order has not gone out, because the broker did not take it; null once it has. */
  unpublished_since: NullableInstant;
  /** While `held`: the channel by whose pause it is; null when it waits for an earlier transfer. It may then have attempts behind it. */
  paused_channel: ColumnType<ChannelName | null, ChannelName | null | undefined, ChannelName | null>;
  error_word: ErrorWord | null;
  error_code: string | null;
  error_detail: string | null;
  http_status: number | null;
  created_at: RecordedAt;
  /** When the last attempt was ordered. */
  dispatched_at: NullableInstant;
  delivered_at: NullableInstant;
  finished_at: NullableInstant;
  /** The group of its last failure, kept when it goes out again; null for one that never failed, and for a canary's (拨测). */
  failure_group: string | null;
  /** When it last failed, by the ledger's clock. */
  failed_at: NullableInstant;
  /** While `discarded`: given up, or taken into the case's history because a later one had gone out. Null for one that the bridge itself closed. */
  discard_code: 'given-up' | 'stale' | null;
  discard_reason: string | null;
  /** Number of the payload that it carries: 1 until somebody replaced it. */
  revision: ColumnType<number, number | undefined, number>;
  /** Since when its hall has been asked to correct what it was made from. */
  returned_at: NullableInstant;
  /** While `discarded`: when it turned out that the receiver has it all the same. */
  delivered_late_at: NullableInstant;
  sealed: Buffer | null;
  key_version: number | null;
}

/** One delivery attempt, as its adapter reported it. */
export interface AttemptsTable {
  seq: GeneratedAlways<number>;
  transfer_id: string;
  attempt: number;
  started_at: Instant;
  finished_at: Instant;
  latency_ms: number;
  outcome: 'delivered' | ErrorWord;
  http_status: number | null;
  error_code: string | null;
  error_detail: string | null;
  response_digest: string | null;
  recorded_at: RecordedAt;
}

/** A request or event refused at a door (入口拒收): names of fields, never their values. */
export interface DoorRefusalsTable {
  seq: GeneratedAlways<number>;
  refusal_id: string;
  at: Instant;
  app: string;
  path: string;
  party: Party | null;
  key_id: string | null;
  status: number;
  code: string;
  problems: JSONColumnType<FieldProblem[]>;
  event_id: string | null;
  event_type: string | null;
  project_no: string | null;
  body_bytes: number;
  body_digest: string | null;
  recorded_at: RecordedAt;
}

/** Permission of one clerk at one hall (收件权限). `sealed` is the clerk's name. */
export interface GrantsTable {
  grant_id: string;
  user_id: string;
  hall_code: string;
  org_name: string | null;
  window_no: string | null;
  valid_from: Instant;
  valid_to: NullableInstant;
  revoked_at: NullableInstant;
  revoke_reason: string | null;
  roster_version: number;
  recorded_at: RecordedAt;
  updated_at: RecordedAt;
  sealed: Buffer;
  key_version: number;
}

export interface GrantItemsTable {
  grant_id: string;
  item_code: string;
}

/** What could not be handled (死信), drained from the broker. `raw` is the body as it lay there: sealed, or what would not open. */
export interface DeadLettersTable extends LetterVerbColumns {
  seq: GeneratedAlways<number>;
  queue: string;
  app: string;
  handler: string | null;
  reason: string;
  code: string | null;
  delivery_count: number;
  message_id: string | null;
  type: string | null;
  project_no: string | null;
  headers: JSONColumnType<Record<string, string>>;
  raw: Buffer;
  received_at: RecordedAt;
}

/** A running program that reports (程序实例). A gateway notes itself here, too, and has neither spool nor journal. */
export interface EdgeInstancesTable {
  app: AppName;
  instance: string;
  /** Time of the last report by the reporter's own clock. */
  reported_at: Instant;
  first_seen_at: RecordedAt;
  /** When it was last heard, by the ledger's clock: what silence is measured from. */
  seen_at: RecordedAt;
  /** Events that wait for RabbitMQ; null when that is not known. */
  spool_waiting: number | null;
  spool_oldest_at: NullableInstant;
  /** Events that are not acknowledged as recorded yet; null when that is not known. */
  journal_entries: number | null;
  journal_oldest_at: NullableInstant;
  /** Whether its Redis keeps what it is given; null when that could not be asked. */
  redis_durable: boolean | null;
  redis_problem: string | null;
  /** Since when its Redis has not been known to be in order, by the ledger's clock. */
  redis_trouble_since: NullableInstant;
  /** Since when it cannot reach RabbitMQ, by the ledger's clock; null while it can, and for programs that report by RabbitMQ. */
  broker_away_since: NullableInstant;
  /** When it said that it stops, by the ledger's clock; null for one that runs, or fell silent without a word. */
  stopped_at: NullableInstant;
  /** Halls whose canary (拨测) it sends; null for a program that sends none. */
  canary_halls: string[] | null;
  /** Keys of the parties at its door, without the keys (签名密钥的名称和期限); null for a program that reports none. */
  signing_keys: JSONColumnType<readonly SigningKeyStatus[]> | null;
  /** Its settings that are unsafe, without their values (设置隐患); null for a program that reports none. */
  setting_concerns: JSONColumnType<readonly SettingConcernStatus[]> | null;
  /** What it found out last about the way to each of its endpoints; null for a program that reports none. */
  connections: JSONColumnType<readonly ConnectionCheck[]> | null;
}

/** The circuit of one endpoint in one adapter process, as last reported. */
export interface CircuitsTable {
  destination: Destination;
  app: AppName;
  instance: string;
  state: CircuitState;
  /** When `state` was taken, by the reporter's clock. */
  since: Instant;
  /** When it last left `closed`, by the ledger's clock; null while it is closed. It does not begin anew between open and half-open. */
  troubled_since: NullableInstant;
  reason: string | null;
  failures: number;
  window_size: number;
  /** Transfers kept in hand until the endpoint answers again. */
  held: number;
  next_probe_at: NullableInstant;
  updated_at: RecordedAt;
}

/** Every change of a circuit's state, in the order the ledger heard of them. */
export interface CircuitChangesTable {
  seq: GeneratedAlways<number>;
  destination: Destination;
  app: AppName;
  instance: string;
  from_state: CircuitState;
  to_state: CircuitState;
  reason: string | null;
  at: Instant;
  recorded_at: RecordedAt;
}

/** One alert (告警): opened when its condition began, closed when it was over. A recurrence is a new row. */
export interface AlertsTable {
  seq: GeneratedAlways<number>;
  condition: string;
  /** What it is about: a queue, a destination, a program. */
  subject: string;
  opened_at: RecordedAt;
  last_seen_at: RecordedAt;
  closed_at: NullableInstant;
  detail_zh: string;
  detail_en: string;
  facts: JSONColumnType<Record<string, unknown>>;
  /** Counts what people do about it. */
  version: ColumnType<number, number | undefined, number>;
  /** How many alerts of the same condition and subject there were before, of those that are kept. */
  recurrence: ColumnType<number, number | undefined, number>;
  acknowledged_at: NullableInstant;
  acknowledged_by: ColumnType<string | null, string | null | undefined, string | null>;
  acknowledged_name: ColumnType<string | null, string | null | undefined, string | null>;
  acknowledged_note: ColumnType<string | null, string | null | undefined, string | null>;
}

/** Every table of the ledger, as the query builder sees it. */
export interface LedgerTables extends AccessTables, ChannelTables, DeskTables, DutyTables, EvidenceTables, FailureTables, OperationTables, RevisionTables {
  events: EventsTable;
  suppressed_duplicates: SuppressedDuplicatesTable;
  cases: CasesTable;
  transfers: TransfersTable;
  attempts: AttemptsTable;
  door_refusals: DoorRefusalsTable;
  grants: GrantsTable;
  grant_items: GrantItemsTable;
  dead_letters: DeadLettersTable;
  dead_letter_repairs: DeadLetterRepairsTable;
  edge_instances: EdgeInstancesTable;
  circuits: CircuitsTable;
  circuit_changes: CircuitChangesTable;
  alerts: AlertsTable;
}
