import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { LedgerTables } from './tables.ts';

/** What PostgreSQL says of itself. */
export interface DatabaseFacts {
  readonly now: Date;
  readonly version: string;
  readonly database_bytes: number;
  readonly connections: number;
  readonly connections_most: number;
  /** `on` where what is committed is on disk. */
  readonly fsync: string;
  readonly synchronous_commit: string;
  /** Whether this server only follows another. */
  readonly in_recovery: boolean;
  /** Age of the oldest open transaction (s): a forgotten one keeps the tables from being tidied. */
  readonly oldest_transaction_seconds: number;
  /** Null unless this user may know it. */
  readonly data_directory: string | null;
}

/** Asks PostgreSQL how it is. */
export async function loadDatabaseFacts(db: Kysely<LedgerTables>): Promise<DatabaseFacts> {
  const { rows: [facts] } = await sql<DatabaseFacts>`
    select clock_timestamp() as now, current_setting('server_version') as version, pg_database_size(current_database())::float8 as database_bytes,
      (select count(*) from pg_stat_activity where backend_type = 'client backend')::int as connections, current_setting('max_connections')::int as connections_most,
      current_setting('fsync') as fsync, current_setting('synchronous_commit') as synchronous_commit, pg_is_in_recovery() as in_recovery,
      coalesce((select max(extract(epoch from clock_timestamp() - xact_start)) from pg_stat_activity where datname = current_database()), 0)::float8 as oldest_transaction_seconds,
      (select setting from pg_settings where name = 'data_directory') as data_directory`.execute(db);
  if (facts === undefined) throw new Error('PostgreSQL said nothing of itself');
  return facts;
}
