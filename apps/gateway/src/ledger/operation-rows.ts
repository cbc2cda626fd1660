import { sql } from 'kysely';
import type { Insertable, Kysely, Selectable, Updateable } from 'kysely';
import type { OperationsTable } from './operation-tables.ts';
import type { LedgerTables } from './tables.ts';

type Ledger = Kysely<LedgerTables>;

export type OperationRow = Selectable<OperationsTable>;
export type OperationChange = Updateable<OperationsTable>;

/** An operation at the time of its row, by the ledger's clock. */
export type OperationNow = OperationRow & { readonly now: Date };

/** Notes an operation: from the commit on it goes on by itself, whoever dies. What fails later than its cutoff is not part of it. */
export async function insertOperation(db: Ledger, operation: Omit<Insertable<OperationsTable>, 'status'>): Promise<OperationRow> {
  return db.insertInto('operations').values({ ...operation, status: 'freezing' }).returningAll().executeTakeFirstOrThrow();
}

/** The operation, locked: no step of it is under way while the caller decides. */
export async function lockOperation(db: Ledger, id: string): Promise<OperationNow | undefined> {
  const { rows } = await sql<OperationNow>`select *, statement_timestamp() as now from operations where id = ${id} for update`.execute(db);
  return rows[0];
}

/**
 * Takes an operation for one step, and locks it until the commit. Undefined when it has nothing left to do, or when another gateway has it:
 * a lease is free when it was given back, and when its owner has not come again in time.
 */
export async function takeLease(db: Ledger, id: string, owner: string, leaseMs: number): Promise<OperationNow | undefined> {
  const { rows } = await sql<OperationNow>`
    update operations
    set lease_owner = ${owner}, lease_until = statement_timestamp() + interval '1 millisecond' * ${leaseMs}::float8
    where id = ${id} and finished_at is null and (lease_owner is null or lease_owner = ${owner} or lease_until < statement_timestamp())
    returning *, statement_timestamp() as now`.execute(db);
  return rows[0];
}

/** Gives the lease back, when it is still this owner's. */
export async function giveLeaseBack(db: Ledger, id: string, owner: string): Promise<void> {
  await db.updateTable('operations').set({ lease_owner: null, lease_until: null }).where('id', '=', id).where('lease_owner', '=', owner).execute();
}

/** Notes that a step failed, and by what, and says how often it did in a row; null when nothing is left to do. */
export async function noteStepFailure(db: Ledger, id: string, reason: string): Promise<number | null> {
  const { rows } = await sql<{ failures: number }>`
    update operations set step_failures = step_failures + 1, step_error = ${reason}
    where id = ${id} and finished_at is null returning step_failures as failures`.execute(db);
  return rows[0]?.failures ?? null;
}

/** A step went well after some that had not. Gateways before this one wrote the failing down as the operation's reason. */
export async function forgetStepFailures(db: Ledger, id: string): Promise<void> {
  await sql`
    update operations set step_failures = 0, step_error = null, status_reason = nullif(status_reason, 'step-failing')
    where id = ${id} and step_failures > 0`.execute(db);
}

/** How long another gateway has this operation still, in milliseconds; null when nothing is left to do. */
export async function leaseLeft(db: Ledger, id: string): Promise<number | null> {
  const { rows } = await sql<{ ms: number }>`
    select coalesce(greatest(0, extract(epoch from lease_until - statement_timestamp()) * 1000), 0)::float8 as ms
    from operations where id = ${id} and finished_at is null`.execute(db);
  return rows[0]?.ms ?? null;
}

/** Writes what a step or a person changed, and when, unless the change says so itself. The caller holds the row. */
export async function changeOperation(db: Ledger, id: string, change: OperationChange): Promise<void> {
  await db.updateTable('operations').set({ updated_at: sql<Date>`clock_timestamp()`, ...change }).where('id', '=', id).execute();
}

/** The operations that go on by themselves: those must have a job. Index: operations_open. */
export async function listMovingOperations(db: Ledger, limit: number): Promise<string[]> {
  const rows = await db.selectFrom('operations').select('id').where('finished_at', 'is', null)
    .where((eb) => eb.or([
      eb('status', 'in', ['freezing', 'preflight', 'canary', 'running', 'cancelled', 'aborted', 'completed']),
      eb.and([eb('status', '=', 'paused'), eb.exists(eb.selectFrom('operation_items as i').select('i.seq').whereRef('i.operation_id', '=', 'operations.id').where('i.state', '=', 'sent'))]),
    ]))
    .orderBy('created_at').limit(limit).execute();
  return rows.map(({ id }) => id);
}

/** The operations that have been cancelled or stopped themselves, and have still to skip what is left or to follow what is out. Index: operations_open. */
export async function listEndingOperations(db: Ledger, limit: number): Promise<string[]> {
  const rows = await db.selectFrom('operations').select('id').where('finished_at', 'is', null).where('status', 'in', ['cancelled', 'aborted']).orderBy('created_at').limit(limit).execute();
  return rows.map(({ id }) => id);
}

/** The operations that nobody started within so many milliseconds. Index: operations_open. */
export async function listForgottenOperations(db: Ledger, patienceMs: number, limit: number): Promise<string[]> {
  const { rows } = await sql<{ id: string }>`
    select id from operations
    where finished_at is null and status in ('awaiting-approval', 'ready') and updated_at < clock_timestamp() - interval '1 millisecond' * ${patienceMs}::float8
    order by created_at limit ${limit}`.execute(db);
  return rows.map(({ id }) => id);
}

/** What a delivery took lately on average, in milliseconds; null when there was none. */
export async function recentLatency(db: Ledger): Promise<number | null> {
  const { rows } = await sql<{ ms: number | null }>`
    select avg(latency_ms)::float8 as ms from (select latency_ms from attempts order by seq desc limit 200) lately`.execute(db);
  return rows[0]?.ms ?? null;
}
