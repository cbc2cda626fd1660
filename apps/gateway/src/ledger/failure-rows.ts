import { sql } from 'kysely';
import type { Kysely } from 'kysely';
import type { FailureClass } from '../failures/failure-class.ts';
import type { FailureSignature } from '../failures/failure-signature.ts';
import { isReal } from './canary-rows.ts';
import { rowSet } from './row-set.ts';
import type { Columns } from './row-set.ts';
import type { LedgerTables } from './tables.ts';
import type { TransferRow } from './transfer-rows.ts';

type Ledger = Kysely<LedgerTables>;

/** What a batch adds to one group in one hour. */
export interface GroupIncrement {
  readonly id: string;
  readonly signature: FailureSignature;
  readonly text: string;
  readonly class: FailureClass;
  readonly destination: string;
  readonly hour: Date;
  readonly count: number;
  readonly first_at: Date;
  readonly last_at: Date;
}

const INCREMENT: Columns<GroupIncrement> = {
  id: 'text', signature: 'jsonb', text: 'text', class: 'text', destination: 'text', hour: 'timestamptz', count: 'int', first_at: 'timestamptz', last_at: 'timestamptz',
};

/** A failure from before the resolution, which is only now given its group, is none that came back. */
const CAME_BACK = sql`g.status = 'resolved' and (g.resolved_at is null or excluded.last_seen_at > g.resolved_at)`;

/**
 * Counts failures in their groups and hours, in one statement. A group that comes back after it was resolved is new again, with one
 * recurrence more; one that is ignored stays so, and one that somebody looks after stays theirs. Rows are taken in the order of their ids:
 * batches that count at the same time wait for one another, and never in a ring. So: once in a transaction, at its end.
 */
export async function countInGroups(db: Ledger, increments: readonly GroupIncrement[]): Promise<void> {
  await sql`
    with increments as materialized (select * from ${rowSet(INCREMENT, increments, 'i')}),
    counted as (
      insert into failure_groups as g (id, signature, text, class, destination, occurrences, first_seen_at, last_seen_at)
      select id, (array_agg(signature))[1], min(text), min(class), min(destination), sum(count), min(first_at), max(last_at)
      from increments group by id order by id
      on conflict (id) do update set
        occurrences = g.occurrences + excluded.occurrences,
        first_seen_at = least(g.first_seen_at, excluded.first_seen_at), last_seen_at = greatest(g.last_seen_at, excluded.last_seen_at),
        class = excluded.class,
        status = case when ${CAME_BACK} then 'new' else g.status end,
        recurrences = g.recurrences + case when ${CAME_BACK} then 1 else 0 end,
        version = g.version + case when ${CAME_BACK} then 1 else 0 end
      returning id
    )
    insert into failure_hours as h (group_id, hour, count)
    select i.id, i.hour, i.count from counted join increments i using (id)
    on conflict (group_id, hour) do update set count = h.count + excluded.count`.execute(db);
}

/** A failed transfer without a group. */
export type UngroupedTransfer = Pick<TransferRow, (typeof OF_A_FAILURE)[number]> & {
  /** No later than now, whatever the adapter's clock said. */
  readonly failed_at: Date;
};

const OF_A_FAILURE = ['id', 'project_no', 'destination', 'kind', 'error_word', 'error_code', 'error_detail', 'http_status'] as const;

/** Takes up to `limit` failed transfers that have no group, locked; those that somebody else has in hand are left to them. Index: transfers_ungrouped. */
export function takeUngrouped(db: Ledger, limit: number): Promise<UngroupedTransfer[]> {
  return db.selectFrom('transfers')
    .select([...OF_A_FAILURE, sql<Date>`least(coalesce(finished_at, created_at), statement_timestamp())`.as('failed_at')])
    .where('status', '=', 'failed').where('failure_group', 'is', null).where(isReal())
    .orderBy('id').limit(limit).forUpdate().skipLocked().execute();
}

/** Which group a failed transfer belongs to, and when it failed. */
export interface Grouping {
  readonly id: string;
  readonly failure_group: string;
  readonly failed_at: Date;
}

const GROUPING: Columns<Grouping> = { id: 'text', failure_group: 'text', failed_at: 'timestamptz' };

/** Gives failed transfers their group. The caller holds the rows. */
export async function setGroups(db: Ledger, groupings: readonly Grouping[]): Promise<void> {
  await sql`
    update transfers t set failure_group = v.failure_group, failed_at = v.failed_at
    from ${rowSet(GROUPING, groupings, 'v')} where t.id = v.id and t.status = 'failed'`.execute(db);
}
