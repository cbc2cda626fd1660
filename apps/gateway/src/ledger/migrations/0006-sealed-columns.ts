import { sql } from 'kysely';
import type { Kysely } from 'kysely';

/**
 * Sealed bytes cannot be compressed, so PostgreSQL is told not to try. An event is written once and hardly ever changed: it lies in its row. Cases
 * and transfers change often, and every change writes the row anew: their sealed bytes stay beside it, as they are.
 */
export const sealedColumns = {
  async up(db: Kysely<unknown>): Promise<void> {
    for (const statement of STATEMENTS) await sql.raw(statement).execute(db);
  },
};

const STATEMENTS = [
  'alter table events alter column sealed set storage external',
  'alter table events set (toast_tuple_target = 8160)',
  'alter table cases alter column sealed set storage external',
  'alter table transfers alter column sealed set storage external',
];
