import type { Destination } from '#contracts';
import { sql } from 'kysely';
import type { RawBuilder, SqlBool } from 'kysely';
import { PLAN_STATE } from '../../ledger/maintenance-rows.ts';
import type { MaintenanceRow } from '../../ledger/maintenance-rows.ts';
import type { TimePlace } from '../paging/cursor.ts';
import type { Reading } from '../ops-ledger.ts';
import { after, micros } from './sql-forms.ts';

/** What a list of plans is narrowed to; every part is optional. */
export interface MaintenanceFilter {
  readonly open?: boolean;
  readonly destination?: Destination;
}

const OPEN = sql<SqlBool>`(p.ended_at is null and p.cancelled_at is null and p.ends_at > statement_timestamp())`;

/** Plans, the latest begin first. Index: maintenance_plans_starts. */
export async function listMaintenance(trx: Reading, { open, destination }: MaintenanceFilter, place: TimePlace | null, rows: number): Promise<(MaintenanceRow & { readonly starts_micros: string })[]> {
  const conditions: RawBuilder<SqlBool>[] = [
    ...(open === undefined ? [] : [open ? OPEN : sql<SqlBool>`not ${OPEN}`]),
    ...(destination === undefined ? [] : [sql<SqlBool>`p.destination = ${destination}`]),
    ...(place === null ? [] : [after('p.starts_at', 'p.id', place)]),
  ];
  const { rows: plans } = await sql<MaintenanceRow & { readonly starts_micros: string }>`
    select p.*, ${PLAN_STATE} as state, ${micros('p.starts_at')} as starts_micros from maintenance_plans p
    where ${conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `)} order by p.starts_at desc, p.id desc limit ${rows}`.execute(trx);
  return plans;
}

export async function findPlan(trx: Reading, id: string): Promise<MaintenanceRow | undefined> {
  const { rows } = await sql<MaintenanceRow>`select p.*, ${PLAN_STATE} as state from maintenance_plans p where p.id = ${id}`.execute(trx);
  return rows[0];
}

/** Plans that shared a moment with this time, in their order. Index: maintenance_plans_starts. */
export async function plansBetween(trx: Reading, from: Date, to: Date, rows: number): Promise<MaintenanceRow[]> {
  const { rows: plans } = await sql<MaintenanceRow>`
    select p.*, ${PLAN_STATE} as state from maintenance_plans p
    where p.starts_at < ${to} and coalesce(p.cancelled_at, p.ends_at) > ${from} order by p.starts_at desc, p.id desc limit ${rows}`.execute(trx);
  return plans;
}
