import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** Revisions get numbers, so that they are vouched for like messages; a return says how it ended, and why a correction did not end it. */
export const revisionEvidence = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  // Those that are there are numbered as they lie: rows that are only ever added lie in the order in which they came.
  'alter table transfer_revisions add column seq bigint generated always as identity',
  'create unique index transfer_revisions_seq on transfer_revisions (seq)',
  `alter table transfer_returns add column ended_as text check (ended_as in ('corrected', 'finished', 'taken-back'))`,
  // Why the last correction did not mend what was returned, and in which fields: names, no values.
  `alter table transfer_returns
    add column mend_problem text check (mend_problem in ('edited-money-differs', 'not-translatable', 'not-deliverable', 'changes-nothing', 'under-way')),
    add column mend_fields jsonb`,
  // Returned, replayed and only then corrected: nobody waits for the hall any more.
  `update transfers t set returned_at = null
    where returned_at is not null and not exists (select from transfer_returns r where r.transfer_id = t.id and r.corrected_at is null)`,
];
