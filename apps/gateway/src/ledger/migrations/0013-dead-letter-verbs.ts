import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** What people did about dead letters: replayed, repaired or discarded, who, when and why. A repaired body is a row of its own: the original stays. */
export const deadLetterVerbs = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const DEAD_LETTER_REPAIRS = `
  create table dead_letter_repairs (
    letter_seq bigint primary key references dead_letters (seq),
    sealed bytea not null,
    key_version int not null,
    headers jsonb not null,
    digest text not null,
    actor text not null,
    created_at timestamptz not null default now()
  )`;

const STATEMENTS = [
  `alter table dead_letters
    add column status text not null default 'open' check (status in ('open', 'replaying', 'replayed', 'repaired', 'discarded')),
    add column acted_at timestamptz, add column acted_by text, add column acted_name text, add column acted_why text, add column ticket text,
    add column sent_at timestamptz`,
  `create index dead_letters_open on dead_letters (seq) where status = 'open'`,
  `create index dead_letters_replaying on dead_letters (sent_at, seq) where status = 'replaying'`,
  DEAD_LETTER_REPAIRS,
  'alter table dead_letter_repairs alter column sealed set storage external',
];
