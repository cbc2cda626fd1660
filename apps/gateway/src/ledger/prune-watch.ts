import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { LedgerTables } from './tables.ts';

/** How long the tables of the watchdog keep their rows. An open alert is kept for as long as it is open. */
const KEPT = [
  { table: 'alerts', at: 'closed_at', for: '90 days' },
  { table: 'circuit_changes', at: 'recorded_at', for: '30 days' },
  { table: 'edge_instances', at: 'seen_at', for: '1 day' },
] as const;

/**
 * Removes at most `limit` rows of each table that are past their time; an index leads to them. The circuits of a program go with it.
 * Cheap when there is nothing to do, so it needs no clock of its own that could stop unnoticed.
 */
export async function pruneWatch(db: Kysely<LedgerTables>, limit: number): Promise<void> {
  for (const { table, at, for: age } of KEPT) {
    await sql`
      delete from ${sql.table(table)} where ctid = any(array(
        select ctid from ${sql.table(table)} where ${sql.ref(at)} < now() - ${age}::interval limit ${limit}
      ))`.execute(db);
  }
}
