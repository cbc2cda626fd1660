import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** Messages in the chain of evidence, and who was shown what is personal. */
export const messageEvidence = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

/** An attempt's row may be overwritten once, by the report that it arrived after all. What it said before stays here: that is what is sealed. */
const FIRST_REPORTS = `
  create table attempt_first_reports (
    seq bigint generated always as identity primary key,
    attempt_seq bigint not null unique references attempts on delete cascade,
    transfer_id text not null,
    attempt int not null,
    outcome text not null,
    http_status int,
    error_code text,
    response_digest text,
    started_at timestamptz not null,
    finished_at timestamptz not null,
    replaced_at timestamptz not null default now()
  )`;

/** The database does it by itself: the report that is overwritten needs no statement more. Of any other change nothing is kept, so it stands out. */
const KEEP_FIRST_REPORT = `
  create function keep_first_report() returns trigger language plpgsql as $$
    begin
      insert into attempt_first_reports (attempt_seq, transfer_id, attempt, outcome, http_status, error_code, response_digest, started_at, finished_at)
      values (old.seq, old.transfer_id, old.attempt, old.outcome, old.http_status, old.error_code, old.response_digest, old.started_at, old.finished_at)
      on conflict (attempt_seq) do nothing;
      return null;
    end $$`;

/** One row: until when everything recorded is vouched for. It only tells how far the sealing is; where it goes on is in the chain. */
const SEALING = `
  create table sealing (
    only_row boolean primary key default true check (only_row),
    caught_up_at timestamptz not null
  )`;

const REVEALS = `
  create table reveals (
    id text primary key,
    person text not null,
    subject_kind text not null,
    subject text not null,
    fields text[] not null,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null
  )`;

const STATEMENTS = [
  FIRST_REPORTS,
  KEEP_FIRST_REPORT,
  `create trigger attempts_keep_first_report after update on attempts for each row
    when (old.outcome <> 'delivered' and new.outcome = 'delivered') execute function keep_first_report()`,
  SEALING,
  'insert into sealing (caught_up_at) values (now())',
  REVEALS,
  'create index reveals_expired on reveals (expires_at)',
  // Where the last range of each table ended, and lists by time.
  "create index evidence_ranges on evidence (subject_kind, seq) where kind = 'messages'",
  'create index evidence_at on evidence (at, seq)',
];
