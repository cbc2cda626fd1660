import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/** Which range of the chain covers a message, whatever the length of the chain. */
export const caseEvidence = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  `create index evidence_range_start on evidence (subject_kind, (split_part(subject, '-', 1)::bigint)) where kind = 'messages'`,
];
