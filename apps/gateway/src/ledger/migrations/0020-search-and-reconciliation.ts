import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** Searches that people keep, the daily reconciliation with halls and centre, and what adapters find out about their endpoints. */
export const searchAndReconciliation = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const SAVED_VIEWS = `
  create table saved_views (
    id text primary key check (id ~ '^sv_'),
    person text not null,
    owner_name text not null,
    screen text not null,
    name text not null,
    query jsonb not null,
    shared boolean not null,
    version int not null default 1,
    created_at timestamptz not null default clock_timestamp(),
    updated_at timestamptz not null default clock_timestamp(),
    constraint saved_views_name unique (person, screen, name)
  )`;

/** What one side says it had on one day. A later list takes the place of the one before. */
const RECONCILIATION_LISTS = `
  create table reconciliation_lists (
    id bigint generated always as identity primary key,
    day text not null check (day ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
    side text not null check (side ~ '^(centre|hall:[0-9]{6})$'),
    kind text not null check (kind in ('sent', 'received', 'returned')),
    ids int not null,
    digest text not null,
    by_id text not null,
    by_name text not null,
    at timestamptz not null default clock_timestamp(),
    constraint reconciliation_lists_one unique (day, side, kind)
  )`;

const RECONCILIATION_IDS = `
  create table reconciliation_ids (
    list_id bigint not null references reconciliation_lists on delete cascade,
    project_no text not null,
    primary key (list_id, project_no)
  )`;

/** Who put a day's board to rest, and as what. A day may be signed again: the last one counts, all are kept. */
const RECONCILIATION_SIGN_OFFS = `
  create table reconciliation_sign_offs (
    seq bigint generated always as identity primary key,
    day text not null check (day ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
    digest text not null,
    open_deltas int not null,
    board jsonb not null,
    note text not null,
    by_id text not null,
    by_name text not null,
    at timestamptz not null default clock_timestamp()
  )`;

/** A test of the way to an endpoint that somebody asked for. */
const CONNECTION_TESTS = `
  create table connection_tests (
    id text primary key check (id ~ '^ct_'),
    destination text not null,
    asked_at timestamptz not null default clock_timestamp(),
    by_id text not null,
    by_name text not null,
    reason text not null,
    answered_at timestamptz,
    answered_by text,
    finding jsonb
  )`;

const STATEMENTS = [
  SAVED_VIEWS, RECONCILIATION_LISTS, RECONCILIATION_IDS, RECONCILIATION_SIGN_OFFS, CONNECTION_TESTS,
  'create index connection_tests_destination on connection_tests (destination, asked_at)',
  'alter table edge_instances add column connections jsonb',
  'create index saved_views_shared on saved_views (screen) where shared',
  // In which lists a case was named, whatever the day.
  'create index reconciliation_ids_case on reconciliation_ids (project_no)',
  'create index reconciliation_sign_offs_day on reconciliation_sign_offs (day, seq)',
  // Nearly every case has events of the other types.
  `create index events_rare_type on events (type, project_no) where type in ('case.supplement.submitted', 'case.withdrawn', 'case.corrected', 'case.supplement.required',
    'case.returned', 'case.suspended', 'case.resumed', 'case.voided', 'paper.returnedToApplicant', 'paper.discrepancy') and project_no is not null`,
  // Which hall has which item how often: else the planner takes every pair for as likely as the two by themselves, and looks for one that there is not in the whole ledger.
  'create statistics cases_hall_and_item (mcv) on hall_code, item_code from cases',
  'alter statistics cases_hall_and_item set statistics 1000',
  // One id, two contents: few, and each has to be explained.
  'create index suppressed_duplicates_conflicting on suppressed_duplicates (seq) where not same_body',
  // Receipts that did not become a case, by the day on which they came: few.
  `create index events_receipts_unapplied on events (recorded_at, hall_code) where type = 'case.received' and outcome <> 'applied'`,
];
