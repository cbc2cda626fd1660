import { sql } from 'kysely';
import type { RawBuilder } from 'kysely';
import type { Reading } from '../ops-ledger.ts';
import { groupConditions } from './failure-group-filter.ts';
import type { FailureGroupFilter } from './failure-group-filter.ts';

/** What groups can be put together by. */
export type BucketField = 'type' | 'hall' | 'http-status' | 'field';

/** Groups that have something in common. `key` null: they have no such thing. */
export interface FailureBucketRow {
  readonly key: string | null;
  readonly groups: number;
  readonly failed_now: number;
  readonly first_seen_at: Date;
  readonly last_seen_at: Date;
  readonly group_ids: readonly string[];
}

const KEYS: Readonly<Record<BucketField, RawBuilder<unknown>>> = {
  type: sql`g.signature->>'kind'`,
  // Of what goes to the centre, the hall whose case it is; of what has no failed transfer left, only its destination is known.
  hall: sql`coalesce(case when g.destination like 'hall:%' then substr(g.destination, 6) end, c.hall_code)`,
  'http-status': sql`g.signature->>'httpStatus'`,
  field: sql`g.signature->>'field'`,
};

/** Groups put together by a field, most failed transfers first. */
export async function bucketFailureGroups(trx: Reading, by: BucketField, filter: FailureGroupFilter, rows: number): Promise<FailureBucketRow[]> {
  const { rows: buckets } = await sql<FailureBucketRow>`
    select key, count(*) as groups, sum(failed)::bigint as failed_now, min(first_seen_at) as first_seen_at, max(last_seen_at) as last_seen_at,
      (array_agg(id order by last_seen_at desc))[1:50] as group_ids
    from (
      select g.id, ${KEYS[by]} as key, count(t.id) as failed, g.first_seen_at, g.last_seen_at
      from failure_groups g
      left join transfers t on t.failure_group = g.id and t.status = 'failed'
      ${by === 'hall' ? sql`left join cases c on c.project_no = t.project_no` : sql``}
      where ${groupConditions(filter)} group by g.id, 2
    ) keyed
    group by key order by failed_now desc, key nulls last limit ${rows}`.execute(trx);
  return buckets;
}
