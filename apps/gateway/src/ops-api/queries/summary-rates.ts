import { sql } from 'kysely';
import { isReal } from '../../ledger/canary-rows.ts';
import type { Reading } from '../ops-ledger.ts';

export interface RecentWork {
  readonly events: number;
  readonly delivered: number;
  readonly failed_attempts: number;
  /** Milliseconds of the delivered attempts; `null` when there were none. */
  readonly p50_ms: number | null;
  readonly p99_ms: number | null;
}

/** Of most moments these newest rows tell all. */
const FEW = 1_000;

/** What was recorded in the last seconds, out of the newest `cap` rows of each table. */
export async function recentWork(trx: Reading, seconds: number, cap: number): Promise<RecentWork> {
  const few = await workOfNewest(trx, seconds, FEW);
  const { counted: _, ...work } = few.counted < FEW ? few : await workOfNewest(trx, seconds, cap);
  return work;
}

/** `counted`: the rows of the last seconds in the table that has more of them, the canaries' too. Indexes: the primary keys. */
async function workOfNewest(trx: Reading, seconds: number, newest: number): Promise<RecentWork & { readonly counted: number }> {
  const { rows: [work] } = await sql<RecentWork & { counted: number }>`
    with e as materialized (
      select project_no from (select recorded_at, project_no from events order by seq desc limit ${newest}) n where recorded_at >= now() - make_interval(secs => ${seconds})
    ),
    a as materialized (
      select transfer_id, outcome, latency_ms from (select transfer_id, outcome, latency_ms, recorded_at from attempts order by seq desc limit ${newest}) n
      where recorded_at >= now() - make_interval(secs => ${seconds})
    )
    select
      greatest((select count(*) from e), (select count(*) from a)) as counted,
      (select count(*) from e where ${isReal()}) as events,
      count(*) filter (where outcome = 'delivered') as delivered,
      count(*) filter (where outcome <> 'delivered') as failed_attempts,
      percentile_disc(0.5) within group (order by latency_ms) filter (where outcome = 'delivered') as p50_ms,
      percentile_disc(0.99) within group (order by latency_ms) filter (where outcome = 'delivered') as p99_ms
    from a join transfers t on t.id = a.transfer_id and ${isReal('t.project_no')}`.execute(trx);
  if (work === undefined) throw new Error('counting gave no row');
  return work;
}
