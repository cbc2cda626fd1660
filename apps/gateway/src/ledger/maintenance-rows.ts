import type { Destination } from '#contracts';
import { sql } from 'kysely';
import type { Kysely, RawBuilder, Selectable } from 'kysely';
import type { MaintenanceChannelsTable, MaintenancePlansTable } from './duty-tables.ts';
import type { LedgerTables } from './tables.ts';

type Ledger = Kysely<LedgerTables>;

/** Where a plan stands, by the ledger's clock. */
export type MaintenanceState = 'planned' | 'running' | 'ended' | 'cancelled';

export type MaintenanceRow = Selectable<MaintenancePlansTable> & { readonly state: MaintenanceState };
export type TakenChannel = Pick<Selectable<MaintenanceChannelsTable>, 'plan_id' | 'channel' | 'pause_version'>;

export interface NewPlan {
  readonly id: string;
  readonly destination: Destination;
  readonly starts_at: Date;
  readonly ends_at: Date;
  readonly reason: string;
  readonly ticket: string | null;
  readonly by_id: string;
  readonly by_name: string;
}

/** Of the plan `p`. */
export const PLAN_STATE: RawBuilder<MaintenanceState> = sql<MaintenanceState>`case when p.cancelled_at is not null then 'cancelled'
  when p.starts_at > statement_timestamp() then 'planned' when p.ends_at > statement_timestamp() then 'running' else 'ended' end`;

/** Who makes or moves a plan keeps others from doing so until the commit: plans of one receiver must not overlap, and there are only so many. */
export async function lockCalendar(trx: Ledger): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('jiujin maintenance'), 0)`.execute(trx);
}

/** The plans that are not over, the next first. Index: maintenance_plans_open. */
export async function loadOpenPlans(db: Ledger): Promise<MaintenanceRow[]> {
  const { rows } = await sql<MaintenanceRow>`
    select p.*, ${PLAN_STATE} as state from maintenance_plans p
    where p.ended_at is null and p.cancelled_at is null and p.ends_at > statement_timestamp() order by p.starts_at, p.id`.execute(db);
  return rows;
}

/** The plans that a gateway has to do something about: they run, or what they hold has not been seen to. Index: maintenance_plans_open. */
export async function loadPlansToKeep(db: Ledger): Promise<MaintenanceRow[]> {
  const { rows } = await sql<MaintenanceRow>`
    select p.*, ${PLAN_STATE} as state from maintenance_plans p
    where p.ended_at is null and (p.starts_at <= statement_timestamp() or p.cancelled_at is not null) order by p.starts_at, p.id`.execute(db);
  return rows;
}

/** One plan, locked. */
export async function lockPlan(trx: Ledger, id: string): Promise<MaintenanceRow | undefined> {
  const { rows } = await sql<MaintenanceRow>`select p.*, ${PLAN_STATE} as state from maintenance_plans p where p.id = ${id} for update`.execute(trx);
  return rows[0];
}

export async function insertPlan(trx: Ledger, plan: NewPlan): Promise<MaintenanceRow> {
  const { rows: [row] } = await sql<MaintenanceRow>`
    insert into maintenance_plans as p (id, destination, starts_at, ends_at, reason, ticket, by_id, by_name)
    values (${plan.id}, ${plan.destination}, ${plan.starts_at}, ${plan.ends_at}, ${plan.reason}, ${plan.ticket}, ${plan.by_id}, ${plan.by_name})
    returning p.*, ${PLAN_STATE} as state`.execute(trx);
  if (row === undefined) throw new Error('a plan was not kept');
  return row;
}

/** Moves a plan that nobody has changed meanwhile: it is locked. */
export async function movePlan(trx: Ledger, id: string, startsAt: Date, endsAt: Date): Promise<MaintenanceRow | undefined> {
  const { rows } = await sql<MaintenanceRow>`
    update maintenance_plans p set starts_at = ${startsAt}, ends_at = ${endsAt}, version = p.version + 1 where p.id = ${id} returning p.*, ${PLAN_STATE} as state`.execute(trx);
  return rows[0];
}

export async function cancelPlan(trx: Ledger, id: string, by: string, reason: string): Promise<MaintenanceRow | undefined> {
  const { rows } = await sql<MaintenanceRow>`
    update maintenance_plans p set cancelled_at = clock_timestamp(), cancelled_by = ${by}, cancel_reason = ${reason}, version = p.version + 1
    where p.id = ${id} returning p.*, 'cancelled' as state`.execute(trx);
  return rows[0];
}

/** Notes that a gateway began to keep a plan; false when one had done so before. */
export async function notePlanStarted(trx: Ledger, id: string): Promise<boolean> {
  const { rows } = await sql`update maintenance_plans set started_at = clock_timestamp() where id = ${id} and started_at is null returning 1`.execute(trx);
  return rows.length > 0;
}

/** Notes that nothing is held for a plan any more; false when that was noted before. */
export async function notePlanEnded(trx: Ledger, id: string): Promise<boolean> {
  const { rows } = await sql`update maintenance_plans set ended_at = clock_timestamp() where id = ${id} and ended_at is null returning 1`.execute(trx);
  return rows.length > 0;
}

/** The channels that these plans have taken. */
export function loadTakenChannels(db: Ledger, ids: readonly string[]): Promise<TakenChannel[]> {
  return db.selectFrom('maintenance_channels').select(['plan_id', 'channel', 'pause_version']).where('plan_id', 'in', [...ids]).orderBy('channel').execute();
}

/** Notes the pause by which a plan holds a channel now. */
export async function noteTaken(trx: Ledger, { plan_id, channel, pause_version }: TakenChannel): Promise<void> {
  await sql`
    insert into maintenance_channels (plan_id, channel, pause_version) values (${plan_id}, ${channel}, ${pause_version})
    on conflict (plan_id, channel) do update set pause_version = excluded.pause_version, taken_at = clock_timestamp()`.execute(trx);
}

/** Plans of one receiver that share a moment with this time and are not over. Index: maintenance_plans_open. */
export async function findOverlapping(trx: Ledger, destination: Destination, from: Date, to: Date, but: string | null): Promise<MaintenanceRow | undefined> {
  const { rows } = await sql<MaintenanceRow>`
    select p.*, ${PLAN_STATE} as state from maintenance_plans p
    where p.ended_at is null and p.cancelled_at is null and p.destination = ${destination} and p.starts_at < ${to} and p.ends_at > ${from} and p.id is distinct from ${but}
    order by p.starts_at limit 1`.execute(trx);
  return rows[0];
}
