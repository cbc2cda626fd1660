import type { ConnectionCheck, Destination } from '#contracts';
import { sql } from 'kysely';
import type { Kysely, Selectable } from 'kysely';
import type { ConnectionTestsTable } from './desk-tables.ts';
import type { LedgerTables } from './tables.ts';

type Ledger = Kysely<LedgerTables>;

export type ConnectionTestRow = Selectable<ConnectionTestsTable> & {
  /** Since it was asked for, by the ledger's clock. */
  readonly age_ms: number;
};

const KEPT = 200;

/** The last test of a destination that somebody asked for. Index: connection_tests_destination. */
export async function findLastTest(db: Ledger, destination: Destination): Promise<ConnectionTestRow | undefined> {
  const { rows } = await sql<ConnectionTestRow>`
    select *, (extract(epoch from clock_timestamp() - asked_at) * 1000)::float8 as age_ms from connection_tests where destination = ${destination} order by asked_at desc, id desc limit 1`.execute(db);
  return rows[0];
}

/** Keeps a test that is asked for, and forgets those of long ago. Two who ask for the same destination wait for each other. */
export async function insertTest(trx: Ledger, test: Pick<ConnectionTestRow, 'id' | 'destination' | 'by_id' | 'by_name' | 'reason'>): Promise<void> {
  await trx.insertInto('connection_tests').values(test).execute();
  await sql`
    delete from connection_tests where id in (select id from connection_tests where destination = ${test.destination} order by asked_at desc, id desc offset ${KEPT} limit 10)`.execute(trx);
}

export async function lockTests(trx: Ledger, destination: Destination): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('jiujin connection tests'), hashtext(${destination}))`.execute(trx);
}

/** What one program found out last about the way to an endpoint. */
export interface KnownConnection extends ConnectionCheck {
  readonly app: string;
  readonly instance: string;
}

/** What every program of the last day found out last, the newest first. Programs are few; each has an endpoint or a few hundred. */
export async function loadConnections(db: Ledger): Promise<KnownConnection[]> {
  const programs = await db.selectFrom('edge_instances').select(['app', 'instance', 'connections']).where('connections', 'is not', null).orderBy('seen_at', 'desc').limit(1_000).execute();
  return programs.flatMap(({ app, instance, connections }) => (connections ?? []).map((check) => ({ app, instance, ...check }))).toSorted((one, other) => other.at.localeCompare(one.at));
}
