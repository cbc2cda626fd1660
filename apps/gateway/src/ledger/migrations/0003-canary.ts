import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/**
 * Canaries (拨测) among the cases: marked, so that lists and figures of real cases leave them out. The index leads to the few events of
 * theirs, by which the path is judged and old canaries are found.
 */
export const canary = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  'alter table cases add column canary boolean not null default false',
  `create index events_canary on events (hall_code, recorded_at) where project_no like 'CANARY-%'`,
];
