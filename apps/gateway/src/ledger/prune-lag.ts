import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import { PRUNED } from './pruned-rows.ts';
import type { LedgerTables } from './tables.ts';

/** How far the oldest row of a table is past its time. */
export interface PruneLag {
  readonly table: string;
  /** Seconds; 0 while nothing is past its time. */
  readonly seconds: number;
}

/** Whether what should go goes: a pruner that fails quietly shows here. The smallest of each index is looked at. */
export async function loadPruneLag(db: Kysely<LedgerTables>): Promise<PruneLag[]> {
  const parts = PRUNED.map(({ table, at, kept }) => sql`
    select ${table}::text as "table", greatest(0, coalesce(extract(epoch from now() - ${kept}::interval - min(${sql.ref(at)})), 0))::float8 as seconds
    from ${sql.table(table)} where ${sql.ref(at)} is not null`);
  const { rows } = await sql<PruneLag>`${sql.join(parts, sql` union all `)}`.execute(db);
  return rows;
}
