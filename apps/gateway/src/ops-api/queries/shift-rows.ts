import { CASE_STATUSES } from '#contracts';
import type { CaseStatus } from '#contracts';
import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import type { ShiftsTable } from '../../ledger/duty-tables.ts';
import type { OperationRow } from '../../ledger/operation-rows.ts';
import { isExpired } from '../../ledger/revision-rows.ts';
import type { Reading } from '../ops-ledger.ts';
import type { ActionRow } from './list-actions.ts';
import { alertsShown } from './list-alerts.ts';
import type { AlertRow } from './list-alerts.ts';
import { GROUP_COLUMNS, groupFigures } from './list-failure-groups.ts';
import type { FailureGroupRow } from './list-failure-groups.ts';
import { given } from './sql-forms.ts';

/** From when to when, without the end. */
export interface Period {
  readonly from: Date;
  readonly to: Date;
}

/** Lines of one part of a note, at most: who takes over reads them. */
export const PART_CAP = 100;
const OPEN = Object.entries(CASE_STATUSES).filter(([, { terminal }]) => !terminal).map(([status]) => status);

/** Alerts that are open, or were opened or over in the period, newest first. Indexes: alerts_one_open, alerts_opened, alerts_closed. */
export async function alertsOfPeriod(trx: Reading, { from, to }: Period): Promise<AlertRow[]> {
  const { rows } = await sql<{ seq: number }>`
    (select seq from alerts where closed_at is null and opened_at < ${to} order by seq desc limit ${PART_CAP})
    union (select seq from alerts where opened_at >= ${from} and opened_at < ${to} order by opened_at desc limit ${PART_CAP})
    union (select seq from alerts where closed_at >= ${from} and closed_at < ${to} order by closed_at desc limit ${PART_CAP})`.execute(trx);
  return rows.length === 0 ? [] : alertsShown(trx).where('alerts.seq', 'in', rows.map(({ seq }) => seq)).orderBy('alerts.seq', 'desc').execute();
}

/** Failure groups that somebody has to see to, or that came or were resolved in the period. */
export async function groupsOfPeriod(trx: Reading, { from, to }: Period): Promise<FailureGroupRow[]> {
  const { rows } = await sql<FailureGroupRow>`
    select ${GROUP_COLUMNS}
    from (
      select * from failure_groups where first_seen_at < ${to}
        and (status in ('new', 'acknowledged', 'in-progress') or first_seen_at >= ${from} or (resolved_at >= ${from} and resolved_at < ${to}))
      order by last_seen_at desc, id desc limit ${PART_CAP}
    ) g ${groupFigures(from)}
    order by g.last_seen_at desc, g.id desc`.execute(trx);
  return rows;
}

/** Operations that went on in the period, and those that nobody has acknowledged. Indexes: operations_pinned, operations_created. */
export async function operationsOfPeriod(trx: Reading, { from, to }: Period): Promise<OperationRow[]> {
  return trx.selectFrom('operations').selectAll()
    .where((eb) => eb.and([eb('created_at', '<', to), eb.or([eb('acknowledged_at', 'is', null), eb('finished_at', '>=', from)])]))
    .orderBy('created_at', 'desc').orderBy('id', 'desc').limit(PART_CAP).execute();
}

/** What people and the bridge did about the messages in the period, newest first: never who looked at what. Index: evidence_at. */
export function actionsOfPeriod(trx: Reading, { from, to }: Period, actions: readonly string[]): Promise<ActionRow[]> {
  return trx.selectFrom('evidence').select(['seq', 'at', 'entry'])
    .where('kind', '=', 'action').where('at', '>=', from).where('at', '<', to).where('action', 'in', [...actions])
    .orderBy('at', 'desc').orderBy('seq', 'desc').limit(2 * PART_CAP).execute();
}

export interface ActionCount {
  readonly action: string;
  readonly count: number;
}

const COUNT_CAP = 10_000;

/** How often each of these was done in the period, of the newest {@link COUNT_CAP}. Index: evidence_at. */
export async function countActions(trx: Reading, { from, to }: Period, actions: readonly string[]): Promise<ActionCount[]> {
  const { rows } = await sql<ActionCount>`
    select action, count(*) as count
    from (select action from evidence where kind = 'action' and at >= ${from} and at < ${to} and action = any(${[...actions]}::text[]) order by at desc limit ${COUNT_CAP}) a
    group by action order by count(*) desc, action`.execute(trx);
  return rows;
}

/** A case that is promised for a moment. */
export interface PromisedCase {
  readonly project_no: string;
  readonly hall_code: string;
  readonly item_name: string;
  readonly status: CaseStatus;
  readonly promise_due_at: Date;
}

/** Cases that are not finished and promised for this time, the earliest first. Index: cases_promised. */
export async function casesPromised(trx: Reading, { from, to }: Period): Promise<PromisedCase[]> {
  const { rows } = await sql<PromisedCase>`
    select project_no, hall_code, item_name, status, promise_due_at from cases
    where promise_due_at is not null and not canary and promise_due_at >= ${from} and promise_due_at < ${to} and status in (${sql.join(OPEN)})
    order by promise_due_at, project_no limit ${PART_CAP}`.execute(trx);
  return rows;
}

/** How many edits wait for a second person and can be agreed to: as `listOpenEdits` has them. Index: transfer_edits_open. */
export async function countPendingEdits(trx: Reading): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from (
      select from transfer_edits e join transfers t on t.id = e.transfer_id
      where e.state = 'awaiting-approval' and not ${isExpired('e')} and t.status = 'failed' and t.revision = e.revision and t.attempts = e.attempts limit ${COUNT_CAP}
    ) e`.execute(trx);
  return rows[0]?.count ?? 0;
}

export type ShiftRow = Selectable<ShiftsTable>;

/** Signed notes, newest first, without what they say. Index: the primary key. */
export function listShifts(trx: Reading, below: number | null, rows: number): Promise<Omit<ShiftRow, 'document'>[]> {
  return trx.selectFrom('shifts').select(['seq', 'period_from', 'period_until', 'signed_at', 'by_id', 'by_name', 'note', 'ticket', 'digest'])
    .where((eb) => eb.and([...given(below, (seq) => eb('seq', '<', seq))])).orderBy('seq', 'desc').limit(rows).execute();
}

export function findShift(trx: Reading, seq: number): Promise<ShiftRow | undefined> {
  return trx.selectFrom('shifts').selectAll().where('seq', '=', seq).executeTakeFirst();
}
