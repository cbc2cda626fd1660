import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/**
 * The ledger's first shape. Statuses are text with a check, not enums: a new one is then an ordinary migration that locks nothing.
 * Personal data lies only in the `sealed` columns (and in the masked and keyed forms made for lists and searches).
 */
export const ledger = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const EVENTS = `
  create table events (
    seq bigint generated always as identity primary key,
    source text not null,
    event_id text not null,
    type text not null,
    party text not null,
    order_key text not null,
    project_no text,
    hall_code text,
    data_version int not null,
    sequence int,
    trace_id text,
    occurred_at timestamptz not null,
    door_at timestamptz not null,
    recorded_at timestamptz not null default now(),
    digest text not null,
    outcome text not null check (outcome in ('applied', 'parked', 'refused', 'ignored')),
    outcome_code text,
    outcome_zh text,
    outcome_at timestamptz not null default now(),
    status_after text,
    sealed bytea not null,
    key_version int not null,
    constraint events_source_event_id unique (source, event_id)
  )`;

const SUPPRESSED_DUPLICATES = `
  create table suppressed_duplicates (
    seq bigint generated always as identity primary key,
    event_seq bigint not null references events,
    door_at timestamptz not null,
    recorded_at timestamptz not null default now(),
    same_body boolean not null,
    digest text not null
  )`;

const CASES = `
  create table cases (
    project_no text primary key,
    hall_code text not null,
    item_code text not null,
    item_name text not null,
    status text not null,
    paper_status text not null check (paper_status in ('NONE', 'IN_HALL', 'IN_BATCH', 'HANDED_OVER', 'RETURNED_TO_APPLICANT')),
    paper_due_at timestamptz not null,
    paper_discrepancy_at timestamptz,
    project_type text not null,
    applicant_masked text not null,
    applicant_index text not null,
    supplement_rounds int not null,
    hall_version int not null,
    centre_version int not null,
    hall_sequence int,
    centre_sequence int,
    update_sequence int not null,
    transfer_count int not null,
    approved boolean,
    result_code text,
    promise_due_at timestamptz,
    received_at timestamptz not null,
    accepted_at timestamptz,
    completed_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    facts jsonb not null,
    sealed bytea not null,
    key_version int not null
  )`;

const TRANSFERS = `
  create table transfers (
    id text primary key,
    project_no text not null references cases,
    destination text not null,
    kind text not null,
    ordinal bigint not null,
    event_seq bigint not null references events,
    trace_id text,
    status text not null check (status in ('held', 'in_flight', 'retry_wait', 'delivered', 'failed', 'discarded')),
    attempts int not null,
    next_attempt_at timestamptz,
    receipt_due_at timestamptz,
    redispatches int not null default 0,
    error_word text check (error_word in ('retryable', 'permanent', 'invalid', 'technical')),
    error_code text,
    error_detail text,
    http_status int,
    created_at timestamptz not null default now(),
    dispatched_at timestamptz,
    delivered_at timestamptz,
    finished_at timestamptz,
    sealed bytea,
    key_version int,
    check (sealed is not null or status in ('failed', 'discarded'))
  )`;

const ATTEMPTS = `
  create table attempts (
    seq bigint generated always as identity primary key,
    transfer_id text not null references transfers,
    attempt int not null,
    started_at timestamptz not null,
    finished_at timestamptz not null,
    latency_ms int not null,
    outcome text not null,
    http_status int,
    error_code text,
    error_detail text,
    response_digest text,
    recorded_at timestamptz not null default now(),
    constraint attempts_transfer_attempt unique (transfer_id, attempt)
  )`;

const DOOR_REFUSALS = `
  create table door_refusals (
    seq bigint generated always as identity primary key,
    refusal_id text not null unique,
    at timestamptz not null,
    app text not null,
    path text not null,
    party text,
    key_id text,
    status int not null,
    code text not null,
    problems jsonb not null,
    event_id text,
    event_type text,
    project_no text,
    body_bytes int not null,
    body_digest text,
    recorded_at timestamptz not null default now()
  )`;

const GRANTS = `
  create table grants (
    grant_id text primary key,
    user_id text not null,
    hall_code text not null,
    org_name text,
    window_no text,
    valid_from timestamptz not null,
    valid_to timestamptz,
    revoked_at timestamptz,
    revoke_reason text,
    roster_version int not null,
    recorded_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    sealed bytea not null,
    key_version int not null
  )`;

const GRANT_ITEMS = `
  create table grant_items (
    grant_id text not null references grants,
    item_code text not null,
    primary key (grant_id, item_code)
  )`;

const DEAD_LETTERS = `
  create table dead_letters (
    seq bigint generated always as identity primary key,
    queue text not null,
    app text not null,
    handler text,
    reason text not null,
    code text,
    delivery_count int not null,
    message_id text,
    type text,
    project_no text,
    headers jsonb not null,
    raw bytea not null,
    received_at timestamptz not null default now()
  )`;

const INDEXES = [
  // A case's timeline, and the few events that wait for their predecessor.
  'create index events_case on events (project_no, seq) where project_no is not null',
  "create index events_parked on events (order_key, seq) where outcome = 'parked'",
  "create index events_not_applied on events (outcome, seq) where outcome <> 'applied'",
  'create index suppressed_duplicates_event on suppressed_duplicates (event_seq)',
  // The lists of the operators page by the moment of creation: it never changes, so a page neither skips nor repeats.
  'create index cases_created on cases (created_at, project_no)',
  'create index cases_hall on cases (hall_code, created_at, project_no)',
  'create index cases_status on cases (status, created_at, project_no)',
  'create index cases_item on cases (item_code, created_at, project_no)',
  'create index cases_prefix on cases (project_no text_pattern_ops)',
  'create index cases_applicant on cases (applicant_index)',
  'create index transfers_case on transfers (project_no, destination, ordinal)',
  // The guarantee "one in flight per case and destination" is the database's, whatever a program does.
  `create unique index transfers_one_under_way on transfers (project_no, destination) where status in ('in_flight', 'retry_wait')`,
  `create index transfers_undelivered on transfers (project_no, destination, ordinal) where status in ('held', 'in_flight', 'retry_wait', 'failed')`,
  // What the watchdog looks for, oldest first.
  `create index transfers_in_flight on transfers (receipt_due_at, id) where status = 'in_flight'`,
  `create index transfers_retry_wait on transfers (next_attempt_at, id) where status = 'retry_wait'`,
  `create index transfers_failed on transfers (finished_at, id) where status = 'failed'`,
  'create index transfers_created on transfers (created_at, id)',
  `create index transfers_undelivered_age on transfers (created_at, id) where status in ('held', 'in_flight', 'retry_wait', 'failed')`,
  'create index transfers_error on transfers (error_code, created_at, id) where error_code is not null',
  'create index transfers_event on transfers (event_seq)',
  'create index door_refusals_at on door_refusals (at, seq)',
  'create index door_refusals_case on door_refusals (project_no) where project_no is not null',
  'create index dead_letters_case on dead_letters (project_no) where project_no is not null',
  'create index grants_user on grants (user_id, hall_code)',
];

const STATEMENTS = [
  EVENTS, SUPPRESSED_DUPLICATES, CASES, TRANSFERS, ATTEMPTS, DOOR_REFUSALS, GRANTS, GRANT_ITEMS, DEAD_LETTERS, ...INDEXES,
];
