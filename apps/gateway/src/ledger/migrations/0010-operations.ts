import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/**
 * Replays, discards and the bulk operations made of them. The claim is the database's guarantee that no two operations ever hold one
 * transfer; the partial indexes are what keeps a step of an operation of 100,000 items as cheap as one of ten.
 */
export const operations = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const OPERATIONS = `
  create table operations (
    id text primary key,
    kind text not null check (kind in ('replay', 'discard')),
    status text not null check (status in
      ('freezing', 'preflight', 'awaiting-approval', 'ready', 'canary', 'running', 'paused', 'completed', 'cancelled', 'aborted')),
    paused_from text check (paused_from in ('canary', 'running')),
    status_reason text,
    creator text not null,
    creator_person text not null,
    creator_name text not null,
    reason text not null,
    ticket text,
    selection jsonb not null,
    cutoff timestamptz not null,
    frozen_until jsonb,
    examined_until bigint not null default 0,
    rate_per_second int not null check (rate_per_second between 1 and 500),
    max_in_flight int not null check (max_in_flight between 1 and 1000),
    ladder jsonb not null,
    rung int not null default 0,
    abort_ratio float8 not null,
    abort_on_new boolean not null,
    override boolean not null,
    needs_approval boolean,
    approved_by text,
    approved_at timestamptz,
    started_by text,
    started_at timestamptz,
    sent_until timestamptz,
    finished_at timestamptz,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    frozen int not null default 0,
    examined int not null default 0,
    verdicts jsonb not null default '{}',
    signatures text[] not null default '{}',
    sent int not null default 0,
    delivered int not null default 0,
    failed int not null default 0,
    discarded int not null default 0,
    skipped int not null default 0,
    troubled int not null default 0,
    recent_judged float8 not null default 0,
    recent_troubled float8 not null default 0,
    latency_ms float8,
    lease_owner text,
    lease_until timestamptz,
    check ((status in ('completed', 'cancelled', 'aborted')) or finished_at is null)
  )`;

const OPERATION_ITEMS = `
  create table operation_items (
    operation_id text not null references operations,
    seq bigint not null,
    transfer_id text not null references transfers,
    project_no text not null,
    destination text not null,
    state text not null check (state in ('pending', 'sent', 'delivered', 'failed', 'discarded', 'skipped')),
    verdict text,
    note text,
    attempt int,
    troubled boolean not null default false,
    signature text,
    sent_at timestamptz,
    ended_at timestamptz,
    primary key (operation_id, seq),
    constraint operation_items_transfer unique (operation_id, transfer_id)
  )`;

/** Which operation has a transfer in hand, from its preflight until its item ends. */
const OPERATION_CLAIMS = `
  create table operation_claims (
    transfer_id text primary key references transfers,
    operation_id text not null references operations
  )`;

/** What was answered to a write that carried an Idempotency-Key. */
const OPS_REQUESTS = `
  create table ops_requests (
    person text not null,
    key text not null,
    route text not null,
    body_digest text not null,
    status int not null,
    answer jsonb,
    created_at timestamptz not null default clock_timestamp(),
    primary key (person, key)
  )`;

const STATEMENTS = [
  // How many attempts were made before the last replay: the budget of retries begins anew there.
  'alter table transfers add column attempts_base int not null default 0',
  "alter table transfers add column discard_code text check (discard_code in ('given-up', 'stale'))",
  'alter table transfers add column discard_reason text',
  OPERATIONS, OPERATION_ITEMS, OPERATION_CLAIMS, OPS_REQUESTS,
  'create index operations_open on operations (created_at) where finished_at is null',
  'create index operations_created on operations (created_at, id)',
  "create index operation_items_pending on operation_items (operation_id, seq) where state = 'pending'",
  "create index operation_items_sent on operation_items (operation_id, seq) where state = 'sent'",
  'create index operation_items_of_transfer on operation_items (transfer_id)',
  'create index operation_claims_operation on operation_claims (operation_id)',
  'create index ops_requests_created on ops_requests (created_at)',
];
