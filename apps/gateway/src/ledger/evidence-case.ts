import { isCanary } from '#contracts';
import type { MessageTable } from '#evidence';
import { sql } from 'kysely';
import type { Kysely, RawBuilder } from 'kysely';
import type { LedgerTables } from './tables.ts';

type Ledger = Kysely<LedgerTables>;

/** Indexes: events (project_no, seq); transfers (project_no, …) with attempts (transfer_id, attempt), attempt_first_reports (attempt_seq) and transfer_revisions (transfer_id, revision). */
const OF_CASE: Readonly<Record<MessageTable, (projectNo: string) => RawBuilder<unknown>>> = {
  events: (projectNo) => sql`events s where s.project_no = ${projectNo}`,
  attempts: (projectNo) => sql`transfers t join attempts s on s.transfer_id = t.id where t.project_no = ${projectNo}`,
  'later-reports': (projectNo) => sql`transfers t join attempts a on a.transfer_id = t.id join attempt_first_reports s on s.attempt_seq = a.seq where t.project_no = ${projectNo}`,
  revisions: (projectNo) => sql`transfers t join transfer_revisions s on s.transfer_id = t.id where t.project_no = ${projectNo}`,
};

/** The numbers of a case's rows, ascending and at most `limit`. Of a canary (拨测) none: it is not put under seal. */
export async function caseRowNumbers(db: Ledger, table: MessageTable, projectNo: string, limit: number): Promise<number[]> {
  if (isCanary(projectNo)) return [];
  const { rows } = await sql<{ seq: number }>`select s.seq from ${OF_CASE[table](projectNo)} order by s.seq limit ${limit}`.execute(db);
  return rows.map(({ seq }) => seq);
}

/** The entries whose range begins last at or before these rows: each covers its row, or none does. Index: evidence_range_start. */
export async function rangesBefore(db: Ledger, table: MessageTable, numbers: readonly number[]): Promise<number[]> {
  const { rows } = await sql<{ seq: number }>`
    select distinct r.seq from unnest(${numbers}::bigint[]) n cross join lateral (
      select seq from evidence where kind = 'messages' and subject_kind = ${table} and split_part(subject, '-', 1)::bigint <= n
      order by split_part(subject, '-', 1)::bigint desc limit 1) r`.execute(db);
  return rows.map(({ seq }) => seq);
}

/**
 * What people did about a case: to itself, its transfers, events and dead letters, and in bulk operations that its transfers were part of. At most `limit`
 * entries up to number `last`. Index: evidence_subject.
 */
export async function caseActionNumbers(db: Ledger, projectNo: string, last: number, limit: number): Promise<number[]> {
  const { rows } = await sql<{ seq: number }>`
    select e.seq from (
      select 'case' as kind, ${projectNo}::text as subject
      union all select 'transfer', id from transfers where project_no = ${projectNo}
      union all select 'event', seq::text from events where project_no = ${projectNo}
      union all select 'dead-letter', seq::text from dead_letters where project_no = ${projectNo}
      union all (select distinct 'operation', i.operation_id from transfers t join operation_items i on i.transfer_id = t.id where t.project_no = ${projectNo})
    ) theirs join evidence e on e.subject_kind = theirs.kind and e.subject = theirs.subject and e.kind = 'action'
    where e.seq <= ${last} order by e.seq limit ${limit}`.execute(db);
  return rows.map(({ seq }) => seq);
}
