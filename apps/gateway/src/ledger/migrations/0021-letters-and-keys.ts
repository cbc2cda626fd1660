import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/**
 * How often a dead letter was given to the broker and why it came back to the person; a repair that did not go out stays beside the next one. And what the
 * adapters report: the keys by which the parties sign, by name and time and never a secret, and their settings that are unsafe.
 */
export const lettersAndKeys = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  'alter table dead_letters add column send_attempts int not null default 0, add column send_problem text',
  'alter table dead_letter_repairs drop constraint dead_letter_repairs_pkey',
  'alter table dead_letter_repairs add column seq bigint generated always as identity primary key, add column withdrawn_at timestamptz',
  'create unique index dead_letter_repairs_current on dead_letter_repairs (letter_seq) where withdrawn_at is null',
  'create index dead_letter_repairs_letter on dead_letter_repairs (letter_seq)',
  'alter table edge_instances add column signing_keys jsonb, add column setting_concerns jsonb',
];
