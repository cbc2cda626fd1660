import { sql } from 'kysely';
import type { RawBuilder, Selectable } from 'kysely';
import type { FailureGroupsTable } from '../../ledger/failure-tables.ts';
import type { TimePlace } from '../paging/cursor.ts';
import type { Reading } from '../ops-ledger.ts';
import { groupConditions } from './failure-group-filter.ts';
import type { FailureGroupFilter } from './failure-group-filter.ts';
import { after, micros } from './sql-forms.ts';

/** Failed transfers of one group that are looked at for its figures, at most: above it a count says "at least". */
export const FAILED_CAP = 100_000;

/** A group with its figures of now. */
export type FailureGroupRow = Selectable<FailureGroupsTable> & {
  readonly failed_now: number;
  readonly cases_now: number;
  /** Of those that failed now, how many failed after the moment asked about. */
  readonly new_since: number;
  /** How often it struck in each of the last 24 hours, the present one last. */
  readonly hours: readonly number[];
};

/** Columns of a {@link FailureGroupRow}: of `failure_groups g` and {@link groupFigures}. */
export const GROUP_COLUMNS = sql`g.*, f.failed_now, f.cases_now, f.new_since, s.hours`;

/** What a group's figures are made of, to be joined to `failure_groups g`. Index: transfers_failure_group, alone. */
export function groupFigures(newSince: Date | null): RawBuilder<unknown> {
  return sql`
    cross join lateral (
      select count(*) as failed_now, count(distinct project_no) as cases_now, count(*) filter (where failed_at > ${newSince}::timestamptz) as new_since
      from (select project_no, failed_at from transfers where status = 'failed' and failure_group = g.id limit ${FAILED_CAP}) t
    ) f
    cross join lateral (
      select array_agg(coalesce(h.count, 0) order by day.hour) as hours
      from generate_series(date_trunc('hour', now(), 'UTC') - interval '23 hours', date_trunc('hour', now(), 'UTC'), interval '1 hour') day (hour)
      left join failure_hours h on h.group_id = g.id and h.hour = day.hour
    ) s`;
}

/** Groups, those that struck last first. Index: failure_groups_last_seen. */
export async function listFailureGroups(
  trx: Reading, filter: FailureGroupFilter, place: TimePlace | null, rows: number,
): Promise<(FailureGroupRow & { readonly seen_micros: string })[]> {
  const { rows: groups } = await sql<FailureGroupRow & { readonly seen_micros: string }>`
    select ${GROUP_COLUMNS}, ${micros('g.last_seen_at')} as seen_micros
    from (
      select * from failure_groups g
      where ${groupConditions(filter)} and ${place === null ? sql`true` : after('g.last_seen_at', 'g.id', place)}
      order by last_seen_at desc, id desc limit ${rows}
    ) g ${groupFigures(filter.since ?? null)}
    order by g.last_seen_at desc, g.id desc`.execute(trx);
  return groups;
}

/** How many groups have struck since a walk through the list began: they stand further up than where it is now. */
export async function countStruckSince(trx: Reading, filter: FailureGroupFilter, at: string): Promise<number> {
  const { rows: [row] } = await sql<{ count: number }>`
    select count(*) as count from failure_groups g where ${groupConditions(filter)} and g.last_seen_at > ${at}::timestamptz`.execute(trx);
  return row?.count ?? 0;
}

/** The ledger's time, to the microsecond. */
export async function ledgerMicros(trx: Reading): Promise<string> {
  const { rows: [row] } = await sql<{ at: string }>`select to_char(now() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as at`.execute(trx);
  if (row === undefined) throw new Error('the ledger did not say what time it is');
  return row.at;
}
