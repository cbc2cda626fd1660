import type { Destination } from '#contracts';
import { sql } from 'kysely';
import type { Kysely, Selectable } from 'kysely';
import { isReal } from './canary-rows.ts';
import type { OperationsTable } from './operation-tables.ts';
import type { LedgerTables } from './tables.ts';
import { COUNT_CAP } from './trouble-rows.ts';

type Ledger = Kysely<LedgerTables>;

const STAND = [
  'id', 'kind', 'status', 'status_reason', 'paused_at', 'updated_at', 'finished_at', 'step_failures', 'step_error', 'rate_per_second',
  'frozen', 'sent', 'delivered', 'failed', 'discarded', 'returned', 'skipped',
] as const satisfies readonly (keyof OperationsTable)[];

/** How an operation stands, for those who watch. */
export type OperationStand = Pick<Selectable<OperationsTable>, (typeof STAND)[number]>;

/** Operations looked at, at most: nobody runs so many at once. */
const MOST = 200;

/** The operations that are not over, and those that stopped themselves since `abortedSince`. Indexes: operations_open, operations_aborted. */
export async function loadOperationStands(db: Ledger, abortedSince: Date): Promise<OperationStand[]> {
  const open = await db.selectFrom('operations').select(STAND).where('finished_at', 'is', null).orderBy('created_at').limit(MOST).execute();
  const aborted = await db.selectFrom('operations').select(STAND).where('status', '=', 'aborted').where('updated_at', '>=', abortedSince).where('finished_at', 'is not', null)
    .orderBy('updated_at').limit(MOST).execute();
  return [...open, ...aborted];
}

/** What was given up, as people were told, and turned out to have arrived. */
export interface LateDeliveries {
  readonly destination: Destination;
  readonly count: number;
  readonly newest_at: Date;
  /** Of the newest, at most three. */
  readonly transfer_ids: readonly string[];
}

/** By destination, since `since`. Index: transfers_delivered_late. */
export async function loadLateDeliveries(db: Ledger, since: Date): Promise<LateDeliveries[]> {
  const { rows } = await sql<LateDeliveries>`
    select destination, count(*)::int as count, max(delivered_late_at) as newest_at, (array_agg(id order by delivered_late_at desc, id))[1:3] as transfer_ids
    from (select id, destination, delivered_late_at from transfers where delivered_late_at >= ${since} and ${isReal()} order by delivered_late_at desc limit ${COUNT_CAP}) t
    group by destination order by destination`.execute(db);
  return rows;
}
