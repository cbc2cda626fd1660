import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { FailureClass } from '../../failures/failure-class.ts';
import type { GroupStatus } from '../../failures/group-status.ts';

/** What a list of failure groups is narrowed to; every part is optional. */
export interface FailureGroupFilter {
  readonly status?: GroupStatus;
  readonly failureClass?: FailureClass;
  readonly destination?: string;
  /** Groups of what goes to this hall, and of what failed in its cases. */
  readonly hall?: string;
  /** Groups that struck at or after. */
  readonly since?: Date;
}

/** The conditions on `failure_groups g`. */
export function groupConditions({ status, failureClass, destination, hall, since }: FailureGroupFilter): RawBuilder<unknown> {
  const conditions = [
    ...(status === undefined ? [] : [sql`g.status = ${status}`]),
    ...(failureClass === undefined ? [] : [sql`g.class = ${failureClass}`]),
    ...(destination === undefined ? [] : [sql`g.destination = ${destination}`]),
    ...(since === undefined ? [] : [sql`g.last_seen_at >= ${since}`]),
    ...(hall === undefined ? [] : [sql`(g.destination = ${`hall:${hall}`} or exists (
      select from transfers t join cases c using (project_no) where t.status = 'failed' and t.failure_group = g.id and c.hall_code = ${hall}))`]),
  ];
  return conditions.length === 0 ? sql`true` : sql.join(conditions, sql` and `);
}
