import { sql } from 'kysely';
import type { Selectable } from 'kysely';
import type { FailureChangesTable } from '../../ledger/failure-tables.ts';
import type { TransfersTable } from '../../ledger/tables.ts';
import type { Reading } from '../ops-ledger.ts';
import { GROUP_COLUMNS, groupFigures } from './list-failure-groups.ts';
import type { FailureGroupRow } from './list-failure-groups.ts';

const EXAMPLES = 5;
const HISTORY = 50;
const SIMILAR = 5;
const HALLS = 20;
/** Failed transfers looked at to say whose they are. */
const COUNTED = 10_000;

/** One group with its figures; undefined when there is none. `newSince`: what counts as new. */
export async function findFailureGroup(trx: Reading, id: string, newSince: Date | null): Promise<FailureGroupRow | undefined> {
  const { rows } = await sql<FailureGroupRow>`select ${GROUP_COLUMNS} from failure_groups g ${groupFigures(newSince)} where g.id = ${id}`.execute(trx);
  return rows[0];
}

export type FailedExample = Pick<Selectable<TransfersTable>, 'id' | 'project_no' | 'kind' | 'attempts' | 'error_detail' | 'failed_at'>;

/** The newest failed transfers of a group. Index: transfers_failure_group. */
export function failedExamples(trx: Reading, id: string): Promise<FailedExample[]> {
  return trx.selectFrom('transfers').select(['id', 'project_no', 'kind', 'attempts', 'error_detail', 'failed_at'])
    .where('status', '=', 'failed').where('failure_group', '=', id).orderBy('failed_at', 'desc').orderBy('id', 'desc').limit(EXAMPLES).execute();
}

/** The halls whose cases the newest failed transfers of a group belong to. */
export async function hallsOfGroup(trx: Reading, id: string): Promise<string[]> {
  const { rows } = await sql<{ hall_code: string }>`
    select distinct c.hall_code from (
      select project_no from transfers where status = 'failed' and failure_group = ${id} order by failed_at desc, id desc limit 1000
    ) t join cases c using (project_no) order by 1 limit ${HALLS}`.execute(trx);
  return rows.map((row) => row.hall_code);
}

/** How many of the newest failed transfers of a group belong to the cases of each hall, the most first. Indexes: transfers_failure_group, the primary key of cases. */
export async function countHallsOfGroup(trx: Reading, id: string): Promise<{ readonly hall_code: string; readonly failed: number }[]> {
  const { rows } = await sql<{ hall_code: string; failed: number }>`
    select c.hall_code, count(*) as failed from (
      select project_no from transfers where status = 'failed' and failure_group = ${id} order by failed_at desc, id desc limit ${COUNTED}
    ) t join cases c using (project_no) group by c.hall_code order by failed desc, c.hall_code limit ${HALLS}`.execute(trx);
  return rows;
}

/** What people did about a group, last first. Index: failure_changes_group. */
export function historyOfGroup(trx: Reading, id: string): Promise<Selectable<FailureChangesTable>[]> {
  return trx.selectFrom('failure_changes').selectAll().where('group_id', '=', id).orderBy('seq', 'desc').limit(HISTORY).execute();
}

/** A group like this one that was resolved, and how. */
export interface SimilarGroup {
  readonly id: string;
  readonly destination: string;
  readonly kind: string;
  readonly resolved_at: Date;
  readonly resolved_by: string | null;
  readonly reason: string | null;
}

/** Resolved groups with the same code and field, last resolved first. */
export async function similarResolved(trx: Reading, { id, signature: { errorCode, field } }: FailureGroupRow): Promise<SimilarGroup[]> {
  const { rows } = await sql<SimilarGroup>`
    select g.id, g.destination, g.signature->>'kind' as kind, g.resolved_at, g.resolved_by,
      (select c.reason from failure_changes c where c.group_id = g.id and c.status_after = 'resolved' order by c.seq desc limit 1) as reason
    from failure_groups g
    where g.resolved_at is not null and g.id <> ${id} and g.signature->>'errorCode' is not distinct from ${errorCode}::text
      and g.signature->>'field' is not distinct from ${field}::text
    order by g.resolved_at desc limit ${SIMILAR}`.execute(trx);
  return rows;
}
