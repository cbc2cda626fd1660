import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** The chain of evidence. Its rows are never changed: the database itself refuses, whoever asks. */
export const evidence = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `create table evidence (
    seq bigint primary key,
    at timestamptz not null,
    kind text not null check (kind in ('action', 'messages')),
    actor text not null,
    action text not null,
    subject_kind text not null,
    subject text not null,
    entry text not null,
    previous bytea not null,
    hash bytea not null unique
  )`,
  'create index evidence_subject on evidence (subject_kind, subject, seq)',
  'create index evidence_actor on evidence (actor, seq)',
  'create index evidence_action on evidence (action, seq)',
  `create function evidence_is_append_only() returns trigger language plpgsql as $$
    begin raise exception 'evidence is append-only'; end $$`,
  `create trigger evidence_append_only before update or delete or truncate on evidence
    for each statement execute function evidence_is_append_only()`,
];
