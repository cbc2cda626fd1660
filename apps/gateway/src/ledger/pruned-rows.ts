import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { LedgerTables } from './tables.ts';

/**
 * Rows that go when their time is over: by which column, after how long, and who sees to it. An index leads to the oldest of each. What has no time there yet,
 * as an open alert, stays.
 */
export const PRUNED = [
  { table: 'alerts', at: 'closed_at', kept: '90 days', by: 'watch' },
  { table: 'circuit_changes', at: 'recorded_at', kept: '30 days', by: 'watch' },
  { table: 'edge_instances', at: 'seen_at', kept: '1 day', by: 'watch' },
  { table: 'failure_hours', at: 'hour', kept: '30 days', by: 'sweep' },
  { table: 'alert_mutes', at: 'until', kept: '1 day', by: 'watch' },
  { table: 'maintenance_plans', at: 'ended_at', kept: '400 days', by: 'watch' },
  { table: 'shifts', at: 'signed_at', kept: '800 days', by: 'watch' },
  { table: 'ops_requests', at: 'created_at', kept: '7 days', by: 'operations' },
] as const;

/** Removes at most `limit` rows of each table of one pruner that are past their time. Cheap when there is nothing to do. */
export async function pruneRows(db: Kysely<LedgerTables>, by: (typeof PRUNED)[number]['by'], limit: number): Promise<void> {
  for (const { table, at, kept } of PRUNED.filter((one) => one.by === by)) {
    await sql`
      delete from ${sql.table(table)} where ctid = any(array(
        select ctid from ${sql.table(table)} where ${sql.ref(at)} < now() - ${kept}::interval limit ${limit}
      ))`.execute(db);
  }
}
