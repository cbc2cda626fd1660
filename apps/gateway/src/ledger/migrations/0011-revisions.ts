import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/**
 * Payloads that were replaced. The old one stays, sealed, for ever: the database refuses to change or remove a revision, whoever asks. An
 * edit that needs a second person waits in a table of its own, and so does what was returned to a hall until its correction comes.
 */
export const revisions = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

/** `sealed` is the payload that revision `revision` took the place of: null where there had been none. */
const TRANSFER_REVISIONS = `
  create table transfer_revisions (
    transfer_id text not null references transfers,
    revision int not null check (revision >= 2),
    cause text not null check (cause in ('edit', 'correction')),
    author text not null,
    author_name text not null,
    approver text,
    approver_name text,
    reason text not null,
    ticket text,
    changed_paths jsonb not null,
    attempts_before int not null,
    digest_before text,
    digest_after text not null,
    sealed bytea,
    key_version int,
    made_at timestamptz not null default clock_timestamp(),
    primary key (transfer_id, revision)
  )`;

/** Edits that a second person must agree to. `sealed` is the payload they would make. */
const TRANSFER_EDITS = `
  create table transfer_edits (
    id text primary key,
    transfer_id text not null references transfers,
    revision int not null,
    attempts int not null,
    state text not null check (state in ('awaiting-approval', 'applied', 'superseded', 'rejected')),
    author text not null,
    author_person text not null,
    author_name text not null,
    reason text not null,
    ticket text,
    override boolean not null,
    changed_paths jsonb not null,
    money_paths jsonb not null,
    created_at timestamptz not null default clock_timestamp(),
    decided_at timestamptz,
    decided_by text,
    decided_name text,
    decision_reason text,
    sealed bytea not null,
    key_version int not null
  )`;

const TRANSFER_RETURNS = `
  create table transfer_returns (
    id text primary key,
    transfer_id text not null references transfers,
    project_no text not null,
    notice_id text not null references transfers,
    notice_no int not null,
    returned_by text not null,
    returned_by_name text not null,
    reason text not null,
    ticket text,
    paths jsonb not null,
    returned_at timestamptz not null,
    corrected_at timestamptz,
    corrected_by_seq bigint references events,
    constraint transfer_returns_notice unique (project_no, notice_no)
  )`;

const STATEMENTS = [
  'alter table transfers add column revision int not null default 1',
  // While it is failed: when it was returned to its hall, whose correction has not come yet.
  'alter table transfers add column returned_at timestamptz',
  TRANSFER_REVISIONS, TRANSFER_EDITS, TRANSFER_RETURNS,
  `create function revisions_are_append_only() returns trigger language plpgsql as $$
    begin raise exception 'revisions are append-only'; end $$`,
  `create trigger revisions_append_only before update or delete or truncate on transfer_revisions
    for each statement execute function revisions_are_append_only()`,
  `create unique index transfer_edits_one_open on transfer_edits (transfer_id) where state = 'awaiting-approval'`,
  `create index transfer_edits_open on transfer_edits (created_at, id) where state = 'awaiting-approval'`,
  'create index transfer_edits_transfer on transfer_edits (transfer_id, created_at)',
  `create unique index transfer_returns_one_open on transfer_returns (transfer_id) where corrected_at is null`,
  'create index transfer_returns_open on transfer_returns (project_no) where corrected_at is null',
];
